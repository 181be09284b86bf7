"""The applications before and after one in the queue: on from card to card within a filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accessflow.db.tables import Request
from accessflow.services import keyset
from accessflow.services.actor import Actor
from accessflow.services.keyset import Sort
from accessflow.services.queue import Wanted, looker_of, matching, sort_of
from accessflow.services.queue_tally import as_text

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
        open_ = matching(session, actor, wanted, looker)
        if found := _standing(session, open_, order, request.id):
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


def _standing(
    session: Session, query: Select[Request], order: Sort, request_id: int
) -> Beside | None:
    """Of one that is among them."""
    ordered = query.with_only_columns(Request.id).order_by(*order.whole()).subquery()
    ids: list[int] = session.scalars(as_text(session, ordered)).one()[0] or []
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
