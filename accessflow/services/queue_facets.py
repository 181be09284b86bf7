"""What МИАЦ's queue is narrowed by: one row a facet, the same for the database and for counting.

A facet's condition and what it counts a request under say the same thing; a test holds them to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import compress
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from accessflow.db.tables import DismissalRevocation, Request
from accessflow.services.overview_figures import NO_SYSTEM, is_overdue
from accessflow.workflow.term_words import SOON

ME, NOBODY = "me", "none"
TERMS = ("late", "today", "soon", "ok", "paused", "none")
SIGNS = ("dismissal", "errors", "external", "corrected")
Chosen = Mapping[str, tuple[str, ...]]
"""Facet -> the values picked of it; a facet of which nothing is picked is left out."""


class Fact(NamedTuple):
    """What facets look at in one request."""

    state: str
    system: str | None
    organization_id: int
    assignee_id: int | None
    due_on: date | None
    paused_since: date | None
    criticality: str
    priority: str
    kind: str
    errors: int
    external_no: str
    resubmission_of: int | None
    dismissal: bool


_DISMISSAL = (
    select(DismissalRevocation.request_id)
    .where(DismissalRevocation.request_id == Request.id)
    .exists()
)
COLUMNS = (
    Request.state, Request.system, Request.organization_id, Request.assignee_id, Request.due_on,
    Request.paused_since, Request.criticality, Request.priority, Request.kind, Request.error_count,
    Request.external_no, Request.resubmission_of_id, _DISMISSAL,
)  # fmt: skip


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

Values = Callable[[Fact, Looker], tuple[str, ...]]
Where = Callable[[tuple[str, ...], Columns, Looker], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Facet:
    """`values`: what a request counts under; `where`: that it counts under one of some values."""

    values: Values
    where: Where


def _one_of(column: SQLColumnExpression[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _plain(name: str) -> Facet:
    """A column of texts that leads no index."""
    column = getattr(Request, name)
    return Facet(lambda fact, _: (getattr(fact, name),), lambda values, *_: _one_of(column, values))


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


def _assignees(fact: Fact, looker: Looker) -> tuple[str, ...]:
    if fact.assignee_id is None:
        return (NOBODY,)
    mine = (ME,) if fact.assignee_id in looker.mine else ()
    return (*mine, str(fact.assignee_id))


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


def _signs(fact: Fact, _: Looker) -> tuple[str, ...]:
    there = (
        fact.dismissal, fact.errors > 0, bool(fact.external_no), fact.resubmission_of is not None
    )  # fmt: skip
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
        "term": Facet(
            lambda fact, looker: (tone_of(fact.due_on, fact.paused_since, looker.today),), _term
        ),
        "state": Facet(
            lambda fact, _: (fact.state,), lambda values, columns, _: _one_of(columns.state, values)
        ),
        "assignee": Facet(_assignees, _assignee),
        "system": Facet(lambda fact, _: (fact.system or NO_SYSTEM,), _system),
        "sign": Facet(_signs, _sign),
        "kind": _plain("kind"),
        "priority": _plain("priority"),
        "criticality": _plain("criticality"),
        "organization": Facet(lambda fact, _: (str(fact.organization_id),), _organization),
    }
)


def facts(session: Session, query: Select[Request], most: int) -> list[Fact] | None:
    """What is counted of all that match; None where there are more than `most`."""
    if counted(session, query, most) > most:  # cheaper than to read so many in vain
        return None
    return [Fact._make(row) for row in session.execute(query.with_only_columns(*COLUMNS))]


def counted(session: Session, query: Select[Request], most: int) -> int:
    """How many match; `most` + 1 where there are more."""
    some = query.with_only_columns(Request.id).limit(most + 1).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


class Tally:
    """How many of some facts count under what: each facet's values with the facts under them."""

    def __init__(self, found: Sequence[Fact], looker: Looker) -> None:
        self._all = frozenset(range(len(found)))
        self._under: dict[str, dict[str, set[int]]] = {name: {} for name in FACETS}
        for name, facet in FACETS.items():
            under = self._under[name]
            for number, fact in enumerate(found):
                for value in facet.values(fact, looker):
                    under.setdefault(value, set()).add(number)

    def number(self, chosen: Chosen) -> int:
        return len(self._matching(chosen))

    def values(self, name: str, chosen: Chosen) -> Counter[str]:
        """How many there would be under each value, were the others of that facet not picked."""
        others = {other: some for other, some in chosen.items() if other != name}
        left, under = self._matching(others), self._under[name]
        return Counter({value: len(some & left) for value, some in under.items()})

    def _matching(self, chosen: Chosen) -> frozenset[int]:
        left = self._all
        for name, some in chosen.items():
            under = self._under[name]
            left &= frozenset().union(*(under.get(value, ()) for value in some))
        return left
