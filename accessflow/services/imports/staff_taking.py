"""Taking rows of a list of staff: people are taken on, their jobs changed, notes made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, ImportRow, Person, Unit
from accessflow.services import employments, history
from accessflow.services.actor import Actor
from accessflow.services.attestations import attest_all
from accessflow.services.imports.plan import (
    Decision,
    decide,
    differences,
    digits_of,
    job_values,
    known_of,
    name_of,
)
from accessflow.services.imports.task import Task
from accessflow.services.person_form import Identity


def take_rows(session: Session, task: Task, rows: Sequence[ImportRow]) -> None:
    """The rows are decided anew: the same call twice, or a person added meanwhile, does no harm."""
    known = known_of(session, task.own, [row.values for row in rows])
    decisions = [
        (row, decide(known, task.kind, row.number, row.values, task.today)) for row in rows
    ]
    if task.kind == "frmr":
        _attest(session, task.actor, task.now, decisions)
    else:
        _Staff(session, task.actor, task.now, task.own).take(decisions)


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
        whos = {row.id: identity_of(row) for row, _ in decisions}
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


def identity_of(row: ImportRow) -> Identity:
    none = row.values.get("no_middle_name") == "1"
    return Identity(digits_of(row.values), name_of(row.values), none)
