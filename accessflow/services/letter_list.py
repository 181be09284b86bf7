"""Letters as people look at them: which, in what state, and sending one again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session, defer

from accessflow.db.session import Database
from accessflow.db.tables import Letter, Request
from accessflow.domain import email
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.domain.roles import Role
from accessflow.services import scope
from accessflow.services.actor import Actor

ALL_SEEN: frozenset[Role] = frozenset({"admin", "auditor"})
"""They see letters that are of no application, too: digests, notices."""
SENDERS: frozenset[Role] = frozenset({"admin", "miac_specialist", "miac_lead"})
"""They send any letter again that they see; an organisation's people those that have failed."""
NOT_AGAIN = frozenset({"queued", "sending", "gathered"})


def seen(actor: Actor) -> ColumnElement[bool]:
    """The condition that keeps a query of letters to what the actor may see."""
    if actor.role in ALL_SEEN:
        return true()
    mine = and_(Letter.user_id.is_not(None), Letter.user_id == actor.user_id)
    of_requests = select(Request.id).where(Request.id == Letter.request_id)
    return or_(mine, of_requests.where(scope.requests_seen(actor)).exists())


def listed(actor: Actor, *, state: str = "", kind: str = "", number: str = "") -> Select[Letter]:
    """`number`: of the application, ours or МИАЦ's, from its beginning on."""
    query = select(Letter).where(seen(actor))
    if state:
        query = query.where(Letter.state == state)
    if kind:
        query = query.where(Letter.kind == kind)
    if number:
        named = or_(
            Request.number.startswith(number, autoescape=True),
            Request.registration_no.startswith(number, autoescape=True),
        )
        query = query.where(Letter.request_id.in_(select(Request.id).where(named)))
    return query


_LETTERS = (
    select(Letter)
    .where(Letter.request_id == bindparam("request_id"))
    .options(defer(Letter.text), defer(Letter.html), defer(Letter.attachments))
    .order_by(Letter.id.desc())
)


def of_request(session: Session, request_id: int) -> Sequence[Letter]:
    """The newest first. Whether the request may be seen is the caller's matter."""
    return session.scalars(_LETTERS, {"request_id": request_id}).all()


@lru_cache(maxsize=256)  # every page asks
def failed(actor: Actor) -> Select[int]:
    """Counts the letters that cannot be delivered."""
    return select(func.count()).select_from(Letter).where(Letter.state == "failed", seen(actor))


def find(session: Session, actor: Actor, letter_id: int) -> Letter:
    """Raises NotFound."""
    found = session.scalar(select(Letter).where(Letter.id == letter_id, seen(actor)))
    if found is None:
        raise NotFound("Такого письма нет.", letter=letter_id)
    return found


def may_send_again(actor: Actor, letter: Letter) -> bool:
    if letter.state in NOT_AGAIN:
        return False
    return actor.role in SENDERS or (
        letter.state == "failed" and actor.role in scope.EDITS_OWN_ORGANIZATION
    )


def send_again(db: Database, *, actor: Actor, now: datetime, letter_id: int, to: str = "") -> int:
    """A failed letter goes back into the queue as it is; one that was sent is sent as a new one,
    for a mail server may drop a second letter of the same Message-ID. The id of what is sent.

    `to`: other addresses, with commas between. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    with db.write() as session:
        query = select(Letter).where(Letter.id == letter_id, seen(actor)).with_for_update()
        letter = session.scalar(query)
        if letter is None:
            raise NotFound("Такого письма нет.", letter=letter_id)
        if letter.state in NOT_AGAIN:
            raise Conflict("Это письмо ещё не ушло: повторять рано.", letter=letter_id)
        if not may_send_again(actor, letter):
            raise Forbidden("Отправить это письмо ещё раз может МИАЦ.", letter=letter_id)
        addresses = _addresses(to) if to.strip() else list(letter.to)
        if not addresses:
            message = "Впишите адрес получателя."
            raise Invalid(message, {"to": message}, letter=letter_id)
        if letter.state == "failed":
            again = letter
        else:
            again = _copy(letter, now)
            session.add(again)
        again.to, again.state, again.error = addresses, "queued", ""
        again.attempts, again.due_at, again.digest = 0, now, False
        session.flush()
        return again.id


def _addresses(text: str) -> list[str]:
    found = []
    for part in text.replace(";", ",").split(","):
        if not part.strip():
            continue
        reading = email.read(part)
        if reading.value is None:
            message = reading.flaws[0].message
            raise Invalid(message, {"to": message})
        found.append(str(reading.value))
    return found


def _copy(letter: Letter, now: datetime) -> Letter:
    return Letter(
        request_id=letter.request_id,
        user_id=letter.user_id,
        kind=letter.kind,
        message_id=f"l.{uuid4().hex}",
        in_reply_to=letter.in_reply_to or letter.message_id,
        cc=letter.cc,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=letter.attachments,
        created_at=now,
    )
