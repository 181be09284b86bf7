"""People as they are looked up: lists, search by name or СНИЛС, the card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from accessflow.db.tables import Attestation, Employment, Organization, Person
from accessflow.domain.errors import NotFound
from accessflow.domain.person_name import PersonName
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.fields import searchable

FEWEST_DIGITS = 5
"""From so many digits on a query may be (a part of) a СНИЛС and must not stand in an address."""
MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of people is narrowed to. `ids`: of persons; None = any, () = nobody."""

    query: str = ""
    organization_id: int | None = None
    unit_id: int | None = None
    state: str = "working"  # working, dismissed, all
    missing: str = ""  # a prerequisite not attested yet
    ids: tuple[int, ...] | None = None


def listed(actor: Actor, found: Filter, today: date) -> Select[Employment]:
    """Jobs with their people, in organisations that the actor may see."""
    query = (
        select(Employment)
        .join(Employment.person)
        .join(Employment.organization)
        .where(scope.within(actor, Employment.organization_id))
        .options(
            contains_eager(Employment.person).selectinload(Person.attestations),
            contains_eager(Employment.organization),
            joinedload(Employment.unit),
        )
    )
    for word in searchable(found.query).split():
        matches = (column.contains(word, autoescape=True) for column in _SEARCHED)
        query = query.where(or_(*matches))
    if found.organization_id:
        query = query.where(Employment.organization_id == found.organization_id)
    if found.unit_id:
        query = query.where(Employment.unit_id == found.unit_id)
    if found.ids is not None:
        query = query.where(Person.id.in_(found.ids))
    if found.missing:
        query = query.where(
            ~Person.attestations.any(Attestation.kind == found.missing),
        )
    return _in_state(query, found.state, today)


_SEARCHED = (Person.search_name, Employment.search_text)


def _in_state(query: Select[Employment], state: str, today: date) -> Select[Employment]:
    if state == "working":
        return query.where(or_(Employment.until.is_(None), Employment.until >= today))
    return query.where(Employment.until < today) if state == "dismissed" else query


def has_snils(query: str) -> bool:
    """Whether the query may hold a СНИЛС or a part of one."""
    return len(re.sub(r"\D", "", query)) >= FEWEST_DIGITS


def ids_by_number(session: Session, actor: Actor, query: str) -> list[int]:
    """The persons whose СНИЛС, or number of personnel, holds the query's digits."""
    digits = re.sub(r"\D", "", query)
    return list(
        session.scalars(
            select(Person.id)
            .join(Employment)
            .where(
                scope.within(actor, Employment.organization_id),
                or_(Person.snils.contains(digits), Employment.personnel_no.contains(digits)),
            )
            .distinct()
            .order_by(Person.id)
            .limit(MOST_FOUND)
        )
    )


def jobs_of(session: Session, actor: Actor, person_id: int) -> list[Employment]:
    """A person's jobs in organisations that the actor may see, current ones first."""
    return list(
        session.scalars(
            select(Employment)
            .where(
                Employment.person_id == person_id,
                scope.within(actor, Employment.organization_id),
            )
            .options(joinedload(Employment.organization), joinedload(Employment.unit))
            .order_by(Employment.until.is_not(None), Employment.since.desc(), Employment.id)
        )
    )


def job(session: Session, actor: Actor, employment_id: int) -> Employment:
    """A job with its person. Raises NotFound, also for one of another organisation."""
    found = session.scalar(
        select(Employment)
        .where(Employment.id == employment_id, scope.within(actor, Employment.organization_id))
        .options(
            joinedload(Employment.person).selectinload(Person.attestations),
            joinedload(Employment.organization),
        )
    )
    if found is None:
        raise NotFound("Такого сотрудника нет.", employment=employment_id)
    return found


def positions(session: Session, organization_id: int, person_ids: Sequence[int]) -> dict[int, str]:
    """What each of them is in the organisation, by the last job there."""
    rows = session.execute(
        select(Employment.person_id, Employment.position)
        .where(Employment.organization_id == organization_id, Employment.person_id.in_(person_ids))
        .order_by(Employment.id)
    )
    return {person_id: position for person_id, position in rows}  # noqa: C416 # rows are no pairs


def attestations(session: Session, person_id: int) -> Sequence[Attestation]:
    return session.scalars(
        select(Attestation)
        .where(Attestation.person_id == person_id)
        .options(joinedload(Attestation.user))
    ).all()


def by_snils(session: Session, digits: str) -> Person | None:
    """Whoever has this СНИЛС, wherever they work: not to be shown to an actor as such."""
    return session.scalar(
        select(Person).where(Person.snils == digits).options(selectinload(Person.employments))
    )


def works_in(person: Person, organization_id: int) -> bool:
    return any(job.organization_id == organization_id for job in person.employments)


def name_of(person: Person) -> PersonName:
    return PersonName(person.last_name, person.first_name, person.middle_name)


def is_current(job: Employment, today: date) -> bool:
    return job.until is None or job.until >= today


def organizations_with_people(session: Session, actor: Actor) -> list[Organization]:
    """What an overseer may narrow the list to."""
    return list(
        session.scalars(
            select(Organization)
            .where(and_(scope.within(actor, Organization.id), Organization.archived_at.is_(None)))
            .order_by(Organization.short_name)
        )
    )


def organization_names(session: Session, actor: Actor) -> Sequence[Row[int, str]]:
    """The same as `id` and `short_name` alone: a region has hundreds."""
    return session.execute(
        select(Organization.id, Organization.short_name)
        .where(scope.within(actor, Organization.id), Organization.archived_at.is_(None))
        .order_by(Organization.short_name)
    ).all()
