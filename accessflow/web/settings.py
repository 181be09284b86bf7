"""«Настройки»: the catalogue's values, what is put over them, from when, by whom."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from accessflow.catalogue.override import Plain, override, plain
from accessflow.catalogue.spec import Catalogue
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Conflict
from accessflow.domain.reading import Flaw
from accessflow.notify import rendering
from accessflow.services import setting_fields, setting_versions, settings
from accessflow.services.fields import Refused
from accessflow.services.live_catalogue import effective
from accessflow.services.setting_fields import SECTIONS, Setting
from accessflow.services.setting_preview import Preview, preview
from accessflow.web import context
from accessflow.web.forms import Entry, posted, texts
from accessflow.web.setting_form import beginning, filled, form_class, own_words
from accessflow.web.settings_view import (
    Row,
    Year,
    form_versions,
    rows,
    summary,
    told_history,
    year_of,
)
from accessflow.web.toasts import toast

blueprint = Blueprint("settings", __name__, url_prefix="/settings")

FORMS = "forms"
LISTED: Mapping[str, str] = dict([*SECTIONS.items(), (FORMS, "Формы и версии")])
"""Sections of this blueprint; «Заготовки» is a blueprint of its own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the form's page holds besides the form."""

    setting: Setting
    new: Plain | None = None  # what was typed, if it can be used
    preview: Preview | None = None
    mark: str = ""  # of what was previewed
    reset: bool = False
    conflict: str = ""


@blueprint.get("")
def index() -> ResponseReturnValue:
    if context.actor().role in ("miac_specialist", "miac_lead"):
        return redirect(url_for("canned.index"))
    return redirect(url_for(".section", section="officials"))


@blueprint.get(
    "/<any(officials, recipients, calendar, office, limits, printing, letters, forms):section>"
)
def section(section: str) -> ResponseReturnValue:
    catalogue, session = context.catalogue(), context.session()
    found: list[Row] = []
    if section != FORMS:
        found = rows(session, catalogue, [s for s in _settings() if s.section == section],
                     context.today())  # fmt: skip
    return render_template(
        "settings/section.html",
        section=section,
        sections=LISTED,
        rows=found,
        may_change=any(settings.may_change(context.actor(), row.setting) for row in found),
        year=_asked_year(catalogue, found) if section == "calendar" else None,
        forms=form_versions(catalogue, context.today()) if section == FORMS else (),
    )


@blueprint.get("/value/<key>")
def value(key: str) -> ResponseReturnValue:
    """One setting: its fields, what puts it there, what has been."""
    setting = settings.setting({s.key: s for s in _settings()}, key)
    stands = plain(context.catalogue(), key)
    return _page(Entry(filled(setting, beginning(setting, stands))), Shown(setting))


@blueprint.post("/value/<key>")
def change(key: str) -> ResponseReturnValue:
    """What would change; then the change itself."""
    setting = settings.setting({s.key: s for s in _settings()}, key)
    settings.require_may_change(context.actor(), setting)
    return _submitted(setting)


@blueprint.post("/value/<key>/undo/<int:version_id>")
def undo(key: str, version_id: int) -> ResponseReturnValue:
    setting = settings.setting({s.key: s for s in _settings()}, key)
    settings.undo(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        setting=setting,
        version_id=version_id,
    )
    toast("Изменение отменено: стоит то, что было до него.")
    return redirect(url_for(".value", key=key))


def _settings() -> list[Setting]:
    registry = setting_fields.registry(context.catalogue(), context.today(), rendering.kinds())
    return list(registry.values())


def _submitted(setting: Setting) -> ResponseReturnValue:
    form = posted(form_class(setting))
    entry, step = Entry(form), request.form.get("step", "preview")
    reset = form["reset"].data == "1" or step == "catalogue"
    try:
        since = _since(setting)
        shown = _shown(setting, form, since, reset=reset)
        if step == "save" and request.form.get("previewed") == shown.mark:
            return _saved(setting, None if reset else shown.new, since, form)
    except Refused as refusal:
        entry.message, entry.flaws = refusal.message, refusal.flaws
        return _page(entry, Shown(setting, reset=reset))
    except Conflict as conflict:
        # Nothing typed is lost: it stands beside what the other one has stored.
        form["seen"].data = str(setting_versions.newest_id(context.session(), setting.key))
        return _page(entry, replace(shown, conflict=conflict.message))
    return _page(entry, shown)


