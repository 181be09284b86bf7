"""One scan of many applications: parted by the codes of its pages and laid to each (R13).

A page that cannot be laid waits, with the reason, for a person to say whose it is; nothing is lost.
The same file again changes nothing but what could not be laid before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, ScanBatch
from accessflow.documents import scan as scanning
from accessflow.documents.model import Stamp
from accessflow.documents.scan import Sheet
from accessflow.domain.errors import AccessflowError, Conflict, Forbidden, Invalid, NotFound
from accessflow.services import files, scans, signing
from accessflow.services.actor import Actor
from accessflow.services.applications import find as find_request
from accessflow.services.files import FileStore
from accessflow.services.scans import Uploads

DROPPED = 0
"""In place of a request's id: the page is not needed."""
UNREADABLE = "QR-код не читается: выберите, чья это страница"
Page = dict[str, Any]
"""Of `ScanBatch.pages`: page, request_id (null while unknown), found («2026-00412, версия 3»),
turned, dpi, code, by («code» or «person»), state (laid, waiting, blank, dropped), reason."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What laying needs, the same for each application."""

    db: Database
    actor: Actor
    now: datetime
    catalogue: Catalogue
    store: FileStore
    batch_id: int
    sha256: str
    name: str
    pdf: bytes


def lay(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    uploads: Uploads,
) -> int:
    """Parts the scan and lays it; the id of the batch, which tells what became of each page.

    Raises Forbidden, and Invalid for what is no scan.
    """
    if not signing.may(actor):
        raise Forbidden("Сканы загружают секретарь, кадры или руководитель организации.")
    named = scans.named(uploads)
    pdf = scanning.assemble(named)
    sheets = scanning.look(pdf)
    batch_id = _kept(db, actor, now, files, named, pdf, sheets)
    _lay_all(db, actor, now, catalogue, files, batch_id)
    return batch_id


def assign(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    batch_id: int,
    pages: Mapping[int, int],
) -> None:
    """A person says whose a page is: page (from 1) to the id of an application, or DROPPED.

    Raises NotFound for a batch or an application that the actor does not see.
    """
    with db.write() as session:
        batch = _locked(session, actor, batch_id)
        changed = [dict(page) for page in batch.pages]
        for page in changed:
            wanted = pages.get(page["page"])
            if wanted is not None and page["state"] in ("waiting", "dropped"):
                page.update(_assigned(session, batch, wanted))
        batch.pages = changed
    _lay_all(db, actor, now, catalogue, files, batch_id)


def turn(db: Database, *, actor: Actor, batch_id: int, page: int, degrees: int) -> None:
    """Turns a page (from 1) clockwise before it is laid, for how its code stands may not tell.

    Raises NotFound, Invalid for what is no multiple of 90, Conflict for a page that is laid.
    """
    if degrees % 90:
        raise Invalid("Страница поворачивается на 90, 180 или 270 градусов.")
    with db.write() as session:
        batch = _locked(session, actor, batch_id)
        changed = [dict(entry) for entry in batch.pages]
        entry = next((one for one in changed if one["page"] == page), None)
        if entry is None:
            raise NotFound("Такой страницы в скане нет.", page=page)
        if entry["state"] == "laid":
            raise Conflict("Страница уже разложена: поверните её в заявке.", page=page)
        entry["turned"] = (entry["turned"] + degrees) % 360
        batch.pages = changed


def find(session: Session, actor: Actor, batch_id: int) -> ScanBatch:
    """Raises NotFound."""
    batch = session.get(ScanBatch, batch_id)
    if batch is None or not signing.may(actor) or batch.organization_id != actor.organization_id:
        raise NotFound("Такого скана нет.", batch=batch_id)
    return batch


def unfinished(session: Session, actor: Actor) -> Sequence[ScanBatch]:
    """Batches with pages that wait for a person, the newest first."""
    return session.scalars(
        select(ScanBatch)
        .where(
            ScanBatch.organization_id == (actor.organization_id or 0), ScanBatch.done_at.is_(None)
        )
        .order_by(ScanBatch.id.desc())
        .limit(20)
    ).all()


def _kept(
    db: Database,
    actor: Actor,
    now: datetime,
    store: FileStore,
    named: Uploads,
    pdf: bytes,
    sheets: Sequence[Sheet],
) -> int:
    """The batch of this scan, made where it is new; its pages all wait."""
    with db.write() as session:
        for name, content in named:
            files.put(session, store, content, name=name, now=now, accepted=files.SCANS)
        sha256 = store.put(pdf)
        there = session.scalar(
            select(ScanBatch.id).where(
                ScanBatch.organization_id == actor.organization_id, ScanBatch.sha256 == sha256
            )
        )
        if there is not None:
            return there
        stored = files.put(session, store, pdf, name=named[0][0], now=now)
        batch = ScanBatch(
            organization_id=actor.organization_id,
            user_id=actor.user_id,
            sha256=stored.sha256,
            name=named[0][0],
            pages=[_page(sheet) for sheet in sheets],
            at=now,
        )
        session.add(batch)
        session.flush()
        return batch.id


def _page(sheet: Sheet) -> Page:
    numbers = {code.number for code in sheet.codes}
    code = sheet.code if len(numbers) == 1 else None
    reason = "" if code else UNREADABLE
    if len(numbers) > 1:
        reason = f"На странице коды нескольких заявок: {', '.join(sorted(numbers))}. Разделите их"
    return {
        "page": sheet.number,
        "request_id": None,
        "found": f"{code.number}, версия {code.version}" if code else "",
        "turned": sheet.askew,
        "dpi": sheet.dpi,
        "code": [code.digest, code.number, code.version] if code else None,
        "by": "code" if code else "",
        "state": "blank" if sheet.blank else "waiting",
        "reason": "Пустая страница" if sheet.blank else reason,
    }


