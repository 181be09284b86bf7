"""The people whom an application may name: the jobs of the actor's own organisation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from accessflow.db.tables import Employment, Person
from accessflow.domain.person_name import PersonName
from accessflow.forms.spec import Action
from accessflow.services.fields import searchable

MOST_FOUND = 12
_DIGITS = re.compile(r"[\d\s-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One job of one person. `attested`: the prerequisites that somebody has attested."""

    employment: int
    person: int
    name: PersonName
    no_middle_name: bool
    snils: str
    position: str
    email: str
    work_phone: str
    contact_phone: str
    until: date | None
    attested: frozenset[str]

    def has_left(self, on: date) -> bool:
        """`until` is the last day of work, on which access may still be asked for."""
        return self.until is not None and self.until < on


def load(session: Session, organization_id: int, employments: Iterable[int]) -> list[Candidate]:
    """In the order asked for; employments of other organisations are left out."""
    wanted = list(dict.fromkeys(employments))
    found: dict[int, Candidate] = {}
    for start in range(0, len(wanted), 500):
        part = {"organization_id": organization_id, "ids": wanted[start : start + 500]}
        found |= {row.id: _candidate(row) for row in session.scalars(_LOADED, part).unique()}
    return [found[e] for e in wanted if e in found]


def search(
    session: Session, organization_id: int, text: str, action: Action, on: date
) -> tuple[list[Candidate], int]:
    """The first matches by name or СНИЛС (or part of it), and how many have left besides.

    For a grant those who have left are not offered; for a revocation they are.
    """
    query = _matching(_jobs(organization_id), text)
    if query is None:
        return [], 0
    left = Employment.until < on
    gone = 0
    if action == "grant":
        counted = select(func.count()).select_from(query.where(left).subquery())
        gone = session.scalar(counted) or 0
        query = query.where(or_(Employment.until.is_(None), ~left))
    first = Person.search_name.startswith(searchable(text).strip(), autoescape=True)
    ordered = query.order_by(first.desc(), Person.search_name, Employment.id).limit(MOST_FOUND)
    return [_candidate(row) for row in session.scalars(ordered)], gone


def staff_by_snils(
    session: Session, organization_id: int, digits: Iterable[str]
) -> dict[str, list[Candidate]]:
    """Every job of those people here; the present one first."""
    return _grouped(session, organization_id, Person.snils.in_(set(digits)), by_name=False)


def staff_by_name(
    session: Session, organization_id: int, names: Iterable[str]
) -> dict[str, list[Candidate]]:
    """By `PersonName.key`."""
    return _grouped(session, organization_id, Person.search_name.in_(set(names)), by_name=True)


def _grouped(
    session: Session, organization_id: int, condition: ColumnElement[bool], *, by_name: bool
) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for row in session.scalars(_jobs(organization_id).where(condition)):
        candidate = _candidate(row)
        key = candidate.name.key if by_name else candidate.snils
        found.setdefault(key, []).append(candidate)
    for jobs in found.values():
        jobs.sort(key=lambda c: c.until or date.max, reverse=True)
    return found


def _jobs(organization_id: int) -> Select[Employment]:
    return (
        select(Employment)
        .join(Employment.person)
        .where(Employment.organization_id == organization_id)
        .options(contains_eager(Employment.person).selectinload(Person.attestations))
    )


_LOADED = (
    select(Employment)
    .join(Employment.person)
    .outerjoin(Person.attestations)
    .where(
        Employment.organization_id == bindparam("organization_id"),
        Employment.id.in_(bindparam("ids", expanding=True)),
    )
    .options(contains_eager(Employment.person).contains_eager(Person.attestations))
)


def _matching(query: Select[Employment], text: str) -> Select[Employment] | None:
    """None where there is nothing to look for yet."""
    if _DIGITS.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        return query.where(Person.snils.contains(digits)) if len(digits) >= 3 else None
    words = searchable(text).split()
    if not words or max(map(len, words)) < 2:
        return None
    for word in words:
        query = query.where(Person.search_name.contains(word.rstrip("."), autoescape=True))
    return query


def _candidate(row: Employment) -> Candidate:
    person = row.person
    return Candidate(
        employment=row.id,
        person=person.id,
        name=PersonName(person.last_name, person.first_name, person.middle_name),
        no_middle_name=person.no_middle_name,
        snils=person.snils,
        position=row.position,
        email=row.email,
        work_phone=row.work_phone,
        contact_phone=row.contact_phone,
        until=row.until,
        attested=frozenset(a.kind for a in person.attestations),
    )


def by_employment(people: Iterable[Candidate]) -> Mapping[int, Candidate]:
    return {c.employment: c for c in people}
