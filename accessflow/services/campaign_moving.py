"""A recertification that is going on gets another last day, earlier or later, and can get it back.

The reminders are laid anew, and whoever has been told of the former day is told of the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, Change
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Conflict
from accessflow.services import campaign_due, campaign_reminders, campaigns, history
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.fields import Fields

ENTITY = "campaign"
MOVED, TAKEN_BACK = "moved", "moved back"
"""Events of the history."""
DAY, WHY = "Последний день", "Почему"


@dataclass(frozen=True, slots=True)
class Moved:
    """From which day to which, and how many letters tell of it."""

    before: date
    after: date
    letters: int


def move(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    campaign_id: int,
    due_on: str,
    reason: str,
) -> Moved:
    """Raises Refused with flaws of `due_on`, `reason`; Conflict for one that is closed; NotFound,
    Forbidden."""
    with db.write() as session:
        campaign = _running(session, actor, campaign_id)
        fields = Fields()
        asked = "Напишите, почему срок переносится: это уйдёт в письмах."
        why = fields.text("reason", reason, 255, required=asked)
        due = campaigns.read_due(fields, due_on, catalogue.working_calendar, moscow_date(now))
        if due == campaign.due_on:
            fields.error("due_on", "same", "Это и есть нынешний последний день: укажите другой.")
        fields.check(confirmed=True)
        return _moved(session, actor, now, catalogue, campaign, due or campaign.due_on, MOVED, why)


def take_back(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, campaign_id: int
) -> Moved:
    """The day before the last move holds again, also where it has passed. Raises Conflict where
    nothing was moved, or it is closed; NotFound, Forbidden."""
    with db.write() as session:
        campaign = _running(session, actor, campaign_id)
        query = select(Change).where(Change.entity == ENTITY, Change.entity_id == campaign.id)
        last = session.scalars(query.order_by(Change.id.desc()).limit(1)).first()
        before = read_date(last.what[DAY][0]) if last and last.event == MOVED else None
        if before is None:
            raise Conflict("Перенос срока уже отменён.", campaign=campaign_id)
        why = "перенос отменён"
        return _moved(session, actor, now, catalogue, campaign, before, TAKEN_BACK, why)


def _running(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    campaign = campaigns.locked(session, actor, campaign_id)
    if campaign.closed_at is not None:
        raise Conflict("Этот пересмотр уже закрыт: срока у него нет.", campaign=campaign_id)
    return campaign


def _moved(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    campaign: Campaign,
    to: date,
    event: str,
    why: str,
) -> Moved:
    before, campaign.due_on = campaign.due_on, to
    campaign_due.plan(session, catalogue, campaign, now)
    what = {DAY: [f"{before:%d.%m.%Y}", f"{to:%d.%m.%Y}"], WHY: ["—", why]}
    history.record(
        session, actor=actor, now=now, entity=ENTITY, entity_id=campaign.id, event=event, what=what
    )
    session.flush()
    written = campaign_reminders.tell_moved(session, catalogue, now, campaign, before, why)
    return Moved(before, to, written)
