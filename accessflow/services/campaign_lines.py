"""The lines of a recertification: each right is kept or to be taken away, one by one or many at
once, by the organisation's own staff. A right that ends meanwhile falls out by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, CampaignLine, Employment, Grant, Person
from accessflow.db.tables import Request as Application
from accessflow.domain.errors import Conflict, Forbidden
from accessflow.domain.roles import Role
from accessflow.services import campaigns
from accessflow.services.actor import Actor
from accessflow.services.campaign_progress import ALIVE, STATES, progress_of, unmade_now
from accessflow.services.dismissal_cancelling import drop_rows
from accessflow.services.dismissal_cover import DEAD

DECIDERS: frozenset[Role] = frozenset({"secretary", "hr", "signatory", "committee"})
DECISIONS = ("keep", "revoke", "")
"""What a line may be told; "" takes a decision back."""
SHOWS = ("open", "keep", "revoke", "gone", "all")


@dataclass(frozen=True, slots=True)
class Filter:
    """`text`: of a name; `at`: decided at that moment by the actor, to be undone."""

    show: str = "open"
    system: str = ""
    person: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Lines by their ids, else all of the filter, else those decided by the actor at a moment."""

    ids: tuple[int, ...] = ()
    all_of: Filter | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """How many lines were told, and numbers of applications that are on their way already, whose
    lines stay as they are."""

    count: int
    filed: tuple[str, ...] = field(default=())


def lines(campaign_id: int, organization_id: int, wanted: Filter) -> Select[CampaignLine]:
    """With rights, people and jobs, in the order of the people's names."""
    return (
        _lines(campaign_id, organization_id, wanted)
        .options(
            contains_eager(CampaignLine.grant).contains_eager(Grant.person),
            contains_eager(CampaignLine.grant)
            .joinedload(Grant.employment)
            .joinedload(Employment.unit),
            joinedload(CampaignLine.decided_by),
            joinedload(CampaignLine.request),
        )
        .order_by(Person.search_name, Person.id, Grant.system, CampaignLine.id)
    )


def systems_of(session: Session, campaign_id: int, organization_id: int) -> Sequence[str]:
    query = (
        select(Grant.system)
        .join(CampaignLine, CampaignLine.grant_id == Grant.id)
        .where(
            CampaignLine.campaign_id == campaign_id,
            CampaignLine.organization_id == organization_id,
        )
    )
    return session.scalars(query.distinct()).all()


def may_decide(actor: Actor, organization_id: int) -> bool:
    """An organisation's own staff alone; not who has been started by whom."""
    return actor.role in DECIDERS and actor.organization_id == organization_id


def decide(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    campaign_id: int,
    organization_id: int,
    chosen: Chosen,
    decision: str,
) -> Decided:
    """Writes the decision into those lines whose right is open; what a draft asked for is taken
    out of it again. Raises NotFound, Forbidden, Conflict for a closed campaign."""
    with db.write() as session:
        _require_open(session, actor, campaign_id, organization_id)
        found = _locked(session, _chosen(actor, campaign_id, organization_id, chosen))
        filed: dict[str, None] = {}
        count = 0
        for line in found:
            if line.decision == decision:
                continue
            if line.request is not None and not _released(session, actor, now, catalogue, line):
                filed[line.request.number] = None
                continue
            line.decision, line.decided_at = decision, now if decision else None
            line.decided_by_id = actor.user_id if decision else None
            count += 1
        return Decided(count, tuple(filed))


def unmade(session: Session, campaign_id: int, organization_id: int) -> list[CampaignLine]:
    """Lines to be taken away that no living application asks for, with their rights."""
    query = _lines(campaign_id, organization_id, Filter("revoke")).where(unmade_now())
    return list(
        session.scalars(
            query.outerjoin(Application, Application.id == CampaignLine.request_id)
            .options(contains_eager(CampaignLine.grant))
            .order_by(CampaignLine.id)
            .execution_options(populate_existing=True)
        ).unique()
    )


def _lines(campaign_id: int, organization_id: int, wanted: Filter) -> Select[CampaignLine]:
    query = (
        select(CampaignLine)
        .join(CampaignLine.grant)
        .join(Grant.person)
        .where(
            CampaignLine.campaign_id == campaign_id,
            CampaignLine.organization_id == organization_id,
        )
    )
    if wanted.show in STATES:
        query = query.where(STATES[wanted.show])
    if wanted.system:
        query = query.where(Grant.system == wanted.system)
    if wanted.person is not None:
        query = query.where(Grant.person_id == wanted.person)
    for word in wanted.text.casefold().replace("ё", "е").split():
        query = query.where(Person.search_name.contains(word, autoescape=True))
    return query


def _chosen(
    actor: Actor, campaign_id: int, organization_id: int, chosen: Chosen
) -> Iterable[Select[CampaignLine]]:
    """As queries over what is alive; ids in parts, for there may be thousands."""
    everything = Filter("all")
    if chosen.all_of is not None:
        yield _lines(campaign_id, organization_id, chosen.all_of).where(ALIVE)
    elif chosen.decided_at is not None:
        yield _lines(campaign_id, organization_id, everything).where(
            ALIVE,
            CampaignLine.decided_at == chosen.decided_at,
            CampaignLine.decided_by_id == actor.user_id,
        )
    for start in range(0, len(chosen.ids), 500):
        part = chosen.ids[start : start + 500]
        query = _lines(campaign_id, organization_id, everything)
        yield query.where(ALIVE, CampaignLine.id.in_(part))


def _locked(session: Session, queries: Iterable[Select[CampaignLine]]) -> list[CampaignLine]:
    """The applications go first, in one order, as where somebody acts on one of them."""
    wanted = [query.with_only_columns(CampaignLine.id) for query in queries]
    ids = [line_id for query in wanted for line_id in session.scalars(query)]
    found: list[CampaignLine] = []
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        linked = select(CampaignLine.request_id).where(CampaignLine.id.in_(part))
        session.execute(
            select(Application.id)
            .where(Application.id.in_(linked))
            .order_by(Application.id)
            .with_for_update()
        )
        found += session.scalars(
            select(CampaignLine)
            .where(CampaignLine.id.in_(part))
            .options(joinedload(CampaignLine.grant), joinedload(CampaignLine.request))
            .order_by(CampaignLine.id)
            .with_for_update(of=CampaignLine)
        )
    return found


def _released(
    session: Session, actor: Actor, now: datetime, catalogue: Catalogue, line: CampaignLine
) -> bool:
    """Takes the right out of the draft that asks for it; False where it is no draft any more."""
    request = line.request
    if request is None or request.deleted_at is not None or request.state in DEAD:
        line.request = None
        return True
    if request.state != "draft":
        return False
    rows = [row for row in request.rows if row.employment_id == line.grant.employment_id]
    role = [row for row in rows if row.answers.get("role", "") == line.grant.role]
    if rows:
        drop_rows(session, actor, now, catalogue, request, role or rows)
    line.request = None
    return True


def _require_open(
    session: Session, actor: Actor, campaign_id: int, organization_id: int
) -> Campaign:
    campaign = campaigns.find(session, actor, campaign_id)
    progress_of(session, actor, campaign_id, organization_id)
    if not may_decide(actor, organization_id):
        raise Forbidden(
            "О правах сотрудников решает сама организация, вы можете только читать.",
            campaign=campaign_id,
        )
    if campaign.closed_at is not None:
        raise Conflict("Пересмотр закрыт: решения больше не меняются.", campaign=campaign_id)
    return campaign
