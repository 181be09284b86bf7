"""The card of an application, and what is done with one or many: copy, delete, bring back."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain.errors import Invalid
from accessflow.domain.text import counted
from accessflow.services import request_links, requests, scope, sending, stages
from accessflow.services.applications import check_of, find, form_of
from accessflow.services.card import Card, card_of
from accessflow.services.editable import may_edit
from accessflow.services.history import changes_of
from accessflow.services.waivers import defects_of
from accessflow.web import context, request_words
from accessflow.web.card_turn import turn_of
from accessflow.web.card_view import (
    fields_of,
    files_of,
    links_of,
    notices_of,
    people_of,
    steps,
    systems_of,
)
from accessflow.web.event_words import moments
from accessflow.web.kept import local_path
from accessflow.web.request_blueprint import blueprint
from accessflow.web.request_words import STATES, TITLES
from accessflow.web.signing_view import ScanView, scan_view
from accessflow.web.timeline import Moment, timeline
from accessflow.web.toasts import toast
from accessflow.workflow.states import ANSWERED, UNFILED

FILES = {
    "pdf": ("file-earmark-pdf", "печать и подпись"),
    "docx": ("file-earmark-word", "правка в Word"),
    "xlsx": ("file-earmark-excel", "форма для отправки"),
}
ON_TURN = ("prepare", "send", "answer", "reupload")
"""Actions that the card offers where it says whose move it is."""


@blueprint.get("/<int:request_id>")
def card(request_id: int) -> ResponseReturnValue:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    found = find(session, actor, request_id)
    spec = form_of(catalogue, found)
    card = card_of(session, actor, catalogue, found, context.now())
    check = check_of(session, catalogue, found)
    editable = may_edit(actor, found)
    defects = defects_of(session, check, found) if editable else ()
    errors = sum(d.level == "error" for d in defects)
    own = scope.may_file(actor, found.organization_id)
    state = STATES[found.state]
    signed = spec.signature.signer != "none"
    return render_template(
        "requests/card.html",
        found=found,
        card=card,
        spec=spec,
        subject=request_words.subject(catalogue, found),
        action=TITLES[found.action],
        state=state,
        turn=turn_of(actor, card, state.label, errors),
        steps=steps(found, card.events),
        people=people_of(found, check, defects),
        target=check.target,
        defects=[d for d in defects if d.row is None],
        errors=errors,
        warnings=sum(d.level == "warning" for d in defects),
        missing=sending.missing(session, catalogue, found, context.today())
        if own and card.offer("send")
        else (),
        fields=fields_of(found, spec),
        systems=systems_of(catalogue, found),
        notices=notices_of(catalogue, found, spec) if found.state in UNFILED else [],
        superseded=found.state in UNFILED and catalogue.superseded(spec, context.today()),
        in_force=catalogue.form(spec.slug, on=context.today()),
        batch=request_links.made_with(session, actor, found),
        links=links_of(session, actor, found),
        subject_of=lambda other: request_words.subject(catalogue, other),
        states=STATES,
        files=FILES,
        kept=files_of(session, found),
        scan=scan_view(session, actor, found) if signed and found.state != "draft" else None,
        committee_scan=_committee_scan(card),
        documents=stages.documents_of(session, found) if found.kind == "emd_deletion" else (),
        may_edit=editable,
        may_copy=own,
        may_resubmit=own and found.state in requests.RESUBMITTED and _leaves_something(card),
        own=own,
        answered=found.state in ANSWERED,
        on_turn=ON_TURN,
        first_action=_first_action(card),
        history=_history(card, found.id),
        contact=catalogue.region.contacts.get("miac_phone", ""),
        outcomes=request_words.OUTCOMES,
        causes=request_words.cause,
    )


def _first_action(card: Card) -> str:
    """The action that is the primary one of the page, if any stands apart."""
    if card.request.state == "sent":
        return "register"
    return "committee_send" if card.request.state == "at_committee" else ""


def _committee_scan(card: Card) -> ScanView | None:
    """The panel of КЗ's own signature, at its stage of an access application (R37)."""
    found = card.request
    if found.kind == "access" and found.state == "at_committee":
        return scan_view(context.session(), context.actor(), found, "committee_scan")
    return None


def _leaves_something(card: Card) -> bool:
    rows = card.snapshot.rows
    return not rows or not all(row.executed for row in rows)


def _history(card: Card, request_id: int) -> list[Moment]:
    """What happened and what was edited, newest first."""
    session, actor = context.session(), context.actor()
    edits = timeline(actor, changes_of(session, [("request", request_id)]))
    return sorted([*moments(actor, card.events), *edits], key=lambda m: m.at, reverse=True)


@blueprint.post("/<int:request_id>/resubmit")
def resubmit(request_id: int) -> ResponseReturnValue:
    new = requests.resubmit(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
    )
    toast("Сделана исправленная копия: поправьте то, из-за чего отказали")
    return redirect(url_for("editor.edit", request_id=new))


@blueprint.post("/<int:request_id>/documents")
def stage_documents(request_id: int) -> ResponseReturnValue:
    """КЗ's letter and act on the deletion of an ЭМД, filled from the МО's letter (R41)."""
    made = stages.prepare(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
    )
    toast("Письмо и акт готовы к заполнению: проверьте их и передайте на подпись")
    return redirect(url_for("editor.edit", request_id=made[0]))


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