def _shown(setting: Setting, form: Form, since: date, *, reset: bool) -> Shown:
    """What would change from that day on. Raises Refused."""
    then = effective(context.session(), context.catalogue(), since)
    if reset:
        new = setting_versions.default_of(context.catalogue(), setting.key)
    else:
        new = own_words(setting, settings.read(then, setting, texts(form)))
    found = preview(then, setting, plain(then, setting.key), new, since)
    return Shown(setting, new, found, _mark(new, since, reset=reset), reset)


def _saved(setting: Setting, new: Plain | None, since: date, form: Form) -> ResponseReturnValue:
    seen = request.form.get("seen", "")
    saved = settings.save(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        setting=setting,
        value=new,
        since=since,
        note=form["note"].data or "",
        seen=int(seen) if seen.isdecimal() else 0,
    )
    told = "Сохранено." if since <= context.today() else f"Сохранено, действует с {since:%d.%m.%Y}."
    if setting.section == "calendar":
        told += f" Сроков пересчитано: {saved.recounted}."
    toast(told, undo=url_for(".undo", key=setting.key, version_id=saved.version_id))
    return redirect(url_for(".value", key=setting.key))


def _since(setting: Setting) -> date:
    """The day typed, else today. Raises Refused for what is no day."""
    typed = request.form.get("since", "").strip()
    if not (setting.since and typed):
        return context.today()
    day = read_date(typed)
    if day is None:
        flaw = Flaw("date", f"«{typed}» — не дата. Пример: 23.11.2026.")
        raise Refused("Не сохранено: исправьте отмеченные поля.", {"since": flaw})
    settings.require_day(day, context.today())
    return day


def _mark(new: Plain, since: date, *, reset: bool) -> str:
    text = json.dumps([new, since.isoformat(), reset], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _page(entry: Entry[Form], shown: Shown) -> ResponseReturnValue:
    session, catalogue, setting = context.session(), context.catalogue(), shown.setting
    in_force = setting_versions.current(session, context.today())
    page = render_template(
        "settings/value.html",
        entry=entry,
        shown=shown,
        setting=setting,
        section=setting.section,
        sections=LISTED,
        version=in_force.get(setting.key),
        planned=setting_versions.planned(session, context.today()).get(setting.key),
        in_catalogue=_listed(catalogue, setting),
        default=summary(setting, setting_versions.default_of(catalogue, setting.key)),
        steps=told_history(session, catalogue, setting),
        may_change=settings.may_change(context.actor(), setting),
        pictures=_pictures(shown.preview),
        year=_year(shown) if setting.section == "calendar" else None,
    )
    status = 409 if shown.conflict else 422 if entry.flaws else 200
    return page, status


def _listed(catalogue: Catalogue, setting: Setting) -> bool:
    """Whether the catalogue's own files hold it: a year may be missing there."""
    name = setting.key.partition(".")[2]
    return setting.section != "calendar" or int(name) in (catalogue.base or catalogue).calendar


def _pictures(found: Preview | None) -> list[str]:
    sheets = found.sheets if found else ()
    return [f"data:image/png;base64,{b64encode(sheet.picture).decode()}" for sheet in sheets]


def _asked_year(catalogue: Catalogue, found: list[Row]) -> Year:
    years = [int(row.setting.key.rpartition(".")[2]) for row in found]
    asked = request.args.get("year", context.today().year, type=int)
    return year_of(catalogue, asked if asked in years else context.today().year, years)


def _year(shown: Shown) -> Year:
    """The year as it would be with what is typed, else as it is."""
    catalogue, key = context.catalogue(), shown.setting.key
    number = int(key.rpartition(".")[2])
    if shown.new is None:
        return year_of(catalogue, number, [number])
    return year_of(override(catalogue, key, shown.new), number, [number], stands=catalogue)
