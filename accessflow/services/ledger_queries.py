"""Who holds what, as it is asked: by person, system and organisation, as of a day, as then known.

Every query keeps to what the actor may see (`services/scope.py`). A right counts for the
organisation of the job that it belongs to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload

from accessflow.db.tables import Employment, Grant, LedgerEntry, Person, RequestRow
from accessflow.services.actor import Actor
from accessflow.services.fields import searchable
from accessflow.services.scope import organization as seen_organization
from accessflow.services.scope import within

PAGE = 50


State = Literal["active", "revoked", "all", "gone", "new", "expiring"]
NEW = timedelta(days=7)
EXPIRING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is narrowed to; None: any. `known_at`: as it was known at that moment.

    `state`: active (held on that day), revoked (by that day), all of the two, gone (held by people
    who have left), new (held, since less than a week), expiring (open now, their term ends within a
    month of that day or is over). `systems`, `people`: any of these.
    """

    on: date
    known_at: datetime | None = None
    person: int | None = None
    employment: int | None = None
    system: str | None = None
    organization: int | None = None
    role: str | None = None
    systems: tuple[str, ...] | None = None
    people: tuple[int, ...] | None = None
    state: State = "active"


def held(session: Session, actor: Actor, asked: Asked) -> list[Grant]:
    """The rights held on that day, with whose and by which application, in order of their making.

    Without a person or a job narrowed to, take `page` instead: there may be a million.
    """
    return list(session.scalars(with_applications(_held(actor, asked)).order_by(Grant.id)))


def page(
    session: Session, actor: Actor, asked: Asked, *, after: int = 0, limit: int = PAGE
) -> list[Grant]:
    """The same from the right `after` on (0: from the first), read off an index."""
    query = with_applications(_held(actor, asked)).where(Grant.id > after)
    return list(session.scalars(query.order_by(Grant.id).limit(limit)))


def count(session: Session, actor: Actor, asked: Asked) -> int:
    """How many; as long as the rights are many."""
    return session.scalar(select(func.count()).select_from(_held(actor, asked).subquery())) or 0


Cell = tuple[int, str]
"""A person and the slug of a system."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Persons of one organisation by systems: `cells` by (person, system), each several roles,
    the rights with their jobs.

    `after`: the place from which the next page goes on, None after the last.
    """

    people: tuple[Person, ...]
    cells: Mapping[Cell, tuple[Grant, ...]]
    after: tuple[str, int] | None

    @property
    def systems(self) -> frozenset[str]:
        """Those that anybody on the page holds something in."""
        return frozenset(system for _, system in self.cells)


def matrix(
    session: Session,
    actor: Actor,
    asked: Asked,
    *,
    besides: Collection[int] = (),
    after: tuple[str, int] | None = None,
    limit: int = PAGE,
) -> Matrix:
    """A page of those who held anything in `asked.organization` on that day, by name; `besides`:
    people who stand there though they hold nothing. Raises NotFound.
    """
    seen_organization(session, actor, asked.organization or 0)
    # Materialised: else a page by name is looked for among the people of the whole region.
    own = select(Grant.person_id).where(*conditions(actor, asked))
    others = select(Person.id).where(Person.id.in_(besides))
    both = (own.union(others) if besides else own.distinct()).cte("holders")
    holders = both.prefix_with("MATERIALIZED", dialect="postgresql")
    query = select(Person).join(holders, holders.c.person_id == Person.id)
    if after is not None:
        query = query.where(tuple_(Person.search_name, Person.id) > after)
    ordered = query.order_by(Person.search_name, Person.id).limit(limit + 1)
    found = list(session.scalars(ordered))
    people = tuple(found[:limit])
    cells: dict[Cell, list[Grant]] = defaultdict(list)
    ids = [person.id for person in people]
    held_there = _held(actor, asked).where(Grant.person_id.in_(ids)).order_by(Grant.id)
    for grant in session.scalars(held_there.options(joinedload(Grant.employment))):
        cells[grant.person_id, grant.system].append(grant)
    last = people[-1] if len(found) > limit else None
    return Matrix(
        people,
        {place: tuple(grants) for place, grants in cells.items()},
        (last.search_name, last.id) if last else None,
    )


