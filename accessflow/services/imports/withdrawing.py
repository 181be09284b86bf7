"""A list of accounts, or a journal, that turned out wrong is taken back whole, in steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import ImportJob, LedgerEntry
from accessflow.domain.errors import Conflict, Invalid
from accessflow.domain.text import clean
from accessflow.services import ledger_imports
from accessflow.services.actor import Actor
from accessflow.services.imports import journal_withdrawing
from accessflow.services.imports.accounts import follow_dismissals
from accessflow.services.imports.jobs import job as find_job
from accessflow.services.imports.journal_withdrawing import Obstacle
from accessflow.services.imports.task import task_of

CHUNK = 200
KINDS = ("accounts", "journal")
"""The lists that can be taken back."""


def told(session: Session, job: ImportJob) -> int:
    """How many rights stand in the ledger by this list; of a journal, how many rows came in."""
    if job.kind == "journal":
        return journal_withdrawing.rows_in(session, job.id)
    query = select(func.count()).where(
        LedgerEntry.import_job_id == job.id, LedgerEntry.withdrawn_at.is_(None)
    )
    return session.scalar(query) or 0


def obstacles(session: Session, catalogue: Catalogue, job: ImportJob) -> tuple[Obstacle, ...]:
    """What has been built upon it and keeps it from being taken back."""
    if job.kind != "journal" or job.state != "done":
        return ()
    return journal_withdrawing.obstacles(session, catalogue, job)


def withdraw_some(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, job_id: int, why: str = ""
) -> ImportJob:
    """Takes back the next rights, or rows of a journal; the job's `state` is «withdrawn» after the
    last ones.

    `why` is asked for at the first step. Raises Invalid, Conflict, also where something has
    been built upon it, NotFound.
    """
    with db.write() as session:
        job = find_job(session, actor, job_id)
        session.refresh(job, with_for_update=True)
        if job.state == "withdrawn":
            return job
        if job.state == "done":
            _begin(session, catalogue, job, why)
        if job.state != "withdrawing":
            raise Conflict("Этот список ещё не внесён: отменять нечего.", import_job=job_id)
        task, why = task_of(job, actor, now, catalogue), job.summary["why"]
        if job.kind == "journal":
            jobs = journal_withdrawing.take_back(session, task, job, why, CHUNK)
        else:
            jobs = ledger_imports.withdraw_list_part(session, job_id, now, why, CHUNK)
        follow_dismissals(session, task, sorted(set(jobs)))
        job.done += len(jobs)
        if len(jobs) < CHUNK:
            job.state = "withdrawn"
            job.summary = {**job.summary, "withdrawn": job.done}
        return job


def _begin(session: Session, catalogue: Catalogue, job: ImportJob, why: str) -> None:
    reason = clean(why)[:200]
    if not reason:
        message = "Напишите, почему список отменяется: это останется в истории прав."
        raise Invalid(message, {"why": message})
    if job.kind not in KINDS:
        raise Conflict("Такой список целиком не отменяют.", import_job=job.id)
    if found := obstacles(session, catalogue, job):
        first = found[0]
        number = f" ({first.request.number})" if first.request else ""
        raise Conflict(
            f"Журнал уже не отменить. {first.words}{number}, {first.who or 'кто-то'}.",
            import_job=job.id,
        )
    job.state, job.done, job.total = "withdrawing", 0, told(session, job)
    job.summary = {**job.summary, "why": reason}
