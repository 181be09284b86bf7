"""The reaction term of a request: from its timeline, cached for lists (Рег. 3.5, R22-R26)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request, RequestEvent
from accessflow.services.clock import moscow_date
from accessflow.workflow.states import ANSWERED, STATES, UNFILED
from accessflow.workflow.term_words import InWords, left_in_words
from accessflow.workflow.terms import Due, Pause, reaction_due

WITHOUT_TERM = frozenset({"network", "authority"})
"""ГКУ ЛО «ОЭП» and КЗ have no term in the regulation."""
NOT_ANSWERED_BY_ANYONE = frozenset({"withdrawn"})
"""Ended by its author: that tells nothing of МИАЦ's term."""
NOT_DUE = UNFILED | ANSWERED | {"sent"}
Events = Sequence[RequestEvent]


def due_of(events: Events, request: Request, catalogue: Catalogue, today: date) -> Due | None:
    """The last day as it stands today; an open pause counts until today. None: nothing is due."""
    registered = registered_on(events)
    if registered is None or not _runs(request):
        return None
    return reaction_due(registered, pauses_of(events), catalogue.working_calendar, today=today)


def cache(session: Session, catalogue: Catalogue, request: Request) -> None:
    """Rewrites `due_on` and `paused_since` from the events, for lists to sort by, and what the
    overview counts: `answered_on`, `answered_days`, `answered_late`.

    In `due_on` an open pause counts up to the day on which it began: so it does not depend on when
    it was worked out.
    """
    events = histories(session, (request.id,))[request.id]
    request.due_on, request.paused_since = cached(events, request, catalogue)
    answer = answer_of(events, request, catalogue)
    request.answered_on, request.answered_days = answer.on, answer.days
    request.answered_late = answer.late


def cached(
    events: Events, request: Request, catalogue: Catalogue
) -> tuple[date | None, date | None]:
    """What `due_on` and `paused_since` are to be."""
    registered = registered_on(events)
    if registered is None or not _runs(request):
        return None, None
    closed = [pause for pause in pauses_of(events) if pause.end is not None]
    due = reaction_due(registered, closed, catalogue.working_calendar, today=registered)
    return due.day, paused_since(events)


@dataclass(frozen=True, slots=True)
class Answer:
    """When it was answered. `days`: calendar days since registration, less the pauses; both
    they and `late` are None for what had no term."""

    on: date | None = None
    days: int | None = None
    late: bool | None = None


def answer_of(events: Events, request: Request, catalogue: Catalogue) -> Answer:
    """An empty one while it is open. What was reopened counts from its registration on."""
    if request.state not in ANSWERED:
        return Answer()
    answered = [e for e in events if e.target in ANSWERED and e.source not in ANSWERED]
    if not answered:
        return Answer()
    on, registered = day_of(answered[-1]), registered_on(events)
    termless = request.kind in WITHOUT_TERM or request.state in NOT_ANSWERED_BY_ANYONE
    if registered is None or termless:
        return Answer(on)
    calendar, pauses = catalogue.working_calendar, pauses_of(events)
    due = reaction_due(registered, pauses, calendar, today=on)
    gone = [replace(p, end=min(p.end or on, on)) for p in pauses if p.start < on]
    paused = reaction_due(registered, gone, calendar, today=on).paused_days
    return Answer(on, (on - registered).days - paused, on > due.day)


def shown(
    session: Session, catalogue: Catalogue, request: Request, today: date, *, short: bool = False
) -> InWords:
    """The term in words and its tone; a dash where nothing is due."""
    return shown_of(session, catalogue, (request,), today, short=short)[request.id]


def shown_of(
    session: Session,
    catalogue: Catalogue,
    requests: Iterable[Request],
    today: date,
    *,
    short: bool = False,
) -> dict[int, InWords]:
    """The same for a page of a list, by id: events are read of those alone that stand on pause."""
    listed = list(requests)
    paused = [request.id for request in listed if request.paused_since]
    events = histories(session, paused) if paused else {}
    words = {}
    for request in listed:
        if request.id in events:
            due = due_of(events[request.id], request, catalogue, today)
        else:
            due = _from_cache(catalogue, request)
        words[request.id] = left_in_words(
            due, today, paused_since=request.paused_since, short=short
        )
    return words


def paused_days(session: Session, catalogue: Catalogue, request: Request, today: date) -> int:
    """How many days of pauses are in the term so far."""
    due = due_of(histories(session, (request.id,))[request.id], request, catalogue, today)
    return due.paused_days if due else 0


def registered_on(events: Events) -> date | None:
    """The day of registration; what was noted later says when it was (`happened_on`)."""
    for event in events:
        if event.target == "registered" and event.source != "registered":
            return day_of(event)
    return None


def pauses_of(events: Events) -> tuple[Pause, ...]:
    """The states that pause, by date, and extensions from their day until the day that they name;
    only the last may be open."""
    return (*_states(events), *_extensions(events))


def paused_since(events: Events) -> date | None:
    """The first day of the pause that is open now."""
    last = list(_states(events))[-1:]
    return last[0].start if last and last[0].end is None else None


def day_of(event: RequestEvent) -> date:
    """The day in Moscow on which it happened, as whoever noted it says, else when it was noted."""
    told = event.data.get("happened_on")
    return date.fromisoformat(told) if told else moscow_date(event.at)


def _states(events: Events) -> Iterator[Pause]:
    start: date | None = None
    for event in events:
        if STATES[event.target].pauses and start is None:
            start = day_of(event)
        elif start is not None and not STATES[event.target].pauses:
            yield Pause(start, max(start, day_of(event)))
            start = None
    if start is not None:
        yield Pause(start, None)


def _extensions(events: Events) -> Iterator[Pause]:
    for event in events:
        if event.action == "extend":
            start = day_of(event)
            yield Pause(start, max(start, date.fromisoformat(event.data["until"])))


def _runs(request: Request) -> bool:
    return request.kind not in WITHOUT_TERM and request.state not in NOT_DUE


def _from_cache(catalogue: Catalogue, request: Request) -> Due | None:
    if request.due_on is None:
        return None
    return Due(request.due_on, not catalogue.working_calendar.is_known(request.due_on))


def histories(session: Session, request_ids: Iterable[int]) -> Mapping[int, list[RequestEvent]]:
    """The events of many requests, oldest first."""
    found: dict[int, list[RequestEvent]] = defaultdict(list)
    for event in session.scalars(
        select(RequestEvent)
        .where(RequestEvent.request_id.in_(request_ids))
        .order_by(RequestEvent.request_id, RequestEvent.seq)
    ):
        found[event.request_id].append(event)
    return found
