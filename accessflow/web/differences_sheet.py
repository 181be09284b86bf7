"""What differs between a system's list and the ledger, as lines of a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, Grant, ImportJob, ImportRow, Organization, Person
from accessflow.services.actor import Actor
from accessflow.services.imports import differences
from accessflow.services.imports.differences import Part
from accessflow.services.imports.matched import employments_of, name_of
from accessflow.services.people import name_of as person_name
from accessflow.web.words import day, masked_snils

TITLES: Mapping[Part, str] = {
    "unlisted": "Есть в системе, нет в реестре",
    "missing": "Есть в реестре, нет в системе",
    "role": "Роль другая",
    "gone": "Уволены, а доступ есть",
    "unknown": "Не опознаны",
}
HEADERS = ["Что", "ФИО", "СНИЛС", "Организация", "Должность", "Роль в списке",
           "Роль в реестре", "Последний вход", "Логин"]  # fmt: skip
WIDTHS = [30.0, 34.0, 16.0, 34.0, 28.0, 24.0, 24.0, 14.0, 14.0]


def lines(session: Session, actor: Actor, job: ImportJob, today: date) -> Iterator[Sequence[str]]:
    """Every difference, the part first. СНИЛС are masked."""
    for part in differences.PARTS:
        if part == "missing":
            query = differences.missing(actor, job).order_by(Person.search_name, Grant.id)
            for grant in session.scalars(query):
                yield _grant_line(part, grant)
            continue
        rows = differences.rows_of(actor, job, part, today).order_by(ImportRow.name, ImportRow.id)
        found = session.scalars(rows).all()
        for start in range(0, len(found), 500):
            some = found[start : start + 500]
            more = beside(session, job, part, some)
            houses = organizations_of(session, some)
            for row in some:
                yield _row_line(part, row, more, houses)


def _grant_line(part: Part, grant: Grant) -> Sequence[str]:
    person = grant.person
    return [
        TITLES[part], person_name(person).full, masked_snils(person.snils),
        grant.organization.short_name, grant.employment.position, "", grant.role,
        day(grant.last_seen_on), "",
    ]  # fmt: skip


def _row_line(
    part: Part, row: ImportRow, more: Mapping[str, Any], houses: Mapping[int, str]
) -> Sequence[str]:
    job: Employment | None = more["whom"].get(row.employment_id)
    held: Sequence[Grant] = more["held"].get(row.employment_id, ())
    seen = row.values.get("last_seen_on")
    return [
        TITLES[part], person_name(job.person).full if job else name_of(row.values).full,
        masked_snils(job.person.snils) if job else "", houses.get(row.organization_id or 0, ""),
        job.position if job else "", row.role or row.values.get("role", ""),
        ", ".join(grant.role for grant in held),
        day(date.fromisoformat(seen)) if seen else "", row.values.get("login", ""),
    ]  # fmt: skip


def beside(
    session: Session, job: ImportJob, part: Part, items: Sequence[ImportRow]
) -> dict[str, Any]:
    """Whom rows are about, and what the ledger says of them."""
    ids = set() if part == "missing" else {row.employment_id for row in items if row.employment_id}
    return {
        "whom": employments_of(session, ids),
        "held": differences.held_by(session, job, ids) if ids else {},
    }


def organizations_of(session: Session, items: Sequence[Any]) -> Mapping[int, str]:
    """Short names, by id."""
    ids = {item.organization_id for item in items if item.organization_id}
    return {n: session.get_one(Organization, n).short_name for n in sorted(ids)}
