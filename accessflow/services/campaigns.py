"""Recertification: somebody starts it over a set of open rights, with a last day; it is closed.

Its lines are the rights that were open at the start. МИАЦ starts one over any organisations, an
organisation one over its own rights. Who decides on the lines: `services/campaign_lines.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, CampaignLine
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.domain.roles import Role
from accessflow.services import campaign_due, history, scope
from accessflow.services.actor import Actor
from accessflow.services.fields import Fields
from accessflow.workflow.calendar import WorkingCalendar

OF_MIAC: frozenset[Role] = frozenset({"miac_specialist", "miac_lead"})
OF_ORGANIZATION: frozenset[Role] = frozenset({"secretary", "signatory", "committee"})
"""КЗ starts one as an organisation, over its own people."""
STARTERS = OF_MIAC | OF_ORGANIZATION
LONGEST = timedelta(days=366)
MONTHS = (3, 6, 12)
"""Of not being seen: what is offered."""
SHOWS = ("open", "closed", "all")


def own_organization(actor: Actor) -> int | None:
    """Whose campaign the actor starts: None for МИАЦ's. Raises Forbidden."""
    if actor.role in OF_MIAC:
        return None
    if actor.role not in OF_ORGANIZATION or actor.organization_id is None:
        raise Forbidden("Пересмотр прав начинают МИАЦ, секретарь или руководитель организации.")
    return actor.organization_id


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
        note(session, actor, now, campaign, "withdrawn", "закрыт")


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
        note(session, actor, now, campaign, "changed", "снова открыт")


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


def note(
    session: Session, actor: Actor, now: datetime, campaign: Campaign, event: str, words: str
) -> None:
    """What happened to it, in the history."""
    history.record(
        session, actor=actor, now=now, entity="campaign", entity_id=campaign.id, event=event,
        what={"Пересмотр прав": ["—", words]},
    )  # fmt: skip
