"""«Сообщить о проблеме»: the subject first, for it says who helps; then what R20 asks for
(Рег. 3.3, 3.4.2; R9, R10, R20, R39, R40)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import attachments, editable, problem, technical
from accessflow.services.applications import find
from accessflow.services.offers import system_label
from accessflow.services.technical import CRITICALITIES, FILE_KINDS, SUBJECTS
from accessflow.web import context
from accessflow.web.errors import STATUS
from accessflow.web.request_blueprint import blueprint
from accessflow.web.toasts import toast


@blueprint.get("/problem", endpoint="problem")
def choose() -> ResponseReturnValue:
    return _choice(request.args.get("subject", ""))


@blueprint.post("/problem")
def new_problem() -> ResponseReturnValue:
    subject = request.form.get("subject", "")
    try:
        made = technical.create(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            subject=subject,
        )
    except (Invalid, Conflict) as refusal:
        return _choice(subject, refusal), STATUS[type(refusal)]
    return redirect(url_for(".describe", request_id=made))


def _choice(chosen: str, refusal: AccessflowError | None = None) -> str:
    """`chosen`: a subject whose way is shown; one that is not filed here has no button."""
    catalogue = context.catalogue()
    return render_template(
        "requests/problem.html",
        subjects=[(one, technical.way(catalogue, one)) for one in SUBJECTS.values()],
        chosen=chosen,
        refusal=refusal,
        elsewhere=isinstance(refusal, Conflict),
    )


@blueprint.get("/<int:request_id>/problem")
def describe(request_id: int) -> ResponseReturnValue:
    found = _found(request_id)
    return _form(found, problem.told(found))


@blueprint.post("/<int:request_id>/problem")
def described(request_id: int) -> ResponseReturnValue:
    """Saves the words and lays the files; with a flaw nothing that was typed is lost."""
    typed = {key: request.form.get(key, "") for key in (*problem.LABELS, *problem.OWN)}
    try:
        problem.describe(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            request_id=request_id,
            typed=typed,
        )
        _attach(request_id)
    except (Invalid, Conflict) as refusal:
        context.refresh()
        flaws = refusal.fields if isinstance(refusal, Invalid) else {}
        return _form(_found(request_id), typed, refusal.message, flaws), STATUS[type(refusal)]
    toast("Описание сохранено")
    return redirect(url_for(".card", request_id=request_id), code=303)


def _attach(request_id: int) -> None:
    for kind in FILE_KINDS:
        for file in request.files.getlist(kind):
            if not file.filename:
                continue
            try:
                attachments.add(
                    context.db(),
                    actor=context.actor(),
                    now=context.now(),
                    files=context.files(),
                    request_id=request_id,
                    kind=kind,
                    name=file.filename,
                    content=file.read(),
                )
            except Invalid as refusal:
                raise Invalid(refusal.message, {kind: refusal.message}) from refusal


def _found(request_id: int) -> Request:
    found = find(context.session(), context.actor(), request_id)
    if found.kind != "technical":
        raise Conflict(
            "Это не обращение о проблеме: её данные правят в редакторе.", request=request_id
        )
    editable.require_editable(context.actor(), found)
    return found


def _form(
    found: Request,
    typed: Mapping[str, str],
    message: str = "",
    flaws: Mapping[str, str] | None = None,
) -> str:
    session, catalogue = context.session(), context.catalogue()
    return render_template(
        "requests/problem_form.html",
        found=found,
        parts=problem.PARTS,
        typed=typed,
        message=message,
        flaws=flaws or {},
        subject=SUBJECTS.get(found.subject),
        criticalities=CRITICALITIES,
        systems=sorted(system_label(catalogue, slug) for slug in catalogue.systems),
        file_kinds=FILE_KINDS,
        attached=attachments.of(session, found, tuple(FILE_KINDS)),
        files_lost=bool(flaws) and any(f.filename for f in request.files.values()),
    )
