"""Dismissals as they are listed and counted: the list, the report for КЗ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, case, extract, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from accessflow.db.tables import Dismissal, Employment, Organization, Person
from accessflow.services.actor import Actor
from accessflow.services.fields import searchable
from accessflow.services.scope import within

SHOWS = ("unfiled", "missed", "undone", "done", "cancelled", "all")
STANDING = Dismissal.cancelled_at.is_(None)


@dataclass(frozen=True, slots=True)
class Filter:
    """`show`: unfiled (the term runs or is over), missed, undone (filed, not carried out), done,
    cancelled, all. `since`, `until`: of the day of dismissal, both included. `text`: words of the
    name, the post or the order's number; `persons`: what a СНИЛС was found in; `import_job`: from
    that file alone."""

    show: str = "unfiled"
    organization_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    persons: tuple[int, ...] | None = None
    import_job: int | None = None


def listed(actor: Actor, wanted: Filter, today: date) -> Select[Dismissal]:
    """With people, jobs and organisations; what is unfiled with the nearest last day first."""
    query = (
        select(Dismissal)
        .join(Dismissal.person)
        .join(Dismissal.employment)
        .join(Dismissal.organization)
        .where(*_conditions(actor, wanted), _shown(wanted.show, today))
        .options(
            contains_eager(Dismissal.person),
            contains_eager(Dismissal.employment).joinedload(Employment.unit),
            contains_eager(Dismissal.organization),
        )
    )
    if wanted.show in ("unfiled", "missed", "undone"):
        return query.order_by(Dismissal.due_on, Dismissal.id)
    return query.order_by(Dismissal.dismissed_on.desc(), Dismissal.id.desc())


def counts(session: Session, actor: Actor, wanted: Filter, today: date) -> dict[str, int]:
    """How many each of SHOWS would list, under the other conditions of the filter."""
    sums = [_sum(_shown(show, today)) for show in SHOWS]
    query = (
        select(*sums)
        .select_from(Dismissal)
        .join(Dismissal.person)
        .join(Dismissal.employment)
        .where(*_conditions(actor, wanted))
    )
    return dict(zip(SHOWS, map(int, session.execute(query).one()), strict=True))


@lru_cache(maxsize=256)  # every page asks
def unfiled(actor: Actor, import_job: int | None = None) -> Select[int]:
    """Counts what of the actor's own organisation, or of one file of it, is still to be sent."""
    return select(func.count()).select_from(Dismissal).where(*_own_unfiled(actor, import_job))


def unfiled_after(
    session: Session, actor: Actor, import_job: int | None, after: int, limit: int
) -> list[int]:
    """The next ids of the same, in their order."""
    query = select(Dismissal.id).where(*_own_unfiled(actor, import_job), Dismissal.id > after)
    return list(session.scalars(query.order_by(Dismissal.id).limit(limit)))


def _own_unfiled(actor: Actor, import_job: int | None) -> Iterator[ColumnElement[bool]]:
    yield Dismissal.organization_id == (actor.organization_id or 0)
    yield STANDING
    yield Dismissal.filed_at.is_(None)
    if import_job is not None:
        yield Dismissal.import_job_id == import_job


def _conditions(actor: Actor, wanted: Filter) -> Iterator[ColumnElement[bool]]:
    yield within(actor, Dismissal.organization_id)
    if wanted.organization_id is not None:
        yield Dismissal.organization_id == wanted.organization_id
    if wanted.since is not None:
        yield Dismissal.dismissed_on >= wanted.since
    if wanted.until is not None:
        yield Dismissal.dismissed_on <= wanted.until
    if wanted.persons is not None:
        yield Dismissal.person_id.in_(wanted.persons)
    if wanted.import_job is not None:
        yield Dismissal.import_job_id == wanted.import_job
    for word in searchable(wanted.text).split():
        yield or_(
            *(
                column.contains(word, autoescape=True)
                for column in (Person.search_name, Employment.search_text, Dismissal.order_no)
            )
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """One organisation's month (the day of dismissal counts), but for those cancelled.

    `in_time` + `late` + `waiting` + `missed` = `total`. `late_days`: working days of all late ones.
    """

    organization_id: int
    organization: str
    year: int
    month: int
    total: int
    in_time: int
    late: int
    late_days: int
    waiting: int
    missed: int


def report(
    session: Session, actor: Actor, *, since: date, until: date, today: date
) -> tuple[Counted, ...]:
    """By organisation, then month; both days included."""
    year, month = (extract(part, Dismissal.dismissed_on) for part in ("year", "month"))
    filed = Dismissal.filed_at.is_not(None)
    query = (
        select(
            Organization.id,
            Organization.short_name,
            year,
            month,
            func.count(),
            _sum(and_(filed, Dismissal.late_days == 0)),
            _sum(and_(filed, Dismissal.late_days > 0)),
            func.coalesce(func.sum(Dismissal.late_days), 0),
            _sum(and_(~filed, Dismissal.due_on >= today)),
            _sum(and_(~filed, Dismissal.due_on < today)),
        )
        .join(Organization, Organization.id == Dismissal.organization_id)
        .where(
            STANDING,
            within(actor, Dismissal.organization_id),
            Dismissal.dismissed_on.between(since, until),
        )
        .group_by(Organization.id, Organization.short_name, year, month)
        .order_by(Organization.short_name, Organization.id, year, month)
    )
    return tuple(
        Counted(row[0], row[1], *(int(n) for n in row[2:])) for row in session.execute(query)
    )


def _shown(show: str, today: date) -> ColumnElement[bool]:
    unfiled = and_(STANDING, Dismissal.filed_at.is_(None))
    if show == "unfiled":
        return unfiled
    if show == "missed":
        return and_(unfiled, Dismissal.due_on < today)
    if show == "undone":
        return and_(STANDING, Dismissal.filed_at.is_not(None), Dismissal.done_at.is_(None))
    if show == "done":
        return and_(STANDING, Dismissal.done_at.is_not(None))
    return ~STANDING if show == "cancelled" else true()


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
