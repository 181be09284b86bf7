"""An import as a whole: read from the file, looked at, chosen from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import ImportJob, ImportRow, Organization
from accessflow.documents.sheet_in import read_tables
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.forms.sheets.pasted import tables_of
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.fields import searchable
from accessflow.services.imports.kinds import KINDS
from accessflow.services.imports.plan import chunks
from accessflow.services.imports.task import Task

KEPT_JOBS = 20
PASTED = "вставленный список"
UNSEEN = "reading"
"""The state of one that is still being read, or that the reading of broke off."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody hands over: a file, or a pasted text. `house`: the organisation of rows that
    name none, for МИАЦ to say; `system`, `as_of`: of a list of accounts."""

    kind: str
    filename: str = PASTED
    data: bytes = b""
    text: str = ""
    house: int | None = None
    system: str = ""
    as_of: date | None = None


def start(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, upload: Upload
) -> int:
    """Reads the file and says, row by row, what would be done. The id of the job.

    Raises Invalid for a file that is no such list, NotFound, Forbidden.
    """
    kind = KINDS[upload.kind]
    task = _task(actor, now, catalogue, upload)
    if not kind.may(actor, task.organization_id):
        raise Forbidden("Такой список для этой организации загружает она сама.", kind=upload.kind)
    tables = read_tables(upload.data, upload.filename) if upload.data else tables_of(upload.text)
    with db.read() as session:
        if task.house and session.get(Organization, task.house) is None:
            raise Invalid("Выберите организацию из списка.")
        sheet, rows = kind.read(session, task, tables)
    task = replace(task, job_id=_begin(db, task, sheet))
    plans: Counter[str] = Counter()
    flawed = 0
    for chunk in chunks(rows):
        with db.read() as session:
            lines = kind.plan(session, task, chunk)
        with db.write() as session:
            session.execute(insert(ImportRow), [{**line, "job_id": task.job_id} for line in lines])
        plans.update(line["plan"] for line in lines)
        flawed += sum(1 for line in lines if line["flawed"])
    _show(db, task.job_id, plans, flawed)
    return task.job_id


def _task(actor: Actor, now: datetime, catalogue: Catalogue, upload: Upload) -> Task:
    own = actor.organization_id
    if upload.as_of is not None and upload.as_of > moscow_date(now):
        raise Invalid("День списка ещё не наступил. Проверьте дату.")
    return Task(
        actor=actor,
        now=now,
        catalogue=catalogue,
        kind=upload.kind,
        filename=upload.filename[-255:],
        organization_id=own,
        house=own if own is not None else upload.house,
        system=upload.system,
        as_of=upload.as_of,
    )


def _begin(db: Database, task: Task, sheet: StaffSheet) -> int:
    table = sheet.header.table
    fields = [name for name in KINDS[task.kind].labels if sheet.column(name) is not None]
    with db.write() as session:
        made = ImportJob(
            kind=task.kind,
            organization_id=task.organization_id,
            user_id=task.actor.user_id or 0,
            filename=task.filename,
            system=task.system,
            as_of=task.as_of,
            state=UNSEEN,
            summary={
                "sheet": table.name,
                "header_row": sheet.header.row,
                "fields": fields,
                "notes": list(sheet.notes),
                "house": task.house,
            },
            created_at=task.now,
        )
        session.add(made)
        session.flush()
        return made.id


def _show(db: Database, job_id: int, plans: Mapping[str, int], flawed: int) -> None:
    with db.write() as session:
        made = session.get_one(ImportJob, job_id)
        told = {"plans": dict(plans), "flawed": flawed, "outcomes": {}}
        made.summary = {**made.summary, **told}
        made.total = sum(plans.values())
        made.state = "preview"


def job(session: Session, actor: Actor, job_id: int) -> ImportJob:
    """Raises NotFound, also for another organisation's."""
    found = session.get(ImportJob, job_id)
    if found is None or not KINDS[found.kind].may(actor, found.organization_id):
        raise NotFound("Такой загрузки нет.", import_job=job_id)
    return found


def recent(session: Session, actor: Actor, kinds: Collection[str]) -> list[ImportJob]:
    """Those of the actor's own organisation, or of МИАЦ, newest first."""
    own = actor.organization_id
    mine = ImportJob.organization_id.is_(None) if own is None else ImportJob.organization_id == own
    query = select(ImportJob).where(mine, ImportJob.kind.in_(kinds), ImportJob.state != UNSEEN)
    return list(session.scalars(query.order_by(ImportJob.id.desc()).limit(KEPT_JOBS)))


def listed(job_id: int, show: str, text: str = "") -> Select[ImportRow]:
    """`show`: all, flawed, left (nobody has ticked it), or a plan or outcome; `text`: words of
    names and logins."""
    query = select(ImportRow).where(ImportRow.job_id == job_id)
    for word in searchable(text).split():
        query = query.where(ImportRow.name.contains(word, autoescape=True))
    if show == "flawed":
        return query.where(ImportRow.flawed)
    if show == "all":
        return query
    if show == "left":
        return query.where(ImportRow.outcome == "", ImportRow.plan.not_in(("refused", "blocked")))
    return query.where(func.coalesce(func.nullif(ImportRow.outcome, ""), ImportRow.plan) == show)


def chosen_count(session: Session, job_id: int) -> int:
    query = select(func.count()).where(ImportRow.job_id == job_id, ImportRow.chosen)
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said of the rows `shown` on a page: which are `chosen`, who those are that there
    were several for, and roles that the list did not tell."""

    shown: Sequence[int] = ()
    chosen: Collection[int] = ()
    who: Mapping[int, int] | None = None
    roles: Mapping[int, str] | None = None


def choose(
    db: Database, *, actor: Actor, catalogue: Catalogue, job_id: int, answers: Answers
) -> None:
    """Raises Conflict once it has begun."""
    with db.write() as session:
        found = _in_preview(session, actor, job_id)
        roles = KINDS[found.kind].roles(catalogue, found.system)
        rows = session.scalars(
            select(ImportRow).where(ImportRow.job_id == job_id, ImportRow.id.in_(answers.shown))
        )
        for row in rows:
            _answer(row, answers, roles)


def _answer(row: ImportRow, answers: Answers, roles: Collection[str]) -> None:
    """Somebody picked, or a role, is as good as a tick."""
    row.chosen = row.id in answers.chosen and row.plan != "refused"
    if row.plan == "choose":
        who = (answers.who or {}).get(row.id)
        row.employment_id = who if who in row.candidates else None
        row.chosen = row.employment_id is not None
    if row.id in (answers.roles or {}):
        role = (answers.roles or {}).get(row.id, "")
        row.role = role if role in roles else ""
        row.chosen = bool(row.role) and (row.chosen or row.plan == "ask_role")


def choose_all(db: Database, *, actor: Actor, job_id: int, which: str) -> None:
    """`which`: all that need no question, none at all, or confirm: also those found by name."""
    with db.write() as session:
        kind = KINDS[_in_preview(session, actor, job_id).kind]
        rows = update(ImportRow).where(ImportRow.job_id == job_id)
        plans = {"all": kind.by_itself, "confirm": kind.confirmed}.get(which, frozenset())
        if which != "confirm":
            session.execute(rows.values(chosen=False))
        session.execute(rows.where(ImportRow.plan.in_(plans)).values(chosen=True))


def _in_preview(session: Session, actor: Actor, job_id: int) -> ImportJob:
    found = job(session, actor, job_id)
    if found.state != "preview":
        raise Conflict("Загрузка уже идёт: выбор строк больше не меняется.", import_job=job_id)
    return found
