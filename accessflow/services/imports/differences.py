"""A system's list of accounts held against the ledger: what the one says and the other does not.

МИАЦ sees every organisation of its list, an organisation itself alone, in МИАЦ's list too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from accessflow.db.tables import Employment, Grant, ImportJob, ImportRow, Person
from accessflow.domain.errors import NotFound
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.fields import searchable
from accessflow.services.imports.accounts import LOADERS, may_load
from accessflow.services.imports.matched import ASKED

Part = Literal["unlisted", "missing", "role", "gone", "unknown"]
PARTS: tuple[Part, ...] = ("unlisted", "missing", "role", "gone", "unknown")
"""Held there and not here; here and not there; with another role; by those who have left; by
nobody we know."""
OF_ROWS: tuple[Part, ...] = ("unlisted", "role", "gone", "unknown")
"""The parts that are rows of the list; the other is rights of the ledger."""
_READY = ("done", "withdrawn")


def find(session: Session, actor: Actor, job_id: int) -> ImportJob:
    """A list that was taken. Raises NotFound, also for one that says nothing of the actor's own."""
    found = session.get(ImportJob, job_id)
    if found is None or found.kind != "accounts" or found.state not in _READY:
        raise NotFound("Такого списка нет.", import_job=job_id)
    if not may_load(actor, found.organization_id) and not _concerns(session, actor, found):
        raise NotFound("Такого списка нет.", import_job=job_id)
    return found


def of_miac(session: Session, actor: Actor, limit: int = 10) -> list[ImportJob]:
    """МИАЦ's lists that say something of the actor's organisation, newest first."""
    if actor.organization_id is None or actor.role not in LOADERS:
        return []
    mine = exists().where(
        ImportRow.job_id == ImportJob.id, ImportRow.organization_id == actor.organization_id
    )
    query = select(ImportJob).where(
        ImportJob.kind == "accounts",
        ImportJob.organization_id.is_(None),
        ImportJob.state == "done",
        mine,
    )
    return list(session.scalars(query.order_by(ImportJob.id.desc()).limit(limit)))


def counts(session: Session, actor: Actor, job: ImportJob, today: date) -> Mapping[Part, int]:
    found: dict[Part, int] = {}
    for part in PARTS:
        query = (
            missing(actor, job) if part == "missing" else rows_of(actor, job, part, today)
        ).with_only_columns(func.count())
        found[part] = session.scalar(query.order_by(None)) or 0
    return found


def rows_of(
    actor: Actor, job: ImportJob, part: Part, today: date, text: str = ""
) -> Select[ImportRow]:
    """Accounts of the list, in no order."""
    query = select(ImportRow).where(
        ImportRow.job_id == job.id,
        ImportRow.blocked.is_(False),
        scope.within(actor, ImportRow.organization_id),
        _part(job, part, today),
    )
    for word in searchable(text).split():
        query = query.where(ImportRow.name.contains(word, autoescape=True))
    return query


def missing(actor: Actor, job: ImportJob, text: str = "") -> Select[Grant]:
    """Rights of the ledger, held when the list was made, of which it has no working account.

    Of organisations that the list speaks of; somebody not confirmed counts as listed.
    """
    other = aliased(Employment)
    listed = exists().where(
        ImportRow.job_id == job.id,
        ImportRow.blocked.is_(False),
        ImportRow.employment_id == other.id,
        other.person_id == Grant.person_id,
        other.organization_id == Grant.organization_id,
    )
    houses = select(ImportRow.organization_id).where(ImportRow.job_id == job.id)
    query = (
        select(Grant)
        .join(Grant.person)
        .where(
            Grant.system == job.system,
            *_open(),
            Grant.since <= (job.as_of or date.max),
            Grant.organization_id.in_(houses),
            scope.within(actor, Grant.organization_id),
            ~listed,
        )
        .options(
            contains_eager(Grant.person),
            joinedload(Grant.employment),
            joinedload(Grant.organization),
        )
    )
    for word in searchable(text).split():
        query = query.where(Person.search_name.contains(word, autoescape=True))
    return query


def held_by(session: Session, job: ImportJob, employments: set[int]) -> Mapping[int, list[Grant]]:
    """What the ledger says those hold in the system, by the job of the list's row."""
    mine = aliased(Employment)
    query = (
        select(mine.id, Grant)
        .join(
            Grant,
            and_(Grant.person_id == mine.person_id, Grant.organization_id == mine.organization_id),
        )
        .where(mine.id.in_(employments), Grant.system == job.system, *_open())
        .order_by(Grant.id)
    )
    found: dict[int, list[Grant]] = {}
    for employment_id, grant in session.execute(query):
        found.setdefault(employment_id, []).append(grant)
    return found


def _concerns(session: Session, actor: Actor, job: ImportJob) -> bool:
    own = actor.organization_id
    if own is None or job.organization_id is not None or actor.role not in LOADERS:
        return False
    query = select(ImportRow.id).where(ImportRow.job_id == job.id, ImportRow.organization_id == own)
    return session.scalar(query.limit(1)) is not None


def _part(job: ImportJob, part: Part, today: date) -> ColumnElement[bool]:
    certain = and_(
        ImportRow.employment_id.is_not(None),
        or_(ImportRow.plan.not_in(("refused", *ASKED)), ImportRow.chosen),
    )
    if part == "unknown":
        return ~certain
    left = exists().where(Employment.id == ImportRow.employment_id, Employment.until < today)
    if part == "gone":
        return and_(certain, left)
    held = _held(job)
    if part == "unlisted":
        return and_(certain, ~left, ~held)
    same = or_(Grant.role == ImportRow.role, Grant.role == "", ImportRow.role == "")
    return and_(certain, ~left, held, ~_held(job, same))


def _held(job: ImportJob, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Employment.id == ImportRow.employment_id,
        Grant.person_id == Employment.person_id,
        Grant.organization_id == Employment.organization_id,
        Grant.system == job.system,
        *_open(),
        *more,
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    return Grant.until.is_(None), Grant.voided_at.is_(None)
