"""The timeline of a request: append-only events, each hash-chained to the one before (R27)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from accessflow.db.tables import Request, RequestEvent, User
from accessflow.services.actor import Actor
from accessflow.workflow.spec import Who


def append(
    session: Session,
    request: Request,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    target: str | None = None,
    role: Who | None = None,
    data: Mapping[str, Any] | None = None,
) -> RequestEvent:
    """The next event; the caller holds the request's lock. Without a target the state stays.

    `data` is plain JSON and holds no full СНИЛС: it is shown and kept for good.
    """
    last = last_event(session, request.id)
    event = RequestEvent(
        request_id=request.id,
        seq=last.seq + 1 if last else 1,
        at=now,
        user_id=actor.user_id,
        role=role or actor.role,
        action=action,
        source=request.state,
        target=target or request.state,
        data=_plain(data or {}),
        previous=last.hash if last else "",
        came_at=request.state_at if target not in (None, request.state) else None,
    )
    event.hash = digest(event)
    session.add(event)
    session.flush()
    return event


def digest(event: RequestEvent) -> str:
    """SHA-256 over the previous hash and the event's own words, as lowercase hex."""
    words = [
        event.previous,
        event.request_id,
        event.seq,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.user_id,
        event.role,
        event.action,
        event.source,
        event.target,
        event.data,
    ]
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def last_event(session: Session, request_id: int) -> RequestEvent | None:
    return session.scalar(
        select(RequestEvent)
        .where(RequestEvent.request_id == request_id)
        .order_by(RequestEvent.seq.desc())
        .limit(1)
    )


_EVENTS = (
    select(RequestEvent)
    .where(RequestEvent.request_id == bindparam("request_id"))
    .options(joinedload(RequestEvent.user).load_only(User.name))
    .order_by(RequestEvent.seq)
)


def events_of(session: Session, request_id: int) -> Sequence[RequestEvent]:
    """Oldest first, with whoever acted."""
    return session.scalars(_EVENTS, {"request_id": request_id}).all()


def first_broken(events: Iterable[RequestEvent]) -> RequestEvent | None:
    """The first event of one request that does not follow from the one before."""
    previous, seq = "", 0
    for event in events:
        if event.seq != seq + 1 or event.previous != previous or event.hash != digest(event):
            return event
        previous, seq = event.hash, event.seq
    return None


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in data.items()
    }
