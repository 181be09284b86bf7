"""The application factory: wiring only."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from accessflow.catalogue.load import load
from accessflow.config import Settings
from accessflow.db.session import Database
from accessflow.services.clock import Clock, system_clock
from accessflow.services.files import FileStore
from accessflow.web import (
    access,
    actions,
    assignments,
    bulk,
    campaign_lines,
    canned,
    changes,
    committee,
    context,
    directory_parts,
    dismissal_lists,
    dismissal_report,
    dismissals,
    editor,
    errors,
    feeds,
    headers,
    imports,
    keys,
    ledger,
    ledger_lists,
    login,
    mail,
    mailbox,
    memos,
    messages,
    nav,
    overview,
    people_form,
    profile,
    queue,
    renewals,
    requests,
    signing,
    systems,
    triage,
    users,
    views,
    words,
)
from accessflow.web import (
    settings as settings_pages,
)
from accessflow.web.access import routes
from accessflow.web.context import Core

__all__ = ["create_app", "routes"]

JOBS = (
    nav,
    overview,
    requests,
    committee,
    actions,
    messages,
    queue,
    views,
    triage,
    assignments,
    bulk,
    campaign_lines,
    editor,
    directory_parts,
    feeds,
    people_form,
    changes,
    dismissal_lists,
    dismissal_report,
    dismissals,
    imports,
    ledger,
    renewals,
    ledger_lists,
    signing,
    systems,
    settings_pages,
    canned,
    users,
    mail,
    mailbox,
    memos,
    profile,
)
"""The modules with a blueprint each."""
MAX_UPLOAD = 26 * 1024 * 1024
MAX_FORM = 8 * 1024 * 1024  # 200 rows of a dozen fields, with room
MAX_FIELDS = 20_000


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> Flask:
    """The application, checked as a whole: catalogue, endpoints and who may call them.

    Raises SettingsError, CatalogueError, UndeclaredAccess. The database must have been migrated.
    """
    settings = settings or Settings.from_env()
    app = Flask(__name__, template_folder="web/templates", static_folder="web/static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="accessflow",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=MAX_FORM,
        MAX_FORM_PARTS=MAX_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["accessflow"] = Core(
        settings=settings,
        database=Database(settings.database_url),
        catalogue=load(settings.catalogue_dir),
        files=FileStore(settings.data_dir / "files"),
        clock=clock,
    )
    _wire(app)
    access.check_declared(app)
    return app


def _wire(app: Flask) -> None:
    keys.init_app(app)
    context.init_app(app)
    headers.init_app(app)
    app.before_request(login.recognise)
    # Before the CSRF check: a stranger's input is kept for after the sign-in, not refused.
    app.before_request(access.enforce)
    CSRFProtect(app)
    login.init_app(app)
    for module in JOBS:
        app.register_blueprint(module.blueprint)
    errors.init_app(app)
    words.init_app(app)
