"""An action on an application: decided by `workflow.decide`, applied in one transaction.

State, rows, events, letters and what else the transition's row says change together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestEvent
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import (
    dismissal_standing,
    duplicates,
    letters,
    pair_steps,
    pairs,
    remind,
    stages,
    terms,
    timeline,
    totals,
)
from accessflow.services.actor import SYSTEM, Actor
from accessflow.services.applications import locked
from accessflow.services.clock import MOSCOW, moscow_date
from accessflow.services.effects import EFFECTS
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.decide import Outcome, RowDecision, Step, decide, settle
from accessflow.workflow.states import STATES

if TYPE_CHECKING:
    from accessflow.services.files import FileStore


@dataclass(frozen=True, slots=True)
class Acted:
    """What an action came to."""

    request_id: int
    number: str
    registration_no: str | None
    state: str
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Applying:
    """One step as it is applied: what effects see."""

    session: Session
    catalogue: Catalogue
    files: FileStore
    actor: Actor
    now: datetime
    request: Request
    step: Step
    rows: tuple[RowDecision, ...]


@dataclass(frozen=True, slots=True)
class Moment(Applying):
    """The same with its event: what letters see."""

    event: RequestEvent


def act(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request_id: int,
    action: str,
    given: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> Acted:
    """`seen`: the number of the last event that the actor's page knew of, if it came from one.

    Raises NotFound, Conflict (also where somebody else was faster: who, when, what), Forbidden,
    Invalid; then nothing has changed.
    """
    with db.write() as session:
        halves = pairs.ids_of(session, [request_id])
        duplicates.lock_both(session, request_id, (given or {}).get("duplicate_of"), *halves)
        request = locked(session, actor, request_id)
        require_unchanged(session, request, seen)
        return act_within(session, actor, now, catalogue, files, request, action, given)


def act_within(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request: Request,
    action: str,
    given: Mapping[str, Any] | None = None,
) -> Acted:
    """The same inside a transaction of the caller, who has locked the request."""
    before = request.state
    snapshot = snapshot_of(session, catalogue, request, moscow_date(now))
    outcome = decide(snapshot, action, acting(actor, request), now, given)
    _require_possible(request, outcome.steps[0], now)
    events = _apply(session, actor, now, catalogue, files, request, outcome)
    for document in stages.documents_of(session, request):
        follow(session, now, catalogue, files, document)
    partner = pairs.partner_of(session, request)
    if partner is not None:
        if pair_steps.goes_along(session, catalogue, actor, partner, action, now):
            also = locked(session, actor, partner.id)
            act_within(session, actor, now, catalogue, files, also, action, given)
        elif request.state in pairs.DEAD - {before} and partner.state not in pairs.DEAD:
            pair_steps.tell_end(session, catalogue, request, partner, now)
    return Acted(request.id, request.number, request.registration_no, request.state, events)


def follow(
    session: Session, now: datetime, catalogue: Catalogue, files: FileStore, request: Request
) -> None:
    """What happens by itself as it now stands: to an arrival that is registered by hand, to a
    document of an application that has just moved (R41). The caller has locked it."""
    snapshot = snapshot_of(session, catalogue, request, moscow_date(now))
    _apply(session, SYSTEM, now, catalogue, files, request, settle(snapshot, now))


def require_unchanged(session: Session, request: Request, seen: int | None) -> None:
    """Raises Conflict where the state has moved on since the actor's page was made."""
    last = timeline.last_event(session, request.id)
    if seen is None or last is None or last.seq <= seen:
        return
    fresh = [e for e in timeline.events_of(session, request.id) if e.seq > seen]
    moved = [e for e in fresh if e.source != e.target or e.action in ("decide", "undecide")]
    if moved:
        raise Conflict(
            f"Пока вы смотрели, заявку изменили: {_told(moved[-1])}.", request=request.id
        )


def _require_possible(request: Request, step: Step, now: datetime) -> None:
    """Raises Invalid for a day before the application was sent, or one that has not come yet."""
    happened = step.given.get("happened_on")
    if happened is None:
        return
    first = moscow_date(request.sent_at) if request.sent_at else date.min
    if not first <= happened <= moscow_date(now):
        message = (
            "Этого дня ещё не было." if happened > first else "Тогда заявка не была отправлена."
        )
        raise Invalid(message, {"happened_on": message}, request=request.id)


def _told(event: RequestEvent) -> str:
    who = event.user.name if event.user else "система"
    at = event.at.astimezone(MOSCOW).strftime("%d.%m.%Y в %H:%M")
    return f"{who}, {at}, теперь «{STATES[event.target].label}»"


def _apply(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request: Request,
    outcome: Outcome,
) -> tuple[int, ...]:
    made = []
    for step in outcome.steps:
        whose = SYSTEM if step.role == "system" else actor
        rows = outcome.rows if step.role != "system" else ()
        step_made = Applying(session, catalogue, files, whose, now, request, step, rows)
        kept = _data(step_made)
        for effect in step.transition.effects:
            kept |= EFFECTS[effect](step_made)
        event = timeline.append(
            session,
            request,
            actor=whose,
            now=now,
            action=step.transition.action,
            target=step.transition.target,
            role=step.role,
            data=kept,
        )
        if request.state != step.transition.target:
            request.state, request.state_at = step.transition.target, now
        moment = Moment(session, catalogue, files, whose, now, request, step, rows, event)
        for kind in step.transition.letters:
            letters.write(moment, kind)
        made.append(event.seq)
    if made:
        request.updated_at = now
        terms.cache(session, catalogue, request)
        totals.reindex(session, catalogue, request)
        remind.plan(session, catalogue, request, now)
        dismissal_standing.follow(session, catalogue, request, now)
        session.flush()
    return tuple(made)


def _data(moment: Applying) -> dict[str, Any]:
    """What the event keeps of what was given; rows also by the number that people see."""
    data = {key: value for key, value in moment.step.given.items() if key != "rows"}
    positions = {row.id: row.position for row in moment.request.rows}
    if moment.rows:
        data["rows"] = [
            {"row": r.row_id, "position": positions[r.row_id], "outcome": r.outcome,
             "cause": r.cause}
            for r in moment.rows
        ]  # fmt: skip
    return data
