"""Taking the chosen rows of an import, some hundreds at a time, each step one transaction."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import ImportJob, ImportRow
from accessflow.domain.errors import Conflict
from accessflow.services.actor import Actor
from accessflow.services.imports.jobs import job as find_job
from accessflow.services.imports.kinds import KINDS
from accessflow.services.imports.plan import CHUNK
from accessflow.services.imports.task import task_of


def take_some(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, job_id: int
) -> ImportJob:
    """Takes the next rows; the job's `state` is «done» after the last ones. The same call twice
    does no harm.

    Raises NotFound, Conflict where nothing is chosen.
    """
    with db.write() as session:
        job = find_job(session, actor, job_id)
        session.refresh(job, with_for_update=True)
        if job.state not in ("preview", "running"):
            return job
        if job.state == "preview":
            job.state, job.total = "running", _chosen(session, job_id)
        step = min(CHUNK, KINDS[job.kind].step)
        rows = session.scalars(
            select(ImportRow)
            .where(ImportRow.job_id == job_id, ImportRow.chosen, ImportRow.outcome == "")
            .order_by(ImportRow.number)
            .limit(step)
        ).all()
        if rows:
            KINDS[job.kind].take(session, task_of(job, actor, now, catalogue), rows)
        counts = Counter(job.summary["outcomes"])
        counts.update(row.outcome for row in rows)
        job.summary = {**job.summary, "outcomes": dict(counts)}
        job.done += len(rows)
        if len(rows) < step:
            job.state = "done"
        return job


def _chosen(session: Session, job_id: int) -> int:
    count = select(func.count()).where(ImportRow.job_id == job_id, ImportRow.chosen)
    found = session.scalar(count) or 0
    if not found:
        raise Conflict("Не отмечено ни одной строки.", import_job=job_id)
    return found
