"""What an application is reminded of: of a request for data, of a set that nobody signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.notify import messages
from accessflow.services import asking, due_rows, timeline
from accessflow.services.actor import SYSTEM
from accessflow.services.clock import moscow_date
from accessflow.services.due_rows import Due, claim, due_entities, morning, open_for_reminders
from accessflow.services.letter_words import about, day, house_about, house_of
from accessflow.services.letters import about_for_desk, to_author, to_desk
from accessflow.services.outbox import Box
from accessflow.workflow.asking import reminded_on, silent_on

OF_REQUEST = ("needs_info", "silence", "unsigned")


def plan(session: Session, catalogue: Catalogue, request: Request, now: datetime) -> None:
    """What the request, as it stands now, is to be reminded of; what no longer holds is cancelled.

    In the transaction of the action that brought it there.
    """
    due = _wanted(session, catalogue, request, now)
    due_rows.plan(session, "request", request.id, OF_REQUEST, due, now)


def _wanted(
    session: Session, catalogue: Catalogue, request: Request, now: datetime
) -> Iterator[Due]:
    limits, calendar = catalogue.region.limits, catalogue.working_calendar
    since, days = moscow_date(request.state_at or now), limits.info_reminder_days
    if asked := asking.find(session, request):
        for on in reminded_on(calendar, since, days, asked.answer_by):
            yield "needs_info", morning(on)
        # МИАЦ outside has its own way of not forgetting.
        if not request.outside:
            on = silent_on(calendar, since, days, limits.silence_days, asked.answer_by)
            yield "silence", morning(on)
    elif request.state == "ready":
        yield "unsigned", unsigned_at(catalogue, since)


def unsigned_at(catalogue: Catalogue, since: date) -> datetime:
    """When a set that waits for its signature since that day is reminded of."""
    after = since + timedelta(days=catalogue.region.limits.unsigned_days)
    return morning(catalogue.working_calendar.next_working(after))


def fire_due(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """Reminds organisations of requests for data, and МИАЦ of those without an answer.

    How many letters were written.
    """
    if not open_for_reminders(catalogue.working_calendar, now):
        return 0
    with db.read() as session:
        due = due_entities(session, ("needs_info", "silence"), now)
    return sum(_fire(db, catalogue, now, kind, request_id) for kind, request_id in due)


def _fire(db: Database, catalogue: Catalogue, now: datetime, kind: str, request_id: int) -> bool:
    with db.write() as session:
        # Locked as by an action: between the two the state cannot change.
        query = select(Request).where(Request.id == request_id).with_for_update()
        request = session.scalars(query).one()
        if not claim(session, kind, request_id, now) or request.state != "needs_info":
            return False
        _write(Box(session, catalogue, now), request, kind)
        action = "remind" if kind == "needs_info" else "silence"
        timeline.append(session, request, actor=SYSTEM, now=now, action=action, role="system")
        return True


def _write(box: Box, request: Request, kind: str) -> None:
    asked = asking.find(box.session, request)
    if asked is None:
        raise AssertionError(f"request {request.id} waits for an answer to nothing")
    since, rows, by = day(asked.on), asking.in_words(request, asked), day(asked.answer_by)
    if kind == "needs_info":
        house, whose = house_about(box.catalogue, request), about(box.catalogue, request)
        told = messages.needs_info(
            house, whose, since=since, text=asked.text, rows=rows, answer_by=by
        )
        to_author(box, request, told)
    else:
        house, whose = house_of(box.catalogue), about_for_desk(box.catalogue, request)
        to_desk(box, request, messages.silence(house, whose, since=since, text=asked.text))
