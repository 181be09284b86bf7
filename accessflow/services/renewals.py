"""Rights that have a term of their own: what runs out, and what is asked for again.

The regulation's forms know no such term: an organisation notes it beside the row that asks for the
right (`expires_on`, not printed), and the ledger carries it. A right does not end by itself when
its term is over: it is renewed, or taken away by a revocation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import (
    Employment,
    Grant,
    LedgerEntry,
    Organization,
    Person,
    Request,
    RequestRow,
)
from accessflow.services import ledger, scope
from accessflow.services.actor import Actor
from accessflow.services.fields import searchable
from accessflow.services.offers import together
from accessflow.services.pairs import DEAD
from accessflow.workflow.holding import role_key

Tab = Literal["soon", "over", "left"]
TABS: Mapping[Tab, str] = {"soon": "Истекают", "over": "Срок вышел", "left": "Не продлевать"}
HORIZONS = (30, 90, 365)
"""Days ahead that the list looks."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`ids`: of persons; None any, () nobody."""

    tab: Tab = "soon"
    days: int = 90
    query: str = ""
    system: str = ""
    organization_id: int | None = None
    ids: tuple[int, ...] | None = None


def listed(actor: Actor, found: Filter, today: date) -> Select[Grant]:
    """Open rights with a term, of people who still work, where the actor may look."""
    query = (
        select(Grant)
        .join(Grant.person)
        .join(Grant.organization)
        .join(Grant.employment)
        .where(*with_a_term(today), scope.within(actor, Grant.organization_id), *_tab(found, today))
        .options(
            contains_eager(Grant.person),
            contains_eager(Grant.organization),
            contains_eager(Grant.employment),
            joinedload(Grant.opened).joinedload(LedgerEntry.request_row)
            .joinedload(RequestRow.request),
        )
    )  # fmt: skip
    for word in searchable(found.query).split():
        query = query.where(Person.search_name.contains(word, autoescape=True))
    if found.ids is not None:
        query = query.where(Person.id.in_(found.ids))
    if found.system:
        query = query.where(Grant.system == found.system)
    if found.organization_id:
        query = query.where(Grant.organization_id == found.organization_id)
    return query


def count(session: Session, actor: Actor, found: Filter, today: date) -> int:
    query = listed(actor, found, today).with_only_columns(Grant.id).order_by(None)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def systems_in(session: Session, actor: Actor, today: date) -> list[str]:
    """Slugs of the systems in which anything has a term."""
    query = select(Grant.system).join(Grant.employment).where(
        *with_a_term(today), scope.within(actor, Grant.organization_id)
    )  # fmt: skip
    return sorted(set(session.scalars(query.distinct())))


def with_a_term(today: date) -> Sequence[ColumnElement[bool]]:
    """Conditions: open rights that run out, of people who still work. Needs Grant.employment."""
    works = or_(Employment.until.is_(None), Employment.until >= today)
    return (
        Grant.until.is_(None), Grant.voided_at.is_(None), Grant.expires_on.is_not(None), works,
    )  # fmt: skip


def _tab(found: Filter, today: date) -> Sequence[ColumnElement[bool]]:
    if found.tab == "left":
        return (Grant.no_renewal.is_(True),)
    asked = Grant.no_renewal.is_(False)
    if found.tab == "over":
        return (asked, Grant.expires_on < today)
    last = today + timedelta(days=found.days)
    return (asked, Grant.expires_on >= today, Grant.expires_on <= last)


def asked_again(
    session: Session, catalogue: Catalogue, grants: Iterable[Grant]
) -> dict[int, Request]:
    """By right: a living application, a draft too, that asks for it with a term."""
    wanted = list(grants)
    found: dict[int, Request] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows: dict[tuple[str, int], list[RequestRow]] = defaultdict(list)
        for row in session.scalars(_asking(part)):
            rows[row.snils, row.request.organization_id].append(row)
        for grant in part:
            for row in rows[grant.person.snils, grant.organization_id]:
                if ledger.term_of(row) is not None and _same(catalogue, grant, row):
                    found[grant.id] = row.request
    return found


def _asking(grants: Sequence[Grant]) -> Select[RequestRow]:
    return (
        select(RequestRow)
        .join(RequestRow.request)
        .where(
            RequestRow.snils.in_({grant.person.snils for grant in grants}),
            RequestRow.outcome == "",
            Request.organization_id.in_({grant.organization_id for grant in grants}),
            Request.kind == "access",
            Request.state.not_in(DEAD),
            Request.deleted_at.is_(None),
        )
        .options(joinedload(RequestRow.request))
        .order_by(RequestRow.id)
    )


def _same(catalogue: Catalogue, grant: Grant, row: RequestRow) -> bool:
    if row.request.system is None:
        return False
    systems = together(catalogue, row.request.system)
    role = ledger.role_of(catalogue, systems[0], row, "open")
    return grant.system in {s.slug for s in systems} and role_key(role) == role_key(grant.role)


def of_organizations(session: Session, actor: Actor) -> Sequence[Organization]:
    """What an overseer may narrow the list to."""
    own = select(Grant.organization_id).where(
        Grant.until.is_(None), Grant.voided_at.is_(None), Grant.expires_on.is_not(None)
    )
    query = select(Organization).where(
        Organization.id.in_(own), scope.within(actor, Organization.id)
    )
    return session.scalars(query.order_by(Organization.short_name)).all()
