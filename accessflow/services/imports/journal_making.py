"""Rows of the old journal become closed applications: no letters, no terms, but rights opened and
closed by them as of their days."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accessflow.db.tables import Employment, ImportRow, Organization, Request, RequestRow
from accessflow.domain.text import clean
from accessflow.forms.spec import Action
from accessflow.services import history, ledger, totals
from accessflow.services.applications import new_row
from accessflow.services.clock import MOSCOW
from accessflow.services.imports.accounts import follow_dismissals
from accessflow.services.imports.matched import name_of, refuse
from accessflow.services.imports.task import Task
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import KINDS
from accessflow.services.numbers import next_value

LONGEST_NUMBER = 32
_OWN = re.compile(r"\d{4}-\d+")
"""How our own numbers look: one of the journal's must not be in the way of one to come."""
_STATES = {"executed": "closed", "refused": "refused", "annulled": "annulled"}
_RANK = ("annulled", "refused", "closed")
_ROW_KEYS = ("last_name", "first_name", "middle_name", "no_middle_name", "snils", "position")


def journal_key(values: Mapping[str, str]) -> str:
    """By which rows are of one application: its number and year, or its day where it has none."""
    day = values.get("filed_on") or values.get("executed_on", "")
    number = clean(values.get("number", "")).casefold()
    told = (number, day[:4] if number else day, values["system"], values["action"])
    return hashlib.sha256("|".join(told).encode()).hexdigest()


TakenOver = Mapping[tuple[int, str], Request]
"""By organisation and `journal_key`."""


def taken_over(session: Session, rows: Iterable[Mapping[str, str]]) -> TakenOver:
    """The applications that rows belong to, as far as they were taken over before."""
    keys = {journal_key(values) for values in rows}
    query = select(Request).where(Request.journal_key.in_(keys))
    found = session.scalars(query.options(selectinload(Request.rows)))
    return {(request.organization_id, request.journal_key or ""): request for request in found}


def row_of(request: Request, values: Mapping[str, str]) -> RequestRow | None:
    """The row of that person and role, as far as the application has it."""
    wanted = _who(values)
    return next((row for row in request.rows if _who(row.answers) == wanted), None)


def _who(values: Mapping[str, str]) -> tuple[str, str]:
    return values.get("snils") or name_of(values).key, values.get("role", "")


@dataclass
class Journaling:
    """Takes rows over, in one transaction."""

    session: Session
    task: Task
    houses: dict[int, Organization] = field(default_factory=dict)
    decided: list[tuple[Request, RequestRow, date | None]] = field(default_factory=list)

    def take(self, rows: Sequence[ImportRow]) -> None:
        lock_jobs(self.session, (row.employment_id for row in rows if row.employment_id))
        jobs = self._jobs(rows)
        known = dict(taken_over(self.session, [row.values for row in rows]))
        touched: dict[int, Request] = {}
        for row in rows:
            place = (row.organization_id or 0, journal_key(row.values))
            request = known.get(place)
            if request is not None and row_of(request, row.values) is not None:
                row.outcome, row.made_id = "same", request.id
                continue
            if row.plan == "choose" and row.employment_id is None:
                refuse(row, "Не выбрано, о ком строка.")
                continue
            row.outcome = "changed" if request else "created"
            request = known[place] = request or self._new(row)
            self._add(request, row, jobs.get(row.employment_id or 0))
            row.made_id = request.id
            touched[request.id] = request
        self.session.flush()
        for request in touched.values():
            request.row_count = len(request.rows)
            totals.reindex(self.session, self.task.catalogue, request)
        ledger.take_over(self.session, self.task.catalogue, self.decided, self.task.now)
        follow_dismissals(self.session, self.task, sorted(jobs))

    def _jobs(self, rows: Sequence[ImportRow]) -> dict[int, Employment]:
        ids = {row.employment_id for row in rows if row.employment_id}
        query = select(Employment).where(Employment.id.in_(ids))
        return {job.id: job for job in self.session.scalars(query)}

    def _new(self, row: ImportRow) -> Request:
        values = row.values
        action: Action = "grant" if values["action"] == "grant" else "revoke"
        system = self.task.catalogue.system(values["system"])
        form = self.task.catalogue.form(system.form_for(action), on=self.task.today)
        filed = _day(values, "filed_on") or _day(values, "executed_on") or self.task.today
        at = _noon(filed)
        request = Request(
            number=self._number(values, filed),
            kind=KINDS[action],
            state=_STATES[values["state"]],
            action=action,
            organization=self._house(row.organization_id or 0),
            author_id=self.task.actor.user_id,
            form=form.slug,
            form_version=form.version,
            system=system.slug,
            our_ref=values.get("number", "")[:64],
            our_date=filed,
            fields={},
            registration_no=self._registration(values),
            journal_key=journal_key(values),
            created_at=at,
            updated_at=at,
            state_at=at,
        )
        self.session.add(request)
        self.session.flush()
        history.record(
            self.session, actor=self.task.actor, now=self.task.now, entity="request",
            entity_id=request.id, event="imported",
            what={"Старый журнал": ["—", f"{self.task.filename}, строка {row.number}"]},
        )  # fmt: skip
        return request

    def _add(self, request: Request, row: ImportRow, job: Employment | None) -> None:
        values = row.values
        answers = {key: values[key] for key in _ROW_KEYS if values.get(key)}
        if values.get("initials"):
            answers["first_name"] = values["initials"]
        answers["role"] = values.get("role", "")
        made = new_row(len(request.rows) + 1, answers)
        made.employment_id = job.id if job else None
        done = values["state"] == "executed"
        made.outcome = "refused"
        if done:
            made.outcome = "granted" if request.action == "grant" else "revoked"
        else:
            made.cause = clean(values.get("note", ""))[:500]
        on = _day(values, "executed_on")
        made.decided_at = _noon(on) if on else None
        request.rows.append(made)
        state = _STATES[values["state"]]
        request.state = max(request.state, state, key=_RANK.index)
        if on is not None:
            request.updated_at = request.state_at = max(request.updated_at, _noon(on))
        if done and job is not None:
            self.decided.append((request, made, on))

    def _number(self, values: Mapping[str, str], filed: date) -> str:
        """The journal's own where nobody has it, else with its year or a figure behind it."""
        told = clean(values.get("number", ""))
        if not told:
            told = f"б/н-{next_value(self.session, 'journal')}"
        base = (f"Ж-{told}" if _OWN.fullmatch(told) else told)[: LONGEST_NUMBER - 6]
        for number in (base, f"{base}/{filed:%Y}"):
            if self._is_free(number):
                return number
        n = 2
        while not self._is_free(number := f"{base}({n})"):
            n += 1
        return number

    def _is_free(self, number: str) -> bool:
        with self.session.no_autoflush:  # every number given so far stands there already
            found = self.session.scalar(select(Request.id).where(Request.number == number))
        return found is None

    def _registration(self, values: Mapping[str, str]) -> str | None:
        number = clean(values.get("registration_no", ""))[:64]
        taken = select(Request.id).where(Request.registration_no == number)
        return number if number and self.session.scalar(taken) is None else None

    def _house(self, organization_id: int) -> Organization:
        if organization_id not in self.houses:
            self.houses[organization_id] = self.session.get_one(Organization, organization_id)
        return self.houses[organization_id]


def _day(values: Mapping[str, str], key: str) -> date | None:
    return date.fromisoformat(values[key]) if values.get(key) else None


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), MOSCOW)
