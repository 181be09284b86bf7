"""What is due once, at a moment: laid down with each action, claimed by whoever fires it.

A reminder is claimed by one conditional UPDATE of `fired_at`, so any number of schedulers may look
at once and each fires once. Nothing fires on a day off: it waits for the next working morning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Reminder, Request
from accessflow.notify import messages
from accessflow.notify.rendering import House
from accessflow.services import asking, timeline
from accessflow.services.actor import SYSTEM
from accessflow.services.clock import MOSCOW, moscow_date
from accessflow.services.letter_words import about, day, house_of, house_of_organization
from accessflow.services.letters import about_for_desk, to_author, to_desk
from accessflow.services.outbox import Box
from accessflow.services.preferences import MORNING
from accessflow.workflow.asking import reminded_on, silent_on
from accessflow.workflow.calendar import WorkingCalendar

OF_REQUEST = ("needs_info", "silence", "unsigned")
Due = tuple[str, datetime]
"""A kind of reminder, and when."""


def plan(session: Session, catalogue: Catalogue, request: Request, now: datetime) -> None:
    """What the request, as it stands now, is to be reminded of; what no longer holds is cancelled.

    In the transaction of the action that brought it there.
    """
    wanted = set(_wanted(session, catalogue, request, now))
    laid = session.scalars(
        select(Reminder).where(
            Reminder.entity == "request",
            Reminder.entity_id == request.id,
            Reminder.kind.in_(OF_REQUEST),
            Reminder.fired_at.is_(None),
        )
    ).all()
    for row in laid:
        row.cancelled_at = None if (row.kind, row.due_at) in wanted else row.cancelled_at or now
    session.flush()
    for kind, due_at in wanted - {(row.kind, row.due_at) for row in laid}:
        lay(session, kind, "request", request.id, due_at)


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


def morning(on: date) -> datetime:
    return datetime.combine(on, MORNING, MOSCOW)


def lay(session: Session, kind: str, entity: str, entity_id: int, due_at: datetime) -> bool:
    """Lays down what is due; False where it has been laid already, also by somebody else."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    row = insert(Reminder).values(kind=kind, entity=entity, entity_id=entity_id, due_at=due_at)
    return session.scalar(row.on_conflict_do_nothing().returning(Reminder.id)) is not None


def call_off(
    session: Session, entity: str, entity_id: int, kinds: Iterable[str], now: datetime
) -> None:
    """What has not fired yet, does not any more."""
    session.execute(
        update(Reminder)
        .where(
            Reminder.entity == entity,
            Reminder.entity_id == entity_id,
            Reminder.kind.in_(list(kinds)),
            Reminder.fired_at.is_(None),
            Reminder.cancelled_at.is_(None),
        )
        .values(cancelled_at=now)
    )


def open_for_reminders(calendar: WorkingCalendar, now: datetime) -> bool:
    """From 09:00 in Moscow on of a working day."""
    local = now.astimezone(MOSCOW)
    return calendar.is_working(local.date()) and local.time() >= MORNING


def due_entities(session: Session, kinds: Iterable[str], now: datetime) -> list[tuple[str, int]]:
    """Kind and entity of what is due, the longest first; many of one are one."""
    found = session.execute(
        select(Reminder.kind, Reminder.entity_id)
        .where(
            Reminder.kind.in_(list(kinds)),
            Reminder.due_at <= now,
            Reminder.fired_at.is_(None),
            Reminder.cancelled_at.is_(None),
        )
        .order_by(Reminder.due_at, Reminder.id)
    )
    return list(dict.fromkeys((kind, entity_id) for kind, entity_id in found))


def claim(session: Session, kind: str, entity_id: int, now: datetime) -> bool:
    """Takes all that is due of this kind and entity; False: somebody else was faster.

    Held until the transaction ends: a second one waits, and then finds nothing.
    """
    taken = session.execute(
        update(Reminder)
        .where(
            Reminder.kind == kind,
            Reminder.entity_id == entity_id,
            Reminder.due_at <= now,
            Reminder.fired_at.is_(None),
            Reminder.cancelled_at.is_(None),
        )
        .values(fired_at=now)
    )
    return isinstance(taken, CursorResult) and taken.rowcount > 0


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
        house, whose = _house(box.catalogue, request), about(box.catalogue, request)
        told = messages.needs_info(
            house, whose, since=since, text=asked.text, rows=rows, answer_by=by
        )
        to_author(box, request, told)
    else:
        house, whose = house_of(box.catalogue), about_for_desk(box.catalogue, request)
        to_desk(box, request, messages.silence(house, whose, since=since, text=asked.text))


def _house(catalogue: Catalogue, request: Request) -> House:
    """Nothing is written in the name of a МИАЦ that works outside."""
    if request.outside:
        return house_of_organization(catalogue, request.organization)
    return house_of(catalogue)
