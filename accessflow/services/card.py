"""An application as somebody stands before it: what happened, what may be done, the term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import known
from accessflow.db.tables import Request, RequestEvent
from accessflow.services import messages, terms, timeline, waivers
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.decide import allowed, refusals
from accessflow.workflow.snapshot import Snapshot
from accessflow.workflow.spec import Transition
from accessflow.workflow.states import STATES
from accessflow.workflow.term_words import InWords
from accessflow.workflow.terms import Pause, reaction_due


@dataclass(frozen=True, slots=True)
class Offered:
    """An action that the actor may take from here; `refused`: why not just now."""

    transition: Transition
    refused: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        return self.transition.action

    @property
    def label(self) -> str:
        return self.transition.label


@dataclass(frozen=True, slots=True)
class Card:
    """`events` oldest first; `seen` is the number of the last one, for `acting.act`."""

    request: Request
    snapshot: Snapshot
    events: Sequence[RequestEvent]
    offered: tuple[Offered, ...]
    term: InWords

    @property
    def seen(self) -> int:
        return self.events[-1].seq if self.events else 0

    def offer(self, action: str) -> Offered | None:
        return next((one for one in self.offered if one.action == action), None)


def card_of(
    session: Session, actor: Actor, catalogue: Catalogue, request: Request, now: datetime
) -> Card:
    """For whoever may see the request (`applications.find`)."""
    today = moscow_date(now)
    events = timeline.events_of(session, request.id)
    _never_happened(session, request, {event.action for event in events})
    snapshot = snapshot_of(session, catalogue, request, today)
    return Card(
        request=request,
        snapshot=snapshot,
        events=events,
        offered=tuple(
            Offered(transition, refusals(transition, snapshot, now))
            for transition in allowed(snapshot, acting(actor, request))
        ),
        term=terms.shown(session, catalogue, request, today),
    )


def _never_happened(session: Session, request: Request, steps: set[str]) -> None:
    """What its steps tell is not asked for: mostly nothing was let through, and nobody wrote."""
    if "waive" not in steps:
        known(session, waivers.kept_as(request.id), ())
    if not steps & {"message", "note"}:
        for with_notes in (True, False):
            known(session, messages.kept_as(request.id, with_notes=with_notes), ())


@dataclass(frozen=True, slots=True)
class TermAfter:
    """What an action does to the term: its last day now, and the day that it becomes.

    `pauses`: from now on it stands still, and `after` is the day if the answer comes on `until`.
    """

    before: date
    after: date
    pauses: bool
    until: date


def term_after(
    card: Card, catalogue: Catalogue, transition: Transition, today: date, until: date | None = None
) -> TermAfter | None:
    """The term before and after a request for data or an extension; None where it does not move.

    `until`: by which day an answer is asked for, or up to which the term is extended. How long an
    answer takes nobody knows: three days are shown.
    """
    events, request = card.events, card.request
    registered = terms.registered_on(events)
    pauses = STATES[transition.target].pauses and not STATES[transition.source].pauses
    end = until or (today + timedelta(days=3) if pauses else None)
    if registered is None or end is None or terms.due_of(events, request, catalogue, today) is None:
        return None
    if end < today:
        return None
    known, calendar = terms.pauses_of(events), catalogue.working_calendar
    before = reaction_due(registered, known, calendar, today=today)
    after = reaction_due(registered, (*known, Pause(today, end)), calendar, today=today)
    return TermAfter(before.day, after.day, pauses, end)