def _sheet(page: Page) -> Sheet:
    codes = (Stamp(*page["code"]),) if page["code"] else ()
    return Sheet(page["page"], page["dpi"], False, codes, page["turned"])


def _assigned(session: Session, batch: ScanBatch, wanted: int) -> Page:
    if wanted == DROPPED:
        return {"request_id": None, "by": "person", "state": "dropped", "reason": "Не нужна"}
    request = session.get(Request, wanted)
    if request is None or request.organization_id != batch.organization_id:
        raise NotFound("Такой заявки нет.", request=wanted)
    return {"request_id": wanted, "by": "person", "state": "waiting", "reason": ""}


def _lay_all(
    db: Database,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    store: FileStore,
    batch_id: int,
) -> None:
    """Each application by itself: what one of them refuses does not hold up another."""
    with db.read() as session:
        batch = find(session, actor, batch_id)
        pages, known = batch.pages, _requests_of(session, batch)
        closed = _closed(session, actor, batch)
        pdf = store.read(batch.sha256)
    work = _Work(db, actor, now, catalogue, store, batch_id, batch.sha256, batch.name, pdf)
    told: dict[int, Page] = {}
    for request_id, group in _groups(pages, known):
        if request_id in closed:  # sent since: what was laid then is laid
            group = [page for page in group if page["state"] != "laid"]
        if group:
            outcome = _laid(work, request_id, group)
            told |= {page["page"]: outcome for page in group}
    with db.write() as session:
        batch = _locked(session, actor, batch_id)
        batch.pages = [{**page, **told.get(page["page"], {})} for page in batch.pages]
        waits = any(page["state"] == "waiting" for page in batch.pages)
        batch.done_at = None if waits else batch.done_at or now


def _requests_of(session: Session, batch: ScanBatch) -> Mapping[str, int]:
    """Own number -> id of the organisation's applications that the codes name."""
    numbers = {page["code"][1] for page in batch.pages if page["code"]}
    found = session.execute(
        select(Request.number, Request.id).where(
            Request.number.in_(numbers),
            Request.organization_id == batch.organization_id,
            Request.deleted_at.is_(None),
        )
    )
    return {row.number: row.id for row in found}


def _closed(session: Session, actor: Actor, batch: ScanBatch) -> frozenset[int]:
    """Applications whose scan cannot be changed any more."""
    ids = {page["request_id"] for page in batch.pages if page["state"] == "laid"}
    found = session.scalars(select(Request).where(Request.id.in_(ids)))
    return frozenset(request.id for request in found if not scans.may(actor, request))


def _groups(
    pages: Sequence[Page], known: Mapping[str, int]
) -> Iterator[tuple[int | None, list[Page]]]:
    """The pages of each application in their order; those of an unknown one under None."""
    groups: dict[tuple[int | None, str], list[Page]] = {}
    for page in pages:
        if page["state"] in ("blank", "dropped"):
            continue
        if page["by"] == "person":
            groups.setdefault((page["request_id"], ""), []).append(page)
        elif page["code"]:
            number = page["code"][1]
            request_id = known.get(number)
            name = "" if request_id is not None else number
            groups.setdefault((request_id, name), []).append(page)
    for (request_id, _), group in groups.items():
        yield request_id, group


def _laid(work: _Work, request_id: int | None, group: Sequence[Page]) -> Page:
    """What became of these pages."""
    if request_id is None:
        number = group[0]["code"][1]
        return {"state": "waiting", "reason": f"Заявки {number} у вашей организации нет"}
    try:
        _lay_one(work, request_id, group)
    except AccessflowError as refusal:
        return {"request_id": request_id, "state": "waiting", "reason": refusal.message}
    return {"request_id": request_id, "state": "laid", "reason": ""}


def _lay_one(work: _Work, request_id: int, group: Sequence[Page]) -> None:
    """Raises Invalid, Conflict, Forbidden, NotFound."""
    sheets, numbers = [_sheet(page) for page in group], [page["page"] for page in group]
    with work.db.read() as session:
        request = find_request(session, work.actor, request_id)
        scans.require_may(work.actor, request, "scan")
        expected = scans.expected_of(session, work.catalogue, request, "scan", work.now)
    source = ((work.sha256, work.name), ("pages", " ".join(map(str, numbers))))
    prepared = scans.prepare(work.pdf, sheets, expected, work.name, source)
    originals = [(work.name, scanning.take(work.pdf, numbers))]
    with work.db.write() as session:
        request = scans.locked(session, work.actor, request_id)
        scans.require_may(work.actor, request, "scan")
        scans.require_version(request, expected.version)
        scans.lay(session, work.actor, work.now, work.store, request, prepared, "scan", originals)


def _locked(session: Session, actor: Actor, batch_id: int) -> ScanBatch:
    session.execute(select(ScanBatch.id).where(ScanBatch.id == batch_id).with_for_update())
    return find(session, actor, batch_id)


def picture_of(store: FileStore, batch: ScanBatch, page: int) -> bytes:
    """A PDF of that page, upright as far as its code tells. Raises NotFound."""
    entry = next((entry for entry in batch.pages if entry["page"] == page), None)
    if entry is None:
        raise NotFound("Такой страницы в скане нет.", page=page)
    pdf = scanning.take(store.read(batch.sha256), [page])
    return scanning.turn(pdf, {1: entry["turned"]}) if entry["turned"] else pdf
