"""A list on a page: which part of it, in which order, asked for by the page's address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

T = TypeVar("T")
PAGE_SIZE = 25
CHUNK = 500
"""So many rows of a sheet are read at once."""
Order = Mapping[str, Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items `first`..`last` of `total`, page `number` from 1; `sort` is «name» or «-name»."""

    items: Sequence[T]
    total: int
    number: int
    size: int
    sort: str

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.items)

    @property
    def has_next(self) -> bool:
        return self.last < self.total


def asked_page() -> int:
    return max(1, request.args.get("page", 1, type=int))


def asked_sort(order: Order, default: str) -> str:
    sort = request.args.get("sort", default)
    return sort if sort.removeprefix("-") in order else default


def ordered(query: Select[Any], order: Order, sort: str) -> Select[Any]:
    columns = order[sort.removeprefix("-")]
    return query.order_by(*((c.desc() if sort.startswith("-") else c.asc()) for c in columns))


def page_of(
    session: Session,
    query: Select[T],
    *,
    order: Order,
    default: str,
    size: int = PAGE_SIZE,
    total: int | None = None,
) -> Page[T]:
    """The asked page of a query of whole objects. A page past the end gives the last one."""
    if total is None:
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    total = total or 0
    number = min(asked_page(), max(1, -(-total // size)))
    sort = asked_sort(order, default)
    part = ordered(query, order, sort).limit(size).offset((number - 1) * size)
    return Page(session.scalars(part).unique().all(), total, number, size, sort)


def chunks_of(
    session: Session, query: Select[T], *, order: Order, default: str
) -> Iterator[Sequence[T]]:
    """All of a query of whole objects in the asked order, read part by part."""
    asked = ordered(query, order, asked_sort(order, default)).execution_options(yield_per=CHUNK)
    yield from session.scalars(asked).partitions()
