"""Rights still open of people who have left: there must be none, anywhere, on any day.

Of two kinds: a dismissal stands and its revocations are not carried out; or the job has ended on
the person's card alone, and nobody entered a dismissal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select, union_all
from sqlalchemy.orm import Session, joinedload

from accessflow.db.tables import Dismissal, Employment, Grant
from accessflow.services.actor import Actor
from accessflow.services.scope import within

OPEN = (Grant.until.is_(None), Grant.voided_at.is_(None))
STANDING = Dismissal.cancelled_at.is_(None)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """To one organisation, one system; None: any."""

    organization: int | None = None
    system: str | None = None


def listed(actor: Actor, on: date, narrowed: Narrowed) -> Select[Grant]:
    """The rights open that day of whoever's last day was before it."""
    ids = union_all(*_each(actor, on, narrowed)).subquery()
    return (
        select(Grant)
        .join(Grant.employment)
        .join(Grant.person)
        .join(Grant.organization)
        .where(Grant.id.in_(select(ids)))
        .options(
            joinedload(Grant.person), joinedload(Grant.employment), joinedload(Grant.organization)
        )
    )


def count(session: Session, actor: Actor, on: date, narrowed: Narrowed) -> int:
    """How many `listed` would list; read off the indexes of ended jobs and open dismissals."""
    ids = union_all(*_each(actor, on, narrowed)).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def _each(actor: Actor, on: date, narrowed: Narrowed) -> tuple[Select[int], Select[int]]:
    rights = (*OPEN, within(actor, Grant.organization_id), *_narrowed(narrowed))
    dismissed = (
        select(Grant.id)
        .join(Dismissal, Dismissal.employment_id == Grant.employment_id)
        .where(STANDING, Dismissal.done_at.is_(None), Dismissal.dismissed_on < on, *rights)
    )
    entered = exists().where(Dismissal.employment_id == Employment.id, STANDING)
    forgotten = (
        select(Grant.id)
        .join(Employment, Employment.id == Grant.employment_id)
        .where(Employment.until.is_not(None), Employment.until < on, ~entered, *rights)
    )
    return dismissed, forgotten


def _narrowed(narrowed: Narrowed) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowed.organization is not None:
        found.append(Grant.organization_id == narrowed.organization)
    if narrowed.system is not None:
        found.append(Grant.system == narrowed.system)
    return found


def dismissals_of(session: Session, jobs: set[int]) -> dict[int, Dismissal]:
    """The standing dismissal of each of these jobs that has one."""
    found = session.scalars(select(Dismissal).where(Dismissal.employment_id.in_(jobs), STANDING))
    return {dismissal.employment_id: dismissal for dismissal in found}
