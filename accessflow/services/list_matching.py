"""Whom the rows of a list are: by СНИЛС, else by name in the organisation for a person to confirm.

For exports of dismissals, lists of accounts and the old journal alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from accessflow.db.tables import Employment, Person
from accessflow.domain.person_name import PersonName
from accessflow.forms.sheets.listing import ListRow
from accessflow.services import people
from accessflow.services.fields import searchable

CHUNK = 500
How = Literal["sure", "confirm", "choose", "nobody"]


@dataclass(frozen=True, slots=True)
class Matched:
    """A row and the jobs that it may mean, the likeliest first.

    `how`: sure (СНИЛС and name agree), confirm (one job, but `why` it is not certain), choose
    (several people), nobody. `why` is a Russian sentence, "" where it is sure.
    """

    row: ListRow
    how: How
    jobs: tuple[Employment, ...] = ()
    why: str = ""

    @property
    def job(self) -> Employment | None:
        """The one that is meant, as far as one is."""
        return self.jobs[0] if self.jobs and self.how != "choose" else None


NOBODY = "Такого сотрудника в организации нет. Проверьте ФИО и СНИЛС или добавьте его."
OTHER_NAME = "СНИЛС этого сотрудника, но ФИО другое. Подтвердите, что это он(а)."
BY_NAME = "Найден(а) по ФИО, СНИЛС в списке нет или он неверен. Подтвердите."
BY_INITIALS = "Найден(а) по фамилии и инициалам. Подтвердите."
SEVERAL = "Таких сотрудников несколько. Выберите, о ком строка."


def match(
    session: Session, organization_id: int, rows: Sequence[ListRow], on: date
) -> list[Matched]:
    """In the order of the rows. Jobs of that organisation alone; those held `on` that day first."""
    found: list[Matched] = []
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        known = _Known.of(session, organization_id, part)
        found += (_matched(known, row, on) for row in part)
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    by_snils: Mapping[str, list[Employment]]
    by_surname: Mapping[str, list[Employment]]

    @classmethod
    def of(cls, session: Session, organization_id: int, rows: Sequence[ListRow]) -> _Known:
        numbers = {_digits(row) for row in rows} - {""}
        surnames = {_surname(row) for row in rows if not _digits(row)} - {""}
        by_snils: dict[str, list[Employment]] = defaultdict(list)
        by_surname: dict[str, list[Employment]] = defaultdict(list)
        named = [Person.search_name.startswith(f"{name} ", autoescape=True) for name in surnames]
        for job in _jobs(session, organization_id, [Person.snils.in_(numbers), *named]):
            by_snils[job.person.snils].append(job)
            by_surname[searchable(job.person.last_name)].append(job)
        return cls(by_snils, by_surname)


def _jobs(
    session: Session, organization_id: int, conditions: Iterable[ColumnElement[bool]]
) -> Sequence[Employment]:
    return session.scalars(
        select(Employment)
        .join(Employment.person)
        .where(Employment.organization_id == organization_id, or_(*conditions))
        .options(contains_eager(Employment.person), joinedload(Employment.unit))
        .order_by(Employment.id)
    ).all()


def _matched(known: _Known, row: ListRow, on: date) -> Matched:
    if jobs := known.by_snils.get(_digits(row)):
        ordered = _ordered(jobs, row, on)
        same = _agrees_in_name(ordered[0], row)
        return Matched(row, "sure" if same else "confirm", ordered, "" if same else OTHER_NAME)
    likely = [job for job in known.by_surname.get(_surname(row), ()) if _may_be(job, row)]
    if not likely:
        return Matched(row, "nobody", why=NOBODY)
    ordered = _ordered(likely, row, on)
    if len({job.person_id for job in likely}) > 1 and not _told_apart(ordered, row):
        return Matched(row, "choose", ordered, SEVERAL)
    return Matched(row, "confirm", ordered, BY_INITIALS if row.values.get("initials") else BY_NAME)


def _ordered(jobs: Iterable[Employment], row: ListRow, on: date) -> tuple[Employment, ...]:
    """The job of the row's own number of personnel, post and unit first; of the rest a held one."""

    def rank(job: Employment) -> tuple[bool, bool, bool, bool, int]:
        unit = job.unit.name if job.unit else ""
        return (
            not _agrees(row, "personnel_no", job.personnel_no),
            not people.is_current(job, on),
            not _agrees(row, "position", job.position),
            not _agrees(row, "unit", unit),
            -job.id,
        )

    return tuple(sorted(jobs, key=rank))


def _told_apart(ordered: Sequence[Employment], row: ListRow) -> bool:
    """Whether the number of personnel points to one of them alone."""
    agreeing = [job for job in ordered if _agrees(row, "personnel_no", job.personnel_no)]
    return len({job.person_id for job in agreeing}) == 1


def _agrees(row: ListRow, key: str, text: str) -> bool:
    value = row.values.get(key, "")
    if key == "personnel_no":
        value, text = value.lstrip("0"), text.lstrip("0")
    return bool(value) and searchable(value) == searchable(text)


def _may_be(job: Employment, row: ListRow) -> bool:
    initials = row.values.get("initials", "")
    if not initials:
        return _same_name(job.person, row)
    person = job.person
    letters = [name[:1].upper() for name in (person.first_name, person.middle_name) if name]
    wanted = [letter for letter in initials if letter != "."]
    return letters[: len(wanted)] == wanted


def _agrees_in_name(job: Employment, row: ListRow) -> bool:
    """Also where the row has initials, or no name at all."""
    surname = _surname(row)
    return not surname or (searchable(job.person.last_name) == surname and _may_be(job, row))


def _same_name(person: Person, row: ListRow) -> bool:
    values = row.values
    keys = ("last_name", "first_name", "middle_name")
    return PersonName(*(values.get(key, "") for key in keys)).key == people.name_of(person).key


def _surname(row: ListRow) -> str:
    return searchable(row.values.get("last_name", ""))


def _digits(row: ListRow) -> str:
    return row.values.get("snils", "").replace("-", "").replace(" ", "")
