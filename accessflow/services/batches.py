"""Applications made in one go: which of them this one is, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Request
from accessflow.services.actor import Actor
from accessflow.services.scope import requests_seen


@dataclass(frozen=True, slots=True)
class Place:
    """The `number`-th of `total`; `next`: the one to go on with, None after the last."""

    number: int
    total: int
    next: Request | None


def place_of(session: Session, actor: Actor, request: Request) -> Place:
    if not request.batch:
        return Place(1, 1, None)
    query = (
        select(Request)
        .where(
            Request.batch == request.batch,
            Request.organization_id == request.organization_id,
            Request.deleted_at.is_(None),
            requests_seen(actor),
        )
        .order_by(Request.id)
    )
    batch = list(session.scalars(query))
    at = next(n for n, one in enumerate(batch) if one.id == request.id)
    return Place(at + 1, len(batch), batch[at + 1] if at + 1 < len(batch) else None)
