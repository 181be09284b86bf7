"""The applications before and after one in the queue: on from card to card within a filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Request
from accessflow.services import keyset
from accessflow.services.actor import Actor
from accessflow.services.queue import Wanted, looker_of, matching, sort_of

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
    order = sort_of(session, wanted, sort)
    own = select(Request.id).where(Request.id == request.id)
    bucket = next(
        (
            name
            for name, condition in order.buckets
            if condition is None or session.scalar(own.where(condition)) is not None
        ),
        None,
    )
    if bucket is None:
        return Beside()
    looker = looker_of(session, actor, today)
    everything = matching(session, actor, wanted, looker, sort=sort).with_only_columns(Request.id)
    others = everything.where(Request.id != request.id)
    before, after = keyset.beside(session, others, order, bucket, request)
    inside = session.scalar(everything.where(Request.id == request.id)) is not None
    counts = keyset.place(session, others, order, bucket, request, MOST) if inside else None
    return Beside(before, after, _place(*counts) if counts else "")


def _place(before: int, after: int) -> str:
    total = before + 1 + after
    if before >= MOST:
        return ""
    return f"{before + 1}-я из {total if total <= MOST else f'{MOST}+'}"
