"""Whose right a row of an application is: the job that it names, else the one it is about."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, Person, Request, RequestRow
from accessflow.domain.person_name import PersonName
from accessflow.domain.text import clean
from accessflow.forms.rows import has_no_middle_name
from accessflow.services import employments
from accessflow.services.actor import SYSTEM
from accessflow.services.person_form import Identity


def job_of(
    session: Session, request: Request, row: RequestRow, now: datetime, on: date
) -> Employment | None:
    """The job that the row was made for; else by СНИЛС in the organisation that filed it, a new
    one where nobody there is known by it. None without a valid СНИЛС.
    """
    if row.employment_id is not None:
        return session.get_one(Employment, row.employment_id)
    if not row.snils:
        return None
    jobs = session.scalars(
        select(Employment)
        .join(Employment.person)
        .where(Person.snils == row.snils, Employment.organization_id == request.organization_id)
        .order_by(Employment.id)
    ).all()
    found = _likeliest(list(jobs), row, on) or _new(session, request, row, now)
    row.employment_id = found.id
    return found


def _likeliest(jobs: list[Employment], row: RequestRow, on: date) -> Employment | None:
    """Of several the one of the row's post, then one that is still held, then the last."""
    post = clean(str(row.answers.get("position", ""))).casefold()

    def rank(job: Employment) -> tuple[bool, bool, int]:
        held = job.until is None or job.until >= on
        return (bool(post) and job.position.casefold() == post, held, job.id)

    return max(jobs, key=rank, default=None)


def _new(session: Session, request: Request, row: RequestRow, now: datetime) -> Employment:
    texts = {key: clean(str(value)) for key, value in row.answers.items()}
    name = PersonName(*(texts.get(key, "") for key in ("last_name", "first_name", "middle_name")))
    who = Identity(row.snils, name, has_no_middle_name(row.answers))
    person = employments.persons_of(session, actor=SYSTEM, now=now, whos=[who])[row.snils]
    job = {key: texts[key] for key in _JOB if texts.get(key)}
    employments.add_jobs(
        session, actor=SYSTEM, now=now, organization_id=request.organization_id,
        jobs=[(person, job)], event="created",
    )  # fmt: skip
    return session.scalars(
        select(Employment)
        .where(
            Employment.person_id == person.id,
            Employment.organization_id == request.organization_id,
        )
        .order_by(Employment.id.desc())
        .limit(1)
    ).one()


_JOB = ("position", "email", "work_phone", "contact_phone")
