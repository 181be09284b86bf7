"""The digest: letters that wait for their reader leave as one, on a working morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Letter, User
from accessflow.notify import messages
from accessflow.services.clock import moscow_date
from accessflow.services.letter_words import day, house_for
from accessflow.services.outbox import Box, put

GATHERED = "gathered"
"""The state of a letter that has left within a digest."""


def gather(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """One digest to each reader whose letters are due; how many were written."""
    with db.read() as session:
        readers = session.scalars(
            select(Letter.user_id)
            .where(Letter.state == "queued", Letter.digest, Letter.due_at <= now)
            .distinct()
        ).all()
    return sum(_gather(db, catalogue, now, reader) for reader in readers if reader is not None)


def _gather(db: Database, catalogue: Catalogue, now: datetime, user_id: int) -> bool:
    with db.write() as session:
        waiting = _claimed(session, user_id, now)
        if not waiting:
            return False
        for letter in waiting:
            letter.state, letter.sent_at = GATHERED, now
        user = session.get_one(User, user_id)
        singles = [messages.Single(letter.subject, letter.text) for letter in waiting]
        house = house_for(catalogue, user.organization)
        message = messages.digest(house, day=day(moscow_date(now)), letters=singles)
        addresses = dict.fromkeys(address for letter in waiting for address in letter.to)
        put(Box(session, catalogue, now), message, to=addresses, user=user)
        return True


def _claimed(session: Session, user_id: int, now: datetime) -> Sequence[Letter]:
    """Locked till the end of the transaction; those that another worker has are left to it."""
    return session.scalars(
        select(Letter)
        .where(
            Letter.user_id == user_id,
            Letter.state == "queued",
            Letter.digest,
            Letter.due_at <= now,
        )
        .order_by(Letter.id)
        .with_for_update(skip_locked=True)
    ).all()
