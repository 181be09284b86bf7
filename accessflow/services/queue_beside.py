"""The applications before and after one in the queue: on from card to card within a filter."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from accessflow.db.tables import Request
from accessflow.services import keyset
from accessflow.services.actor import Actor
from accessflow.services.queue import Wanted, looker_of, matching, sort_of


def beside(
    session: Session, actor: Actor, wanted: Wanted, sort: str, request: Request, today: date
) -> tuple[Request | None, Request | None]:
    """Also of one that has just left the filter, by where it would stand. Raises Forbidden."""
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
        return None, None
    looker = looker_of(session, actor, today)
    query = matching(session, actor, wanted, looker, sort=sort).where(Request.id != request.id)
    light = query.options(defer(Request.search_text), defer(Request.fields))
    return keyset.beside(session, light, order, bucket, request)
