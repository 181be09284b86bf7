"""Dismissals are entered and moved (Рег. 3.7, R28); see `dismissal_cancelling.py` for the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Employment
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.domain.text import clean
from accessflow.services import history, people, scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_reminders import plan_reminders
from accessflow.services.dismissal_standing import refresh_all, set_term
from accessflow.services.employments import update_job
from accessflow.services.ledger_settling import lock_jobs

AHEAD = timedelta(days=366)
LABELS = {"dismissed_on": "Уволен(а)", "cancelled": "Увольнение отменено"}


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
    _begin(session, catalogue, [made], now)
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
            _require_possible(job, what.dismissed_on, now)
            _move(session, actor, now, catalogue, standing, what.dismissed_on)
            standing.source_key = what.key
            moved.append(standing)
            found.append(Entered(job.id, "moved", standing.id))
    _begin(session, catalogue, made, now)
    _resume(session, catalogue, moved, now)
    return found


def find(session: Session, actor: Actor, dismissal_id: int) -> Dismissal:
    """With its person, job and organisation. Raises NotFound."""
    found = session.scalar(
        select(Dismissal)
        .where(Dismissal.id == dismissal_id, scope.within(actor, Dismissal.organization_id))
        .options(
            joinedload(Dismissal.person),
            joinedload(Dismissal.employment).joinedload(Employment.unit),
            joinedload(Dismissal.organization),
            joinedload(Dismissal.entered_by),
        )
    )
    if found is None:
        raise NotFound("Такого увольнения нет.", dismissal=dismissal_id)
    return found


def move(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    dismissal_id: int,
    to: date,
) -> None:
    """Another last day; the term and the reminders move with it.

    Raises Invalid, Conflict for one that was cancelled, NotFound, Forbidden.
    """
    with db.write() as session:
        move_within(
            session, actor=actor, now=now, catalogue=catalogue, dismissal_id=dismissal_id, to=to
        )


def move_within(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    dismissal_id: int,
    to: date,
) -> None:
    """The same inside a transaction of the caller."""
    dismissal = locked(session, actor, dismissal_id)
    _require_possible(dismissal.employment, to, now)
    if to != dismissal.dismissed_on:
        _move(session, actor, now, catalogue, dismissal, to)
        _resume(session, catalogue, [dismissal], now)


def give_cause(db: Database, *, actor: Actor, dismissal_id: int, cause: str) -> None:
    """Why the term was missed; it goes into the report. Raises NotFound, Forbidden, Conflict."""
    with db.write() as session:
        dismissal = locked(session, actor, dismissal_id)
        dismissal.late_cause = clean(cause)[:500]


def locked(session: Session, actor: Actor, dismissal_id: int) -> Dismissal:
    """One that stands, under its own lock, to be changed by the organisation's own staff.

    Raises NotFound, Forbidden, Conflict.
    """
    # The job goes first, as where a decision closes its rights.
    jobs = select(Dismissal.employment_id).where(Dismissal.id == dismissal_id)
    lock_jobs(session, session.scalars(jobs))
    session.execute(select(Dismissal.id).where(Dismissal.id == dismissal_id).with_for_update())
    dismissal = find(session, actor, dismissal_id)
    scope.require_people_changed(actor, dismissal.organization_id)
    if dismissal.cancelled_at is not None:
        raise Conflict("Это увольнение отменено.", dismissal=dismissal_id)
    return dismissal


def _job(session: Session, actor: Actor, what: Dismissing) -> Employment:
    """Under its own lock. Raises NotFound, Forbidden."""
    lock_jobs(session, (what.employment_id,))
    found = people.job(session, actor, what.employment_id)
    scope.require_people_changed(actor, found.organization_id)
    return found


def standing_of(session: Session, employment_id: int) -> Dismissal | None:
    """The one of that job that was not cancelled."""
    return session.scalar(
        select(Dismissal).where(
            Dismissal.employment_id == employment_id, Dismissal.cancelled_at.is_(None)
        )
    )


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
    _require_possible(job, what.dismissed_on, now)
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
    note(session, actor, now, made, "created", ["—", _day(what.dismissed_on)])
    return made


def _begin(
    session: Session, catalogue: Catalogue, made: Sequence[Dismissal], now: datetime
) -> None:
    refresh_all(session, catalogue, list(made), now)
    for dismissal in made:
        if dismissal.filed_at is None:
            plan_reminders(session, catalogue, dismissal, now)


def _move(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    dismissal: Dismissal,
    to: date,
) -> None:
    before = dismissal.dismissed_on
    dismissal.moved_from, dismissal.moved_at, dismissal.dismissed_on = before, now, to
    set_term(catalogue, dismissal)
    end_job(session, actor, now, dismissal.employment, to)
    note(session, actor, now, dismissal, "changed", [_day(before), _day(to)])


def _resume(
    session: Session, catalogue: Catalogue, moved: Sequence[Dismissal], now: datetime
) -> None:
    refresh_all(session, catalogue, list(moved), now)
    for dismissal in moved:
        if dismissal.filed_at is None:
            plan_reminders(session, catalogue, dismissal, now)


def _require_possible(job: Employment, day: date, now: datetime) -> None:
    """Raises Invalid."""
    if message := impossible(job, day, moscow_date(now)):
        raise Invalid(message, {"dismissed_on": message}, employment=job.id)


def impossible(job: Employment, day: date, today: date) -> str:
    """Why the job cannot end on that day, else ""."""
    if job.since is not None and day < job.since:
        return f"В этот день человек ещё не работал: он принят {_day(job.since)}."
    if day > today + AHEAD:
        return "До этого дня больше года. Проверьте год увольнения."
    return ""


def end_job(
    session: Session, actor: Actor, now: datetime, job: Employment, until: date | None
) -> None:
    """Its last day as the person's card shows it; None: it goes on."""
    update_job(session, actor=actor, now=now, row=job, values={"until": until})


def note(
    session: Session,
    actor: Actor,
    now: datetime,
    dismissal: Dismissal,
    event: str,
    pair: list[str],
) -> None:
    """What happened to it, in the history."""
    label = LABELS["cancelled" if event == "withdrawn" else "dismissed_on"]
    history.record(
        session, actor=actor, now=now, entity="dismissal", entity_id=dismissal.id, event=event,
        what={label: pair},
    )  # fmt: skip


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
