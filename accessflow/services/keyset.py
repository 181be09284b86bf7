"""A part of a long list, found by where the last one ended and not by counting from the start.

The cost of a page does not depend on how many there are before it. The order is one of buckets
(systems, states), if any, and within them one of columns that an index has in that order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MOST_COUNTED = 16
"""Buckets of an order whose applications are counted."""
Bucket = tuple[str, ColumnElement[bool] | None]
Columns = tuple[InstrumentedAttribute[Any], ...]


@dataclass(frozen=True)
class Sort:
    """`buckets` in their order, then `columns` (the last one unique), all falling or all rising.

    `own`: the columns of buckets in which those of the others are empty. `few`: what matches is
    few among what there is, so that it is sorted and no index walked in this order.
    """

    columns: Columns
    falling: bool
    buckets: tuple[Bucket, ...] = (("", None),)
    own: Mapping[str, Columns] = field(default_factory=dict)
    few: bool = False

    @cached_property
    def number(self) -> ColumnElement[int]:
        """The place of a row's bucket among them, from 0 on; NULL: it stands in none."""
        conditions = [true() if condition is None else condition for _, condition in self.buckets]
        return case(*((condition, n) for n, condition in enumerate(conditions)))

    def whole(self, *, back: bool = False) -> list[ColumnElement[Any]]:
        """To put everything in order by, or `back` from its end."""
        columns = [c.desc() if self.falling != back else c.asc() for c in self.columns]
        return [self.number.desc() if back else self.number.asc(), *columns]

    def columns_of(self, bucket: str) -> Columns:
        return self.own.get(bucket, self.columns)

    def ordering(self, bucket: str) -> Sequence[SQLColumnExpression[Any]]:
        """The columns as a query orders and compares by them: as expressions no index has them."""
        columns = self.columns_of(bucket)
        return [func.coalesce(column, column) for column in columns] if self.few else columns


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """`before` and `after` are the cursors of its neighbours, "" at the ends."""

    items: Sequence[T]
    before: str
    after: str


def page(
    session: Session, query: Select[T], sort: Sort, *, size: int, after: str = "", before: str = ""
) -> Slice[T]:
    """The `size` items after a cursor, or those before one; the first ones without a cursor.

    A cursor that cannot be read counts as none.
    """
    back = bool(before) and not after
    start = _read(sort, before if back else after)
    if start is None:
        back = False
    found = _walk(session, query, sort, start, size + 1, back=back)
    more, found = len(found) > size, found[:size]
    if back and not more:  # the beginning: a whole first page rather than its rest
        return page(session, query, sort, size=size)
    if back:
        found.reverse()
    ends = [_cursor(sort, bucket, item) for bucket, item in (found[:1] + found[-1:])]
    return Slice(
        items=[item for _, item in found],
        before=ends[0] if ends and (back or start is not None) else "",
        after=ends[-1] if ends and (back or more) else "",
    )


def beside(
    session: Session, query: Select[T], sort: Sort, bucket: str, item: object
) -> tuple[T | None, T | None]:
    """What comes before and after an item that stands, or stood, in the bucket."""
    values = tuple(getattr(item, column.key) for column in sort.columns_of(bucket))
    there = [
        next((found for _, found in _walk(session, query, sort, (bucket, values), 1, back=back)),
             None)
        for back in (True, False)
    ]  # fmt: skip
    return there[0], there[1]


def place(
    session: Session, query: Select[T], sort: Sort, bucket: str, item: object, most: int
) -> tuple[int, int] | None:
    """How many come before and after the item, each up to about `most`; None where the order has
    too many buckets to count them all."""
    if len(sort.buckets) > MOST_COUNTED:
        return None
    values = tuple(getattr(item, column.key) for column in sort.columns_of(bucket))
    found = []
    for back in (True, False):
        falling = sort.falling != back
        parts = _parts(query, sort, (bucket, values), falling=falling, back=back)
        counts = [_count(part, most) for _, part in parts]
        found.append(sum(session.execute(select(*counts)).one()))
    return found[0], found[1]


