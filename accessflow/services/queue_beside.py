"""The applications before and after one in the queue: on from card to card within a filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accessflow.db.tables import Request
from accessflow.services import keyset
from accessflow.services.actor import Actor
from accessflow.services.keyset import Sort
from accessflow.services.queue import (
    USUAL_SORT,
    Wanted,
    by_term,
    looker_of,
    matching,
    narrowed,
    sort_of,
)
from accessflow.services.queue_facets import Looker
from accessflow.services.queue_tally import as_text
from accessflow.services.word_search import EVERYTHING
from accessflow.workflow.states import OPEN

MOST = 300
"""So far a place in the queue is counted."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Ids of the neighbours, and the place among all of the filter: «8-я из 38», "" where it is
    not counted."""

    before: int | None = None
    after: int | None = None
    place: str = ""


def beside(
    session: Session, actor: Actor, wanted: Wanted, sort: str, request: Request, today: date
) -> Beside:
    """Also of one that has just left the filter, by where it would stand; it has no place then.

    Raises Forbidden.
    """
    looker, order = looker_of(session, actor, today), sort_of(session, wanted, sort)
    if wanted.scope == "open":  # few: all of them are put in order at once
        dialect = session.get_bind().dialect.name
        if wanted == Wanted() and sort == USUAL_SORT["open"]:
            statement = _usual(actor, looker, dialect)
        else:
            statement = _in_order(matching(session, actor, wanted, looker), order, dialect)
        if found := _standing(session.scalars(statement).one()[0] or [], request.id):
            return found
    bucket = _bucket(session, order, request.id)
    if bucket is None:
        return Beside()
    everything = matching(session, actor, wanted, looker, sort=sort).with_only_columns(Request.id)
    others = everything.where(Request.id != request.id)
    before, after = keyset.beside(session, others, order, bucket, request)
    inside = wanted.scope != "open" and _is_among(session, everything, request.id)
    counts = keyset.place(session, others, order, bucket, request, MOST) if inside else None
    return Beside(before, after, _place(*counts) if counts else "")


@lru_cache(maxsize=256)  # asked by nearly every card
def _usual(actor: Actor, looker: Looker, dialect: str) -> Select[Any]:
    order = by_term(OPEN, falling=False)
    return _in_order(narrowed(actor, Wanted(), looker, "", EVERYTHING), order, dialect)


def _in_order(query: Select[Request], order: Sort, dialect: str) -> Select[Any]:
    ordered = query.with_only_columns(Request.id).order_by(*order.whole()).subquery()
    return as_text(ordered, dialect)


def _standing(ids: Sequence[int], request_id: int) -> Beside | None:
    """Of one that is among them."""
    if request_id not in ids:
        return None
    at = ids.index(request_id)
    before, after = ids[at - 1] if at else None, next(iter(ids[at + 1 : at + 2]), None)
    return Beside(before, after, f"{at + 1}-я из {len(ids)}")


def _bucket(session: Session, order: Sort, request_id: int) -> str | None:
    """Where it stands by what it is now; None: nowhere in this order."""
    number = session.scalar(select(order.number).where(Request.id == request_id))
    return None if number is None else order.buckets[number][0]


def _is_among(session: Session, query: Select[int], request_id: int) -> bool:
    return session.scalar(query.where(Request.id == request_id)) is not None


def _place(before: int, after: int) -> str:
    total = before + 1 + after
    if before >= MOST:
        return ""
    return f"{before + 1}-я из {total if total <= MOST else f'{MOST}+'}"
