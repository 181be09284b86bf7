"""«Отозвать» becomes applications: planned as those of a dismissal, one a system (Рег. 3.7, X3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, CampaignLine, Organization, Request
from accessflow.services import campaign_lines, campaigns, scope
from accessflow.services.actor import Actor
from accessflow.services.dismissal_cover import Asking, Job, asked_of
from accessflow.services.dismissal_making import Revoked, revocations_of
from accessflow.services.dismissal_signing import Prepared, prepare_drafts
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import maker_of
from accessflow.services.plan import Planned
from accessflow.services.requests import create_planned

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Made:
    """Ids of the drafts, and numbers of applications that asked for some of it already."""

    drafts: tuple[int, ...]
    joined: tuple[str, ...]


def plan(
    session: Session, actor: Actor, catalogue: Catalogue, campaign: Campaign, on: date
) -> tuple[Planned, ...]:
    """What `make` would make of the actor's own organisation. Raises Forbidden."""
    scope.require_filer(actor, actor.organization_id)
    left = campaign_lines.unmade(session, campaign.id, actor.organization_id or 0)
    asked = _asked(session, catalogue, left)
    return _planned(session, actor, catalogue, _uncovered(left, asked), on)


def make(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, campaign_id: int
) -> Made:
    """Drafts for everything that is to be taken away and that nothing asks for yet; also after the
    campaign was closed. Raises NotFound, Forbidden."""
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        campaign = campaigns.find(session, actor, campaign_id)
        own = maker.organization.id
        left = campaign_lines.unmade(session, campaign.id, own)
        lock_jobs(session, (line.grant.employment_id for line in left))
        # Another click may have made them while we waited.
        left = campaign_lines.unmade(session, campaign.id, own)
        before = _link(left, _asked(session, catalogue, left))
        planned = _planned(
            session, actor, catalogue, [x for x in left if x.id not in before], maker.today
        )
        made = create_planned(maker, planned)
        session.flush()
        _link([x for x in left if x.id not in before], _asked(session, catalogue, left))
        return Made(tuple(made), tuple(dict.fromkeys(before.values())))


def drafts(session: Session, campaign_id: int, organization_id: int) -> list[tuple[int, str]]:
    """Ids and numbers of the organisation's drafts that this campaign's rights stand in."""
    query = (
        select(Request.id, Request.number)
        .join(CampaignLine, CampaignLine.request_id == Request.id)
        .where(
            CampaignLine.campaign_id == campaign_id,
            CampaignLine.organization_id == organization_id,
            Request.state == "draft",
            Request.deleted_at.is_(None),
        )
    )
    return [(key, number) for key, number in session.execute(query.distinct().order_by(Request.id))]


def sign(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    campaign_id: int,
) -> Prepared:
    """The drafts go to «На подпись», each by itself. Raises NotFound, Forbidden."""
    scope.require_filer(actor, actor.organization_id)
    with db.read() as session:
        campaign = campaigns.find(session, actor, campaign_id)
        waiting = drafts(session, campaign.id, actor.organization_id or 0)
    return prepare_drafts(
        db, actor=actor, now=now, catalogue=catalogue, files=files, drafts=waiting
    )


def _planned(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    left: Sequence[CampaignLine],
    on: date,
) -> tuple[Planned, ...]:
    if not left:
        return ()
    wanted = [
        Revoked(line.grant.employment_id, line.grant.system, line.grant.role) for line in left
    ]
    organization = session.get_one(Organization, actor.organization_id)
    return revocations_of(session, catalogue, organization, wanted, on)


def _asked(
    session: Session, catalogue: Catalogue, left: Sequence[CampaignLine]
) -> Mapping[int, list[Asking]]:
    """By job, what asks to take something away."""
    jobs = {
        g.employment_id: Job(g.employment_id, g.person_id, g.organization_id)
        for g in (line.grant for line in left)
    }
    every = list(jobs.values())
    found: dict[int, list[Asking]] = {}
    for start in range(0, len(every), CHUNK):
        found |= asked_of(session, catalogue, every[start : start + CHUNK])
    return found


def _covering(line: CampaignLine, asked: Mapping[int, list[Asking]]) -> Asking | None:
    of_job = asked.get(line.grant.employment_id, [])
    return next((asking for asking in of_job if asking.covers(line.grant)), None)


def _uncovered(
    left: Sequence[CampaignLine], asked: Mapping[int, list[Asking]]
) -> list[CampaignLine]:
    return [line for line in left if _covering(line, asked) is None]


def _link(left: Sequence[CampaignLine], asked: Mapping[int, list[Asking]]) -> dict[int, str]:
    """Notes in each line which application asks for it; their numbers by line."""
    found: dict[int, str] = {}
    for line in left:
        if (asking := _covering(line, asked)) is not None:
            line.request = asking.request
            found[line.id] = asking.request.number
    return found
