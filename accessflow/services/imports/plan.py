"""What would be done with each row of a sheet, told before anything is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accessflow.db.tables import Attestation, EmailClaim, Employment, Person
from accessflow.domain.email import Email
from accessflow.domain.person_name import PersonName
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.staff_rows import StaffRow
from accessflow.services import people
from accessflow.services.employments import name_differs
from accessflow.services.fields import searchable

T = TypeVar("T")
CHUNK = 500
TAKEN_BY_ITSELF = ("new", "change", "same", "attest")
"""Plans that need no answer; a «question» is taken only where somebody picks it."""
JOB_FIELDS = ("position", "personnel_no", "email", "work_phone", "contact_phone", "since")


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has of the people of a chunk. `owners`: address -> СНИЛС that have it."""

    organization_id: int
    persons: dict[str, Person]
    owners: dict[str, set[str]]
    attested: set[int]


@dataclass(frozen=True, slots=True)
class Decision:
    """`changes`: attribute -> new value of `job`; `values` is what may be taken of the row."""

    plan: str
    person: Person | None = None
    job: Employment | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    defects: tuple[Defect, ...] = ()


def plan_rows(
    session: Session, organization_id: int, kind: str, rows: Sequence[StaffRow], today: date
) -> list[dict[str, Any]]:
    """The rows as they are kept in `import_rows`, each with its plan."""
    lines = []
    for chunk in chunks(rows):
        known = known_of(session, organization_id, [row.values for row in chunk])
        for row in chunk:
            if row.refused:
                lines.append(_line(row, "refused"))
                continue
            decision = decide(known, kind, row.number, row.values, today)
            lines.append(_line(row, decision.plan, decision.defects))
    return lines


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]


def known_of(session: Session, organization_id: int, rows: Iterable[Mapping[str, str]]) -> Known:
    values = list(rows)
    numbers = {digits_of(row) for row in values if row.get("snils")}
    addresses = {Email(row["email"]).normalized for row in values if row.get("email")}
    persons = session.scalars(
        select(Person)
        .where(Person.snils.in_(numbers))
        .options(selectinload(Person.employments).options(joinedload(Employment.unit)))
    ).all()
    found = {person.snils: person for person in persons}
    return Known(organization_id, found, _owners(session, addresses), _attested(session, persons))


def decide(
    known: Known, kind: str, number: int, values: Mapping[str, str], today: date
) -> Decision:
    """What is to be done with one readable row."""
    person = known.persons.get(digits_of(values))
    name = name_of(values)
    if kind == "frmr":
        return _decide_note(known, person, name, number, today)
    values, defects = _without_taken_address(known, number, values)
    job = current_job(person, known.organization_id, values, today) if person else None
    if person and people.name_of(person).key != name.key:
        ours = people.works_in(person, known.organization_id)
        message = name_differs(people.name_of(person) if ours else None)
        asked = Defect(number, "last_name", "name_differs", "warning", message)
        return Decision("question", person, job, values, defects=(*defects, asked))
    if person is None or job is None:
        return Decision("new", person, None, values, defects=defects)
    changes = differences(job, values)
    plan = "change" if changes else "same"
    return Decision(plan, person, job, values, changes, defects)


def current_job(
    person: Person, organization_id: int, values: Mapping[str, str], today: date
) -> Employment | None:
    """The job that a row speaks of: by number of personnel, by position, else the first one."""
    jobs = [
        job
        for job in person.employments
        if job.organization_id == organization_id and people.is_current(job, today)
    ]
    for name in ("personnel_no", "position"):
        for job in jobs:
            if values.get(name) and getattr(job, name).casefold() == values[name].casefold():
                return job
    return jobs[0] if jobs else None


def differences(job: Employment, values: Mapping[str, str]) -> dict[str, Any]:
    """What the row says otherwise; what it does not say stays. `unit` is a name here."""
    given = job_values(values)
    changed = {name: value for name, value in given.items() if getattr(job, name) != value}
    unit = job.unit.name if job.unit else ""
    if values.get("unit") and values["unit"].casefold() != unit.casefold():
        changed["unit"] = values["unit"]
    return changed


def job_values(values: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a job that the row fills, the unit apart."""
    given: dict[str, Any] = {name: values[name] for name in JOB_FIELDS if values.get(name)}
    if "since" in given:
        given["since"] = date.fromisoformat(given["since"])
    return given


def digits_of(values: Mapping[str, str]) -> str:
    return values.get("snils", "").replace("-", "").replace(" ", "")


def name_of(values: Mapping[str, str]) -> PersonName:
    return PersonName(values["last_name"], values["first_name"], values.get("middle_name", ""))


def _decide_note(
    known: Known, person: Person | None, name: PersonName, number: int, today: date
) -> Decision:
    """A row of the export of ФРМР: is it one of ours, by СНИЛС and name?"""
    if person is None or not current_job(person, known.organization_id, {}, today):
        message = "Человека с этим СНИЛС нет среди работающих у вас. Сначала добавьте его."
        flaw = Defect(number, "snils", "not_staff", "error", message)
        return Decision("refused", defects=(flaw,))
    if people.name_of(person).key != name.key:
        message = f"В ФРМР другое ФИО, чем у вас ({people.name_of(person).full}). Это он(а)?"
        flaw = Defect(number, "last_name", "name_differs", "warning", message)
        return Decision("question", person, defects=(flaw,))
    return Decision("same" if person.id in known.attested else "attest", person)


def _without_taken_address(
    known: Known, number: int, values: Mapping[str, str]
) -> tuple[Mapping[str, str], tuple[Defect, ...]]:
    """An address of somebody else is not taken (R34); whose it is, is not told."""
    address = values.get("email", "")
    owners = known.owners.get(Email(address).normalized, set()) if address else set()
    if not owners - {digits_of(values)}:
        return values, ()
    message = "Этот адрес уже записан у другого человека. Адрес у каждого должен быть свой."
    flaw = Defect(number, "email", "email_not_unique", "error", message)
    return {name: value for name, value in values.items() if name != "email"}, (flaw,)


def _owners(session: Session, addresses: set[str]) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = {}
    address = func.lower(Employment.email)
    used = select(address, Person.snils).join(Employment.person).where(address.in_(addresses))
    claimed = select(EmailClaim.email, EmailClaim.snils).where(EmailClaim.email.in_(addresses))
    for query in (used, claimed):
        for text, digits in session.execute(query):
            owners.setdefault(text, set()).add(digits)
    return owners


def _attested(session: Session, persons: Iterable[Person]) -> set[int]:
    ids = [person.id for person in persons]
    query = select(Attestation.person_id).where(
        Attestation.kind == "frmr", Attestation.person_id.in_(ids)
    )
    return set(session.scalars(query))


def _line(row: StaffRow, plan: str, more: Iterable[Defect] = ()) -> dict[str, Any]:
    """A row as it is kept; each defect with the cell it stands in, «C10»."""
    defects = [_defect(row, defect) for defect in (*row.defects, *more)]
    return {
        "number": row.number,
        "values": dict(row.values),
        "cells": row.raw,
        "defects": defects,
        "flawed": bool(defects),
        "plan": plan,
        "chosen": plan in TAKEN_BY_ITSELF,
        "name": searchable(*(row.values.get(name, "") for name in _NAME))[:255],
    }


_NAME = ("last_name", "first_name", "middle_name")


def _defect(row: StaffRow, defect: Defect) -> dict[str, Any]:
    cell = row.sheet.address(row.number, defect.field) if defect.field else None
    return {**asdict(defect), "cell": cell or ""}
