"""The outbox: letters are put here in the transaction of what caused them, and leave later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Letter, Request, User
from accessflow.domain import email
from accessflow.notify.rendering import Message
from accessflow.services.preferences import next_morning, not_before, wishes_of

NOBODY = "Адреса нет: впишите почту организации или автора и отправьте письмо ещё раз."
ALWAYS_SINGLE = frozenset({"digest", "overdue_digest", "unsigned", "stale_draft", "memo"})
"""They are digests already, or not for whoever has wishes."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment by the address of its content in the store."""

    sha256: str
    name: str
    media_type: str

    def plain(self) -> dict[str, str]:
        return {"sha256": self.sha256, "name": self.name, "media_type": self.media_type}


@dataclass(frozen=True, slots=True)
class Box:
    """Where letters are put: the transaction, its moment, and the calendar of its reader."""

    session: Session
    catalogue: Catalogue
    now: datetime


def put(
    box: Box,
    message: Message,
    *,
    to: Iterable[str],
    cc: Iterable[str] = (),
    request: Request | None = None,
    user: User | None = None,
    files: Sequence[File] = (),
    nobody: str = NOBODY,
    urgent: bool = False,
) -> Letter:
    """One letter. `user`: whose wishes hold, unless it is urgent. Without any address it is kept
    as failed, for that reason."""
    addresses = _distinct(to)
    row = Letter(
        request_id=request.id if request else None,
        user_id=user.id if user else None,
        kind=message.kind,
        message_id=f"l.{uuid4().hex}",
        in_reply_to=_thread(box.session, request),
        to=addresses,
        cc=[a for a in _distinct(cc) if _key(a) not in set(map(_key, addresses))],
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=[file.plain() for file in files],
        state="queued" if addresses else "failed",
        error="" if addresses else nobody,
        due_at=box.now,
        created_at=box.now,
    )
    if user is not None and addresses and not urgent:
        _as_wished(box, row, user)
    box.session.add(row)
    box.session.flush()
    return row


def to_person_and_mailbox(
    box: Box, message: Message, *, mailbox: str, user: User | None, request: Request | None = None
) -> None:
    """To the mailbox at once, a copy to the person as the person wishes (R16, X23)."""
    own = user.email if user is not None and user.active else ""
    if user is None or not mailbox or not own or _key(mailbox) == _key(own):
        whose = user if own else None
        put(box, message, to=(mailbox or own,), request=request, user=whose)
        return
    to_people_and_mailboxes(box, message, mailboxes=(mailbox,), people=(user,), request=request)


def to_people_and_mailboxes(
    box: Box,
    message: Message,
    *,
    mailboxes: Sequence[str],
    people: Iterable[User],
    request: Request | None = None,
) -> None:
    """To the mailboxes at once, a copy to each person as the person wishes; where there is no
    mailbox, to each person alone. Without any address the letter is kept as failed."""
    known = set(map(_key, mailboxes))
    reached = [u for u in people if u.active and u.email and _key(u.email) not in known]
    copied = [u for u in reached if mailboxes and not _waits(box, message, u)]
    if mailboxes or not reached:
        put(box, message, to=mailboxes, cc=[u.email for u in copied], request=request)
    for user in reached:
        if user not in copied:
            put(box, message, to=(user.email,), request=request, user=user)


def _waits(box: Box, message: Message, user: User) -> bool:
    """For the digest of that reader, or for the end of the quiet hours."""
    wishes = wishes_of(box.session, user.id)
    gathered = wishes.digest and message.kind not in ALWAYS_SINGLE
    return gathered or not_before(wishes, box.now) != box.now


def _as_wished(box: Box, row: Letter, user: User) -> None:
    wishes = wishes_of(box.session, user.id)
    if wishes.digest and row.kind not in ALWAYS_SINGLE:
        row.digest = True
        row.due_at = next_morning(box.catalogue.working_calendar, box.now)
    else:
        row.due_at = not_before(wishes, box.now)


def _thread(session: Session, request: Request | None) -> str:
    """The first letter of the request, which the others answer to."""
    if request is None:
        return ""
    query = select(Letter.message_id).where(Letter.request_id == request.id)
    return session.scalar(query.order_by(Letter.id).limit(1)) or ""


def _distinct(addresses: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for address in addresses:
        if text := email.stripped(address):
            kept.setdefault(_key(text), text)
    return list(kept.values())


def _key(address: str) -> str:
    return address.strip().lower()
