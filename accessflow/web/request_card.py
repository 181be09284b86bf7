"""The card of an application, and what is done with one or many: copy, delete, bring back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.forms.check import Check
from accessflow.services import (
    asking,
    attachments,
    letter_list,
    parcels,
    request_links,
    requests,
    scope,
    sending,
    stages,
)
from accessflow.services.applications import check_of, find
from accessflow.services.card import Card, card_of
from accessflow.services.editable import may_edit
from accessflow.services.history import changes_of
from accessflow.services.letter_labels import LETTERS
from accessflow.services.request_list import scans_of
from accessflow.services.routes import CHANNELS, is_default, route_of
from accessflow.services.sending import Missing
from accessflow.services.technical import FILE_KINDS, SUBJECTS
from accessflow.services.waivers import defects_of
from accessflow.web import change_view, context, messages, request_words
from accessflow.web.card_turn import paper_of, turn_of
from accessflow.web.card_view import (
    FILE_LABELS,
    Person,
    Typed,
    fields_of,
    files_of,
    links_of,
    notices_of,
    people_of,
    steps,
    systems_of,
    table_of,
)
from accessflow.web.event_words import moments
from accessflow.web.mail_words import STATES as LETTER_STATES
from accessflow.web.request_blueprint import blueprint
from accessflow.web.request_next import SEND, Next, next_step
from accessflow.web.request_words import TITLES, state_of
from accessflow.web.signing_send import place_of
from accessflow.web.signing_view import ScanView, scan_view
from accessflow.web.timeline import Moment, merged, timeline
from accessflow.workflow.rows import MIAC
from accessflow.workflow.states import UNFILED

FILES = {
    "pdf": ("file-earmark-pdf", "печать и подпись"),
    "docx": ("file-earmark-word", "правка в Word"),
    "xlsx": ("file-earmark-excel", "форма для отправки"),
}


ASIDE = ["rework", "withdraw", "reopen"]
"""Actions in the menu: they take something back."""
ICONS = {"rework": "pencil", "withdraw": "x-circle", "reopen": "arrow-repeat"}


@blueprint.get("/<int:request_id>")
def card(request_id: int) -> ResponseReturnValue:
    return page(find(context.session(), context.actor(), request_id))


def page(found: Request, typed: Typed | None = None) -> str:
    """The card; `typed`: an answer that was not taken, and why."""
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    card = card_of(session, actor, catalogue, found, context.now())
    check = check_of(session, catalogue, found)
    editable = may_edit(actor, found)
    defects = defects_of(session, check, found) if editable else ()
    errors = sum(d.level == "error" for d in defects)
    signed = check.spec.signature.signer != "none"
    scan = scan_view(session, actor, found) if signed and found.state != "draft" else None
    paper = paper_of(card, scan.file if scan else None)
    missing = _missing(found, card)
    turn = turn_of(actor, card, paper, missing, errors)
    people = people_of(found, check, defects)
    own = scope.may_file(actor, found.organization_id)
    return render_template(
        "requests/card.html",
        found=found,
        card=card,
        spec=check.spec,
        subject=request_words.subject(catalogue, found),
        action=TITLES[found.action],
        state=state_of(found),
        turn=turn,
        asked=asking.open_one(found, card.events),
        aside=ASIDE,
        on_turn=_on_turn(card, turn.slug),
        icons=ICONS,
        vipnet=catalogue.region.default_recipients.vipnet,
        desk=_desk(found),
        typed=typed or Typed(),
        steps=steps(card, mine=turn.mine),
        people=people,
        table=table_of(check),
        defects=[d for d in defects if d.row is None],
        errors=errors,
        warnings=sum(d.level == "warning" for d in defects),
        missing=[(one, place_of(one, found)) for one in missing],
        paper=paper,
        scan=scan,
        route=route_of(catalogue, found),
        committee_route=parcels.route_at(catalogue, found, "committee"),
        may_memo=own and any(row.outcome == "granted" for row in found.rows),
        inside=not found.organization.miac_outside and is_default(catalogue, found),
        fields=fields_of(found, check.spec),
        systems=systems_of(catalogue, found),
        notices=notices_of(catalogue, found, check.spec) if found.state in UNFILED else [],
        superseded=found.state in UNFILED and catalogue.superseded(check.spec, context.today()),
        in_force=catalogue.form(check.spec.slug, on=context.today()),
        batch=request_links.made_with(session, actor, found),
        links=links_of(session, actor, found),
        pair=change_view.pair_of(found, "requests.card"),
        subject_of=lambda other: request_words.subject(catalogue, other),
        files=FILES,
        kept=files_of(session, found),
        file_labels=FILE_LABELS,
        attached=attachments.of(session, found),
        kinds=_file_kinds(found, check),
        may_attach=attachments.may(actor, found),
        committee_scan=_committee_scan(card),
        documents=_documents(card),
        letters=letter_list.of_request(session, found.id) if own or scope.sees_all(actor) else (),
        letter_states=LETTER_STATES,
        letter_kinds=LETTERS,
        panel=messages.panel(found),
        may_edit=editable,
        may_copy=own,
        may_resubmit=own and found.state in requests.RESUBMITTED and _leaves_something(card),
        own=own,
        channels=CHANNELS,
        problem=SUBJECTS.get(found.subject),
        history=_history(card, people),
        contact=catalogue.region.contacts.get("miac_phone", ""),
        outcomes=request_words.OUTCOMES,
        causes=request_words.cause,
    )


IN_BLOCK = {
    "draft": ("prepare",),
    "problem": ("send",),
    "paper": ("send",),
    "answer": ("answer",),
    "number": ("register",),
    "call": ("connect", "note_external", "refuse"),
    "reupload": ("reupload",),
    "accept": ("to_committee",),
    "stage": ("committee_send", "hand_back", "refuse"),
    "roles": ("committee_send", "hand_back"),
    "confirm": ("confirm_deleted",),
}
"""Actions that stand in the block of whose move it is, by its slug; all others stand below it."""


def _on_turn(card: Card, slug: str) -> list[str]:
    """Also what an application never needs: КЗ's stage of one that has none."""
    needless = () if "committee_stage" in card.snapshot.facts else ("to_committee",)
    return [*IN_BLOCK.get(slug, ()), *needless]


