"""The outbox leaves: a letter is claimed, handed to the transport, and noted as sent.

Any number of workers may do this at once. A letter is claimed with a lease by one conditional
UPDATE; a worker that dies loses nothing: its lease runs out, and the one letter that it had in
hand is sent again under the same Message-ID and marked, for nobody can know whether it had gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import uuid4

from sqlalchemy import CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from accessflow.db.session import Database
from accessflow.db.tables import Letter
from accessflow.domain.errors import NotFound
from accessflow.notify.building import Attachment, Outgoing, built
from accessflow.notify.transports import Connection, Permanent, Refusal, Temporary, Transport
from accessflow.services.clock import Clock
from accessflow.services.files import FileStore

LEASE = timedelta(minutes=5)
"""Longer than any sending takes: ten answers of a server at `transports.TIMEOUT`."""
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440))
"""After each failed attempt; then the letter is given up: three days have passed."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """What delivery works with. `worker` names this process among the others."""

    db: Database
    files: FileStore
    transport: Transport
    base_url: str
    clock: Clock
    worker: str


def worker_name() -> str:
    return uuid4().hex


def deliver_due(post: Post, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Sends what is due, letter by letter, until nothing is; how many were taken over."""
    sent = 0
    if not _any_due(post):
        return sent
    with post.transport.connection() as connection:
        while not stopping() and (letter := claim(post)):
            sent += _send(post, connection, letter)
    return sent


def claim(post: Post) -> Letter | None:
    """The letter that is due longest, ours until its lease runs out; None: nothing is due."""
    now = post.clock()
    with post.db.write() as session:
        query = select(Letter.id).where(_due(now)).order_by(Letter.due_at, Letter.id).limit(1)
        letter_id = session.scalar(query.with_for_update(skip_locked=True))
        if letter_id is None:
            return None
        claimed = session.execute(
            update(Letter)
            .where(Letter.id == letter_id, _due(now))
            .values(
                repeated=or_(Letter.repeated, Letter.state == "sending"),
                state="sending",
                claimed_by=post.worker,
                lease_until=now + LEASE,
                attempts=Letter.attempts + 1,
            )
        )
        return session.get_one(Letter, letter_id) if _hit(claimed) else None


def _any_due(post: Post) -> bool:
    """By a reading session: looking takes no lock."""
    with post.db.read() as session:
        return session.scalar(select(Letter.id).where(_due(post.clock())).limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Letter.state == "queued", Letter.due_at <= now, Letter.digest.is_(False)),
        and_(Letter.state == "sending", Letter.lease_until < now),
    )


def _send(post: Post, connection: Connection, letter: Letter) -> bool:
    try:
        refusals = connection.send(*_message(post, letter))
    except Temporary as error:
        _wait(post, letter, str(error))
    except (Permanent, NotFound, ValueError) as error:
        # ValueError: an address or a header that no message may have.
        _note(post, letter, state="failed", error=_short(error))
        _log.warning("letter %s cannot be delivered", letter.id)
    else:
        _sent(post, letter, refusals)
        return True
    return False


def _message(post: Post, letter: Letter) -> tuple[EmailMessage, tuple[str, ...]]:
    """Raises NotFound for an attachment that is not in the store, ValueError."""
    outgoing = Outgoing(
        id=letter.message_id,
        to=tuple(letter.to),
        cc=tuple(letter.cc),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        thread=letter.in_reply_to,
        attachments=tuple(_attachments(post.files, letter)),
    )
    message = built(
        outgoing, sender=post.transport.sender, base_url=post.base_url, date=letter.created_at
    )
    return message, outgoing.recipients


def _attachments(files: FileStore, letter: Letter) -> Iterator[Attachment]:
    for file in letter.attachments:
        yield Attachment(file["name"], file["media_type"], files.read(file["sha256"]))


def _sent(post: Post, letter: Letter, refusals: tuple[Refusal, ...]) -> None:
    """Who was refused for now gets a letter of his own later, who was for good is named."""
    now = post.clock()
    later = [r.address for r in refusals if r.temporary]
    told = "; ".join(f"{r.address}: {r.reason}" for r in refusals)
    with post.db.write() as session:
        values = {"state": "sent", "sent_at": now, "error": told[:500], "lease_until": None}
        if _ours(session, post, letter, values) and later:
            session.add(_for_the_rest(letter, later, now))


def _for_the_rest(letter: Letter, addresses: list[str], now: datetime) -> Letter:
    return Letter(
        request_id=letter.request_id,
        user_id=letter.user_id,
        kind=letter.kind,
        message_id=f"l.{uuid4().hex}",
        in_reply_to=letter.in_reply_to,
        to=addresses,
        cc=[],
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=letter.attachments,
        due_at=now + WAITS[0],
        created_at=now,
    )


def _wait(post: Post, letter: Letter, error: str) -> None:
    """Another try later; after the last one it has failed."""
    if letter.attempts > len(WAITS):
        _note(post, letter, state="failed", error=_short(error))
        return
    due_at = post.clock() + WAITS[letter.attempts - 1]
    _note(post, letter, state="queued", error=_short(error), due_at=due_at)


def _note(post: Post, letter: Letter, **values: object) -> None:
    with post.db.write() as session:
        _ours(session, post, letter, {**values, "lease_until": None})


def _ours(session: Session, post: Post, letter: Letter, values: dict[str, object]) -> bool:
    """Writes only while the claim is ours: another may have taken over what took too long."""
    noted = session.execute(
        update(Letter)
        .where(Letter.id == letter.id, Letter.state == "sending", Letter.claimed_by == post.worker)
        .values(**values)
    )
    return _hit(noted)


def _hit(result: object) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1


def _short(error: object) -> str:
    return str(error)[:500]
