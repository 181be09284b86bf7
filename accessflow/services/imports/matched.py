"""What lists of dismissals, accounts and old applications have in common: whom rows are about.

A row is matched to the jobs of its organisation; what is not certain waits for a person's word, and
who is nobody's may be taken on with the row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Employment, ImportRow, Organization, Person
from accessflow.domain.person_name import PersonName
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.known import Houses
from accessflow.forms.sheets.listing import ListRow
from accessflow.forms.sheets.organizations import organization_key
from accessflow.forms.sheets.staff import LABELS as STAFF
from accessflow.services import employments, scope
from accessflow.services.fields import searchable
from accessflow.services.imports.task import Line, Task
from accessflow.services.list_matching import Matched, match
from accessflow.services.person_form import Identity

PERSON_LABELS = {
    key: STAFF[key] for key in ("full_name", "last_name", "first_name", "middle_name", "snils")
}
ASKED = ("confirm", "choose", "nobody")
"""Plans of rows whose person is not certain, as `list_matching` calls them."""
MOST_CHOICES = 20
NOT_SAID = "Не выбрано, о ком строка."
NO_HOUSE = "Организация не указана: выберите её при загрузке или впишите в список."


@dataclass(frozen=True, slots=True)
class Known:
    """The organisations that rows may be of: their ids by `organization_key`."""

    houses: Houses
    ids: Mapping[str, int]

    def of(self, row: ListRow, task: Task) -> int | None:
        name = row.values.get("organization")
        return self.ids.get(organization_key(name)) if name else task.house


class PeopleList:
    """What the kinds whose rows are matched to people share; see `task.Kind`."""

    step = 100
    confirmed = frozenset({"confirm"})

    def roles(self, catalogue: Catalogue, system: str) -> Sequence[str]:
        return ()


def known_houses(session: Session, task: Task) -> Known:
    """Every organisation for МИАЦ; for an organisation's own list itself alone."""
    query = select(Organization.id, Organization.short_name, Organization.full_name)
    if task.organization_id is not None:
        query = query.where(Organization.id == task.organization_id)
    ids: dict[str, int] = {}
    names: list[str] = []
    for organization_id, short, full in session.execute(query.order_by(Organization.id)):
        for name in (full, short):
            if name:
                ids[organization_key(name)] = organization_id
                names.append(name)
    return Known(Houses(tuple(names), own=task.organization_id is not None), ids)


def matched_rows(
    session: Session, known: Known, task: Task, rows: Iterable[ListRow], on: date
) -> Iterator[tuple[ListRow, int | None, Matched | None]]:
    """Each row with its organisation and whom it means; None for one that cannot be taken."""
    by_house: dict[int, list[ListRow]] = defaultdict(list)
    for row in rows:
        house = known.of(row, task)
        if row.refused or house is None:
            yield row, house, None
        else:
            by_house[house].append(row)
    for house, part in by_house.items():
        for matched in match(session, house, part, on):
            yield matched.row, house, matched


def line(row: ListRow, plan: str, *more: Defect, **values: Any) -> Line:
    """A row as it is kept, each defect with the cell it stands in, «C10»."""
    asked = any(defect.code == "who" for defect in more)
    told = [d for d in row.defects if not (asked and _says_the_same(d))]
    defects = [{**asdict(defect), "cell": row.cell(defect)} for defect in (*told, *more)]
    kept: Line = {
        "number": row.number,
        "values": dict(row.values),
        "cells": dict(row.raw),
        "defects": defects,
        "flawed": bool(defects),
        "plan": plan,
        "chosen": False,
        "organization_id": None,
        "employment_id": None,
        "candidates": [],
        "role": "",
        "blocked": False,
        "name": searchable(name_of(row.values).full, row.values.get("login", ""),
                           row.values.get("number", ""))[:255],
    }  # fmt: skip
    return kept | values


def _says_the_same(defect: Defect) -> bool:
    """As the question of whom a row is about: there is no СНИЛС, there are initials only."""
    missing = (defect.field, defect.code) == ("snils", "required")
    return missing or defect.code in ("initials", "role_not_allowed")


def whom(matched: Matched) -> dict[str, Any]:
    """The columns of a row that say whom it is about."""
    several = matched.how == "choose"
    return {
        "employment_id": matched.job.id if matched.job else None,
        "candidates": [job.id for job in matched.jobs[:MOST_CHOICES]] if several else [],
    }


def question(row: ListRow, message: str) -> Defect:
    """Why a person's word is waited for."""
    return Defect(row.number, None, "who", "warning", message)


def name_of(values: Mapping[str, str]) -> PersonName:
    given = values.get("first_name") or values.get("initials", "")
    return PersonName(values.get("last_name", ""), given, values.get("middle_name", ""))


def can_be_hired(task: Task, values: Mapping[str, str]) -> bool:
    """Whether the row tells enough of somebody new, and the actor may take them on."""
    told = all(values.get(key) for key in ("last_name", "first_name", "snils"))
    own = task.organization_id
    return told and own is not None and scope.may_change_people(task.actor, own)


def jobs_of(session: Session, task: Task, rows: Sequence[ImportRow]) -> dict[int, Employment]:
    """By the row's id; rows whose person is not known, or is of another organisation now, are
    refused. Those chosen without being anybody's are taken on first."""
    _hire(session, task, [row for row in rows if row.plan == "nobody"])
    found = employments_of(session, (row.employment_id for row in rows if row.employment_id))
    told: dict[int, Employment] = {}
    for row in rows:
        job = found.get(row.employment_id or 0)
        if job is not None and job.organization_id == row.organization_id:
            told[row.id] = job
        elif not row.outcome:
            refuse(row, NOT_SAID)
    return told


def employments_of(session: Session, ids: Iterable[int]) -> Mapping[int, Employment]:
    """With their people and units, by id."""
    query = select(Employment).where(Employment.id.in_(set(ids)))
    loaded = query.options(joinedload(Employment.person), joinedload(Employment.unit))
    return {job.id: job for job in session.scalars(loaded)}


def refuse(row: ImportRow, why: str) -> None:
    row.outcome, row.reason = "refused", why


def _hire(session: Session, task: Task, rows: Sequence[ImportRow]) -> None:
    hired = [row for row in rows if can_be_hired(task, row.values)]
    whos = {row.id: _identity(row) for row in hired}
    persons = employments.persons_of(
        session, actor=task.actor, now=task.now, whos=list(whos.values())
    )
    for row in hired:
        who = whos[row.id]
        person = persons[who.digits]
        if not employments.same_name(person, who.name):
            refuse(row, employments.name_differs(None))
            continue
        row.employment_id = _job(session, task, row, person)


def _job(session: Session, task: Task, row: ImportRow, person: Person) -> int:
    """The job of somebody new here; two rows about one person make one."""
    query = select(Employment.id).where(
        Employment.person_id == person.id, Employment.organization_id == row.organization_id
    )
    if known := session.scalar(query.order_by(Employment.id.desc()).limit(1)):
        return known
    values = {key: row.values[key] for key in ("position", "personnel_no") if row.values.get(key)}
    employments.add_jobs(
        session, actor=task.actor, now=task.now, organization_id=row.organization_id or 0,
        jobs=[(person, values)], event="imported",
    )  # fmt: skip
    return session.scalars(query).one()


def _identity(row: ImportRow) -> Identity:
    digits = row.values["snils"].replace("-", "").replace(" ", "")
    return Identity(digits, name_of(row.values), row.values.get("no_middle_name") == "1")
