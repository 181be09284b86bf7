"""Signing in and out, the end of an idle session, and what was typed when it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, login_user, logout_user

from accessflow.db.tables import User
from accessflow.services.accounts import SignInRefused, active_user, sign_in
from accessflow.web import context, kept
from accessflow.web.htmx import is_htmx, trouble
from accessflow.web.toasts import toast

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
_STAMP_EVERY = timedelta(seconds=30)

blueprint = Blueprint("auth", __name__)
manager = LoginManager()


class Account(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """An account for Flask-Login. The epoch in the id ends sessions from the server's side."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.id = f"{user.id}.{user.session_epoch}"


@manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def load(account_id: str) -> Account | None:
    user_id, _, epoch = account_id.partition(".")
    known = context.signed_in()  # Flask-Login asks again for the page
    same = known is not None and str(known.id) == user_id
    user = known if same else active_user(context.session(), int(user_id))
    return Account(user) if user is not None and str(user.session_epoch) == epoch else None


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    manager.init_app(app)


def recognise() -> None:
    """Before every request: who is it, and has the session not ended meanwhile?"""
    if request.endpoint == "static" or "_user_id" not in session:
        return
    if _is_over(context.now()):
        _end()
        return
    account = cast("Account | None", load(session["_user_id"]))
    if account is None:
        _end()
        return
    g.user = account.user
    if context.now() - _moment("seen") >= _STAMP_EVERY:
        session["seen"] = context.now().isoformat()


def ask_to_sign_in() -> ResponseReturnValue:
    """The answer to a stranger: the sign-in page, which carries along what was posted (401)."""
    if is_htmx():
        return trouble(
            "Сеанс закончился. Введённое осталось здесь: войдите в новой вкладке и повторите.",
            401,
            link=url_for("auth.login"),
            link_text="Войти",
        )
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
    return _page(kept.from_request(), status=401)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    if request.method == "GET":
        return _page(None) if context.signed_in() is None else redirect(_destination())
    carried = kept.from_form(request.form)
    try:
        user_id = sign_in(
            context.db(),
            login=request.form.get("username", ""),
            password=request.form.get("password", ""),
            now=context.now(),
            key=context.core().settings.secret_key,
        )
    except SignInRefused as refusal:
        return _page(carried, refusal.message, status=422)
    return _welcome(user_id, carried)


def stale() -> ResponseReturnValue:
    """The sign-in page lay open too long; what it carried along goes on."""
    message = "Страница входа устарела. Введите логин и пароль ещё раз."
    return _page(kept.from_form(request.form), message, status=400)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("auth.login"))


def _welcome(user_id: int, carried: kept.Kept | None) -> ResponseReturnValue:
    former, token = session.get("former_user"), session.get("csrf_token")
    session.clear()
    if former == user_id:
        session["csrf_token"] = token  # pages still open in other tabs go on working
    context.refresh()
    user = active_user(context.session(), user_id)
    if user is None:
        return _page(carried, "Учётная запись закрыта.", status=422)
    login_user(Account(user))
    session["seen"] = session["since"] = context.now().isoformat()
    g.user = user
    if carried and former not in (None, user_id):
        toast("Введённое до вас другим человеком не отправлено.")
    elif carried:
        return render_template("auth/continue.html", kept=carried)
    return redirect(_destination())


def _page(
    carried: kept.Kept | None, error: str = "", status: int = 200
) -> tuple[Response | str, int]:
    page = render_template(
        "auth/login.html",
        kept=carried,
        error=error,
        ended="former_user" in session,
        username=request.form.get("username", "") if request.endpoint == "auth.login" else "",
        next=kept.local_path(request.values.get("next", "")) or "",
        region=context.catalogue().region,
    )
    return page, status


def _destination() -> str:
    return kept.local_path(request.values.get("next", "")) or url_for("home.start")


def _is_over(now: datetime) -> bool:
    return now - _moment("seen") > IDLE or now - _moment("since") > ABSOLUTE


def _moment(name: str) -> datetime:
    return datetime.fromisoformat(session[name])


def _end() -> None:
    """The person is signed out; who it was is remembered, for the same one may go on."""
    former = int(session["_user_id"].partition(".")[0])
    token = session.get("csrf_token")
    session.clear()
    session["former_user"] = former
    if token:
        session["csrf_token"] = token
