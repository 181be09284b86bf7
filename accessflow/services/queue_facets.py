"""What МИАЦ's queue is narrowed by: one row a facet, the same for the database and for counting.

A facet's condition and what it counts a request under say the same thing; a test holds them to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import compress
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    false,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from accessflow.db.request_tables import USUAL, is_unusual
from accessflow.db.tables import DismissalRevocation, Request
from accessflow.services.overview_figures import NO_SYSTEM, is_overdue
from accessflow.workflow.term_words import SOON

ME, NOBODY = "me", "none"
TERMS = ("late", "today", "soon", "ok", "paused", "none")
SIGNS = ("dismissal", "errors", "external", "corrected")
Chosen = Mapping[str, tuple[str, ...]]
"""Facet -> the values picked of it; a facet of which nothing is picked is left out."""


Facts = Mapping[str, Sequence[Any]]
"""What facets look at, of some requests: each of COLUMNS with its values; dates as ISO texts."""
_IN_DISMISSAL = (
    select(DismissalRevocation.request_id)
    .where(DismissalRevocation.request_id == Request.id)
    .exists()
)
# Looked up for revocations alone: the rest stands in the index of open ones.
_DISMISSAL = case((Request.action == "revoke", _IN_DISMISSAL), else_=false())
COLUMNS: Mapping[str, SQLColumnExpression[Any]] = MappingProxyType(
    {
        "state": Request.state,
        "system": Request.system,
        "organization": Request.organization_id,
        "assignee": Request.assignee_id,
        "due_on": Request.due_on,
        "paused_since": Request.paused_since,
        "criticality": Request.criticality,
        "priority": Request.priority,
        "kind": Request.kind,
        "errors": Request.error_count,
        "external_no": Request.external_no,
        "resubmission_of": Request.resubmission_of_id,
        "dismissal": _DISMISSAL,
    }
)


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks and when; `mine`: the own account and those that it stands in for today."""

    mine: frozenset[int]
    today: date


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that an index may lead by; an expression keeps it from leading."""

    state: SQLColumnExpression[str]
    system: SQLColumnExpression[str | None]
    organization_id: SQLColumnExpression[int]
    assignee_id: SQLColumnExpression[int | None]


LEADING = Columns(Request.state, Request.system, Request.organization_id, Request.assignee_id)
WALKED = Columns(
    Request.state + "", Request.system + "", Request.organization_id + 0, Request.assignee_id + 0
)
"""For a query that goes by ids, or through an order."""

Values = Callable[..., tuple[str, ...]]
Where = Callable[[tuple[str, ...], Columns, Looker], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Facet:
    """`values`: what a request counts under, of the looker and of what stands in the columns `of`;
    `where`: that it counts under one of some values."""

    of: tuple[str, ...]
    values: Values
    where: Where

    def keys(self, facts: Facts) -> Sequence[Any]:
        """What stands in those columns, of each request: of one column itself, else together."""
        columns = [facts[name] for name in self.of]
        return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))

    def under(self, looker: Looker, key: Any) -> tuple[str, ...]:
        return self.values(looker, key) if len(self.of) == 1 else self.values(looker, *key)


def _one_of(column: SQLColumnExpression[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _plain(name: str) -> Facet:
    """A column of texts that leads no index."""
    column = COLUMNS[name]
    return Facet((name,), lambda _, value: (value,), lambda values, *_: _one_of(column, values))


def _weight(name: str) -> Facet:
    """A column in which nearly all are alike: the index of the others is used where what holds of
    all of those is said, too."""
    plain, rest = _plain(name), is_unusual(name)

    def where(values: tuple[str, ...], columns: Columns, looker: Looker) -> ColumnElement[bool]:
        condition = plain.where(values, columns, looker)
        return condition if USUAL[name] in values else and_(rest, condition)

    return Facet(plain.of, plain.values, where)


def _ids(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and int(value) < 2**31]


def _organization(
    values: tuple[str, ...], columns: Columns, _: Looker
) -> ColumnElement[bool]:  # fmt: skip
    ids = _ids(values)
    return columns.organization_id == ids[0] if len(ids) == 1 else columns.organization_id.in_(ids)


def _system(values: tuple[str, ...], columns: Columns, _: Looker) -> ColumnElement[bool]:
    some = tuple(value for value in values if value != NO_SYSTEM)
    parts = [_one_of(columns.system, some)] if some else []
    return or_(*parts, columns.system.is_(None)) if NO_SYSTEM in values else or_(*parts)


def _assignees(looker: Looker, assignee: int | None) -> tuple[str, ...]:
    if assignee is None:
        return (NOBODY,)
    return (*((ME,) if assignee in looker.mine else ()), str(assignee))


def _assignee(values: tuple[str, ...], columns: Columns, looker: Looker) -> ColumnElement[bool]:
    ids = {*_ids(values), *(looker.mine if ME in values else ())}
    column = columns.assignee_id
    parts = [column.is_(None)] if NOBODY in values else []
    if len(ids) == 1:
        parts.append(column == next(iter(ids)))
    elif ids:
        parts.append(column.in_(ids))
    return or_(*parts) if parts else false()


def tone_of(due_on: date | None, paused_since: date | None, today: date) -> str:
    """How urgent it looks, as `terms.shown` says it (`term_words.Tone`)."""
    if due_on is None:
        return "none"
    if due_on < (paused_since or today):
        return "late"
    if paused_since:
        return "paused"
    left = (due_on - today).days
    return "today" if left == 0 else "soon" if left <= SOON else "ok"


def _tone(looker: Looker, due_on: str | None, paused_since: str | None) -> tuple[str]:
    due, paused = (date.fromisoformat(day) if day else None for day in (due_on, paused_since))
    return (tone_of(due, paused, looker.today),)


def _term(values: tuple[str, ...], _: Columns, looker: Looker) -> ColumnElement[bool]:
    due, paused, today = Request.due_on, Request.paused_since, looker.today
    soon = today + timedelta(days=SOON)
    running = paused.is_(None)
    conditions = {
        "late": is_overdue(today),
        "today": and_(running, due == today),
        "soon": and_(running, due > today, due <= soon),
        "ok": and_(running, due > soon),
        "paused": due >= paused,
        "none": due.is_(None),
    }
    return or_(*(conditions[value] for value in values if value in conditions), false())


def _signs(
    _: Looker, dismissal: bool, errors: int, external_no: str, resubmission_of: int | None
) -> tuple[str, ...]:
    there = (dismissal, errors > 0, bool(external_no), resubmission_of is not None)
    return tuple(compress(SIGNS, there)) if any(there) else ()


def _sign(values: tuple[str, ...], *_: object) -> ColumnElement[bool]:
    conditions = {
        # As a set of ids: those of dismissals are few, so that a query may begin with them.
        "dismissal": Request.id.in_(select(DismissalRevocation.request_id)),
        "errors": Request.error_count > 0,
        "external": Request.external_no != "",
        "corrected": Request.resubmission_of_id.is_not(None),
    }
    return or_(*(conditions[value] for value in values if value in conditions), false())


FACETS: Mapping[str, Facet] = MappingProxyType(
    {
        "term": Facet(("due_on", "paused_since"), _tone, _term),
        "state": Facet(
            ("state",),
            lambda _, state: (state,),
            lambda values, columns, _: _one_of(columns.state, values),
        ),
        "assignee": Facet(("assignee",), _assignees, _assignee),
        "system": Facet(("system",), lambda _, system: (system or NO_SYSTEM,), _system),
        "sign": Facet(("dismissal", "errors", "external_no", "resubmission_of"), _signs, _sign),
        "kind": _plain("kind"),
        "priority": _weight("priority"),
        "criticality": _weight("criticality"),
        "organization": Facet(("organization",), lambda _, key: (str(key),), _organization),
    }
)


_ARRAYS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "postgresql": (func.json_build_array, func.json_agg),
        "sqlite": (func.json_array, func.json_group_array),
    }
)


def facts(session: Session, query: Select[Request], most: int) -> Facts | None:
    """What is counted of all that match; None where there are more than `most`."""
    columns: list[Any] = [column.label(name) for name, column in COLUMNS.items()]
    some = query.with_only_columns(*columns).limit(most + 1).subquery()
    found = session.scalars(as_text(session, some, most)).one()
    if found is None:
        return None
    return {name: values or () for name, values in zip(COLUMNS, found, strict=True)}


def as_text(session: Session, some: Subquery, most: int | None = None) -> Select[Any]:
    """All rows as one value, a list for each column; NULL where there are more than `most`.

    Row by row the driver would take longer than the database.
    """
    array, all_of = _ARRAYS[session.get_bind().dialect.name]
    columns = array(*map(all_of, some.c), type_=JSON)
    if most is None:
        return select(columns).select_from(some)
    return select(case((func.count() <= most, columns), else_=null())).select_from(some)


def number_of(query: Select[Request], most: int) -> Select[int]:
    """How many match; `most` + 1 where there are more."""
    some = query.with_only_columns(Request.id).limit(most + 1).subquery()
    return select(func.count()).select_from(some)


class Tally:
    """How many of some facts count under what.

    There are few different ones in what a facet looks at, so that each of those is judged once, and
    a facet that nobody has picked from is counted without a set of its own.
    """

    def __init__(self, found: Facts, looker: Looker) -> None:
        self._all = frozenset(range(len(found["state"])))
        self._found, self._looker = found, looker
        self._kept_keys: dict[str, Sequence[Any]] = {}
        self._kept_under: dict[str, dict[str, set[int]]] = {}

    def number(self, chosen: Chosen) -> int:
        return len(self._matching(chosen))

    def values(self, name: str, chosen: Chosen) -> Counter[str]:
        """How many there would be under each value, were the others of that facet not picked."""
        others = {other: some for other, some in chosen.items() if other != name}
        keys, facet = self._keys(name), FACETS[name]
        left = map(keys.__getitem__, self._matching(others)) if others else keys
        found: Counter[str] = Counter()
        for key, number in Counter(left).items():
            for value in facet.under(self._looker, key):
                found[value] += number
        return found

    def _matching(self, chosen: Chosen) -> frozenset[int]:
        left = self._all
        for name, some in chosen.items():
            under = self._under(name)
            left &= frozenset().union(*(under.get(value, ()) for value in some))
        return left

    def _keys(self, name: str) -> Sequence[Any]:
        if name not in self._kept_keys:
            self._kept_keys[name] = FACETS[name].keys(self._found)
        return self._kept_keys[name]

    def _under(self, name: str) -> dict[str, set[int]]:
        """Each value of the facet with the facts under it."""
        if name not in self._kept_under:
            same = defaultdict[Any, list[int]](list)
            for number, key in enumerate(self._keys(name)):
                same[key].append(number)
            under = defaultdict[str, set[int]](set)
            for key, numbers in same.items():
                for value in FACETS[name].under(self._looker, key):
                    under[value].update(numbers)
            self._kept_under[name] = dict(under)
        return self._kept_under[name]
