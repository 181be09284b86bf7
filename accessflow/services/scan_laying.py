"""The pages of a batch laid to the applications whose codes they bear, or whom a person named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from accessflow.domain.errors import AccessflowError
from accessflow.services import scan_rights, scan_uploads, scans
from accessflow.services.actor import Actor
from accessflow.services.applications import find as find_request
from accessflow.services.files import FileStore

Page = dict[str, Any]
"""Of `ScanBatch.pages`: page, request_id (null while unknown), found («2026-00412, версия 3»),
turned, dpi, code, by («code» or «person»), state (laid, waiting, blank, dropped), reason."""
Group = tuple[int | None, list[Page]]
"""The id of an application, None for one that is not known here, and its pages in their order."""


@dataclass(frozen=True, slots=True)
class Laying:
    """What laying needs, the same for each application; `sha256`, `name`: of the scan `pdf`."""

    db: Database
    actor: Actor
    now: datetime
    catalogue: Catalogue
    store: FileStore
    sha256: str
    name: str
    pdf: bytes

    def lay(self, groups: Iterable[Group]) -> dict[int, Page]:
        """By page: what became of it. Each application by itself: what one of them refuses does not
        hold up another."""
        told: dict[int, Page] = {}
        for request_id, pages in groups:
            outcome = self._laid(request_id, pages)
            told |= {page["page"]: outcome for page in pages}
        return told

    def _laid(self, request_id: int | None, group: Sequence[Page]) -> Page:
        if request_id is None:
            number = group[0]["code"][1]
            return {"state": "waiting", "reason": f"Заявки {number} у вашей организации нет"}
        try:
            self._lay_one(request_id, group)
        except AccessflowError as refusal:
            return {"request_id": request_id, "state": "waiting", "reason": refusal.message}
        return {"request_id": request_id, "state": "laid", "reason": ""}

    def _lay_one(self, request_id: int, group: Sequence[Page]) -> None:
        """Raises Invalid, Conflict, Forbidden, NotFound."""
        sheets, numbers = [_sheet(page) for page in group], [page["page"] for page in group]
        with self.db.read() as session:
            request = find_request(session, self.actor, request_id)
            scan_rights.require_may(self.actor, request, "scan")
            expected = scan_uploads.expected_of(session, self.catalogue, request, "scan", self.now)
        source = ((self.sha256, self.name), ("pages", " ".join(map(str, numbers))))
        prepared = scan_uploads.prepare(self.pdf, sheets, expected, self.name, source)
        originals = [(self.name, scanning.take(self.pdf, numbers))]
        with self.db.write() as session:
            request = scans.locked(session, self.actor, request_id)
            scan_rights.require_may(self.actor, request, "scan")
            scan_uploads.require_version(request, expected.version)
            scan_uploads.lay(
                session, self.actor, self.now, self.store, request, prepared, "scan", originals
            )


def _sheet(page: Page) -> Sheet:
    codes = (Stamp(*page["code"]),) if page["code"] else ()
    return Sheet(page["page"], page["dpi"], False, codes, page["turned"])


def groups_of(session: Session, actor: Actor, batch: ScanBatch) -> list[Group]:
    """What is to be laid by now: nothing of what was sent since is laid again."""
    closed = _closed(session, actor, batch)
    found: list[Group] = []
    for request_id, pages in _groups(batch.pages, _requests_of(session, batch)):
        left = [p for p in pages if request_id not in closed or p["state"] != "laid"]
        if left:
            found.append((request_id, left))
    return found


def _groups(pages: Sequence[Page], known: Mapping[str, int]) -> Iterator[Group]:
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
    return frozenset(request.id for request in found if not scan_rights.may(actor, request))
