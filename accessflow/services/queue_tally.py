"""How much of the queue counts under what: in the database, or of what was read of all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.orm import Session

from accessflow.db.tables import Request
from accessflow.services.queue_facets import FACETS, WALKED, Chosen, Looker

Facts = Mapping[str, Sequence[Any]]
"""Of some requests, by facet, what stands in its column of each."""

_ARRAYS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "postgresql": (func.json_build_array, func.json_agg),
        "sqlite": (func.json_array, func.json_group_array),
    }
)


def facts(session: Session, query: Select[Request], looker: Looker, most: int) -> Facts | None:
    """What is counted of all that match; None where there are more than `most`."""
    some = query.with_only_columns(*_columns(looker)).limit(most + 1).cte("some")
    # Looked at twice, worked out once: of too many nothing but their number.
    number = select(func.count()).select_from(some).scalar_subquery()
    whole = as_text(some, session.get_bind().dialect.name).scalar_subquery()
    found = session.scalars(select(case((number <= most, whole), else_=null()))).one()
    if found is None:
        return None
    return {name: values or () for name, values in zip(FACETS, found, strict=True)}


@lru_cache(maxsize=256)
def _columns(looker: Looker) -> tuple[ColumnElement[Any], ...]:
    return tuple(facet.column(looker).label(name) for name, facet in FACETS.items())


def as_text(some: FromClause, dialect: str) -> Select[Any]:
    """All rows as one value, a list for each column.

    Row by row the driver would take longer than the database.
    """
    array, all_of = _ARRAYS[dialect]
    return select(array(*map(all_of, some.c), type_=JSON)).select_from(some)


def number_of(query: Select[Request], most: int) -> Select[int]:
    """How many match; `most` + 1 where there are more."""
    # As a parameter it would have PostgreSQL plan the whole anew each time.
    bound: ColumnElement[int] = literal_column(str(most + 1))
    some = query.with_only_columns(Request.id).limit(bound).subquery()
    return select(func.count()).select_from(some)


def numbers(
    query: Select[Request], asked: Sequence[Chosen], looker: Looker, most: int
) -> Select[Any]:
    """How many match, `most` + 1 where there are more; then how many each choice leaves of them."""
    conditions = (
        and_(true(), *(FACETS[name].where(some, WALKED, looker) for name, some in chosen.items()))
        for chosen in asked
    )
    under = (case((one, 1)).label(f"n{n}") for n, one in enumerate(conditions))
    some = query.with_only_columns(Request.id, *under).limit(most + 1).subquery()
    counts: list[Any] = [func.count(column) for column in some.c]
    return select(*counts)


class Tally:
    """How many of some facts count under what.

    There are few different ones in what some facets look at together, so that each of those is
    counted once and judged once.
    """

    def __init__(self, found: Facts, looker: Looker) -> None:
        self._found, self._looker = found, looker
        self._alike: dict[tuple[str, ...], Mapping[tuple[Any, ...], int]] = {}

    def number(self, chosen: Chosen) -> int:
        names = sorted(chosen)
        if not names:
            return len(self._found["state"])
        alike = self._counted(tuple(names))
        return sum(number for keys, number in alike.items() if self._match(names, keys, chosen))

    def values(self, name: str, chosen: Chosen) -> Counter[str]:
        """How many there would be under each value, were the others of that facet not picked."""
        others = sorted(chosen.keys() - {name})
        found: Counter[str] = Counter()
        for (key, *keys), number in self._counted((name, *others)).items():
            if self._match(others, keys, chosen):
                for value in FACETS[name].values(self._looker, key):
                    found[value] += number
        return found

    def _match(self, names: Sequence[str], keys: Sequence[Any], chosen: Chosen) -> bool:
        return not any(
            set(chosen[name]).isdisjoint(FACETS[name].values(self._looker, key))
            for name, key in zip(names, keys, strict=True)
        )

    def _counted(self, names: tuple[str, ...]) -> Mapping[tuple[Any, ...], int]:
        """By what the facets of those names look at, how many there are."""
        if names not in self._alike:
            columns = [self._found[name] for name in names]
            self._alike[names] = (
                {(key,): number for key, number in Counter(columns[0]).items()}
                if len(columns) == 1  # much the fastest, and the most frequent
                else Counter(zip(*columns, strict=True))
            )
        return self._alike[names]
