"""Messages between МО and МИАЦ on the card, at any time; notes that only МИАЦ sees (R8, R21).

The timeline tells that something was written, not what: the words and files are kept here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database, once
from accessflow.db.tables import Request, RequestFile, RequestMessage
from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.services import letters, timeline
from accessflow.services.actor import Actor
from accessflow.services.applications import locked
from accessflow.services.files import FileStore, attach
from accessflow.services.outbox import File
from accessflow.workflow.rows import MIAC, OFFICE
from accessflow.workflow.states import UNFILED

LONGEST = 4000
Uploads = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Written:
    """A message with its files; `ours`: of the reader's own side."""

    message: RequestMessage
    files: tuple[RequestFile, ...]
    ours: bool


_MESSAGES = (
    select(RequestMessage)
    .where(RequestMessage.request_id == bindparam("request_id"))
    .options(joinedload(RequestMessage.user))
    .order_by(RequestMessage.id)
)
_WITHOUT_NOTES = _MESSAGES.where(RequestMessage.internal.is_(False))


def of_request(session: Session, actor: Actor, request: Request) -> list[Written]:
    """Oldest first, for whoever may see the request; internal notes for МИАЦ alone."""
    with_notes = actor.role in MIAC
    query, wanted = _MESSAGES if with_notes else _WITHOUT_NOTES, {"request_id": request.id}
    key = kept_as(request.id, with_notes=with_notes)
    found = once(session, key, lambda: session.scalars(query, wanted).all())
    files = _files(session, [message.id for message in found])
    return [
        Written(message, files.get(message.id, ()), _side(message) == actor.organization_id)
        for message in found
    ]


def kept_as(request_id: int, *, with_notes: bool) -> tuple[object, ...]:
    return ("messages", request_id, with_notes)


def may_write(actor: Actor, request: Request) -> bool:
    """Whether the actor may send a message: the МО's own people, МИАЦ, КЗ at its own stage."""
    return not _refusal(actor, request, internal=False)


def may_note(actor: Actor, request: Request) -> bool:
    return not _refusal(actor, request, internal=True)


def write(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request_id: int,
    text: str,
    uploads: Uploads = (),
    internal: bool = False,
) -> int:
    """The id of the message; to the other side it goes as a letter, too. `internal`: a note.

    Raises NotFound, Forbidden, Conflict before the application is sent, Invalid for words or files
    that do not fit.
    """
    with db.write() as session:
        return write_within(
            session, actor, now, catalogue, files, locked(session, actor, request_id),
            text=text, uploads=uploads, internal=internal,
        )  # fmt: skip


def write_within(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request: Request,
    *,
    text: str,
    uploads: Uploads = (),
    internal: bool = False,
) -> int:
    """The same inside a transaction of the caller, who has locked the request."""
    words = _read(text)
    if refusal := _refusal(actor, request, internal=internal):
        raise refusal
    message = RequestMessage(
        request_id=request.id, user_id=actor.user_id, at=now, internal=internal, text=words
    )
    session.add(message)
    session.flush()
    rows = [
        attach(
            session, files, request, content, name=name, kind="attachment", actor=actor,
            now=now, message_id=message.id,
        )
        for name, content in uploads
    ]  # fmt: skip
    data = {"message": message.id, "files": len(rows)}
    timeline.append(
        session, request, actor=actor, now=now, action="note" if internal else "message",
        data=data,
    )  # fmt: skip
    if not internal:
        sent = [File(row.sha256, row.name, row.stored.media_type) for row in rows]
        letters.message(session, catalogue, request, actor=actor, now=now, text=words, files=sent)
    return message.id


def _read(text: str) -> str:
    words = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not words:
        raise Invalid("Напишите текст.", {"text": "Напишите текст."})
    if len(words) > LONGEST:
        message = f"{len(words)} знаков, а помещается {LONGEST}. Сократите."
        raise Invalid(message, {"text": message})
    return words


def _refusal(actor: Actor, request: Request, *, internal: bool) -> Forbidden | Conflict | None:
    own = actor.organization_id == request.organization_id and actor.role in OFFICE
    at_stage = actor.role == "committee" and request.state in letters.WITH_COMMITTEE
    if internal and actor.role not in MIAC:
        return Forbidden("Внутренние заметки ведёт МИАЦ.", request=request.id)
    if not (actor.role in MIAC or own or at_stage):
        return Forbidden("Писать по этой заявке могут МИАЦ и сама организация.", request=request.id)
    if request.state in UNFILED:
        return Conflict("Заявка ещё не отправлена: писать пока некому.", request=request.id)
    return None


def _side(message: RequestMessage) -> int | None:
    return message.user.organization_id


def _files(session: Session, message_ids: Sequence[int]) -> Mapping[int, tuple[RequestFile, ...]]:
    if not message_ids:
        return {}
    found: dict[int, tuple[RequestFile, ...]] = {}
    for row in session.scalars(
        select(RequestFile)
        .where(RequestFile.message_id.in_(message_ids))
        .options(joinedload(RequestFile.stored))
        .order_by(RequestFile.id)
    ):
        found[row.message_id or 0] = (*found.get(row.message_id or 0, ()), row)
    return found
