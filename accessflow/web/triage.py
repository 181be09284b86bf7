"""МИАЦ's card of an application: what it says, what was checked, the scan, what may be done."""

from __future__ import annotations

import logging
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.documents import media
from accessflow.domain.errors import Invalid
from accessflow.services import (
    asking,
    letter_list,
    presence,
    stages,
    technical,
    timeline,
    triage,
    waivers,
)
from accessflow.services.applications import check_of, find
from accessflow.services.card import card_of
from accessflow.services.letter_labels import LETTERS
from accessflow.services.printing import file_of, model_of
from accessflow.services.queue import SORTS, USUAL_SORT
from accessflow.services.queue_beside import beside
from accessflow.services.queue_facets import FACETS
from accessflow.services.queue_views import wanted_of
from accessflow.web import (
    assignments,
    card_view,
    change_view,
    context,
    intake,
    messages,
    request_words,
    triage_view,
)
from accessflow.web.downloads import download
from accessflow.web.errors import STATUS
from accessflow.web.event_words import moments
from accessflow.web.kept import local_path
from accessflow.web.keys import read_key
from accessflow.web.mail_words import STATES as LETTER_STATES
from accessflow.web.request_words import OUTCOMES, TITLES
from accessflow.web.signing_view import ScanView, scan_view
from accessflow.web.toasts import toast
from accessflow.web.triage_blueprint import blueprint
from accessflow.workflow.asks import REFUSAL_CAUSES, cause_in_words
from accessflow.workflow.decide import EXECUTION
from accessflow.workflow.rows import MIAC

__all__ = ["blueprint", "intake"]  # its pages belong to the blueprint
log = logging.getLogger("accessflow.web")

SEES_SNILS = MIAC | {"committee"}
"""They copy it into other systems; everybody else sees it masked."""
LOOKERS = MIAC | {"committee"}
"""Whose open pages are told to the others."""


@blueprint.get("/<int:request_id>")
def card(request_id: int) -> ResponseReturnValue:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    found = find(session, actor, request_id)
    card = card_of(session, actor, catalogue, found, context.now())
    desk = triage.desk_of(session, actor, catalogue, found, context.today())
    full_snils = actor.role in SEES_SNILS
    if full_snils and desk.check.spec.has_people:
        log.info("full numbers shown: request %s, user %s", found.id, actor.user_id)
    return render_template(
        "triage/card.html",
        found=found,
        card=card,
        desk=desk,
        spec=desk.check.spec,
        subject=_subject(found),
        action="" if found.kind == "technical" else TITLES[found.action],
        state=request_words.state_of(found),
        bar=triage_view.bar_of(card, desk),
        executed=EXECUTION.get(found.kind, ""),
        causes=REFUSAL_CAUSES,
        cause_in_words=cause_in_words,
        outcomes=OUTCOMES,
        full_snils=full_snils,
        scans=_scans(found, desk.check.spec.signature.signer),
        files=triage_view.files_of(session, found),
        fields=triage_view.fields_of(found, desk.check),
        history=moments(actor, card.events),
        asked=asking.open_one(found, card.events),
        panel=messages.panel(found),
        letters=letter_list.of_request(session, found.id),
        letter_states=LETTER_STATES,
        letter_kinds=LETTERS,
        links=card_view.links_of(session, actor, found, ("resubmission_of_id", "duplicate_of_id")),
        pair=change_view.pair_of(found, "triage.card"),
        may_waive=actor.role in MIAC,
        may_weigh=actor.role in MIAC and card.snapshot.state in triage_view.WEIGHED,
        criticalities=technical.CRITICALITIES,
        priorities=technical.PRIORITIES,
        by_committee=actor.role == "committee" and found.state == "at_committee",
        documents=stages.documents_of(session, found) if found.kind == "emd_deletion" else (),
        **_around(found),
    )


def _around(found: Request) -> dict[str, Any]:
    """The way back and on within the queue's filter, and what the page does besides."""
    actor, wanted = context.actor(), wanted_of(_arguments())
    sort = request.args.get("sort", "")
    if sort.removeprefix("-") not in SORTS:
        sort = USUAL_SORT[wanted.scope]
    around = beside(context.session(), actor, wanted, sort, found, context.today())
    return {
        "back": f"{url_for('.card', request_id=found.id)}{_filter()}",
        "to_queue": f"{url_for('queue.index')}{_filter()}#r{found.id}",
        "previous": _address(around.before),
        "following": _address(around.after),
        "place": around.place,
        "assigned": assignments.panel(found),
        "polls": actor.role in LOOKERS,
    }