def _desk(found: Request) -> str:
    """МИАЦ works an application at its own card."""
    if context.actor().role not in MIAC or found.state in UNFILED:
        return ""
    return url_for("triage.card", request_id=found.id)


def _missing(found: Request, card: Card) -> tuple[Missing, ...]:
    """What keeps it from being sent, for those who would send it."""
    if not card.offer("send"):
        return ()
    return sending.missing(context.session(), context.catalogue(), found, context.today())


def _file_kinds(found: Request, check: Check) -> Mapping[str, str]:
    """What may be put to it, by kind."""
    labels = attachments.LABELS
    if found.kind == "technical":
        return {kind: labels[kind] for kind in (*FILE_KINDS, "attachment")}
    if found.kind == "emd_deletion" and sending.is_birth(check):
        return {kind: labels[kind] for kind in ("certificate_status", "attachment")}
    return {"attachment": labels["attachment"]}


def _committee_scan(card: Card) -> ScanView | None:
    """The panel of КЗ's own signature, at its stage of an access application (R37)."""
    found = card.request
    if found.kind == "access" and found.state == "at_committee":
        return scan_view(context.session(), context.actor(), found, "committee_scan")
    return None


def _documents(card: Card) -> list[tuple[Request, Next | None]]:
    """КЗ's letter and act, each with its next step."""
    if card.request.kind != "emd_deletion":
        return []
    session, actor = context.session(), context.actor()
    made = stages.documents_of(session, card.request)
    laid = scans_of(session, made)
    return [(one, _not_alone(next_step(actor, one, laid.get(one.id)))) for one in made]


def _not_alone(step: Next | None) -> Next | None:
    """They leave with the application, not by themselves."""
    return None if step == SEND else step


def _leaves_something(card: Card) -> bool:
    rows = card.snapshot.rows
    return not rows or not all(row.executed for row in rows)


def _history(card: Card, people: Sequence[Person]) -> list[Moment]:
    """What happened and what was edited, newest first."""
    session, actor = context.session(), context.actor()
    edits = timeline(actor, changes_of(session, [("request", card.request.id)]))
    names = {person.number: person.name for person in people}
    return merged(moments(actor, card.events, names), edits)
