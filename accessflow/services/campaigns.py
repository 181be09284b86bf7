"""Recertification: somebody starts it over a set of open rights, with a last day; it is closed.

Its lines are the rights that were open at the start. МИАЦ starts one over any organisations, an
organisation one over its own rights. Who decides on the lines: `services/campaign_lines.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    distinct,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, CampaignLine, Grant, Organization
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.domain.roles import Role
from accessflow.services import campaign_due, history, scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.fields import Fields, Refused
from accessflow.workflow.calendar import WorkingCalendar

OF_MIAC: frozenset[Role] = frozenset({"miac_specialist", "miac_lead"})
OF_ORGANIZATION: frozenset[Role] = frozenset({"secretary", "signatory", "committee"})
"""КЗ starts one as an organisation, over its own people."""
STARTERS = OF_MIAC | OF_ORGANIZATION
LONGEST = timedelta(days=366)
MONTHS = (3, 6, 12)
"""Of not being seen: what is offered."""
SHOWS = ("open", "closed", "all")
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


def own_organization(actor: Actor) -> int | None:
    """Whose campaign the actor starts: None for МИАЦ's. Raises Forbidden."""
    if actor.role in OF_MIAC:
        return None
    if actor.role not in OF_ORGANIZATION or actor.organization_id is None:
        raise Forbidden("Пересмотр прав начинают МИАЦ, секретарь или руководитель организации.")
    return actor.organization_id


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
        _note(session, actor, now, campaign, "created", f"срок {due_on:%d.%m.%Y}")
        return campaign.id


def proposed_due(calendar: WorkingCalendar, today: date) -> date:
    """A month of working days: twenty."""
    return calendar.add_working(today, 20)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Of campaigns: one's own, and those that rights of one's organisation are in."""
    if scope.sees_all(actor):
        return true()
    own = actor.organization_id or 0
    theirs = exists().where(
        CampaignLine.campaign_id == Campaign.id, CampaignLine.organization_id == own
    )
    return or_(Campaign.organization_id == own, theirs)


def find(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """Raises NotFound."""
    query = select(Campaign).where(Campaign.id == campaign_id, seen_by(actor))
    found = session.scalar(
        query.options(joinedload(Campaign.started_by), joinedload(Campaign.organization))
    )
    if found is None:
        raise NotFound("Такого пересмотра прав нет.", campaign=campaign_id)
    return found


def listed(actor: Actor, show: str, text: str = "") -> Select[Campaign]:
    """`show`: one of SHOWS; `text`: of the title."""
    query = select(Campaign).where(seen_by(actor)).options(joinedload(Campaign.organization))
    if text:
        query = query.where(Campaign.title.icontains(text, autoescape=True))
    if show == "open":
        return query.where(Campaign.closed_at.is_(None))
    return query.where(Campaign.closed_at.is_not(None)) if show == "closed" else query


def may_run(actor: Actor, campaign: Campaign) -> bool:
    """Whether the actor may move and close it and open it again: whoever could have started it."""
    if campaign.organization_id is None:
        return actor.role in OF_MIAC
    return actor.role in OF_ORGANIZATION and actor.organization_id == campaign.organization_id


def close(db: Database, *, actor: Actor, now: datetime, campaign_id: int) -> None:
    """No more decisions and reminders; what is undecided stays so. Raises NotFound, Forbidden,
    Conflict."""
    with db.write() as session:
        campaign = locked(session, actor, campaign_id)
        if campaign.closed_at is not None:
            raise Conflict("Этот пересмотр уже закрыт.", campaign=campaign_id)
        campaign.closed_at = now
        campaign_due.call_off(session, campaign, now)
        _note(session, actor, now, campaign, "withdrawn", "закрыт")


def reopen(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, campaign_id: int
) -> None:
    """Raises NotFound, Forbidden, Conflict where it is open or its report has been signed."""
    with db.write() as session:
        campaign = locked(session, actor, campaign_id)
        if campaign.closed_at is None:
            raise Conflict("Этот пересмотр не закрыт.", campaign=campaign_id)
        if campaign.report_sha256 is not None:
            raise Conflict(
                "Отчёт этого пересмотра уже подписан. Начните новый пересмотр.",
                campaign=campaign_id,
            )
        campaign.closed_at = None
        campaign_due.plan(session, catalogue, campaign, now)
        _note(session, actor, now, campaign, "changed", "снова открыт")


def organizations_of(session: Session, campaign: Campaign) -> Sequence[int]:
    query = select(CampaignLine.organization_id).where(CampaignLine.campaign_id == campaign.id)
    return session.scalars(query.distinct()).all()


def locked(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """Under its own lock, for whoever may run it. Raises NotFound, Forbidden."""
    session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
    campaign = find(session, actor, campaign_id)
    require_run(actor, campaign)
    return campaign


def require_run(actor: Actor, campaign: Campaign) -> None:
    """Raises Forbidden."""
    if not may_run(actor, campaign):
        raise Forbidden("Пересмотром распоряжается тот, кто его начал.", campaign=campaign.id)


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


def read_due(fields: Fields, typed: str, calendar: WorkingCalendar, today: date) -> date | None:
    """A last day as typed: a working day ahead, within a year. What is wrong stands in `fields`."""
    due = fields.day("due_on", typed)
    if due is None and "due_on" not in fields.flaws:
        fields.error("due_on", "required", "Укажите последний день: «23.12.2026».")
    elif due is not None and due <= today:
        fields.error("due_on", "past", "Этот день уже наступил: укажите день впереди.")
    elif due is not None and due > today + LONGEST:
        fields.error("due_on", "far", "До этого дня больше года: проверьте год.")
    elif due is not None and not calendar.is_working(due):
        next_day = calendar.next_working(due)
        words = f"{due:%d.%m.%Y} — день нерабочий. Ближайший рабочий — {next_day:%d.%m.%Y}."
        fields.error("due_on", "day_off", words, fix=f"{next_day:%d.%m.%Y}")
    return due


def _note(
    session: Session, actor: Actor, now: datetime, campaign: Campaign, event: str, words: str
) -> None:
    history.record(
        session, actor=actor, now=now, entity="campaign", entity_id=campaign.id, event=event,
        what={"Пересмотр прав": ["—", words]},
    )  # fmt: skip
