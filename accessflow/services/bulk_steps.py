"""A job of many applications is done step by step, each in a transaction of its own.

The job notes each result in the transaction that brought it about: whatever breaks off in between,
nothing is done twice, nothing is forgotten, and the job goes on where it stood.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import BulkJob, Request
from accessflow.domain.errors import AccessflowError, Conflict, Forbidden, Invalid, NotFound
from accessflow.services import assigned_letters, bulk_package, scope
from accessflow.services.actor import Actor
from accessflow.services.applications import locked
from accessflow.services.bulk import job, may_go_on
from accessflow.services.bulk_doing import BULKS, Bulk, Doing
from accessflow.services.outbox import Box

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

log = logging.getLogger("accessflow.bulk")

STEP_SECONDS = 1.5
"""A step goes on taking the next ones for so long."""
BROKEN = "Помешала ошибка программы: она записана в журнал, заявка не изменилась."


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
        elif found.action == "assign":
            assigned_letters.write_of_job(Box(session, catalogue, now), actor, found)
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
            said = bulk.do(doing, request) or bulk.done
            return {"id": request_id, "number": request.number, "ok": True, "text": said}
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
