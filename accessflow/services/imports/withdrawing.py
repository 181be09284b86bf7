"""A list of accounts that turned out wrong is taken back whole, in steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import ImportJob, LedgerEntry
from accessflow.domain.errors import Conflict, Invalid
from accessflow.domain.text import clean
from accessflow.services import ledger
from accessflow.services.actor import Actor
from accessflow.services.imports.accounts import follow_dismissals
from accessflow.services.imports.jobs import job as find_job
from accessflow.services.imports.task import task_of

CHUNK = 200


def told(session: Session, job_id: int) -> int:
    """How many rights stand in the ledger by this list."""
    query = select(func.count()).where(
        LedgerEntry.import_job_id == job_id, LedgerEntry.withdrawn_at.is_(None)
    )
    return session.scalar(query) or 0


def withdraw_some(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, job_id: int, why: str = ""
) -> ImportJob:
    """Takes back the next rights; the job's `state` is «withdrawn» after the last ones.

    `why` is asked for at the first step. Raises Invalid, Conflict, NotFound.
    """
    with db.write() as session:
        job = find_job(session, actor, job_id)
        session.refresh(job, with_for_update=True)
        if job.state == "withdrawn":
            return job
        if job.state == "done":
            _begin(session, job, why)
        if job.state != "withdrawing":
            raise Conflict("Этот список ещё не внесён: отменять нечего.", import_job=job_id)
        jobs = ledger.withdraw_list_part(session, job_id, now, job.summary["why"], CHUNK)
        follow_dismissals(session, task_of(job, actor, now, catalogue), sorted(set(jobs)))
        job.done += len(jobs)
        if len(jobs) < CHUNK:
            job.state = "withdrawn"
            job.summary = {**job.summary, "withdrawn": job.done}
        return job


def _begin(session: Session, job: ImportJob, why: str) -> None:
    reason = clean(why)[:200]
    if not reason:
        message = "Напишите, почему список отменяется: это останется в истории прав."
        raise Invalid(message, {"why": message})
    if job.kind != "accounts":
        raise Conflict("Отменить целиком можно только список учётных записей.", import_job=job.id)
    job.state, job.done, job.total = "withdrawing", 0, told(session, job.id)
    job.summary = {**job.summary, "why": reason}
