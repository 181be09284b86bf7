"""One action on many applications: step by step, each in a transaction of its own.

The job notes each result in the transaction that brought it about: whatever breaks off in between,
nothing is done twice, nothing is forgotten, and the job goes on where it stood.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import BulkJob, Request
from accessflow.domain.errors import AccessflowError, Conflict, Forbidden, Invalid, NotFound
from accessflow.services import assignments, bulk_package, scope
from accessflow.services.acting import act_within
from accessflow.services.actor import Actor
from accessflow.services.applications import locked
from accessflow.services.clock import moscow_date
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.asks import ASKS
from accessflow.workflow.decide import EXECUTION, RowDecision, find
from accessflow.workflow.rows import MIAC
from accessflow.workflow.snapshot import Snapshot
from accessflow.workflow.spec import Kind

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

log = logging.getLogger("accessflow.bulk")

MOST = 1000
"""So many at once."""
STEP_SECONDS = 1.5
"""A step goes on taking the next ones for so long."""
RECENT = 20
NOT_BY_ROWS = "Она исполняется не по строкам: откройте её."
BROKEN = "Помешала ошибка программы: она записана в журнал, заявка не изменилась."


@dataclass(frozen=True, slots=True)
class Doing:
    """What each of a job is done with."""

    session: Session
    actor: Actor
    now: datetime
    catalogue: Catalogue
    files: FileStore
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bulk:
    """`asks`: keys of what is given once for all; `done`: what is said of each that was done;
    `action`: of the machine, "" for what only hands over."""

    label: str
    done: str
    do: Callable[[Doing, Request], None]
    asks: tuple[str, ...] = ()
    action: str = ""


def _take(doing: Doing, request: Request) -> None:
    assignments.take_within(
        doing.session, doing.actor, doing.now, doing.catalogue, doing.files, request
    )


def _assign(doing: Doing, request: Request) -> None:
    user_id, note = doing.given.get("assignee"), str(doing.given.get("note", ""))
    assignments.assign_within(doing.session, doing.actor, doing.now, request, user_id, note)


def _acted(action: str) -> Callable[[Doing, Request], None]:
    def do(doing: Doing, request: Request) -> None:
        _act(doing, request, action, doing.given)

    return do


def _act(doing: Doing, request: Request, action: str, given: Mapping[str, Any]) -> None:
    act_within(
        doing.session, doing.actor, doing.now, doing.catalogue, doing.files, request, action, given
    )


def _forward(doing: Doing, request: Request) -> None:
    _act(doing, request, "forward", doing.given)
    bulk_package.hold(doing.session, request, doing.now)


def _execute(doing: Doing, request: Request) -> None:
    """Raises Conflict for what is not executed row by row."""
    outcome = EXECUTION.get(request.kind)
    if outcome is None:
        raise Conflict(NOT_BY_ROWS, request=request.id)
    today = moscow_date(doing.now)
    snapshot = snapshot_of(doing.session, doing.catalogue, request, today)
    find(snapshot, "decide", acting(doing.actor, request))  # first: whether it is its time
    rows = [RowDecision(row.id, outcome) for row in request.rows if not row.outcome]
    if not rows:
        raise Conflict("Открытых строк в ней нет.", request=request.id)
    _act(doing, request, "decide", {"rows": rows})


BULKS: Mapping[str, Bulk] = MappingProxyType(
    {
        "take": Bulk("Взять себе", "взята", _take),
        "assign": Bulk("Назначить", "передана", _assign, ("assignee", "note")),
        "request_info": Bulk(
            "Запросить данные",
            "запрос отправлен",
            _acted("request_info"),
            ("text",),
            "request_info",
        ),
        "forward": Bulk(
            "Передать пакетом",
            "передана",
            _forward,
            ("forwarded_to", "external_no", "note"),
            "forward",
        ),
        "execute": Bulk("Исполнить", "открытые строки исполнены", _execute, action="decide"),
        "close": Bulk("Закрыть", "закрыта", _acted("close"), action="close"),
    }
)
OPTIONAL = frozenset({"note", "external_no"})


def start(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    request_ids: Sequence[int],
    given: Mapping[str, Any],
) -> int:
    """The id of the job; nothing is done yet. Raises Invalid for what is missing."""
    actor.require(*MIAC)
    if action not in BULKS:
        raise NotFound("Такого действия со многими заявками нет.", action=action)
    ids = list(dict.fromkeys(request_ids))
    if not ids:
        raise Invalid("Отметьте заявки.", {"pick": "Отметьте заявки."})
    if len(ids) > MOST:
        raise Invalid(f"За один раз можно не больше {MOST} заявок.", {"pick": "Слишком много."})
    taken = _given(BULKS[action], given)
    with db.write() as session:
        job = BulkJob(user_id=actor.user_id or 0, action=action, given=taken, request_ids=ids,
                      created_at=now)  # fmt: skip
        session.add(job)
        session.flush()
        return job.id


def _given(bulk: Bulk, given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Invalid with a sentence by field."""
    taken: dict[str, Any] = {}
    flaws: dict[str, str] = {}
    for key in bulk.asks:
        if key == "assignee":
            taken[key] = given.get(key)
            continue
        text = str(given.get(key, "")).strip()
        longest = ASKS[key].max_length
        if not text and key not in OPTIONAL:
            flaws[key] = f"Заполните: {ASKS[key].label.lower()}."
        elif len(text) > longest:
            flaws[key] = f"Длиннее {longest} знаков: сократите."
        if text:
            taken[key] = text
    if flaws:
        raise Invalid("Заполните то, что отмечено.", flaws)
    return taken


