"""Rights that have a term of their own: what runs out, asked for again, let go or taken away.

The regulation's forms know no such term: an organisation notes it beside the row that asks for the
right (`expires_on`, not printed), and the ledger carries it. A right does not end by itself when
its term is over: it is renewed, or taken away by a revocation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import (
    Employment,
    Grant,
    LedgerEntry,
    Organization,
    Person,
    Request,
    RequestRow,
)
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services import history, ledger, scope
from accessflow.services.actor import Actor
from accessflow.services.dismissal_cover import Job, asked_of
from accessflow.services.dismissal_making import Revoked, revocations_of
from accessflow.services.fields import searchable
from accessflow.services.granting import Granted, grants_of
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import Maker, maker_of
from accessflow.services.offers import system_label, together
from accessflow.services.pairs import DEAD
from accessflow.services.requests import create_planned
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
        .where(*_open(today), scope.within(actor, Grant.organization_id), *_tab(found, today))
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
        *_open(today), scope.within(actor, Grant.organization_id)
    )  # fmt: skip
    return sorted(set(session.scalars(query.distinct())))


def _open(today: date) -> Sequence[ColumnElement[bool]]:
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


def renew(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    grant_ids: Iterable[int],
    until: date | None,
) -> list[int]:
    """Drafts that ask for these rights until another day, one a system; their ids. What is asked
    for already is left out. Raises Invalid with `until` or where nothing is left, NotFound,
    Forbidden."""
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        grants = _own(maker, grant_ids)
        _require_later(grants, until, maker.today)
        again = asked_again(session, catalogue, grants)
        wanted = [
            Granted(g.employment_id, g.system, g.role, until) for g in grants if g.id not in again
        ]
        planned = grants_of(session, catalogue, maker.organization, wanted, maker.today)
        if not planned:
            raise Invalid("Продление отмеченных доступов уже подано: откройте эти заявки.")
        return create_planned(maker, planned)


def _require_later(grants: Sequence[Grant], until: date | None, today: date) -> None:
    message = ""
    if until is None:
        message = "Впишите, до какого дня продлить. Пример: 31.12.2027."
    elif until <= today:
        message = "Этот день уже наступил: впишите будущий."
    elif late := [g for g in grants if g.expires_on and g.expires_on >= until]:
        day = max(g.expires_on for g in late if g.expires_on)
        message = f"У отмеченных доступов срок и так до {day:%d.%m.%Y}: впишите день позже."
    if message:
        raise Invalid(message, {"until": message})


def take_away(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, grant_ids: Iterable[int]
) -> list[int]:
    """Drafts that take these rights away, one a system; their ids. Raises Invalid where that is
    asked for already, NotFound, Forbidden."""
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        grants = _own(maker, grant_ids)
        jobs = {
            g.employment_id: Job(g.employment_id, g.person_id, g.organization_id) for g in grants
        }
        asked = asked_of(session, catalogue, list(jobs.values()))
        wanted = [
            Revoked(g.employment_id, g.system, g.role)
            for g in grants
            if not any(one.covers(g) for one in asked[g.employment_id])
        ]
        if not wanted:
            raise Invalid("Отзыв отмеченных доступов уже подан: откройте эти заявки.")
        planned = revocations_of(session, catalogue, maker.organization, wanted, maker.today)
        return create_planned(maker, planned)


def let_go(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    grant_ids: Iterable[int],
    renew: bool = False,
) -> int:
    """«Не продлевать», or taken back; how many. Nothing reminds of what is let go.

    Raises NotFound, Forbidden.
    """
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        grants = _own(maker, grant_ids)
        ledger.do_not_renew(session, [g.id for g in grants], renew=renew)
        for grant in grants:
            before, after = ("не продлевать", "продлевать")[:: 1 if renew else -1]
            label = f"{system_label(catalogue, grant.system)}, срок до {grant.expires_on:%d.%m.%Y}"
            history.record(
                session, actor=actor, now=now, entity="employment",
                entity_id=grant.employment_id, event="changed", what={label: [before, after]},
            )  # fmt: skip
        return len(grants)


def _own(maker: Maker, grant_ids: Iterable[int]) -> list[Grant]:
    """Open rights of the own organisation that have a term. Raises NotFound, Invalid."""
    wanted = list(dict.fromkeys(grant_ids))
    if not wanted:
        raise Invalid("Отметьте хотя бы один доступ.")
    found: dict[int, Grant] = {}
    for start in range(0, len(wanted), 500):
        rows = maker.session.scalars(
            select(Grant)
            .join(Grant.employment)
            .where(
                Grant.id.in_(wanted[start : start + 500]),
                Grant.organization_id == maker.organization.id,
                *_open(maker.today),
            )
            .options(joinedload(Grant.person))
        )
        found |= {grant.id: grant for grant in rows}
    if missing := [one for one in wanted if one not in found]:
        raise NotFound("Такого доступа со сроком нет.", grant=missing[0])
    lock_jobs(maker.session, (g.employment_id for g in found.values()))
    return [found[one] for one in wanted]


def of_organizations(session: Session, actor: Actor) -> Sequence[Organization]:
    """What an overseer may narrow the list to."""
    own = select(Grant.organization_id).where(
        Grant.until.is_(None), Grant.voided_at.is_(None), Grant.expires_on.is_not(None)
    )
    query = select(Organization).where(
        Organization.id.in_(own), scope.within(actor, Organization.id)
    )
    return session.scalars(query.order_by(Organization.short_name)).all()
