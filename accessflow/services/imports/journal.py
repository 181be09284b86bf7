"""The old journal of applications, as a kind of list: closed applications with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import ImportRow, Request
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.journal import Known as KnownSystems
from accessflow.forms.sheets.journal import read_journal, recognise_journal
from accessflow.forms.sheets.known import Houses
from accessflow.forms.sheets.listing import ListRow
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.table import Table
from accessflow.services.imports.accounts import LedgerList, spellings
from accessflow.services.imports.journal_making import (
    Journaling,
    TakenOver,
    journal_key,
    row_of,
    taken_over,
)
from accessflow.services.imports.matched import (
    NO_HOUSE,
    PERSON_LABELS,
    known_houses,
    line,
    matched_rows,
    question,
    whom,
)
from accessflow.services.imports.task import Line, Task
from accessflow.services.list_matching import Matched

STILL_OPEN = "Заявка ещё не закончена: из журнала берём законченные. Заведите её здесь заново."
UNKNOWN = "Такого сотрудника нет: заявка войдёт в список, в реестр доступов не попадёт."


class Journal(LedgerList):
    labels: ClassVar[Mapping[str, str]] = {
        "number": "Номер заявки",
        "registration_no": "Рег. номер",
        "filed_on": "Дата заявки",
        "organization": "Организация",
        **PERSON_LABELS,
        "position": "Должность",
        "system": "Система",
        "role": "Роль",
        "action": "Действие",
        "state": "Результат",
        "executed_on": "Дата исполнения",
        "note": "Примечание",
    }
    by_itself = frozenset({"new", "same", "nobody"})

    def read(
        self, session: Session, task: Task, tables: Sequence[Table]
    ) -> tuple[StaffSheet, Sequence[ListRow]]:
        sheet = recognise_journal(tables)
        houses = known_houses(session, task).houses
        return sheet, read_journal(sheet, task.today, _known_systems(task.catalogue, houses))

    def plan(self, session: Session, task: Task, rows: Sequence[ListRow]) -> list[Line]:
        houses = known_houses(session, task)
        found = list(matched_rows(session, houses, task, rows, task.today))
        numbers = _numbers(session, rows)
        known = taken_over(session, [row.values for row in rows if not row.refused])
        return [_line(task, row, house, matched, numbers, known) for row, house, matched in found]

    def take(self, session: Session, task: Task, rows: Sequence[ImportRow]) -> None:
        Journaling(session, task).take(rows)


def _known_systems(catalogue: Catalogue, houses: Houses) -> KnownSystems:
    systems = {
        name: system.slug
        for system in catalogue.systems.values()
        for name in (system.name, system.label)
    }
    roles = {slug: spellings(catalogue, slug) for slug in catalogue.systems}
    return KnownSystems(systems, roles, houses)


Numbers = dict[str, Request]
"""Our own and other applications by the number, or МИАЦ's number, that a row tells."""


def _numbers(session: Session, rows: Sequence[ListRow]) -> Numbers:
    told = {
        row.values[key] for row in rows for key in ("number", "registration_no")
        if row.values.get(key)
    }  # fmt: skip
    found: Numbers = {}
    for request in session.scalars(select(Request).where(Request.number.in_(told))):
        found[request.number] = request
    for request in session.scalars(select(Request).where(Request.registration_no.in_(told))):
        found[request.registration_no or ""] = request
    return found


def _line(
    task: Task,
    row: ListRow,
    house: int | None,
    matched: Matched | None,
    numbers: Numbers,
    known: TakenOver,
) -> Line:
    about = {"organization_id": house, "role": row.values.get("role", "")}
    if matched is None or house is None:
        flaw = Defect(row.number, "organization", "required", "error", NO_HOUSE)
        return line(row, "refused", *([] if row.refused else [flaw]), **about)
    about |= whom(matched)
    if row.values["state"] == "open":
        flaw = Defect(row.number, "state", "open", "error", STILL_OPEN)
        return line(row, "refused", flaw, **about)
    flaws = [*_conflicts(row, house, numbers), *_no_role(task, row)]
    if any(flaw.level == "error" for flaw in flaws):
        return line(row, "refused", *flaws, **about)
    request = known.get((house, journal_key(row.values)))
    if request is not None and row_of(request, row.values) is not None:
        return line(row, "same", chosen=True, **about)
    if matched.how in ("confirm", "choose"):
        return line(row, matched.how, question(row, matched.why), *flaws, **about)
    if matched.how == "nobody":
        return line(row, "nobody", question(row, UNKNOWN), *flaws, chosen=True, **about)
    return line(row, "new", *flaws, chosen=True, **about)


def _no_role(task: Task, row: ListRow) -> Iterator[Defect]:
    """A grant without a role, of a system that has several."""
    roles = spellings(task.catalogue, row.values["system"]).values()
    executed = (row.values["action"], row.values["state"]) == ("grant", "executed")
    if executed and not row.values.get("role") and len(set(roles)) > 1:
        message = "Роль не указана: в реестре право будет без роли."
        yield Defect(row.number, "role", "required", "warning", message)


def _conflicts(row: ListRow, house: int, numbers: Numbers) -> Iterator[Defect]:
    for key in ("number", "registration_no"):
        other = numbers.get(row.values.get(key, ""))
        if other is not None and (flaw := _conflict(row, key, house, other)):
            yield flaw


def _conflict(row: ListRow, key: str, house: int, other: Request) -> Defect | None:
    """The number belongs to an application already; whose is not told of another organisation."""
    number = row.values[key]
    if other.organization_id == house and other.journal_key is None:
        message = f"Заявка {number} здесь уже есть, заведённая в программе: строка не нужна."
        return Defect(row.number, key, "number_taken", "error", message)
    if other.organization_id == house:
        return None
    if key == "number":
        message = f"Номер {number} уже занят: заявка получит другой, этот останется как исх. №."
    else:
        message = f"Номер МИАЦ {number} уже стоит у другой заявки: у этой его не будет."
    return Defect(row.number, key, "number_taken", "warning", message)
