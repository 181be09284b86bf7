"""Closing the gap between a system's list and the ledger: taken over, revoked, or asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Employment, Grant, ImportJob, ImportRow, Request, RequestRow
from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.services import candidates
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_cover import Asking, Job, asked_of
from accessflow.services.dismissal_making import Revoked, revocations_of
from accessflow.services.imports.accounts import LOADERS, MIAC, follow_dismissals, spellings
from accessflow.services.imports.accounts import take_over as take_rows
from accessflow.services.imports.differences import Part, find, held_by, missing, rows_of
from accessflow.services.imports.matched import employments_of
from accessflow.services.imports.task import task_of
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import maker_of
from accessflow.services.offers import offer
from accessflow.services.plan import Line, Planned, parts_of
from accessflow.services.requests import create_planned
from accessflow.workflow.holding import role_key
from accessflow.workflow.states import ANSWERED

T = TypeVar("T")
MOST = 1000
"""So many rights at once."""
What = Literal["take", "revoke", "revoke_ours", "grant"]
"""take: into the ledger, by the list; revoke: what the list says is held; revoke_ours: what the
ledger says is held; grant: what the ledger says and the system has lost."""
WAYS: dict[Part, tuple[What, ...]] = {
    "unlisted": ("take", "revoke"),
    "missing": ("revoke_ours", "grant"),
    "role": ("take", "revoke", "revoke_ours"),
    "gone": ("revoke", "take"),
    "unknown": (),
}
NO_ROLE = "Роль в списке не понята: исправьте её в файле и загрузите список снова."
NOTHING = "Отметьте хотя бы одну строку."


@dataclass(frozen=True, slots=True)
class Gap:
    """`ids`: rows of the list, or rights of the ledger where the part is «missing»; None: all of
    the part."""

    job_id: int
    part: Part
    what: What
    ids: Collection[int] | None = None


def may(actor: Actor, what: What) -> bool:
    """МИАЦ takes over; applications are written by the organisation itself."""
    return actor.role in LOADERS or (what == "take" and actor.role in MIAC)


def take_over(db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, gap: Gap) -> int:
    """How many rights the ledger has taken from the list; a row whose role nobody knows is left.

    Raises Invalid, Forbidden, NotFound.
    """
    with db.write() as session:
        job = _begin(session, actor, gap)
        task = task_of(job, actor, now, catalogue)
        needs_role = bool(spellings(catalogue, job.system))
        found = _rows(session, actor, job, gap, moscow_date(now))
        rows = [row for row in found if row.role or not needs_role]
        if not rows and found:
            raise Invalid(NO_ROLE)
        jobs = employments_of(session, (row.employment_id or 0 for row in rows))
        told = take_rows(session, task, [(row, jobs[row.employment_id or 0]) for row in rows])
        taken = [row for row, is_new in told if is_new]
        for row in taken:
            row.outcome, row.chosen = "created", True
        follow_dismissals(session, task, list(jobs))
        return len(taken)


def make(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, gap: Gap
) -> tuple[int, ...]:
    """The drafts; none where everything is asked for already.

    Raises Invalid, Forbidden, NotFound.
    """
    with db.write() as session:
        job = _begin(session, actor, gap)
        maker = maker_of(session, actor, now, catalogue)
        wanted = list(_wanted(session, actor, job, gap, maker.today))
        lock_jobs(session, (one.employment_id for one in wanted))
        if gap.what == "grant":
            planned = _grants(session, catalogue, maker.organization.kind, wanted, maker.today)
        else:
            left = list(_not_asked(session, catalogue, wanted))
            planned = revocations_of(session, catalogue, maker.organization, left, maker.today)
        return tuple(create_planned(maker, planned)) if planned else ()


def _begin(session: Session, actor: Actor, gap: Gap) -> ImportJob:
    job = find(session, actor, gap.job_id)
    if gap.what not in WAYS[gap.part] or not may(actor, gap.what):
        raise Forbidden("Для этого у вашей учётной записи нет прав.", import_job=job.id)
    if job.state != "done":
        raise Conflict("Этот список отменён.", import_job=job.id)
    if gap.ids is not None and not gap.ids:
        raise Invalid(NOTHING)
    return job


def _rows(
    session: Session, actor: Actor, job: ImportJob, gap: Gap, today: date
) -> Sequence[ImportRow]:
    query = rows_of(actor, job, gap.part, today)
    if actor.organization_id is not None:
        query = query.where(ImportRow.organization_id == actor.organization_id)
    if gap.ids is not None:
        query = query.where(ImportRow.id.in_(gap.ids))
    return _few(session.scalars(query.order_by(ImportRow.number).limit(MOST + 1)).all())


def _grants_of(session: Session, actor: Actor, job: ImportJob, gap: Gap) -> Sequence[Grant]:
    query = missing(actor, job).where(Grant.organization_id == (actor.organization_id or 0))
    if gap.ids is not None:
        query = query.where(Grant.id.in_(gap.ids))
    return _few(session.scalars(query.order_by(Grant.id).limit(MOST + 1)).all())


def _few(found: Sequence[T]) -> Sequence[T]:
    if len(found) > MOST:
        raise Invalid(f"За один раз — до {MOST} строк. Сузьте отбор или отметьте часть.")
    return found


def _wanted(
    session: Session, actor: Actor, job: ImportJob, gap: Gap, today: date
) -> Iterator[Revoked]:
    """Whose right in the system, with which role."""
    if gap.part == "missing":
        for grant in _grants_of(session, actor, job, gap):
            yield Revoked(grant.employment_id, grant.system, grant.role)
        return
    rows = _rows(session, actor, job, gap, today)
    held = held_by(session, job, {row.employment_id or 0 for row in rows})
    for row in rows:
        ours = held.get(row.employment_id or 0, [])
        if gap.what == "revoke_ours":
            yield from (Revoked(g.employment_id, g.system, g.role) for g in ours)
        else:
            same = [g for g in ours if role_key(g.role) == role_key(row.role)]
            job_id = same[0].employment_id if same else row.employment_id or 0
            yield Revoked(job_id, job.system, row.role)


def _not_asked(
    session: Session, catalogue: Catalogue, wanted: Sequence[Revoked]
) -> Iterator[Revoked]:
    """Without what a living revocation asks for already, a draft too."""
    asked = asked_of(session, catalogue, _jobs(session, wanted))
    for one in wanted:
        if not any(_asks(asking, one) for asking in asked.get(one.employment_id, ())):
            yield one


def _asks(asking: Asking, one: Revoked) -> bool:
    same = not asking.role or not one.role or role_key(asking.role) == role_key(one.role)
    return asking.open and same and one.system in asking.systems and not asking.row.outcome


def _jobs(session: Session, wanted: Sequence[Revoked]) -> list[Job]:
    ids = {one.employment_id for one in wanted}
    query = select(Employment.id, Employment.person_id, Employment.organization_id)
    return [Job(*row) for row in session.execute(query.where(Employment.id.in_(ids)))]


def _grants(
    session: Session, catalogue: Catalogue, kind: str, wanted: Sequence[Revoked], on: date
) -> tuple[Planned, ...]:
    """Applications for access anew, for those who work here and have not asked for it yet."""
    if not wanted:
        return ()
    chosen = offer(catalogue, wanted[0].system, "grant", kind, on)
    asked = _asked_for(session, [s.slug for s in chosen.systems], wanted)
    ids = [one.employment_id for one in wanted if one.employment_id not in asked]
    house = session.scalar(select(Employment.organization_id).where(Employment.id.in_(ids)))
    people = candidates.by_employment(candidates.load(session, house or 0, ids))
    roles = {role.name for role in chosen.roles}
    lines = {
        (one.employment_id, one.role): Line(
            people[one.employment_id],
            one.role if chosen.free_role or one.role in roles else chosen.fixed_role,
        )
        for one in wanted
        if one.employment_id in people and not people[one.employment_id].has_left(on)
    }
    return tuple(parts_of(chosen, tuple(lines.values())))


def _asked_for(session: Session, systems: Sequence[str], wanted: Sequence[Revoked]) -> set[int]:
    query = (
        select(RequestRow.employment_id)
        .join(RequestRow.request)
        .where(
            RequestRow.employment_id.in_({one.employment_id for one in wanted}),
            Request.system.in_(systems),
            Request.kind == "access",
            Request.state.not_in(ANSWERED),
            Request.deleted_at.is_(None),
        )
    )
    return {job for job in session.scalars(query) if job}
