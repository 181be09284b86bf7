"""Rights in an order, a page at a time: sorted as they are, or walked to off an index.

A walk goes by the day, system by system, person by person or organisation by organisation, from
where the last page ended; what it costs does not hang on how many rights there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Grant, Organization, Person

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Walk:
    """The rights that meet `where`. `slugs`: the systems that they may be of, () for any; `whole`:
    they are few enough to be sorted."""

    session: Session
    catalogue: Catalogue
    where: Conditions
    slugs: tuple[str, ...]
    whole: bool

    def ids(self, name: str, start: Grant | None, limit: int | None, *, falling: bool) -> list[int]:
        walks = {
            "since": self._by_day,
            "until": self._by_day,
            "system": self._by_system,
            "organization": self._by_organization,
            "name": self._by_person,
        }
        if self.whole or limit is None:
            return self._sorted(self.where, name, start, limit, falling=falling)
        return walks[name](name, start, limit, falling)

    def _sorted(
        self,
        where: Conditions,
        name: str,
        start: Grant | None,
        limit: int | None,
        *,
        falling: bool,
    ) -> list[int]:
        """Materialised: else a page by name is looked for among the people of the whole region."""
        columns = (Grant.id, Grant.person_id, Grant.organization_id, Grant.system, Grant.since)
        own = select(*columns, Grant.until).where(*where).cte("own")
        own = own.prefix_with("MATERIALIZED", dialect="postgresql")
        rank = case(self._ranks, value=own.c.system, else_=len(self._ranks))
        keys: dict[str, list[Any]] = {
            "name": [Person.search_name, own.c.person_id],
            "system": [rank, Person.search_name, own.c.person_id],
            "organization": [
                *(Organization.short_name, own.c.organization_id),
                *(Person.search_name, own.c.person_id),
            ],
            "since": [own.c.since],
            "until": [own.c.until],
        }
        order = [*keys[name], own.c.id]
        query = select(own.c.id).join(Person, Person.id == own.c.person_id)
        if name == "organization":
            query = query.join(Organization, Organization.id == own.c.organization_id)
        if start is not None:
            place = tuple_(*self._values(name, start, order))
            query = query.where(tuple_(*order) < place if falling else tuple_(*order) > place)
        ordered = query.order_by(*(c.desc() if falling else c.asc() for c in order)).limit(limit)
        return list(self.session.scalars(ordered))

    def _values(self, name: str, start: Grant, order: Sequence[Any]) -> list[Any]:
        person = [start.person.search_name, start.person_id]
        values: dict[str, list[Any]] = {
            "name": person,
            "system": [self._ranks.get(start.system, len(self._ranks)), *person],
            "organization": [start.organization.short_name, start.organization_id, *person],
            "since": [start.since],
            "until": [start.until],
        }
        given = zip([*values[name], start.id], order, strict=True)
        return [literal(value, column.type) for value, column in given]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        """The systems' places by their labels."""
        systems = sorted(
            self.catalogue.systems.values(), key=lambda s: (s.label.casefold(), s.slug)
        )
        return {system.slug: place for place, system in enumerate(systems)}

    def _by_day(self, name: str, start: Grant | None, limit: int, falling: bool) -> list[int]:
        day = Grant.since if name == "since" else Grant.until
        order: tuple[InstrumentedAttribute[Any], ...] = (day, Grant.id)
        query = select(Grant.id).where(*self.where)
        value = start and getattr(start, name)
        if start is not None and value is not None:
            place = tuple_(literal(value, day.type), literal(start.id))
            query = query.where(tuple_(*order) < place if falling else tuple_(*order) > place)
        return self._first(query, order, limit, falling)

    def _by_system(self, name: str, start: Grant | None, limit: int, falling: bool) -> list[int]:
        slugs = [slug for slug in self._ranks if slug in (self.slugs or self._ranks)]
        if falling:
            slugs.reverse()
        if start is not None and start.system in slugs:
            slugs = slugs[slugs.index(start.system) :]
        found: list[int] = []
        for slug in slugs:
            query = select(Grant.id).where(*self.where, Grant.system == slug)
            if start is not None and start.system == slug:
                query = query.where(Grant.id < start.id if falling else Grant.id > start.id)
            found += self._first(query, (Grant.id,), limit - len(found), falling)
            if len(found) >= limit:
                break
        return found

    def _by_organization(
        self, name: str, start: Grant | None, limit: int, falling: bool
    ) -> list[int]:
        """Within one by name."""
        here = None if start is None else (start.organization.short_name, start.organization_id)
        columns = (Organization.short_name, Organization.id)
        found: list[int] = []
        for n in self._holding(columns, Grant.organization_id, here, limit, falling):
            where = (*self.where, Grant.organization_id == n)
            there = start if start is not None and start.organization_id == n else None
            found += self._sorted(where, "name", there, limit - len(found), falling=falling)
            if len(found) >= limit:
                break
        return found

    def _by_person(self, name: str, start: Grant | None, limit: int, falling: bool) -> list[int]:
        here = None if start is None else (start.person.search_name, start.person_id)
        columns = (Person.search_name, Person.id)
        people = self._holding(columns, Grant.person_id, here, limit + 1, falling)
        where = (*self.where, Grant.person_id.in_(people))
        return self._sorted(where, name, start, limit, falling=falling)

    def _holding(
        self,
        columns: tuple[InstrumentedAttribute[str], InstrumentedAttribute[int]],
        of: InstrumentedAttribute[int],
        here: tuple[str, int] | None,
        limit: int,
        falling: bool,
    ) -> list[int]:
        """The next people or organisations that hold any of it, `here` among them.

        By a scalar with a limit, which no planner turns into a scan of all rights.
        """
        name, key = columns
        any_of_it = select(Grant.id).where(*self.where, of == key).limit(1).scalar_subquery()
        query = select(key).where(any_of_it.is_not(None))
        if here is not None:
            place = tuple_(literal(here[0]), literal(here[1]))
            both = tuple_(name, key)
            query = query.where(
                name <= here[0] if falling else name >= here[0],
                both <= place if falling else both >= place,
            )
        return self._first(query, columns, limit, falling)

    def _first(
        self,
        query: Select[int],
        order: Sequence[InstrumentedAttribute[Any]],
        limit: int,
        falling: bool,
    ) -> list[int]:
        ordered = query.order_by(*(c.desc() if falling else c.asc() for c in order))
        return list(self.session.scalars(ordered.limit(limit)))
