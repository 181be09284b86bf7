"""Taking the chosen rows of an import, some hundreds at a time, each step one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import Employment, ImportJob, ImportRow, Person, Unit
from accessflow.domain.errors import Conflict
from accessflow.services import employments, history
from accessflow.services.actor import Actor
from accessflow.services.attestations import attest_all
from accessflow.services.clock import moscow_date
from accessflow.services.imports.jobs import job as find_job
from accessflow.services.imports.plan import (
    CHUNK,
    Decision,
    decide,
    differences,
    digits_of,
    job_values,
    known_of,
    name_of,
)
from accessflow.services.person_form import Identity


def take_some(db: Database, *, actor: Actor, now: datetime, job_id: int) -> ImportJob:
    """Takes the next rows; the job's `state` is «done» after the last ones.

    The rows are decided anew: the same call twice, or a person added meanwhile, does no harm.
    Raises NotFound.
    """
    with db.write() as session:
        job = find_job(session, actor, job_id)
        session.refresh(job, with_for_update=True)
        if job.state == "done":
            return job
        if job.state == "preview":
            job.state, job.total = "running", _chosen(session, job_id)
        rows = session.scalars(
            select(ImportRow)
            .where(ImportRow.job_id == job_id, ImportRow.chosen, ImportRow.outcome == "")
            .order_by(ImportRow.number)
            .limit(CHUNK)
        ).all()
        _take(session, actor, now, job, rows)
        job.done += len(rows)
        if len(rows) < CHUNK:
            job.state = "done"
        return job


def _chosen(session: Session, job_id: int) -> int:
    ids = session.scalars(
        select(ImportRow.id).where(ImportRow.job_id == job_id, ImportRow.chosen)
    ).all()
    if not ids:
        raise Conflict("Не отмечено ни одной строки.", import_job=job_id)
    return len(ids)


def _take(
    session: Session, actor: Actor, now: datetime, job: ImportJob, rows: Sequence[ImportRow]
) -> None:
    known = known_of(session, job.organization_id, [row.values for row in rows])
    today = moscow_date(now)
    decisions = [(row, decide(known, job.kind, row.number, row.values, today)) for row in rows]
    if job.kind == "frmr":
        _attest(session, actor, now, decisions)
    else:
        _Staff(session, actor, now, job.organization_id).take(decisions)
    counts = Counter(job.summary["outcomes"])
    counts.update(row.outcome for row in rows)
    job.summary = {**job.summary, "outcomes": dict(counts)}


def _attest(
    session: Session, actor: Actor, now: datetime, decisions: list[tuple[ImportRow, Decision]]
) -> None:
    """A row with another name was picked by somebody who knows that it is the same person."""
    noted: list[int] = []
    for row, decision in decisions:
        if decision.person is None:
            row.outcome, row.reason = "refused", decision.defects[0].message
        else:
            row.outcome = "same" if decision.plan == "same" else "changed"
            noted.append(decision.person.id)
    attest_all(session, actor=actor, now=now, person_ids=noted, kind="frmr")


class _Staff:
    """Takes people on and changes their jobs, in one transaction."""

    def __init__(self, session: Session, actor: Actor, now: datetime, organization_id: int):
        self.session, self.actor, self.now = session, actor, now
        self.organization_id = organization_id
        units = session.scalars(select(Unit).where(Unit.organization_id == organization_id))
        self.units = {unit.name.casefold(): unit for unit in units}

    def take(self, decisions: list[tuple[ImportRow, Decision]]) -> None:
        whos = {row.id: _identity(row) for row, _ in decisions}
        strangers = [whos[row.id] for row, decision in decisions if decision.person is None]
        made = employments.persons_of(self.session, actor=self.actor, now=self.now, whos=strangers)
        jobs: list[tuple[Person, dict[str, Any]]] = []
        for row, decision in decisions:
            who = whos[row.id]
            person = decision.person or made[who.digits]
            if not decision.person and not employments.same_name(person, who.name):
                # Another organisation was faster with this СНИЛС, under another name.
                row.outcome, row.reason = "refused", employments.name_differs(None)
                continue
            renamed = decision.plan == "question" and employments.rename(
                self.session, actor=self.actor, now=self.now, person=person, who=who
            )  # somebody picked the row, so the name has changed
            if decision.job is None:
                jobs.append((person, self._job(decision)))
                row.outcome = "created"
            else:
                changed = self._update(decision.job, decision)
                row.outcome = "changed" if changed or renamed else "same"
        employments.add_jobs(
            self.session, actor=self.actor, now=self.now, organization_id=self.organization_id,
            jobs=jobs, event="imported",
        )  # fmt: skip

    def _job(self, decision: Decision) -> dict[str, Any]:
        values = job_values(decision.values)
        if name := decision.values.get("unit"):
            values["unit"] = self._unit(name)
        return values

    def _update(self, job: Employment, decision: Decision) -> bool:
        changes: dict[str, Any] = differences(job, decision.values)
        if "unit" in changes:
            changes["unit"] = self._unit(changes["unit"])
        return employments.update_job(
            self.session, actor=self.actor, now=self.now, row=job, values=changes, event="imported"
        )

    def _unit(self, name: str) -> Unit:
        """The unit of that name, made where there is none, opened again where it was closed."""
        unit = self.units.get(name.casefold())
        if unit is None:
            unit = Unit(organization_id=self.organization_id, name=name)
            self.session.add(unit)
            self.session.flush()
            self.units[name.casefold()] = unit
            history.record(
                self.session, actor=self.actor, now=self.now, entity="unit", entity_id=unit.id,
                event="imported", what={"Подразделение": ["—", name]},
            )  # fmt: skip
        unit.archived_at = None
        return unit


def _identity(row: ImportRow) -> Identity:
    none = row.values.get("no_middle_name") == "1"
    return Identity(digits_of(row.values), name_of(row.values), none)
