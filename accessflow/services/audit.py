"""The timelines of all applications, checked against their own hashes (R27)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Request, RequestEvent
from accessflow.services.timeline import first_broken
from accessflow.workflow.states import UNFILED


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` names the first event that does not hold, "" where all do."""

    requests: int
    events: int
    broken: str = ""


def verify(session: Session) -> Verdict:
    """Every chain from its first event on: nothing changed, nothing taken out, and each
    application stands where its last event has put it."""
    seen: set[int] = set()
    count = 0
    for request_id, events in _chains(session):
        seen.add(request_id)
        count += len(events)
        if broken := _broken(session, request_id, events):
            return Verdict(len(seen), count, broken)
    without = session.scalars(select(Request).where(Request.state.not_in(UNFILED)))
    for request in without:
        if request.id not in seen:
            told = f"application {request.number}: «{request.state}» without any event"
            return Verdict(len(seen), count, told)
    return Verdict(len(seen), count)


def _broken(session: Session, request_id: int, events: list[RequestEvent]) -> str:
    request = session.get(Request, request_id)
    number = request.number if request else f"id {request_id}"
    if (event := first_broken(events)) is not None:
        return f"application {number}, event {event.seq} ({event.action}, {event.at.isoformat()})"
    if request is not None and request.state != events[-1].target:
        target = events[-1].target
        return f"application {number}: «{request.state}», its last event leads to «{target}»"
    return ""


def _chains(session: Session) -> Iterator[tuple[int, list[RequestEvent]]]:
    ordered = (
        select(RequestEvent)
        .order_by(RequestEvent.request_id, RequestEvent.seq)
        .execution_options(yield_per=1000)
    )
    for request_id, events in groupby(session.scalars(ordered), key=lambda e: e.request_id):
        yield request_id, list(events)
