"""Reminders of rights whose own term runs out: 30, 14 and 3 days ahead, each once.

Gathered once a working day for each organisation. A stage that fell on a day off is told on the
next working morning; of several that have passed only the nearest is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.insert import insert
from accessflow.db.session import Database
from accessflow.db.tables import Employment, Grant, Organization, Reminder, User
from accessflow.domain.text import counted
from accessflow.notify import renewal_messages
from accessflow.notify.messages import Listed
from accessflow.services import renewals
from accessflow.services.clock import moscow_date
from accessflow.services.due_rows import claim, lay, morning, open_for_reminders
from accessflow.services.letter_words import house_for
from accessflow.services.offers import system_label
from accessflow.services.outbox import Box, put
from accessflow.services.people import name_of

STAGES = (30, 14, 3)
"""Calendar days ahead."""
DAY, ENTITY = "expiring_day", "grant"


def kind_of(stage: int) -> str:
    return f"expiring_{stage}"


def fire_due(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """How many letters were written. Once a working day, whoever is first."""
    today = moscow_date(now)
    if not open_for_reminders(catalogue.working_calendar, now) or _done(db, today):
        return 0
    with db.write() as session:
        if not lay(session, DAY, "day", today.toordinal(), morning(today)):
            return 0
        claim(session, DAY, today.toordinal(), now)
        by_organization: dict[int, list[Grant]] = defaultdict(list)
        for grant in _due(session, today, now):
            by_organization[grant.organization_id].append(grant)
        box = Box(session, catalogue, now)
        return sum(_write(box, number, due) for number, due in by_organization.items())


def _done(db: Database, today: date) -> bool:
    laid = exists().where(
        Reminder.kind == DAY, Reminder.entity == "day", Reminder.entity_id == today.toordinal()
    )
    with db.read() as session:
        return session.scalar(select(laid)) or False


def _due(session: Session, today: date, now: datetime) -> Iterator[Grant]:
    """Those that have come to a stage that nobody was told of, now told."""
    for stage, nearer in zip(STAGES, (*STAGES[1:], -1), strict=True):
        told = exists().where(
            Reminder.kind == kind_of(stage),
            Reminder.entity == ENTITY,
            Reminder.entity_id == Grant.id,
        )
        found = session.scalars(
            select(Grant)
            .join(Grant.employment)
            .where(
                Grant.until.is_(None),
                Grant.voided_at.is_(None),
                Grant.expires_on.is_not(None),
                Grant.expires_on <= today + timedelta(days=stage),
                Grant.expires_on > today + timedelta(days=nearer),
                Grant.no_renewal.is_(False),
                or_(Employment.until.is_(None), Employment.until >= today),
                ~told,
            )
            .options(joinedload(Grant.person))
            .order_by(Grant.id)
        ).all()
        _tell(session, found, stage, now)
        yield from found


def _tell(session: Session, grants: Sequence[Grant], stage: int, now: datetime) -> None:
    rows = [
        {
            "kind": kind_of(stage), "entity": ENTITY, "entity_id": grant.id, "fired_at": now,
            "due_at": morning(grant.expires_on - timedelta(days=stage)),
        }
        for grant in grants
        if grant.expires_on is not None
    ]  # fmt: skip
    if rows:
        session.execute(insert(session, Reminder).on_conflict_do_nothing(), rows)


def _write(box: Box, organization_id: int, due: Sequence[Grant]) -> int:
    """To the secretaries; to the organisation's mailbox where it has none. What is asked for again
    already needs no reminder."""
    again = renewals.asked_again(box.session, box.catalogue, due)
    left = sorted(
        (g for g in due if g.id not in again), key=lambda g: (g.expires_on or date.max, g.id)
    )
    if not left or left[0].expires_on is None:
        return 0
    items = [_item(box.catalogue, grant, moscow_date(box.now)) for grant in left]
    place = box.session.get_one(Organization, organization_id)
    message = renewal_messages.expiring(
        house_for(box.catalogue, place), items=items, first=f"{left[0].expires_on:%d.%m.%Y}"
    )
    secretaries = box.session.scalars(
        select(User).where(
            User.organization_id == organization_id,
            User.role == "secretary",
            User.active,
            User.email != "",
        )
    ).all()
    for user in secretaries:
        put(box, message, to=(user.email,), user=user)
    if not secretaries:
        put(box, message, to=(place.mailbox,))
    return max(1, len(secretaries))


def _item(catalogue: Catalogue, grant: Grant, today: date) -> Listed:
    until = grant.expires_on or today
    role = f" · {grant.role}" if grant.role else ""
    what = system_label(catalogue, grant.system) + role
    return Listed(name_of(grant.person).short, what, in_words(until, today), "renewals")


def in_words(until: date, today: date) -> str:
    """«до 23.12.2026, осталось 30 дней»."""
    days = (until - today).days
    if days < 0:
        return f"до {until:%d.%m.%Y}, срок вышел {counted(-days, 'день', 'дня', 'дней')} назад"
    if days == 0:
        return f"до {until:%d.%m.%Y}, последний день"
    verb = "остался" if days % 10 == 1 and days % 100 != 11 else "осталось"
    return f"до {until:%d.%m.%Y}, {verb} {counted(days, 'день', 'дня', 'дней')}"
