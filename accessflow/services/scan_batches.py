"""One scan of many applications: parted by the codes of its pages and laid to each (R13).

A page that cannot be laid waits, with the reason, for a person to say whose it is; nothing is lost.
The same file again changes nothing but what could not be laid before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, ScanBatch
from accessflow.documents import scan as scanning
from accessflow.documents.scan import Sheet
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.services import files, scan_uploads, signing
from accessflow.services.actor import Actor
from accessflow.services.files import FileStore
from accessflow.services.scan_laying import Laying, Page, groups_of
from accessflow.services.scan_uploads import Uploads

DROPPED = 0
"""In place of a request's id: the page is not needed."""
UNREADABLE = "QR-код не читается: выберите, чья это страница"


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
    named = scan_uploads.named(uploads)
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
    """Lays what can be laid by now; what became of each page stands in the batch."""
    with db.read() as session:
        batch = find(session, actor, batch_id)
        groups = groups_of(session, actor, batch)
        pdf = store.read(batch.sha256)
    laying = Laying(db, actor, now, catalogue, store, batch.sha256, batch.name, pdf)
    told = laying.lay(groups)
    with db.write() as session:
        batch = _locked(session, actor, batch_id)
        batch.pages = [{**page, **told.get(page["page"], {})} for page in batch.pages]
        waits = any(page["state"] == "waiting" for page in batch.pages)
        batch.done_at = None if waits else batch.done_at or now


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
