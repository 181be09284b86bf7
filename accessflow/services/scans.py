"""The signed scan of an application: found, looked at, turned, confirmed, voided (R14, R18).

A scan shows one version of the content. When the content changes it stays among the files and says
why it does not count any more. Laid by `scan_uploads`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from accessflow.db.session import Database, once
from accessflow.db.tables import Request, RequestFile, User
from accessflow.documents import scan as scanning
from accessflow.domain.errors import Conflict, NotFound
from accessflow.services import files, timeline
from accessflow.services.actor import SYSTEM, Actor
from accessflow.services.applications import find
from accessflow.services.clock import MOSCOW
from accessflow.services.files import FileStore
from accessflow.services.scan_rights import require_may

KINDS = ("scan", "director_scan", "committee_scan")
LABELS = {
    "scan": "Скан с подписью и печатью",
    "director_scan": "Скан за подписью директора МИАЦ",
    "committee_scan": "Скан за подписью КЗ",
}


_LYING = (
    select(RequestFile)
    .where(RequestFile.request_id == bindparam("request_id"))
    .options(joinedload(RequestFile.stored), joinedload(RequestFile.user).load_only(User.name))
    .order_by(RequestFile.id)
)


def lying(session: Session, request_id: int) -> Sequence[RequestFile]:
    """Every file of an application, oldest first, also what does not count any more."""
    wanted = {"request_id": request_id}
    return once(session, ("files", request_id), lambda: session.scalars(_LYING, wanted).all())


def current(session: Session, request: Request, kind: str = "scan") -> RequestFile | None:
    """The valid scan of the present version of the content; `confirmed` may still be open."""
    version = request.content_version
    valid = (
        row
        for row in reversed(lying(session, request.id))
        if row.kind == kind and row.content_version == version and row.voided_at is None
    )
    return next(valid, None)


def is_signed(session: Session, request: Request, kind: str = "scan") -> bool:
    """Whether the present version has a valid scan that somebody has looked at."""
    found = current(session, request, kind)
    return found is not None and found.confirmed


def voided(session: Session, request: Request, kind: str = "scan") -> RequestFile | None:
    """The newest scan that does not count any more, for the words why."""
    files = reversed(lying(session, request.id))
    return next((row for row in files if row.kind == kind and row.voided_at is not None), None)


def confirm(
    db: Database, *, actor: Actor, now: datetime, request_id: int, file_id: int
) -> RequestFile:
    """A person has looked: signature and seal are there and legible, and it is this application.

    Raises NotFound, Forbidden, Conflict for a scan that does not count any more.
    """
    with db.write() as session:
        request, row = _opened(session, actor, request_id, file_id)
        if not row.confirmed:
            row.confirmed = True
            note_event(session, actor, now, request, "confirm_scan", row)
        return row


def turn(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    files: FileStore,
    request_id: int,
    file_id: int,
    page: int,
    degrees: int,
) -> RequestFile:
    """Turns a page (from 1) clockwise; it has to be looked at again. Raises as `confirm` does."""
    with db.write() as session:
        request, row = _opened(session, actor, request_id, file_id)
        turned = scanning.turn(files.read(row.sha256), {page: degrees})
        _replace_content(session, files, row, turned, now)
        row.confirmed = False
        note_event(session, actor, now, request, "turn_scan", row, page=page, degrees=degrees)
        return row


def void(
    session: Session, request: Request, reason: str, now: datetime, actor: Actor = SYSTEM
) -> None:
    """Scans of earlier versions do not count any more; called when the printed content changes,
    after `content_version` has been raised. `reason` begins with a small letter: «данные изменили
    23.11.2026». Says nothing where there was no scan."""
    found = session.scalars(
        select(RequestFile).where(
            RequestFile.request_id == request.id,
            RequestFile.kind.in_(KINDS),
            RequestFile.content_version < request.content_version,
            RequestFile.voided_at.is_(None),
        )
    ).all()
    for row in found:
        told = f"Скан версии {row.content_version} больше не действует: {reason}"
        row.voided_at, row.void_reason = now, told[:255]
        note_event(session, actor, now, request, "void_scan", row, reason=row.void_reason)


def locked(session: Session, actor: Actor, request_id: int) -> Request:
    """The request under its own lock. Raises NotFound."""
    session.execute(select(Request.id).where(Request.id == request_id).with_for_update())
    return find(session, actor, request_id)


def _opened(
    session: Session, actor: Actor, request_id: int, file_id: int
) -> tuple[Request, RequestFile]:
    request = locked(session, actor, request_id)
    row = session.get(RequestFile, file_id)
    if row is None or row.request_id != request.id or row.kind not in KINDS:
        raise NotFound("Такого скана у заявки нет.", request=request_id, file=file_id)
    require_may(actor, request, row.kind)
    if row.voided_at is not None or row.content_version != request.content_version:
        raise Conflict(row.void_reason or "Этот скан больше не действует.", file=file_id)
    return request, row


def _replace_content(
    session: Session, store: FileStore, row: RequestFile, content: bytes, now: datetime
) -> None:
    row.stored = files.put(session, store, content, name=row.name, now=now, accepted=files.SCANS)


def note_event(
    session: Session,
    actor: Actor,
    now: datetime,
    request: Request,
    action: str,
    row: RequestFile,
    **more: object,
) -> None:
    """What was done with a scan, on the application's timeline."""
    data = {"file": row.id, "kind": row.kind, "version": row.content_version, "pages": row.pages}
    timeline.append(session, request, actor=actor, now=now, action=action, data={**data, **more})


def moment(value: datetime) -> str:
    return value.astimezone(MOSCOW).strftime("%d.%m.%Y в %H:%M")
