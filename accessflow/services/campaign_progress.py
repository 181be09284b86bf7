"""How far a recertification is: counted by the database, an organisation a row.

One statement counts every line of a campaign once, however many organisations and pages there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from accessflow.db.tables import CampaignLine, Grant, Organization
from accessflow.db.tables import Request as Application
from accessflow.domain.errors import NotFound
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.dismissal_cover import DEAD

ALIVE = and_(Grant.until.is_(None), Grant.voided_at.is_(None))
GONE = or_(Grant.until.is_not(None), Grant.voided_at.is_not(None))
STATES: Mapping[str, ColumnElement[bool]] = {
    "open": and_(ALIVE, CampaignLine.decision == ""),
    "keep": and_(ALIVE, CampaignLine.decision == "keep"),
    "revoke": CampaignLine.decision == "revoke",
    "gone": and_(GONE, CampaignLine.decision != "revoke"),
}
"""Each line is in exactly one of them."""
NUMBERS = ("total", *STATES, "unmade", "people")
Part = Literal["", "unfinished", "finished"]
PARTS: tuple[Part, ...] = ("", "unfinished", "finished")


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one organisation: `open` + `keep` + `revoke` + `gone` = `total`. `unmade`: to be taken
    away, and nothing asks for it yet. `people`: whose rights are open to decide on."""

    organization_id: int
    organization: str
    total: int = 0
    open: int = 0
    keep: int = 0
    revoke: int = 0
    gone: int = 0
    unmade: int = 0
    people: int = 0

    @property
    def decided(self) -> int:
        return self.total - self.open

    @property
    def finished(self) -> bool:
        return not self.open and not self.unmade


@dataclass(frozen=True, slots=True)
class Region:
    """A page of organisations from the one `first` on, `found` of them in all by what was asked
    for; `whole`: all of them together, `parts`: how many are in each part."""

    items: tuple[Progress, ...]
    first: int
    found: int
    whole: Progress
    parts: Mapping[Part, int]


def progress(
    session: Session, actor: Actor, campaign_id: int, organization_id: int | None = None
) -> tuple[Progress, ...]:
    """By organisation: who has most to decide comes first."""
    by = _by_organization(actor, campaign_id, organization_id)
    rows = session.execute(select(by).order_by(*_order(by)))
    return tuple(_progress(row[0], row[1], row[2:]) for row in rows)


def region(
    session: Session,
    actor: Actor,
    campaign_id: int,
    *,
    part: Part = "",
    text: str = "",
    first: int = 0,
    size: int = 50,
) -> Region:
    """The same a page at a time; past the end it is the first page. `text`: of the name."""
    by = _by_organization(actor, campaign_id)
    finished = and_(by.c.open == 0, by.c.unmade == 0)
    wanted = {"": true(), "finished": finished, "unfinished": ~finished}[part]
    if text.strip():
        wanted = and_(wanted, by.c.id.in_(_named(session, text)))
    page = (
        select(by, func.count().over().label("found"))
        .where(wanted)
        .order_by(*_order(by))
        .offset(first)
        .limit(size)
        .subquery()
    )
    rows = session.execute(_with_sums(by, finished, page)).all()
    numbers, width = rows[0], 2 + len(NUMBERS)
    items = [row[width:] for row in rows if row[width] is not None]
    if first and not items:
        return region(session, actor, campaign_id, part=part, text=text, size=size)
    every, done = int(numbers[0]), int(numbers[1])
    return Region(
        items=tuple(_progress(row[0], row[1], row[2:-1]) for row in items),
        first=first,
        found=int(items[0][-1]) if items else 0,
        whole=_progress(0, "", numbers[2:width]),
        parts={"": every, "unfinished": every - done, "finished": done},
    )


def _with_sums(by: CTE, finished: ColumnElement[bool], page: Subquery) -> Select[Any]:
    """The page beside the sums of everything; where the page is empty, the sums alone."""
    sums = select(
        func.count().label("every"),
        func.coalesce(func.sum(case((finished, 1), else_=0)), 0).label("done"),
        *(func.coalesce(func.sum(by.c[name]), 0).label(name) for name in NUMBERS),
    ).subquery()
    return select(sums, page).select_from(sums.outerjoin(page, true())).order_by(*_order(page))


def _named(session: Session, text: str) -> list[int]:
    """By a part of the name in any case, which SQLite would know of Latin letters alone."""
    wanted = text.strip().casefold()
    names = session.execute(select(Organization.id, Organization.short_name))
    return [key for key, name in names if wanted in name.casefold()]


def _by_organization(actor: Actor, campaign_id: int, organization_id: int | None = None) -> CTE:
    query = (
        _counted(actor, Organization.id, Organization.short_name)
        .join(Organization, Organization.id == CampaignLine.organization_id)
        .where(CampaignLine.campaign_id == campaign_id)
    )
    if organization_id is not None:
        query = query.where(CampaignLine.organization_id == organization_id)
    return query.cte("by_organization")


def _order(by: CTE | Subquery) -> tuple[ColumnElement[Any], ...]:
    return by.c.open.desc(), by.c.short_name, by.c.id


def _progress(key: int, name: str, numbers: Iterable[Any]) -> Progress:
    return Progress(key, name, *map(int, numbers))


def sums(session: Session, actor: Actor, campaign_ids: Iterable[int]) -> dict[int, Progress]:
    """Of all organisations that the actor may see, by campaign."""
    query = _counted(actor, CampaignLine.campaign_id).where(
        CampaignLine.campaign_id.in_(list(campaign_ids))
    )
    return {row[0]: _progress(0, "", row[1:]) for row in session.execute(query)}


def _counted(actor: Actor, *keys: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """The numbers of Progress under these columns."""
    conditions: Sequence[ColumnElement[bool]] = (*STATES.values(), unmade_now())
    counted = [func.coalesce(func.sum(case((where, 1), else_=0)), 0) for where in conditions]
    people = func.count(case((STATES["open"], Grant.person_id)).distinct())
    named = zip(NUMBERS, (func.count(), *counted, people), strict=True)
    return (
        select(*keys, *(column.label(name) for name, column in named))
        .select_from(CampaignLine)
        .join(Grant, Grant.id == CampaignLine.grant_id)
        .outerjoin(Application, Application.id == CampaignLine.request_id)
        .where(scope.within(actor, CampaignLine.organization_id))
        .group_by(*keys)
    )


def progress_of(session: Session, actor: Actor, campaign_id: int, organization_id: int) -> Progress:
    """Raises NotFound for an organisation that has no line in it, or not for this actor."""
    found = progress(session, actor, campaign_id, organization_id)
    if not found:
        raise NotFound("В этом пересмотре нет прав такой организации.", campaign=campaign_id)
    return found[0]


def unmade_now() -> ColumnElement[bool]:
    """Of lines with which `Application` is joined, outer: nothing that lives asks for it."""
    dead = or_(Application.deleted_at.is_not(None), Application.state.in_(DEAD))
    return and_(
        ALIVE, CampaignLine.decision == "revoke", or_(CampaignLine.request_id.is_(None), dead)
    )