def _count(part: Select[T], most: int) -> ColumnElement[int]:
    return select(func.count()).select_from(part.limit(most + 1).subquery()).scalar_subquery()


def _walk(
    session: Session,
    query: Select[T],
    sort: Sort,
    start: tuple[str, tuple[Any, ...]] | None,
    limit: int,
    *,
    back: bool,
) -> list[tuple[str, T]]:
    found: list[tuple[str, T]] = []
    falling = sort.falling != back
    if sort.few and len(sort.buckets) > 1:
        return _sorted(session, query, sort, start, limit, back=back)
    for name, part in _parts(query, sort, start, falling=falling, back=back):
        columns = sort.ordering(name)
        order = [column.desc() if falling else column.asc() for column in columns]
        rows = session.scalars(part.order_by(*order).limit(limit - len(found)))
        found += [(name, row) for row in rows]
        if len(found) >= limit:
            break
    return found


def _sorted(
    session: Session,
    query: Select[T],
    sort: Sort,
    start: tuple[str, tuple[Any, ...]] | None,
    limit: int,
    *,
    back: bool,
) -> list[tuple[str, T]]:
    """The same by one query, which puts everything in order."""
    falling = sort.falling != back
    names = [name for name, _ in sort.buckets]
    number = sort.number
    if start is not None:
        bucket, values = names.index(start[0]), start[1]
        columns = sort.columns_of(start[0])
        here = tuple_(*columns)
        there = tuple_(*(literal(v, c.type) for v, c in zip(values, columns, strict=True)))
        beyond = here < there if falling else here > there
        farther = number < bucket if back else number > bucket
        query = query.where(or_(farther, and_(number == bucket, beyond)))
    order, unique = sort.whole(back=back), sort.columns[-1]
    # First by what the index alone tells; the few that are shown are then read whole.
    few = query.where(number.is_not(None)).with_only_columns(unique).order_by(*order).limit(limit)
    rows = session.execute(query.where(unique.in_(few)).add_columns(number).order_by(*order))
    return [(names[n], row) for row, n in rows]


def _parts(
    query: Select[T],
    sort: Sort,
    start: tuple[str, tuple[Any, ...]] | None,
    *,
    falling: bool,
    back: bool,
) -> Iterator[tuple[str, Select[T]]]:
    """The query bucket by bucket, from the cursor on."""
    waiting = start is not None
    for name, condition in reversed(sort.buckets) if back else sort.buckets:
        part = query if condition is None else query.where(condition)
        if start is not None and waiting:
            if name != start[0]:
                continue
            waiting = False
            columns = sort.columns_of(name)
            here = tuple_(*sort.ordering(name))
            there = tuple_(*(literal(v, c.type) for v, c in zip(start[1], columns, strict=True)))
            part = part.where(here < there if falling else here > there)
        yield name, part


def _cursor(sort: Sort, bucket: str, item: object) -> str:
    values = [getattr(item, column.key) for column in sort.columns_of(bucket)]
    return "~".join([bucket, *(str(_number(value)) for value in values)])


def _number(value: datetime | date | int) -> int:
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    return value.toordinal() if isinstance(value, date) else value


def _read(sort: Sort, cursor: str) -> tuple[str, tuple[Any, ...]] | None:
    bucket, *texts = cursor.split("~")
    columns = sort.columns_of(bucket)
    if bucket not in dict(sort.buckets) or len(texts) != len(columns):
        return None
    try:
        values = tuple(
            _value(column, int(text)) for column, text in zip(columns, texts, strict=True)
        )
    except (ValueError, OverflowError):
        return None
    return bucket, values


def _value(column: InstrumentedAttribute[Any], number: int) -> datetime | date | int:
    if isinstance(column.type, Date):
        return date.fromordinal(number)
    if not isinstance(column.type, Integer):
        return _EPOCH + number * _MICROSECOND
    if abs(number) >= 2**31:
        raise OverflowError(number)
    return number
