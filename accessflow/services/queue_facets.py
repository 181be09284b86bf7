"""What МИАЦ's queue is narrowed by: one row a facet, the same for the database and for counting.

A facet's condition and what it counts a request under say the same thing; a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    case,
    false,
    func,
    or_,
    select,
)

from accessflow.db.fixed_list import among
from accessflow.db.request_tables import USUAL, is_unusual
from accessflow.db.tables import DismissalRevocation, Request
from accessflow.services.overview_figures import NO_SYSTEM, is_overdue
from accessflow.workflow.term_words import SOON

ME, NOBODY = "me", "none"
TERMS = ("late", "today", "soon", "ok", "paused", "none")
SIGNS = ("dismissal", "errors", "external", "corrected")
Chosen = Mapping[str, tuple[str, ...]]
"""Facet -> the values picked of it; a facet of which nothing is picked is left out."""


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

Values = Callable[[Looker, Any], tuple[str, ...]]
Where = Callable[[tuple[str, ...], Columns, Looker], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Facet:
    """`column`: what stands for it in a request; `values`: what the request counts under by that;
    `where`: that it counts under one of some values."""

    column: Callable[[Looker], SQLColumnExpression[Any]]
    values: Values
    where: Where


def _one_of(column: SQLColumnExpression[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else among(column, values)


def _itself(_: Looker, value: str) -> tuple[str, ...]:
    return (value,)


def _plain(column: SQLColumnExpression[str]) -> Facet:
    """A column of texts that leads no index."""
    return Facet(lambda _: column, _itself, lambda values, *_: _one_of(column, values))


def _weight(name: str, column: SQLColumnExpression[str]) -> Facet:
    """A column in which nearly all are alike, which is read as null: thousands of null are read
    sooner. The index of the others is used where what holds of all of those is said, too."""
    plain, rest, usual = _plain(column), is_unusual(name), USUAL[name]

    def where(values: tuple[str, ...], columns: Columns, looker: Looker) -> ColumnElement[bool]:
        condition = plain.where(values, columns, looker)
        return condition if usual in values else and_(rest, condition)

    return Facet(lambda _: func.nullif(column, usual), lambda _, value: (value or usual,), where)


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


def _terms(looker: Looker) -> Mapping[str, ColumnElement[bool]]:
    """How urgent it looks, as `terms.shown` says it (`term_words.Tone`)."""
    due, paused, today = Request.due_on, Request.paused_since, looker.today
    soon = today + timedelta(days=SOON)
    running = paused.is_(None)
    return {
        "late": is_overdue(today),
        "today": and_(running, due == today),
        "soon": and_(running, due > today, due <= soon),
        "ok": and_(running, due > soon),
        "paused": due >= paused,
        "none": due.is_(None),
    }


def _tone(looker: Looker) -> SQLColumnExpression[str]:
    return case(*((condition, term) for term, condition in _terms(looker).items()))


def _term(values: tuple[str, ...], _: Columns, looker: Looker) -> ColumnElement[bool]:
    return _any_of(_terms(looker), values)


def _any_of(
    conditions: Mapping[str, ColumnElement[bool]], values: tuple[str, ...]
) -> ColumnElement[bool]:
    return or_(*(conditions[value] for value in values if value in conditions), false())


_ERRORS = Request.error_count > 0
_EXTERNAL = Request.external_no != ""
_CORRECTED = Request.resubmission_of_id.is_not(None)
_SIGNS = {
    # As a set of ids: those of dismissals are few, so that a query may begin with them.
    "dismissal": Request.id.in_(select(DismissalRevocation.request_id)),
    "errors": _ERRORS,
    "external": _EXTERNAL,
    "corrected": _CORRECTED,
}
_IN_DISMISSAL = (
    select(DismissalRevocation.request_id)
    .where(DismissalRevocation.request_id == Request.id)
    .exists()
)
# Looked up for revocations alone: the rest stands in the index of open ones.
_DISMISSAL = case((Request.action == "revoke", _IN_DISMISSAL), else_=false())
_BITS = (
    case((_DISMISSAL, 1), else_=0)
    + case((_ERRORS, 2), else_=0)
    + case((_EXTERNAL, 4), else_=0)
    + case((_CORRECTED, 8), else_=0)
)
"""A bit for each of SIGNS."""


def _signs(_: Looker, bits: int) -> tuple[str, ...]:
    return tuple(sign for bit, sign in enumerate(SIGNS) if bits >> bit & 1)


FACETS: Mapping[str, Facet] = MappingProxyType(
    {
        "term": Facet(_tone, _itself, _term),
        "state": Facet(
            lambda _: Request.state,
            _itself,
            lambda values, columns, _: _one_of(columns.state, values),
        ),
        "assignee": Facet(lambda _: Request.assignee_id, _assignees, _assignee),
        "system": Facet(
            lambda _: Request.system, lambda _, system: (system or NO_SYSTEM,), _system
        ),
        "sign": Facet(lambda _: _BITS, _signs, lambda values, *_: _any_of(_SIGNS, values)),
        "kind": _plain(Request.kind),
        "priority": _weight("priority", Request.priority),
        "criticality": _weight("criticality", Request.criticality),
        "organization": Facet(
            lambda _: Request.organization_id, lambda _, key: (str(key),), _organization
        ),
    }
)
