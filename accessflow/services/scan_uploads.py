"""A scan is laid to its application: read, held against the paper as it should be, kept (R13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.documents import scan as scanning
from accessflow.documents.scan import Sheet
from accessflow.domain.errors import Conflict
from accessflow.services import edit_history, files
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of, find
from accessflow.services.clock import moscow_date
from accessflow.services.files import FileStore
from accessflow.services.live_catalogue import for_paper
from accessflow.services.printing import model_of, page_count
from accessflow.services.scan_checks import Expected, judge
from accessflow.services.scan_rights import require_may
from accessflow.services.scans import current, locked, moment, note_event

Uploads = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Laid:
    """A scan as it lies now. `repeated`: the same one was there already, nothing has changed."""

    file_id: int
    checks: Mapping[str, Any]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scan before it is laid: one upright PDF without blank pages, what was found in it, the
    files that it came in (sha256, name) and, of a batch, its pages there."""

    pdf: bytes
    checks: Mapping[str, Any]
    name: str
    source: tuple[tuple[str, str], ...]


def upload(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request_id: int,
    uploads: Uploads,
    kind: str = "scan",
) -> Laid:
    """Lays a scan: (name, content) of one file or of several pages. The same files again change
    nothing; others take the place of the scan that lay there.

    Raises NotFound, Forbidden, Conflict, and Invalid for what is no scan of this application as it
    stands: another one's, an older version's, too few pages, not legible.
    """
    originals = named(uploads)
    pdf = scanning.assemble(originals)
    sheets = scanning.look(pdf)
    with db.read() as session:
        request = find(session, actor, request_id)
        require_may(actor, request, kind)
        expected = expected_of(session, catalogue, request, kind, now)
    source = tuple((files.put(content), name) for name, content in originals)
    prepared = prepare(pdf, sheets, expected, originals[0][0], source)
    files.put(prepared.pdf)
    with db.write() as session:
        request = locked(session, actor, request_id)
        require_may(actor, request, kind)
        require_version(request, expected.version)
        return lay(session, actor, now, files, request, prepared, kind, originals)


def named(uploads: Uploads) -> list[tuple[str, bytes]]:
    """The uploads under safe names. Raises Invalid for a file that is none of PDF, PNG, JPEG."""
    return [
        (files.clean_name(name, files.checked(content, name=name, accepted=files.SCANS)), content)
        for name, content in uploads
    ]


def prepare(
    pdf: bytes,
    sheets: Sequence[Sheet],
    expected: Expected,
    name: str,
    source: tuple[tuple[str, str], ...],
) -> Prepared:
    """Raises Invalid where it is no scan of what is expected."""
    pages, checks = judge(sheets, expected)
    kept = scanning.take(scanning.upright(pdf, sheets), pages)
    return Prepared(kept, checks, name, source)


def lay(
    session: Session,
    actor: Actor,
    now: datetime,
    store: FileStore,
    request: Request,
    prepared: Prepared,
    kind: str,
    originals: Uploads = (),
) -> Laid:
    """In the caller's transaction, who has locked the request and asked `require_may`."""
    there = current(session, request, kind)
    source = [list(pair) for pair in prepared.source]
    if there is not None and there.checks.get("source") == source:
        return Laid(there.id, there.checks, repeated=True)
    if there is not None:
        there.voided_at, there.void_reason = now, f"Заменён новым сканом {moment(now)}"
    for name, content in originals:
        files.attach(
            session, store, request, content, name=name, kind="original", actor=actor, now=now
        )
    row = files.attach(
        session, store, request, prepared.pdf, name=prepared.name, kind=kind, actor=actor, now=now
    )
    row.pages = int(prepared.checks["pages"])
    row.checks = {**prepared.checks, "source": source}
    note_event(session, actor, now, request, "scan", row, code=prepared.checks["code"])
    return Laid(row.id, row.checks)


def expected_of(
    session: Session, catalogue: Catalogue, request: Request, kind: str, now: datetime
) -> Expected:
    """What the paper of this application is by now."""
    check, on = check_of(session, catalogue, request), moscow_date(now)
    paper = for_paper(session, catalogue, request, on)
    own, outgoing = model_of(check, paper, on), model_of(check, paper, on, "miac")
    models = {"scan": [own], "director_scan": [outgoing], "committee_scan": [own, outgoing]}[kind]
    stamps = [model.stamp for model in models if model.stamp]
    known = Expected(
        number=request.number,
        version=request.content_version,
        digests=frozenset(stamp.digest for stamp in stamps),
        pages=page_count(models[0]),
        changed=_changed(session, request),
    )
    if request.kind != "emd_deletion":
        return known
    extra = "«Статус свидетельств» загрузите отдельным файлом: он уходит зашифрованным"
    return replace(known, extra=extra)


def _changed(session: Session, request: Request) -> str:
    last = edit_history.last(session, request.id)
    if last is None:
        return ""
    return ", ".join([moment(last.at), *([last.user.name] if last.user else [])])


def require_version(request: Request, version: int) -> None:
    """Raises Conflict where somebody changed the data while the scan was being read."""
    if request.content_version != version:
        raise Conflict(
            "Пока загружался скан, данные заявки изменили. Напечатайте новую версию.",
            request=request.id,
        )
