"""An import as a whole: read from the file, looked at, chosen from, and what was not taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import ImportJob, ImportRow
from accessflow.documents.sheet_in import read_tables
from accessflow.domain.errors import Conflict, NotFound
from accessflow.forms.sheets.staff import LABELS, StaffSheet, recognise
from accessflow.forms.sheets.staff_checks import understand
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.imports.plan import TAKEN_BY_ITSELF, plan_rows

KINDS = ("staff", "frmr")
KEPT_JOBS = 20


def start(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    filename: str,
    data: bytes,
    area_code: str | None,
) -> int:
    """Reads the file and says, row by row, what would be done. The id of the job.

    Raises Invalid for a file that is no list of staff, NotFound, Forbidden.
    """
    organization_id = actor.organization_id or 0
    scope.require_people_changed(actor, organization_id)
    sheet = recognise(read_tables(data, filename))
    rows = understand(sheet, moscow_date(now), default_code=area_code)
    with db.read() as session:
        lines = plan_rows(session, organization_id, kind, rows, moscow_date(now))
    with db.write() as session:
        job = ImportJob(
            kind=kind if kind in KINDS else KINDS[0],
            organization_id=organization_id,
            user_id=actor.user_id or 0,
            filename=filename[-255:],
            summary=_summary(sheet, lines),
            total=len(lines),
            created_at=now,
        )
        session.add(job)
        session.flush()
        session.execute(insert(ImportRow), [{**line, "job_id": job.id} for line in lines])
        return job.id


def job(session: Session, actor: Actor, job_id: int) -> ImportJob:
    """Raises NotFound, also for another organisation's."""
    found = session.get(ImportJob, job_id)
    if found is None or not scope.may_change_people(actor, found.organization_id):
        raise NotFound("Такой загрузки нет.", import_job=job_id)
    return found


def recent(session: Session, actor: Actor) -> list[ImportJob]:
    return list(
        session.scalars(
            select(ImportJob)
            .where(ImportJob.organization_id == (actor.organization_id or 0))
            .order_by(ImportJob.id.desc())
            .limit(KEPT_JOBS)
        )
    )


def listed(job_id: int, show: str) -> Select[ImportRow]:
    """`show`: all, flawed, or a plan or outcome."""
    query = select(ImportRow).where(ImportRow.job_id == job_id)
    if show == "flawed":
        return query.where(ImportRow.flawed)
    if show == "all":
        return query
    return query.where(func.coalesce(func.nullif(ImportRow.outcome, ""), ImportRow.plan) == show)


def chosen_count(session: Session, job_id: int) -> int:
    query = select(func.count()).where(ImportRow.job_id == job_id, ImportRow.chosen)
    return session.scalar(query) or 0


def choose(
    db: Database, *, actor: Actor, job_id: int, shown: Sequence[int], chosen: Sequence[int]
) -> None:
    """Of the rows `shown` on a page, takes those `chosen`. Raises Conflict once it has begun."""
    with db.write() as session:
        _in_preview(session, actor, job_id)
        for picked in (True, False):
            ids = [row for row in shown if (row in chosen) is picked]
            session.execute(
                update(ImportRow)
                .where(
                    ImportRow.job_id == job_id, ImportRow.id.in_(ids), ImportRow.plan != "refused"
                )
                .values(chosen=picked)
            )


def choose_all(db: Database, *, actor: Actor, job_id: int, chosen: bool) -> None:
    """All rows that need no question, or none at all."""
    with db.write() as session:
        _in_preview(session, actor, job_id)
        rows = update(ImportRow).where(ImportRow.job_id == job_id)
        session.execute(rows.values(chosen=False))
        if chosen:
            session.execute(rows.where(ImportRow.plan.in_(TAKEN_BY_ITSELF)).values(chosen=True))


def _in_preview(session: Session, actor: Actor, job_id: int) -> ImportJob:
    found = job(session, actor, job_id)
    if found.state != "preview":
        raise Conflict("Загрузка уже идёт: выбор строк больше не меняется.", import_job=job_id)
    return found


def _summary(sheet: StaffSheet, lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    table = sheet.header.table
    lines = list(lines)
    plans = Counter(line["plan"] for line in lines)
    return {
        "sheet": table.name,
        "header_row": sheet.header.row,
        "fields": [name for name in LABELS if sheet.column(name) is not None],
        "notes": list(sheet.notes),
        "plans": dict(plans),
        "flawed": sum(1 for line in lines if line["flawed"]),
        "outcomes": {},
    }
