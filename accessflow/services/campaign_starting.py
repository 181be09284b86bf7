"""A recertification is begun: what rights it reaches, counted beforehand, and its lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, distinct, exists, func, insert, literal, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, CampaignLine, Grant, Organization
from accessflow.services import campaign_due
from accessflow.services.actor import Actor
from accessflow.services.campaigns import note, own_organization, read_due
from accessflow.services.clock import moscow_date
from accessflow.services.fields import Fields, Refused
from accessflow.workflow.calendar import WorkingCalendar

EMPTY = "Под этот отбор не попало ни одного открытого права: измените его."


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rights: empty means all. `unseen_months`: last seen by the system so long ago."""

    organizations: tuple[int, ...] = ()
    systems: tuple[str, ...] = ()
    unseen_months: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What of one organisation is in reach."""

    organization_id: int
    organization: str
    rights: int
    people: int


@dataclass(frozen=True, slots=True)
class CampaignData:
    """As it is typed."""

    title: str
    due_on: str
    reach: Reach


def preview(session: Session, actor: Actor, reach: Reach, today: date) -> tuple[Counted, ...]:
    """How many rights of how many people in which organisations, by name. Raises Forbidden."""
    query = (
        select(
            Organization.id,
            Organization.short_name,
            func.count(),
            func.count(distinct(Grant.person_id)),
        )
        .select_from(Grant)
        .join(Organization, Organization.id == Grant.organization_id)
        .where(*_in_reach(actor, reach, today))
        .group_by(Organization.id, Organization.short_name)
        .order_by(Organization.short_name, Organization.id)
    )
    return tuple(Counted(*row) for row in session.execute(query))


def never_seen(session: Session, actor: Actor, reach: Reach, today: date) -> int:
    """Rights left out because no list of their system says when they were used."""
    everything = _in_reach(actor, replace(reach, unseen_months=None), today)
    query = select(func.count()).select_from(Grant)
    return session.scalar(query.where(*everything, Grant.last_seen_on.is_(None))) or 0


def start(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, data: CampaignData
) -> int:
    """Its id; letters leave on the next working morning. Raises Refused, Forbidden."""
    own = own_organization(actor)
    today = moscow_date(now)
    title, due_on = _read(data, catalogue.working_calendar, today)
    with db.write() as session:
        campaign = Campaign(
            title=title,
            organization_id=own,
            organizations=list(data.reach.organizations) if own is None else [],
            systems=list(data.reach.systems),
            unseen_months=data.reach.unseen_months,
            started_by_id=actor.user_id,
            started_at=now,
            due_on=due_on,
        )
        session.add(campaign)
        session.flush()
        _take_lines(session, actor, campaign, data.reach, today)
        if not session.scalar(select(exists().where(CampaignLine.campaign_id == campaign.id))):
            raise Refused(EMPTY, {})
        campaign_due.plan(session, catalogue, campaign, now)
        note(session, actor, now, campaign, "created", f"срок {due_on:%d.%m.%Y}")
        return campaign.id


def _in_reach(actor: Actor, reach: Reach, today: date) -> list[ColumnElement[bool]]:
    own = own_organization(actor)
    found: list[ColumnElement[bool]] = [Grant.until.is_(None), Grant.voided_at.is_(None)]
    if own is not None:
        found.append(Grant.organization_id == own)
    elif reach.organizations:
        found.append(Grant.organization_id.in_(reach.organizations))
    if reach.systems:
        found.append(Grant.system.in_(reach.systems))
    if reach.unseen_months is not None:
        found.append(Grant.last_seen_on <= months_before(today, reach.unseen_months))
    return found


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, its last day where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _take_lines(
    session: Session, actor: Actor, campaign: Campaign, reach: Reach, today: date
) -> None:
    """In one statement, however many."""
    columns = ("campaign_id", "grant_id", "organization_id", "decision", "note")
    rights = (
        select(literal(campaign.id), Grant.id, Grant.organization_id, literal(""), literal(""))
        .where(*_in_reach(actor, reach, today))
        .order_by(Grant.id)
    )
    session.execute(insert(CampaignLine).from_select(columns, rights))


def _read(data: CampaignData, calendar: WorkingCalendar, today: date) -> tuple[str, date]:
    """Raises Refused."""
    fields = Fields()
    title = fields.text(
        "title", data.title, 255, required="Назовите пересмотр: так он будет стоять в отчёте."
    )
    due = read_due(fields, data.due_on, calendar, today)
    fields.check(confirmed=True)
    return title, due or today
