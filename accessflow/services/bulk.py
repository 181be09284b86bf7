"""One action on many applications: what there is to do, what it asks for, the job that keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import BulkJob, Request
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.services import asking, assignments, scope
from accessflow.services.actor import Actor
from accessflow.services.bulk_doing import BULKS, CHECKS, OPTIONAL, Bulk, execution
from accessflow.services.clock import moscow_date
from accessflow.services.snapshots import acting
from accessflow.workflow.asks import ASKS
from accessflow.workflow.decide import find
from accessflow.workflow.given import read
from accessflow.workflow.rows import MIAC
from accessflow.workflow.snapshot import Snapshot
from accessflow.workflow.spec import Kind

MOST = 1000
"""So many at once."""
RECENT = 20


def asks_of(action: str, requests: Iterable[Request]) -> tuple[str, ...]:
    """What is to be given for these: to execute, words for whoever reported a problem alone."""
    if action == "execute" and not any(request.kind == "technical" for request in requests):
        return ()
    return BULKS[action].asks


def start(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
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
    with db.write() as session:
        picked = session.scalars(
            select(Request).where(Request.id.in_(ids), scope.requests_seen(actor))
        )
        taken = _given(asks_of(action, picked), given, catalogue, moscow_date(now))
        if action == "execute" and "text" in taken:
            taken["note"] = taken["text"]  # what is told of an ЭМД or of the network, too
        job = BulkJob(user_id=actor.user_id or 0, action=action, given=taken, request_ids=ids,
                      created_at=now)  # fmt: skip
        session.add(job)
        session.flush()
        return job.id


def _given(
    asks: Sequence[str], given: Mapping[str, Any], catalogue: Catalogue, today: date
) -> dict[str, Any]:
    """As JSON keeps it. Raises Invalid with a sentence by field."""
    taken: dict[str, Any] = {}
    flaws: dict[str, str] = {}
    if "answer_by" in asks and given.get(CHECKS):
        taken[CHECKS] = True
    for key in asks:
        if key == "assignee":
            taken[key] = given.get(key)
            continue
        try:
            value = read(ASKS[key], str(given.get(key, "")))
            if isinstance(value, date):
                value = asking.first_day(catalogue, value, today).isoformat()
        except ValueError as error:
            flaws[key] = str(error)
            continue
        if value:
            taken[key] = value
        elif key not in OPTIONAL and not (key == "text" and CHECKS in taken):
            flaws[key] = f"Заполните: {ASKS[key].label.lower()}."
    if flaws:
        raise Invalid("Заполните то, что отмечено.", flaws)
    return taken


def hindrance(actor: Actor, bulk: Bulk, request: Request) -> str:
    """Why it would not be done, as far as its state tells; "" where that says nothing."""
    kind: Kind = request.kind  # type: ignore[assignment] # written from the kinds alone
    try:
        if bulk.action:
            known = Snapshot(kind, request.state, outside=request.outside)
            action = execution(request)[0] if bulk.action == "execute" else bulk.action
            find(known, action, acting(actor, request))
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
