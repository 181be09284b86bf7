"""The reminders of a recertification, each fired once (laid by `services/campaign_due.py`).

It has begun; two before the last day and one on it, to who decides; after it to the head as well,
and to МИАЦ who has not finished. Whoever has decided everything hears nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, Organization, Reminder, User
from accessflow.domain.text import counted
from accessflow.notify import campaign_messages as messages
from accessflow.notify.campaign_messages import Reviewed
from accessflow.notify.messages import Listed
from accessflow.notify.rendering import House, Message
from accessflow.services import campaign_progress
from accessflow.services.actor import SYSTEM
from accessflow.services.campaign_due import ENTITY, KINDS
from accessflow.services.campaign_progress import Progress
from accessflow.services.clock import moscow_date
from accessflow.services.due_rows import claim, due_entities, open_for_reminders
from accessflow.services.letter_words import day, house_of
from accessflow.services.outbox import Box, put

DECIDE: tuple[str, ...] = ("secretary", "hr", "committee")
HEADS: tuple[str, ...] = ("signatory",)
LISTED = 100


def fire_due(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """How many letters were written."""
    if not open_for_reminders(catalogue.working_calendar, now):
        return 0
    with db.read() as session:
        due = due_entities(session, KINDS, now)
    return sum(_fire(db, catalogue, now, kind, campaign_id) for kind, campaign_id in due)


def _fire(db: Database, catalogue: Catalogue, now: datetime, kind: str, campaign_id: int) -> int:
    with db.write() as session:
        query = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
        campaign = session.scalars(query).one()
        if not claim(session, kind, campaign_id, now) or campaign.closed_at is not None:
            return 0
        left = [p for p in campaign_progress.progress(session, SYSTEM, campaign_id) if p.open]
        box = Box(session, catalogue, now)
        written = sum(_to_organization(box, campaign, kind, one) for one in left)
        if kind == "campaign_late" and campaign.organization_id is None and left:
            written += _to_miac(box, campaign, left)
        return written


def tell_moved(
    session: Session,
    catalogue: Catalogue,
    now: datetime,
    campaign: Campaign,
    before: date,
    why: str,
) -> int:
    """How many letters say that it has another last day: to whoever still has to decide and has
    been told of the former one; to the head where that had passed."""
    begun = select(Reminder.id).where(
        Reminder.kind == "campaign_started",
        Reminder.entity == ENTITY,
        Reminder.entity_id == campaign.id,
        Reminder.fired_at.is_not(None),
    )
    if session.scalar(begun) is None:
        return 0
    left = [p for p in campaign_progress.progress(session, SYSTEM, campaign.id) if p.open]
    box = Box(session, catalogue, now)
    roles = (*DECIDE, *HEADS) if before < moscow_date(now) else DECIDE
    return sum(
        _send(
            box,
            messages.campaign_moved(
                _house(box, campaign), _review(campaign, one), before=day(before), why=why
            ),
            one.organization_id,
            roles,
        )
        for one in left
    )


def _to_organization(box: Box, campaign: Campaign, kind: str, left: Progress) -> int:
    message = _message(box, campaign, kind, _review(campaign, left))
    roles = (*DECIDE, *HEADS) if kind == "campaign_late" else DECIDE
    return _send(box, message, left.organization_id, roles)


def _review(campaign: Campaign, left: Progress) -> Reviewed:
    return Reviewed(
        title=campaign.title,
        organization=left.organization,
        due=day(campaign.due_on),
        rights=counted(left.open, "право", "права", "прав"),
        people=f"у {counted(left.people, 'сотрудника', 'сотрудников', 'сотрудников')}",
        path=f"campaigns/{campaign.id}/organizations/{left.organization_id}",
    )


def _send(box: Box, message: Message, organization_id: int, roles: Sequence[str]) -> int:
    """To each of them; to the mailbox where nobody has an address."""
    readers = _readers(box.session, organization_id, roles)
    for user in readers:
        put(box, message, to=(user.email,), user=user)
    if not readers:
        place = box.session.get_one(Organization, organization_id)
        put(box, message, to=(place.mailbox,))
    return max(1, len(readers))


def _message(box: Box, campaign: Campaign, kind: str, review: Reviewed) -> Message:
    house = _house(box, campaign)
    if kind == "campaign_started":
        return messages.campaign_started(house, review, by=house.name)
    if kind == "campaign_late":
        return messages.campaign_late(house, review)
    return messages.campaign_reminder(house, review, left=_left(box, campaign))


def _left(box: Box, campaign: Campaign) -> str:
    today = moscow_date(box.now)
    number = box.catalogue.working_calendar.working_days(today, campaign.due_on)
    if not number:
        return "сегодня последний день"
    return f"до срока {counted(number, 'раб. день', 'раб. дня', 'раб. дней')}"


def _house(box: Box, campaign: Campaign) -> House:
    """МИАЦ, or the organisation whose own campaign it is."""
    house = house_of(box.catalogue)
    if campaign.organization_id is None:
        return house
    own = box.session.get_one(Organization, campaign.organization_id)
    return House(own.short_name, own.phone, house.wording)


def _to_miac(box: Box, campaign: Campaign, left: Sequence[Progress]) -> int:
    items = [
        Listed(
            one.organization,
            "",
            f"не решено {counted(one.open, 'право', 'права', 'прав')} из {one.total}",
            f"campaigns/{campaign.id}/organizations/{one.organization_id}",
        )
        for one in left[:LISTED]
    ]
    message = messages.campaign_unfinished(
        house_of(box.catalogue), title=campaign.title, due=day(campaign.due_on),
        path=f"campaigns/{campaign.id}", items=items,
    )  # fmt: skip
    leads = select(User).where(User.role == "miac_lead", User.active, User.email != "")
    people = {user.id: user for user in box.session.scalars(leads)}
    starter = box.session.get_one(User, campaign.started_by_id)
    if starter.active and starter.email:
        people[starter.id] = starter
    for user in people.values():
        put(box, message, to=(user.email,), user=user)
    return len(people)


def _readers(session: Session, organization_id: int, roles: Sequence[str]) -> list[User]:
    query = select(User).where(
        User.organization_id == organization_id, User.role.in_(roles), User.active, User.email != ""
    )
    return list(session.scalars(query.order_by(User.id)))
