"""Dismissals that stand: found, moved, explained (Рег. 3.7, R28).

Entered by `dismissal_entering`, cancelled by `dismissal_cancelling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Employment
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.domain.text import clean
from accessflow.services import history, scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_reminders import plan_reminders
from accessflow.services.dismissal_standing import refresh_all, set_term
from accessflow.services.employments import update_job
from accessflow.services.ledger_settling import lock_jobs

AHEAD = timedelta(days=366)
LABELS = {"dismissed_on": "Уволен(а)", "cancelled": "Увольнение отменено"}


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
    require_possible(dismissal.employment, to, now)
    if to != dismissal.dismissed_on:
        shift(session, actor, now, catalogue, dismissal, to)
        follow(session, catalogue, [dismissal], now)


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


def standing_of(session: Session, employment_id: int) -> Dismissal | None:
    """The one of that job that was not cancelled."""
    return session.scalar(
        select(Dismissal).where(
            Dismissal.employment_id == employment_id, Dismissal.cancelled_at.is_(None)
        )
    )


def shift(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    dismissal: Dismissal,
    to: date,
) -> None:
    """Another last day is written down; `follow` is to be called after it."""
    before = dismissal.dismissed_on
    dismissal.moved_from, dismissal.moved_at, dismissal.dismissed_on = before, now, to
    set_term(catalogue, dismissal)
    end_job(session, actor, now, dismissal.employment, to)
    note(session, actor, now, dismissal, "changed", [in_words(before), in_words(to)])


def follow(
    session: Session, catalogue: Catalogue, dismissals: Sequence[Dismissal], now: datetime
) -> None:
    """What comes of their days: how each stands, and what is reminded of."""
    refresh_all(session, catalogue, list(dismissals), now)
    for dismissal in dismissals:
        if dismissal.filed_at is None:
            plan_reminders(session, catalogue, dismissal, now)


def require_possible(job: Employment, day: date, now: datetime) -> None:
    """Raises Invalid."""
    if message := impossible(job, day, moscow_date(now)):
        raise Invalid(message, {"dismissed_on": message}, employment=job.id)


def impossible(job: Employment, day: date, today: date) -> str:
    """Why the job cannot end on that day, else ""."""
    if job.since is not None and day < job.since:
        return f"В этот день человек ещё не работал: он принят {in_words(job.since)}."
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


def in_words(day: date) -> str:
    return f"{day:%d.%m.%Y}"
