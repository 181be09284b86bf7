"""A personnel system's export of dismissals, or a pasted list of them, as a kind of list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Dismissal, Employment, ImportRow
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.dismissals import read_dismissals, recognise_dismissals
from accessflow.forms.sheets.listing import ListRow
from accessflow.forms.sheets.staff import LABELS as STAFF
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.table import Table
from accessflow.services import people, scope
from accessflow.services.actor import Actor
from accessflow.services.dismissal_entering import Dismissing, enter_within
from accessflow.services.dismissals import impossible
from accessflow.services.imports.matched import (
    ASKED,
    PERSON_LABELS,
    PeopleList,
    jobs_of,
    known_houses,
    line,
    matched_rows,
    question,
    refuse,
    whom,
)
from accessflow.services.imports.task import Line, Task
from accessflow.services.list_matching import Matched

TWICE = "Об этом человеке в списке есть ещё строка: возьмите одну."
TWO_JOBS = "У этого человека здесь не одна должность. Выберите, с какой он(а) уволен(а)."
_OUTCOMES = {"made": "created", "moved": "changed", "same": "same"}


class Dismissals(PeopleList):
    labels: ClassVar[Mapping[str, str]] = {
        "order_no": "Номер приказа",
        "order_date": "Дата приказа",
        **PERSON_LABELS,
        "personnel_no": STAFF["personnel_no"],
        "unit": STAFF["unit"],
        "position": STAFF["position"],
        "dismissed_on": "Дата увольнения",
        "ground": "Основание",
    }
    by_itself = frozenset({"new", "move", "same"})

    def may(self, actor: Actor, organization_id: int | None) -> bool:
        return organization_id is not None and scope.may_change_people(actor, organization_id)

    def read(
        self, session: Session, task: Task, tables: Sequence[Table]
    ) -> tuple[StaffSheet, Sequence[ListRow]]:
        sheet = recognise_dismissals(tables)
        return sheet, read_dismissals(sheet, task.today)

    def plan(self, session: Session, task: Task, rows: Sequence[ListRow]) -> list[Line]:
        known = known_houses(session, task)
        found = [
            (row, matched and _of_which_job(matched, task.today))
            for row, _, matched in matched_rows(session, known, task, rows, task.today)
        ]
        jobs = [m.job.id for _, m in found if m and m.job]
        standing = _standing(session, jobs)
        told = _told_before(session, task, found)
        return [self._line(task, row, matched, standing, told) for row, matched in found]

    def take(self, session: Session, task: Task, rows: Sequence[ImportRow]) -> None:
        jobs = jobs_of(session, task, rows)
        taken = _taken_before(session, task.job_id, [job.id for job in jobs.values()])
        whats: dict[int, Dismissing] = {}
        for row in rows:
            job = jobs.get(row.id)
            if job is None:
                continue
            what = _dismissing(row.values, job, task.job_id)
            why = impossible(job, what.dismissed_on, task.today)
            if job.id in taken:
                why = TWICE
            if why:
                refuse(row, why)
            else:
                taken.add(job.id)
                whats[row.id] = what
        entered = enter_within(
            session, actor=task.actor, now=task.now, catalogue=task.catalogue,
            whats=whats.values(),
        )  # fmt: skip
        by_job = {one.employment_id: one for one in entered}
        for row in rows:
            if row.id in whats:
                one = by_job[whats[row.id].employment_id]
                row.outcome, row.made_id = _OUTCOMES[one.how], one.id

    def _line(
        self,
        task: Task,
        row: ListRow,
        matched: Matched | None,
        standing: dict[int, Dismissal],
        told: set[str],
    ) -> Line:
        if matched is None:
            return line(row, "refused", organization_id=task.own)
        about = {"organization_id": task.own, **whom(matched)}
        if matched.how in ASKED:
            return line(row, matched.how, question(row, matched.why), **about)
        job = matched.jobs[0]
        day = date.fromisoformat(row.values["dismissed_on"])
        if why := impossible(job, day, task.today):
            flaw = Defect(row.number, "dismissed_on", "day", "error", why)
            return line(row, "refused", flaw, **about)
        now = standing.get(job.id)
        if _dismissing(row.values, job).key in told or (now and now.dismissed_on == day):
            return line(row, "same", chosen=True, **about)
        if now is not None:
            moved = f"Сейчас записано {now.dismissed_on:%d.%m.%Y}: станет {day:%d.%m.%Y}."
            flaw = Defect(row.number, "dismissed_on", "moved", "warning", moved)
            return line(row, "move", flaw, chosen=True, **about)
        return line(row, "new", chosen=True, **about)


def entered_by(session: Session, job_id: int) -> list[int]:
    """The dismissals that a list has entered or moved and that still stand."""
    query = (
        select(Dismissal.id)
        .join(ImportRow, ImportRow.made_id == Dismissal.id)
        .where(
            ImportRow.job_id == job_id,
            ImportRow.outcome.in_(("created", "changed")),
            Dismissal.cancelled_at.is_(None),
        )
    )
    return list(session.scalars(query.order_by(ImportRow.number)))


def _of_which_job(matched: Matched, on: date) -> Matched:
    """A person with several jobs here: which one ends is for somebody to say, unless the row's own
    number of personnel tells."""
    row = matched.row
    now = [job for job in matched.jobs if people.is_current(job, on)]
    number = row.values.get("personnel_no", "").lstrip("0")
    told = [job for job in now if number and job.personnel_no.lstrip("0") == number]
    if matched.how == "sure" and len(now) > 1 and len(told) != 1:
        return Matched(row, "choose", tuple(now), TWO_JOBS)
    return matched


def _standing(session: Session, jobs: Sequence[int]) -> dict[int, Dismissal]:
    query = select(Dismissal).where(
        Dismissal.employment_id.in_(jobs), Dismissal.cancelled_at.is_(None)
    )
    return {dismissal.employment_id: dismissal for dismissal in session.scalars(query)}


def _told_before(
    session: Session, task: Task, found: Sequence[tuple[ListRow, Matched | None]]
) -> set[str]:
    """Keys of rows that a dismissal, cancelled since maybe, was entered by."""
    keys = {_dismissing(row.values, m.job).key for row, m in found if m and m.job}
    query = select(Dismissal.source_key).where(
        Dismissal.organization_id == task.own, Dismissal.source_key.in_(keys)
    )
    return {key for key in session.scalars(query) if key}


def _taken_before(session: Session, job_id: int, jobs: Sequence[int]) -> set[int]:
    """Whom another row of the same list has dismissed."""
    query = select(ImportRow.employment_id).where(
        ImportRow.job_id == job_id,
        ImportRow.employment_id.in_(jobs),
        ImportRow.outcome.in_(_OUTCOMES.values()),
    )
    return {job for job in session.scalars(query) if job}


def _dismissing(
    values: Mapping[str, str], job: Employment, job_id: int | None = None
) -> Dismissing:
    ordered = values.get("order_date")
    return Dismissing(
        employment_id=job.id,
        dismissed_on=date.fromisoformat(values["dismissed_on"]),
        order_no=values.get("order_no", ""),
        order_date=date.fromisoformat(ordered) if ordered else None,
        ground=values.get("ground", ""),
        import_job_id=job_id,
    )
