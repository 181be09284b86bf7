"""«На подпись»: what waits for a signature, and all of it printed in one go (Рег. 3.4, R13)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import pikepdf
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestEvent, RequestFile
from accessflow.documents import media, scan_input
from accessflow.documents.model import DocumentModel
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import scan_rights, scans, timeline
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of
from accessflow.services.clock import moscow_date
from accessflow.services.live_catalogue import for_paper
from accessflow.services.printing import File, file_of, model_of, page_count
from accessflow.workflow.rows import OFFICE

WAITING = "ready"
MOST = 300
"""More than an office has on its table; those that wait longest come first."""


@dataclass(frozen=True, slots=True)
class Set:
    """An application that waits. `scan`: the valid one, None while there is none; `void`: why the
    last one does not count any more; `pages` of the print; `printed`: since when on paper."""

    request: Request
    pages: int
    scan: RequestFile | None
    void: str = ""
    printed: datetime | None = None

    @property
    def signed(self) -> bool:
        return self.scan is not None and self.scan.confirmed


def may(actor: Actor) -> bool:
    """Whether the actor signs, or has signed, for an organisation of its own."""
    return actor.organization_id is not None and actor.role in OFFICE


@lru_cache(maxsize=256)  # every page asks
def unsigned(actor: Actor) -> Select[int] | None:
    """Counts the sets that have no scan yet; None for whoever does not sign."""
    if not may(actor):
        return None
    scanned = (
        select(RequestFile.id)
        .where(
            RequestFile.request_id == Request.id,
            RequestFile.kind == "scan",
            RequestFile.content_version == Request.content_version,
            RequestFile.voided_at.is_(None),
            RequestFile.confirmed,
        )
        .exists()
    )
    return select(func.count()).select_from(Request).where(*_mine(actor), ~scanned)


def waiting(session: Session, actor: Actor, catalogue: Catalogue, now: datetime) -> tuple[Set, ...]:
    """The organisation's own, those that wait longest first."""
    if not may(actor):
        return ()
    found = session.scalars(
        select(Request)
        .where(*_mine(actor))
        .options(
            selectinload(Request.rows),
            joinedload(Request.organization),
            joinedload(Request.author),
            joinedload(Request.signatory),
        )
        .order_by(Request.state_at, Request.id)
        .limit(MOST)
    ).all()
    files = _scans_of(session, found)
    printed = _printed(session, found)
    return tuple(
        _set(session, catalogue, request, files.get(request.id, []), printed, now)
        for request in found
    )


def print_sets(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, request_ids: Iterable[int]
) -> File:
    """One PDF of all these applications; each remembers that it was printed, and in what version.

    Raises Invalid without any, NotFound, Forbidden, Conflict for one that does not wait.
    """
    ids = list(dict.fromkeys(request_ids))
    if not ids:
        raise Invalid("Отметьте заявки, которые нужно напечатать.")
    with db.write() as session:
        found = [_printable(session, actor, request_id) for request_id in ids]
        pdfs = [file_of(_model(session, catalogue, request, now), "pdf").data for request in found]
        for request in found:
            data = {"version": request.content_version}
            timeline.append(session, request, actor=actor, now=now, action="print", data=data)
    numbers = found[0].number if len(found) == 1 else f"{len(found)} шт"
    name = f"На подпись_{numbers}_{moscow_date(now):%d.%m.%Y}.pdf"
    return File(name, media.PDF, joined(pdfs))


def joined(pdfs: Sequence[bytes]) -> bytes:
    """All pages as one PDF."""
    if len(pdfs) == 1:
        return pdfs[0]
    made, sources = pikepdf.new(), [scan_input.opened(pdf) for pdf in pdfs]
    for source in sources:
        made.pages.extend(source.pages)
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def _mine(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Request.organization_id == actor.organization_id,
        Request.state == WAITING,
        Request.deleted_at.is_(None),
    )


def _set(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    files: Sequence[RequestFile],
    printed: dict[int, tuple[int, datetime]],
    now: datetime,
) -> Set:
    valid = [f for f in files if not f.voided_at and f.content_version == request.content_version]
    version, at = printed.get(request.id, (0, None))
    return Set(
        request=request,
        pages=_pages(session, catalogue, request, now),
        scan=valid[-1] if valid else None,
        void="" if valid or not files else files[-1].void_reason,
        printed=at if version == request.content_version else None,
    )


def _scans_of(session: Session, found: Sequence[Request]) -> dict[int, list[RequestFile]]:
    rows = session.scalars(
        select(RequestFile)
        .where(
            RequestFile.request_id.in_([request.id for request in found]),
            RequestFile.kind == "scan",
        )
        .order_by(RequestFile.id)
    )
    files: dict[int, list[RequestFile]] = {}
    for row in rows:
        files.setdefault(row.request_id, []).append(row)
    return files


def _printed(session: Session, found: Sequence[Request]) -> dict[int, tuple[int, datetime]]:
    """The version that was printed last of each, and when."""
    events = session.scalars(
        select(RequestEvent)
        .where(
            RequestEvent.request_id.in_([request.id for request in found]),
            RequestEvent.action == "print",
        )
        .order_by(RequestEvent.request_id, RequestEvent.seq)
    )
    return {event.request_id: (int(event.data["version"]), event.at) for event in events}


def _printable(session: Session, actor: Actor, request_id: int) -> Request:
    request = scans.locked(session, actor, request_id)
    scan_rights.require_may(actor, request, "scan")
    if request.state != WAITING:
        raise Conflict(
            f"Заявка {request.number} сейчас не ждёт подписи: обновите страницу.",
            request=request_id,
        )
    return request


def _pages(session: Session, catalogue: Catalogue, request: Request, now: datetime) -> int:
    """Laying out a hundred applications takes a second: each is counted once a version."""
    key = (request.number, request.content_version, request.updated_at)
    if key not in _COUNTED:
        if len(_COUNTED) > MOST_COUNTED:
            _COUNTED.clear()
        _COUNTED[key] = page_count(_model(session, catalogue, request, now))
    return _COUNTED[key]


_COUNTED: dict[tuple[str, int, datetime], int] = {}
MOST_COUNTED = 5_000


def _model(
    session: Session, catalogue: Catalogue, request: Request, now: datetime
) -> DocumentModel:
    on = moscow_date(now)
    paper = for_paper(session, catalogue, request, on)
    return model_of(check_of(session, catalogue, request), paper, on)