def history(session: Session, actor: Actor, person_id: int) -> list[Grant]:
    """Every right that a person has, had, or was wrongly said to have; the last first."""
    query = select(Grant).where(Grant.person_id == person_id, within(actor, Grant.organization_id))
    ordered = with_applications(query).order_by(Grant.since.desc(), Grant.id.desc())
    return list(session.scalars(ordered))


def closings_without_a_right(
    actor: Actor,
    *,
    person: int | None = None,
    text: str = "",
    people: Collection[int] | None = None,
) -> Select[LedgerEntry]:
    """Revocations of what the ledger does not know, each worth a look, with whose they are and by
    which application; `text`: of a name, `people`: any of these."""
    query = (
        select(LedgerEntry)
        .join(LedgerEntry.person)
        .join(LedgerEntry.organization)
        .where(
            LedgerEntry.met_nothing_at.is_not(None),
            LedgerEntry.withdrawn_at.is_(None),
            within(actor, LedgerEntry.organization_id),
        )
        .options(
            contains_eager(LedgerEntry.person),
            contains_eager(LedgerEntry.organization),
            joinedload(LedgerEntry.request_row).joinedload(RequestRow.request),
        )
    )
    if person is not None:
        query = query.where(LedgerEntry.person_id == person)
    if people is not None:
        query = query.where(LedgerEntry.person_id.in_(people))
    for word in searchable(text).split():
        query = query.where(Person.search_name.contains(word, autoescape=True))
    return query


def _held(actor: Actor, asked: Asked) -> Select[Grant]:
    return select(Grant).where(*conditions(actor, asked))


def conditions(actor: Actor, asked: Asked) -> Sequence[ColumnElement[bool]]:
    """On `Grant`: what the actor may see of what is asked for."""
    narrowed: tuple[tuple[InstrumentedAttribute[int] | InstrumentedAttribute[str], object], ...] = (
        (Grant.person_id, asked.person),
        (Grant.employment_id, asked.employment),
        (Grant.system, asked.system),
        (Grant.organization_id, asked.organization),
        (Grant.role, asked.role),
    )
    return (
        within(actor, Grant.organization_id),
        Grant.since <= asked.on,
        *_as_known(asked),
        *_in_state(asked),
        *(column == value for column, value in narrowed if value is not None),
        *(() if asked.systems is None else (Grant.system.in_(asked.systems),)),
        *(() if asked.people is None else (Grant.person_id.in_(asked.people),)),
    )


def until_known(grant: Grant, known_at: datetime | None) -> date | None:
    """The first day without it, as far as it was known by then."""
    later = known_at is not None and (grant.closed_recorded_at or known_at) > known_at
    return None if later else grant.until


def _as_known(asked: Asked) -> Sequence[ColumnElement[bool]]:
    """Of the versions those that stood at that moment."""
    at = asked.known_at
    if at is None:
        return (Grant.voided_at.is_(None),)
    return Grant.recorded_at <= at, or_(Grant.voided_at.is_(None), Grant.voided_at > at)


def _in_state(asked: Asked) -> Sequence[ColumnElement[bool]]:
    if asked.state == "all":
        return ()
    if asked.state == "revoked":
        known = () if asked.known_at is None else (Grant.closed_recorded_at <= asked.known_at,)
        return Grant.until.is_not(None), Grant.until <= asked.on, *known
    still = [Grant.until.is_(None), Grant.until > asked.on]
    if asked.known_at is not None:
        still.append(Grant.closed_recorded_at > asked.known_at)
    held_then = or_(*still)
    if asked.state == "new":
        return held_then, Grant.since > asked.on - NEW
    if asked.state == "gone":
        left = select(Employment.id).where(Employment.until < asked.on)
        return held_then, Grant.employment_id.in_(left)
    if asked.state == "expiring":
        runs_out = Grant.expires_on <= asked.on + EXPIRING
        return Grant.until.is_(None), Grant.expires_on.is_not(None), runs_out
    return (held_then,)


def with_applications(query: Select[Grant]) -> Select[Grant]:
    """The rights with whose they are and the applications that opened and closed them."""
    by = joinedload(Grant.opened).joinedload(LedgerEntry.request_row).joinedload(RequestRow.request)
    gone = joinedload(Grant.closed).joinedload(LedgerEntry.request_row)
    return query.options(
        joinedload(Grant.person),
        joinedload(Grant.employment),
        joinedload(Grant.organization),
        by,
        gone.joinedload(RequestRow.request),
    )
