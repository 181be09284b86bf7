"""The draft's own XLSX, filled in offline: chosen, looked at, taken."""

from __future__ import annotations

import json

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict, Invalid
from accessflow.forms.application import Application
from accessflow.forms.parse import application_from
from accessflow.services import editable, editing, reimport
from accessflow.services.applications import application_of, check_of, find
from accessflow.services.editing import Typed
from accessflow.services.reimport import Outdated, Plan
from accessflow.web import context
from accessflow.web.editor_blueprint import blueprint, title_of
from accessflow.web.toasts import toast

__all__ = ["blueprint"]  # of the editor, with these pages too

CHOOSE = "Выберите файл: XLSX этой заявки, скачанный отсюда и заполненный."


@blueprint.get("/import")
def import_sheet(request_id: int) -> ResponseReturnValue:
    """The page to choose the file on."""
    return _page(_draft(request_id))


@blueprint.post("/import")
def look_at_sheet(request_id: int) -> ResponseReturnValue:
    """What the file would change; nothing is written yet."""
    found = _draft(request_id)
    try:
        sheet = _read(found)
    except Invalid as refusal:
        page = _page(found, message=refusal.message, outdated=isinstance(refusal, Outdated))
        return page, 422
    return _page(found, plan=_plan(found, sheet), sheet=sheet)


def _read(found: Request) -> Application:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(CHOOSE)
    return reimport.read_sheet(
        context.catalogue(),
        found,
        file.read(),
        file.filename,
        outdated="outdated" in request.form,
    )


@blueprint.post("/import/take")
def take_sheet(request_id: int) -> ResponseReturnValue:
    """The change that was looked at; where the draft has changed since, it is shown anew."""
    found = _draft(request_id)
    sheet = _carried(found, request.form.get("sheet", ""))
    plan = _plan(found, sheet)
    if plan.base != request.form.get("base"):
        message = "Пока вы смотрели, заявку изменили. Вот что изменил бы файл теперь."
        return _page(found, plan=plan, sheet=sheet, message=message), 409
    outcome = editing.save(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
        typed=Typed(),
        operation=reimport.taking(plan),
    )
    back = url_for("editor.take_back", request_id=request_id) if outcome.undo else ""
    toast(outcome.note, undo=back)
    return redirect(url_for("editor.edit", request_id=request_id), code=303)


def _draft(request_id: int) -> Request:
    """Raises NotFound, Forbidden, Conflict once it was sent."""
    found = find(context.session(), context.actor(), request_id)
    editable.require_editable(context.actor(), found)
    return found


def _plan(found: Request, sheet: Application) -> Plan:
    check = check_of(context.session(), context.catalogue(), found)
    return reimport.plan_of(check, found, sheet)


def _page(
    found: Request,
    *,
    plan: Plan | None = None,
    sheet: Application | None = None,
    message: str = "",
    outdated: bool = False,
) -> str:
    return render_template(
        "editor/import.html",
        found=found,
        title=title_of(found),
        plan=plan,
        carried=_carry(sheet) if sheet else "",
        message=message,
        outdated=outdated,
    )


def _carry(sheet: Application) -> str:
    return json.dumps({"rows": [dict(r) for r in sheet.rows], "fields": dict(sheet.fields)})


def _carried(found: Request, text: str) -> Application:
    """The rows and fields that the page carried along. Raises Invalid, Conflict."""
    own = application_of(found)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(CHOOSE) from error
    if not isinstance(data, dict):
        raise Conflict(CHOOSE)
    return application_from({**data, "form": own.form, "system": own.system, "action": own.action})