def hindrance(actor: Actor, bulk: Bulk, request: Request) -> str:
    """Why it would not be done, as far as its state tells; "" where that says nothing."""
    kind: Kind = request.kind  # type: ignore[assignment] # written from the kinds alone
    if bulk.action == "decide" and kind not in EXECUTION:
        return NOT_BY_ROWS
    try:
        if bulk.action:
            known = Snapshot(kind, request.state, outside=request.outside)
            find(known, bulk.action, acting(actor, request))
        else:
            assignments.require_at_work(actor, request)
    except (Conflict, Forbidden) as refusal:
        return refusal.message
    return ""


def job(session: Session, actor: Actor, job_id: int) -> BulkJob:
    """For everybody of МИАЦ to read. Raises NotFound, Forbidden."""
    actor.require(*MIAC)
    found = session.get(BulkJob, job_id)
    if found is None:
        raise NotFound("Такого задания нет.", bulk_job=job_id)
    return found


def may_go_on(actor: Actor, found: BulkJob) -> bool:
    """It is done in the name of whoever began it."""
    return found.user_id == actor.user_id


def unfinished(session: Session, actor: Actor) -> Sequence[BulkJob]:
    """What the actor began and did not see to its end."""
    query = (
        select(BulkJob)
        .where(BulkJob.user_id == (actor.user_id or 0), BulkJob.state == "running")
        .order_by(BulkJob.id.desc())
        .limit(RECENT)
    )
    return session.scalars(query).all()


def step(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    job_id: int,
    clock: Callable[[], float] = monotonic,
) -> BulkJob:
    """Does the next ones, for a second or two, at least one; the job as it then stands.

    Raises NotFound, Conflict where another began it.
    """
    until = clock() + STEP_SECONDS
    while True:
        done = _next_or_skipped(db, actor, now, catalogue, files, job_id)
        if done.state == "done" or clock() >= until:
            return done


def _next_or_skipped(
    db: Database,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    job_id: int,
) -> BulkJob:
    """A fault of the program's own keeps one back and not those behind it."""
    with db.read() as session:
        at = job(session, actor, job_id).done
    try:
        with db.write() as session:
            return _next(session, actor, now, catalogue, files, job_id)
    except (AccessflowError, OperationalError):  # the latter: the database, not this one
        raise
    except Exception:
        log.exception("bulk job %s broke off at %s", job_id, at)
    with db.write() as session:
        return _skipped(session, actor, job_id, at)


def _next(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    job_id: int,
) -> BulkJob:
    """One of them, or what comes after the last."""
    found = _locked(session, actor, job_id)
    if found.state == "done":
        return found
    if not may_go_on(actor, found):
        raise Conflict("Продолжить может тот, кто начал.", bulk_job=job_id)
    if found.done < len(found.request_ids):
        doing = Doing(session, actor, now, catalogue, files, found.given)
        _note(found, _one(doing, BULKS[found.action], found.request_ids[found.done]))
    if found.done == len(found.request_ids):
        if found.action == "forward":
            bulk_package.gather(session, catalogue, found, now)
        found.state = "done"
    return found


def _skipped(session: Session, actor: Actor, job_id: int, at: int) -> BulkJob:
    """The one at `at` is noted as not done, unless somebody has gone on from there."""
    found = _locked(session, actor, job_id)
    if found.done == at and at < len(found.request_ids):
        request_id = found.request_ids[at]
        _note(found, {"id": request_id, "number": _number(session, actor, request_id),
                      "ok": False, "text": BROKEN})  # fmt: skip
        if found.done == len(found.request_ids):
            found.state = "done"
    return found


def _locked(session: Session, actor: Actor, job_id: int) -> BulkJob:
    found = job(session, actor, job_id)
    session.refresh(found, with_for_update=True)
    return found


def _note(found: BulkJob, result: dict[str, Any]) -> None:
    found.results = [*found.results, result]
    found.done += 1


def _one(doing: Doing, bulk: Bulk, request_id: int) -> dict[str, Any]:
    """What came of it; a refusal leaves the application as it was."""
    try:
        with doing.session.begin_nested():
            request = locked(doing.session, doing.actor, request_id)
            bulk.do(doing, request)
            return {"id": request_id, "number": request.number, "ok": True, "text": bulk.done}
    except (Conflict, Forbidden, Invalid, NotFound) as refusal:
        number = _number(doing.session, doing.actor, request_id)
        return {"id": request_id, "number": number, "ok": False, "text": _reason(refusal)}


def _number(session: Session, actor: Actor, request_id: int) -> str:
    seen = scope.requests_seen(actor)
    query = select(Request.number).where(Request.id == request_id, seen)
    return session.scalar(query) or "—"


def _reason(refusal: AccessflowError) -> str:
    told = refusal.fields.values() if isinstance(refusal, Invalid) else ()
    return " ".join(dict.fromkeys(told)) or refusal.message
