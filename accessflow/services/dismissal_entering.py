"""Dismissals are entered: one, many of a list, ahead of the day or after it (Рег. 3.7, R28)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Employment
from accessflow.domain.errors import Conflict
from accessflow.domain.text import clean
from accessflow.services import people, scope
from accessflow.services.actor import Actor
from accessflow.services.dismissal_standing import set_term
from accessflow.services.dismissals import (
    end_job,
    follow,
    in_words,
    note,
    require_possible,
    shift,
    standing_of,
)
from accessflow.services.ledger_settling import lock_jobs


@dataclass(frozen=True, slots=True)
class Dismissing:
    """One dismissal as told: whose job ends, and its last day."""

    employment_id: int
    dismissed_on: date
    order_no: str = ""
    order_date: date | None = None
    ground: str = ""
    import_job_id: int | None = None

    @property
    def key(self) -> str:
        """By which the same row of a file is known again; nothing personal can be read from it."""
        words = f"{self.employment_id}|{clean(self.order_no).casefold()}|{self.dismissed_on}"
        return hashlib.sha256(words.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """What many dismissals came to, by id: entered now, moved to another day, there before."""

    made: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    same: tuple[int, ...] = ()


def enter(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, what: Dismissing
) -> int:
    """The id of the dismissal; ahead of the day, on it or after it.

    Raises Invalid for a day that cannot be, Conflict where another day stands (move it instead),
    NotFound, Forbidden.
    """
    with db.write() as session:
        return enter_one_within(session, actor=actor, now=now, catalogue=catalogue, what=what).id


def enter_one_within(
    session: Session, *, actor: Actor, now: datetime, catalogue: Catalogue, what: Dismissing
) -> Dismissal:
    """The same inside a transaction of the caller."""
    job = _job(session, actor, what)
    if standing := standing_of(session, job.id):
        day = f"{standing.dismissed_on:%d.%m.%Y}"
        message = f"Увольнение уже записано на {day}. Если день другой, перенесите его."
        raise Conflict(message, dismissal=standing.id)
    made = _new(session, actor, now, catalogue, job, what)
    follow(session, catalogue, [made], now)
    return made


def enter_many(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, whats: Iterable[Dismissing]
) -> Taken:
    """A list or a file of them, all or none. What stands already is left as it is, also where it
    was cancelled since; another day for somebody moves it.

    Raises Invalid, NotFound, Forbidden.
    """
    with db.write() as session:
        found = enter_within(session, actor=actor, now=now, catalogue=catalogue, whats=whats)
    return Taken(*(tuple(e.id for e in found if e.how == how) for how in ("made", "moved", "same")))


@dataclass(frozen=True, slots=True)
class Entered:
    """What one of many came to."""

    employment_id: int
    how: Literal["made", "moved", "same"]
    id: int


def enter_within(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    whats: Iterable[Dismissing],
) -> list[Entered]:
    """`enter_many` inside a transaction of the caller; one for each, in order of the jobs."""
    made: list[Dismissal] = []
    moved: list[Dismissal] = []
    found: list[Entered] = []
    for what in sorted(whats, key=lambda what: what.employment_id):
        job = _job(session, actor, what)
        if known := _told_before(session, job, what):
            found.append(Entered(job.id, "same", known.id))
            continue
        standing = standing_of(session, job.id)
        if standing is None:
            made.append(_new(session, actor, now, catalogue, job, what))
            found.append(Entered(job.id, "made", made[-1].id))
        elif standing.dismissed_on == what.dismissed_on:
            found.append(Entered(job.id, "same", standing.id))
        else:
            require_possible(job, what.dismissed_on, now)
            shift(session, actor, now, catalogue, standing, what.dismissed_on)
            standing.source_key = what.key
            moved.append(standing)
            found.append(Entered(job.id, "moved", standing.id))
    follow(session, catalogue, [*made, *moved], now)
    return found


def _job(session: Session, actor: Actor, what: Dismissing) -> Employment:
    """Under its own lock. Raises NotFound, Forbidden."""
    lock_jobs(session, (what.employment_id,))
    found = people.job(session, actor, what.employment_id)
    scope.require_people_changed(actor, found.organization_id)
    return found


def _told_before(session: Session, job: Employment, what: Dismissing) -> Dismissal | None:
    return session.scalar(
        select(Dismissal).where(
            Dismissal.organization_id == job.organization_id, Dismissal.source_key == what.key
        )
    )


def _new(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    job: Employment,
    what: Dismissing,
) -> Dismissal:
    require_possible(job, what.dismissed_on, now)
    taken = _told_before(session, job, what)
    made = Dismissal(
        employment_id=job.id,
        person_id=job.person_id,
        organization_id=job.organization_id,
        dismissed_on=what.dismissed_on,
        order_no=clean(what.order_no)[:64],
        order_date=what.order_date,
        ground=clean(what.ground)[:255],
        entered_by_id=actor.user_id,
        entered_at=now,
        import_job_id=what.import_job_id,
        source_key=None if taken else what.key,
    )
    set_term(catalogue, made)
    session.add(made)
    session.flush()
    end_job(session, actor, now, job, what.dismissed_on)
    note(session, actor, now, made, "created", ["—", in_words(what.dismissed_on)])
    return made
