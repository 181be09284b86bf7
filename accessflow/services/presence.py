"""Who has a card open just now, so that two people do not work on one unawares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from accessflow.db.insert import insert
from accessflow.db.session import Database
from accessflow.db.tables import Presence, User
from accessflow.services.actor import Actor
from accessflow.services.applications import find

LOOKS = timedelta(seconds=60)
"""A page that is open says so every 20 seconds; whoever was silent for a minute has gone."""


def look(db: Database, *, actor: Actor, now: datetime, request_id: int) -> None:
    """Notes that the actor looks at the card. Raises NotFound."""
    with db.write() as session:
        find(session, actor, request_id)
        if actor.user_id is None:
            return
        row = insert(session, Presence).values(request_id=request_id, user_id=actor.user_id, at=now)
        session.execute(
            row.on_conflict_do_update(index_elements=["request_id", "user_id"], set_={"at": now})
        )
        gone = delete(Presence).where(Presence.request_id == request_id, Presence.at < now - LOOKS)
        session.execute(gone)


_OTHERS = (
    select(User.name)
    .join(Presence, Presence.user_id == User.id)
    .where(
        Presence.request_id == bindparam("request_id"),
        Presence.user_id != bindparam("me"),
        Presence.at >= bindparam("since"),
    )
)


def others(session: Session, actor: Actor, request_id: int, now: datetime) -> Sequence[str]:
    """The names of those who look at it besides, in order."""
    wanted = {"request_id": request_id, "me": actor.user_id or 0, "since": now - LOOKS}
    return sorted(session.scalars(_OTHERS, wanted))
