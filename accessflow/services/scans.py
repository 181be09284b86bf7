"""The signed scan of an application: laid, looked at, turned, confirmed, voided (R13, R14, R18).

A scan shows one version of the content. When the content changes it stays among the files and says
why it does not count any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database, once
from accessflow.db.tables import Request, RequestFile, User
from accessflow.documents import scan as scanning
from accessflow.documents.scan import Sheet
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.services import edit_history, files, timeline
from accessflow.services.actor import SYSTEM, Actor
from accessflow.services.applications import check_of, find
from accessflow.services.clock import MOSCOW, moscow_date
from accessflow.services.files import FileStore
from accessflow.services.live_catalogue import for_paper
from accessflow.services.printing import model_of, page_count
from accessflow.services.scan_checks import Expected, judge
from accessflow.workflow.rows import MIAC, OFFICE
from accessflow.workflow.states import ENDED, UNFILED

KINDS = ("scan", "director_scan", "committee_scan")
LABELS = {
    "scan": "Скан с подписью и печатью",
    "director_scan": "Скан за подписью директора МИАЦ",
    "committee_scan": "Скан за подписью КЗ",
}
BY_HAND = frozenset({"mail", "vipnet", "paper"})
"""Channels of what МИАЦ registers by hand and scans itself."""
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
        there.voided_at, there.void_reason = now, f"Заменён новым сканом {_moment(now)}"
    for name, content in originals:
        files.attach(
            session, store, request, content, name=name, kind="original", actor=actor, now=now
        )
    row = files.attach(
        session, store, request, prepared.pdf, name=prepared.name, kind=kind, actor=actor, now=now
    )
    row.pages = int(prepared.checks["pages"])
    row.checks = {**prepared.checks, "source": source}
    _event(session, actor, now, request, "scan", row, code=prepared.checks["code"])
    return Laid(row.id, row.checks)


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
            _event(session, actor, now, request, "confirm_scan", row)
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
        _event(session, actor, now, request, "turn_scan", row, page=page, degrees=degrees)
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
        _event(session, actor, now, request, "void_scan", row, reason=row.void_reason)


def may(actor: Actor, request: Request, kind: str = "scan") -> bool:
    return not _refusal(actor, request, kind)


def require_may(actor: Actor, request: Request, kind: str) -> None:
    """Raises Forbidden where somebody else lays such a scan, Conflict where it is not the time."""
    refusal = _refusal(actor, request, kind)
    if refusal is not None:
        raise refusal


def _refusal(actor: Actor, request: Request, kind: str) -> Forbidden | Conflict | None:
    own = actor.organization_id == request.organization_id and actor.role in OFFICE
    by_hand = kind == "scan" and actor.role in MIAC and request.channel in BY_HAND
    if kind == "scan" and actor.role in MIAC and not by_hand:
        return Conflict("Скан этой заявки загружает сама организация: запросите его у неё.")
    if kind == "scan" and not (own or by_hand):
        return Forbidden("Скан загружают секретарь, кадры или руководитель организации.")
    if kind == "director_scan" and actor.role not in MIAC:
        return Forbidden("Скан за подписью директора загружает МИАЦ.")
    if kind == "committee_scan" and actor.role != "committee":
        return Forbidden("Скан за подписью КЗ загружает КЗ.")
    if request.state in _open_states(kind, by_hand=by_hand and not own):
        return None
    if request.state == "draft":
        return Conflict("Заявка ещё черновик: сначала нажмите «На подпись».", request=request.id)
    return Conflict("Сейчас скан этой заявки заменить нельзя.", request=request.id)


def _open_states(kind: str, *, by_hand: bool) -> frozenset[str]:
    if kind == "committee_scan":
        return frozenset({"at_committee"})
    if kind == "director_scan" or by_hand:
        return _AT_MIAC
    return frozenset({"ready", "needs_info"})


_AT_MIAC = frozenset({"registered", "in_review", "needs_info", "third_party"})
if _AT_MIAC & (ENDED | UNFILED):
    raise AssertionError("a scan is laid to what МИАЦ is still working on")


def locked(session: Session, actor: Actor, request_id: int) -> Request:
    """The request under its own lock. Raises NotFound."""
    session.execute(select(Request.id).where(Request.id == request_id).with_for_update())
    return find(session, actor, request_id)


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
    return ", ".join([_moment(last.at), *([last.user.name] if last.user else [])])


def require_version(request: Request, version: int) -> None:
    """Raises Conflict where somebody changed the data while the scan was being read."""
    if request.content_version != version:
        raise Conflict(
            "Пока загружался скан, данные заявки изменили. Напечатайте новую версию.",
            request=request.id,
        )


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


def _event(
    session: Session,
    actor: Actor,
    now: datetime,
    request: Request,
    action: str,
    row: RequestFile,
    **more: object,
) -> None:
    data = {"file": row.id, "kind": row.kind, "version": row.content_version, "pages": row.pages}
    timeline.append(session, request, actor=actor, now=now, action=action, data={**data, **more})


def _moment(value: datetime) -> str:
    return value.astimezone(MOSCOW).strftime("%d.%m.%Y в %H:%M")