def _address(beside_it: int | None) -> str:
    if beside_it is None:
        return ""
    return f"{url_for('.card', request_id=beside_it)}{_filter()}"


def _arguments() -> dict[str, Any]:
    """The filter as the queue's address has it: facets as lists."""
    texts = {name: request.args.getlist(name) for name in request.args}
    return {name: some if name in FACETS else some[0] for name, some in texts.items()}


def _filter() -> str:
    """The filter of the queue that the card was opened from, to go on within it."""
    query = request.query_string.decode()
    return f"?{query}" if query else ""


def _subject(found: Request) -> str:
    """What it is about; of a technical problem the subject that it was filed under."""
    if found.kind == "technical" and found.subject in technical.SUBJECTS:
        return technical.SUBJECTS[found.subject].label
    return request_words.subject(context.catalogue(), found)


def _scans(found: Request, signer: str) -> list[ScanView]:
    """The МО's scan, and those of the director and of КЗ where there is or may be one."""
    session, actor = context.session(), context.actor()
    wanted = {"scan": signer != "none", "director_scan": signer == "miac",
              "committee_scan": found.kind == "access"}  # fmt: skip
    views = [scan_view(session, actor, found, kind) for kind, is_wanted in wanted.items()
             if is_wanted]  # fmt: skip
    shown = [v for v in views if v.file or v.may or v.kind == "scan"]
    # What is to be laid now comes first.
    return sorted(shown, key=lambda v: not (v.may and v.file is None))


@blueprint.get("/<int:request_id>/director.pdf")
def director(request_id: int) -> ResponseReturnValue:
    """App. 5 as it leaves МИАЦ, for its director to sign (X14)."""
    session, actor = context.session(), context.actor()
    found = find(session, actor, request_id)
    check = check_of(session, context.catalogue(), found)
    model = model_of(check, context.catalogue_of(found), context.today(), "miac")
    return download(file_of(model, "pdf").data, media.PDF, f"{found.number}-МИАЦ.pdf")


@blueprint.post("/<int:request_id>/presence")
def look(request_id: int) -> ResponseReturnValue:
    """The open page says that it is open, and hears who else looks and what has changed."""
    actor, now = context.actor(), context.now()
    presence.look(context.db(), actor=actor, now=now, request_id=request_id)
    context.refresh()
    session = context.session()
    seen = request.form.get("seen", type=int) or 0
    fresh = [
        event
        for event in timeline.events_of(session, request_id)
        if event.seq > seen and event.user_id != actor.user_id
    ]
    return render_template(
        "triage/_presence.html",
        others=presence.others(session, actor, request_id, now),
        fresh=moments(actor, fresh),
        again=local_path(request.form.get("page", "")) or url_for(".card", request_id=request_id),
    )


@blueprint.route("/<int:request_id>/waive", methods=["GET", "POST"])
def waive(request_id: int) -> ResponseReturnValue:
    """Lets one defect through, with the reason that the card keeps (X9, X27)."""
    code, row_id = request.values.get("code", ""), request.values.get("row", type=read_key)
    if request.method == "GET":
        return _waive_page(request_id, code, row_id)
    reason = request.form.get("reason", "")
    try:
        waivers.waive(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            request_id=request_id,
            code=code,
            row_id=row_id,
            reason=reason,
        )
    except Invalid as refusal:
        return _waive_page(request_id, code, row_id, reason, refusal.message), STATUS[Invalid]
    toast("Замечание пропущено: причина осталась в истории.")
    return redirect(url_for(".card", request_id=request_id), code=303)


def _waive_page(
    request_id: int, code: str, row_id: int | None, reason: str = "", flaw: str = ""
) -> str:
    context.refresh()
    session = context.session()
    found = find(session, context.actor(), request_id)
    pending = waivers.pending(session, context.catalogue(), found)
    one = next((p for p in pending if p.key == (code, row_id)), None)
    return render_template(
        "triage/waive.html",
        found=found,
        subject=request_words.subject(context.catalogue(), found),
        one=one,
        code=code,
        row_id=row_id,
        reason=reason,
        flaw=flaw,
    )


@blueprint.post("/<int:request_id>/weight")
def weigh(request_id: int) -> ResponseReturnValue:
    """How critical and how urgent it is (R20, R23)."""
    technical.weigh(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        request_id=request_id,
        criticality=request.form.get("criticality", ""),
        priority=request.form.get("priority", ""),
    )
    toast("Критичность и приоритет записаны.")
    return redirect(url_for(".card", request_id=request_id), code=303)
