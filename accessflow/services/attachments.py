"""Files that an organisation puts to its application besides the scan (R20, R29, R39, X31)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestFile, RequestMessage
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.services import scope, timeline
from accessflow.services.actor import Actor
from accessflow.services.applications import find
from accessflow.services.files import FileStore, attach
from accessflow.services.scans import locked
from accessflow.workflow.rows import MIAC

LABELS = {
    "certificate_status": "«Статус свидетельств»",
    "screenshot": "Снимок экрана",
    "sent_file": "Файл, который отправляли",
    "answer_file": "Файл, который пришёл в ответ",
    "attachment": "Приложение",
}
"""What may be attached, by kind."""
SINGLE = frozenset({"certificate_status"})
"""A further one takes the place of the first."""
OPEN = frozenset({"draft", "ready", "needs_info"})
"""Before it is sent, and while МИАЦ waits for more."""


def add(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    files: FileStore,
    request_id: int,
    kind: str,
    name: str,
    content: bytes,
) -> int:
    """The id of the file. Raises NotFound, Forbidden, Conflict, Invalid for what does not fit."""
    if kind not in LABELS:
        raise Invalid("Выберите, что это за файл.", kind=kind)
    with db.write() as session:
        request = _opened(session, actor, request_id)
        if kind in SINGLE:
            _void(session, request, kind, now)
        row = attach(session, files, request, content, name=name, kind=kind, actor=actor, now=now)
        data = {"file": row.id, "kind": kind, "name": row.name}
        timeline.append(session, request, actor=actor, now=now, action="file", data=data)
        return row.id


def remove(db: Database, *, actor: Actor, now: datetime, request_id: int, file_id: int) -> str:
    """Takes a file off the application; its name. It stays in the store and in the history."""
    with db.write() as session:
        request = _opened(session, actor, request_id)
        row = session.get(RequestFile, file_id)
        if row is None or row.request_id != request.id:
            raise NotFound("Такого файла у заявки нет.", request=request_id, file=file_id)
        if row.kind not in LABELS:
            raise Conflict("Скан не убирают, а заменяют новым.", file=file_id)
        if row.message_id is not None:
            raise Conflict("Файл приложен к сообщению: его видел адресат.", file=file_id)
        if row.voided_at is None:
            row.voided_at, row.void_reason = now, "Убран автором"
            data = {"file": row.id, "kind": row.kind, "name": row.name}
            timeline.append(session, request, actor=actor, now=now, action="drop_file", data=data)
        return row.name


def of(
    session: Session, request: Request, kinds: Collection[str] = tuple(LABELS)
) -> Sequence[RequestFile]:
    """What was put to the application itself, not to a message on its card; the oldest first."""
    return session.scalars(
        select(RequestFile)
        .where(
            RequestFile.request_id == request.id,
            RequestFile.kind.in_(kinds),
            RequestFile.voided_at.is_(None),
            RequestFile.message_id.is_(None),
        )
        .order_by(RequestFile.id)
    ).all()


def seen(session: Session, actor: Actor, file_id: int) -> RequestFile:
    """A file of a request that the actor may see; one of an internal note only МИАЦ sees.

    Raises NotFound for any other.
    """
    row = session.get(RequestFile, file_id)
    if row is None:
        raise NotFound("Такого файла нет.", file=file_id)
    find(session, actor, row.request_id)
    if row.message_id is not None and actor.role not in MIAC:
        message = session.get(RequestMessage, row.message_id)
        if message is None or message.internal:
            raise NotFound("Такого файла нет.", file=file_id)
    return row


def may(actor: Actor, request: Request) -> bool:
    return request.state in OPEN and scope.may_file(actor, request.organization_id)


def _opened(session: Session, actor: Actor, request_id: int) -> Request:
    request = locked(session, actor, request_id)
    scope.require_filer(actor, request.organization_id)
    if request.state not in OPEN:
        raise Conflict("Сейчас приложить или убрать файл нельзя.", request=request.id)
    return request


def _void(session: Session, request: Request, kind: str, now: datetime) -> None:
    for row in of(session, request, (kind,)):
        row.voided_at, row.void_reason = now, "Заменён новым файлом"
