"""What is due once, at a moment: a row laid in the transaction that causes it, claimed when due.

A row is claimed by one conditional UPDATE of `fired_at`, so any number of schedulers may look at
once and each fires once. Nothing fires on a day off: it waits for the next working morning.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from accessflow.db.insert import insert
from accessflow.db.tables import Reminder
from accessflow.services.clock import MOSCOW
from accessflow.services.preferences import MORNING
from accessflow.workflow.calendar import WorkingCalendar

Due = tuple[str, datetime]
"""A kind of reminder, and when."""


def morning(on: date) -> datetime:
    return datetime.combine(on, MORNING, MOSCOW)


def lay(session: Session, kind: str, entity: str, entity_id: int, due_at: datetime) -> bool:
    """Lays down what is due; False where it has been laid already, also by somebody else."""
    row = {"kind": kind, "entity": entity, "entity_id": entity_id, "due_at": due_at}
    laid = insert(session, Reminder).values(row).on_conflict_do_nothing().returning(Reminder.id)
    return session.scalar(laid) is not None


def plan(
    session: Session,
    entity: str,
    entity_id: int,
    kinds: Iterable[str],
    due: Iterable[Due],
    now: datetime,
) -> None:
    """What of these kinds is due, in place of what was planned before.

    A row called off before is due again; one that has fired does not fire twice.
    """
    call_off(session, entity, entity_id, kinds, now)
    rows = [
        {"kind": kind, "entity": entity, "entity_id": entity_id, "due_at": due_at}
        for kind, due_at in due
    ]
    again = insert(session, Reminder).on_conflict_do_update(
        index_elements=["kind", "entity", "entity_id", "due_at"], set_={"cancelled_at": None}
    )
    if rows:
        session.execute(again, rows)


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
