"""The card of an application, and what is done with one or many: copy, delete, bring back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.catalogue.spec import SystemSpec
from accessflow.db.tables import Request
from accessflow.domain.errors import Invalid, NotFound
from accessflow.domain.text import counted
from accessflow.forms.answers import Check, name_of
from accessflow.forms.defect import Defect
from accessflow.forms.rows import has_no_middle_name
from accessflow.forms.spec import FormSpec
from accessflow.services import request_links, requests, scope
from accessflow.services.applications import check_of, find, form_of
from accessflow.services.editable import may_edit
from accessflow.services.history import changes_of
from accessflow.services.offers import together
from accessflow.services.waivers import defects_of
from accessflow.web import context, request_words
from accessflow.web.kept import local_path
from accessflow.web.request_blueprint import blueprint
from accessflow.web.request_words import STATES, TITLES
from accessflow.web.timeline import timeline
from accessflow.web.toasts import toast

FILES = {
    "pdf": ("file-earmark-pdf", "печать и подпись"),
    "docx": ("file-earmark-word", "правка в Word"),
    "xlsx": ("file-earmark-excel", "форма для отправки"),
}
PATH = (
    ("Черновик", ("draft",), "данные правят"),
    ("На подписи", ("ready",), "печать, подпись, скан"),
    ("Отправлена", ("sent", "registered"), "в ИС ТП МИАЦ"),
    ("На рассмотрении", ("in_review", "needs_info"), "у МИАЦ"),
    ("В СТП ЕГИСЗ", ("forwarded", "awaiting_call", "deleted"), "обычно 5–30 дней"),
    ("Исполнена", ("executed", "reuploaded", "closed"), ""),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the application as the card shows it."""

    number: int
    name: str
    no_middle_name: bool
    snils: str
    position: str
    role: str
    errors: int
    warnings: int


@blueprint.get("/<int:request_id>")
def card(request_id: int) -> ResponseReturnValue:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    found = find(session, actor, request_id)
    spec = form_of(catalogue, found)
    check = check_of(session, catalogue, found)
    defects = defects_of(session, check, found) if may_edit(actor, found) else ()
    return render_template(
        "requests/card.html",
        found=found,
        spec=spec,
        subject=request_words.subject(catalogue, found),
        action=TITLES[found.action],
        state=STATES[found.state],
        steps=_steps(found),
        people=_people(found, check, defects),
        target=check.target,
        defects=[d for d in defects if d.row is None],
        errors=sum(d.level == "error" for d in defects),
        warnings=sum(d.level == "warning" for d in defects),
        fields=_fields(found, spec),
        systems=_systems(found),
        notices=_notices(found, spec),
        superseded=catalogue.superseded(spec, context.today()),
        in_force=catalogue.form(spec.slug, on=context.today()),
        batch=request_links.made_with(session, actor, found),
        subject_of=lambda other: request_words.subject(catalogue, other),
        files=FILES,
        may_edit=may_edit(actor, found),
        may_copy=scope.may_file(actor, found.organization_id),
        history=timeline(actor, changes_of(session, [("request", found.id)])),
        contact=catalogue.region.contacts.get("miac_phone", ""),
    )


@blueprint.post("/<int:request_id>/copy")
def copy(request_id: int) -> ResponseReturnValue:
    new = requests.copy(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
    )
    toast("Сделана копия: проверьте данные")
    return redirect(url_for("editor.edit", request_id=new))


@blueprint.post("/<int:request_id>/delete")
def delete_one(request_id: int) -> ResponseReturnValue:
    return _delete([request_id])


@blueprint.post("/delete")
def delete() -> ResponseReturnValue:
    """The picked drafts of the list."""
    ids = [int(text) for text in request.form.getlist("pick") if text.isdecimal()]
    if not ids:
        raise Invalid("Отметьте черновики, которые нужно удалить.")
    return _delete(ids)


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Undoes a deletion: the button of its message posts here."""
    ids = [int(text) for text in request.args.get("ids", "").split(",") if text.isdecimal()]
    numbers = requests.restore(
        context.db(), actor=context.actor(), now=context.now(), request_ids=ids
    )
    toast(f"Возвращено в черновики: {_told(numbers)}")
    return redirect(url_for(".index"))


def _delete(ids: list[int]) -> ResponseReturnValue:
    numbers = requests.delete(
        context.db(), actor=context.actor(), now=context.now(), request_ids=ids
    )
    undo = url_for(".restore", ids=",".join(map(str, ids)))
    toast(f"Удалено: {_told(numbers)}", undo=undo)
    return redirect(local_path(request.form.get("back", "")) or url_for(".index"))


def _told(numbers: list[str]) -> str:
    if len(numbers) == 1:
        return f"черновик {numbers[0]}"
    return counted(len(numbers), "черновик", "черновика", "черновиков")


def _steps(found: Request) -> list[tuple[str, str, str]]:
    """The path of an application; one that ended otherwise ends where it is."""
    at = next((n for n, (_, states, _) in enumerate(PATH) if found.state in states), None)
    if at is None:
        return [
            *((label, "", "done") for label, _, _ in PATH[:3]),
            (STATES[found.state].label, "", "current"),
        ]
    last = at == len(PATH) - 1
    return [
        (label, small, "done" if n < at or last else "current" if n == at else "ahead")
        for n, (label, _, small) in enumerate(PATH)
    ]


def _people(found: Request, check: Check, defects: tuple[Defect, ...]) -> list[Person]:
    if not check.spec.has_people:
        return []
    role = next((column for column in check.spec.columns if column.kind == "role"), None)
    return [
        Person(
            number=number,
            name=name_of(row.answers).full,
            no_middle_name=has_no_middle_name(row.answers),
            snils=row.snils,
            position=str(row.answers.get("position", "")),
            role=check.value(role, row.answers) if role else "",
            errors=sum(d.row == number and d.level == "error" for d in defects),
            warnings=sum(d.row == number and d.level == "warning" for d in defects),
        )
        for number, row in enumerate(found.rows, 1)
    ]


def _fields(found: Request, spec: FormSpec) -> list[tuple[str, str]]:
    """What was typed beside the table, by its official label."""
    return [
        (item.plain_label.strip(" -:") or item.help or item.key, text)
        for item in spec.fields
        if (text := str(found.fields.get(item.key, "")).strip())
    ]


def _systems(found: Request) -> tuple[SystemSpec, ...]:
    if not found.system:
        return ()
    try:
        return together(context.catalogue(), found.system)
    except NotFound:
        return ()


def _notices(found: Request, spec: FormSpec) -> list[str]:
    """What to mind, said once: of the form and of the systems."""
    return list(dict.fromkeys([*spec.notices, *(n for s in _systems(found) for n in s.notices)]))
