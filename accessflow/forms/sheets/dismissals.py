"""A personnel system's export of dismissals: orders with their days (Рег. 3.7)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from accessflow.domain import snils
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.cells import snils_text
from accessflow.forms.sheets.header import Rules
from accessflow.forms.sheets.listing import (
    PERSON_RULES,
    ListRow,
    Reader,
    groups,
    person_key,
    recognise,
    with_defects,
    with_name,
)
from accessflow.forms.sheets.staff import RULES as STAFF
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.table import Table

FIELDS = (
    "last_name", "first_name", "middle_name", "no_middle_name", "snils", "personnel_no", "unit",
    "position", "dismissed_on", "order_no", "order_date", "ground",
)  # fmt: skip
"""Keys of `ListRow.values`."""
_PATTERNS = {
    "order_date": r"(?:.* )?дата (?:.* )?приказа(?: .*)?|приказ дата|приказ от",
    "order_no": r"(?:номер |n )?приказ[а]?(?: номер| об увольнении| номер об увольнении)*",
    "dismissed_on": r"(?:дата |день )?(?:увольнени[ея]|расторжени[ея]|прекращени[ея])(?: .*)?"
    r"|уволен(?:а|о| а)?|последний(?: рабочий)? день(?: работы)?|дата по|работал(?: а)? по",
    "ground": r"(?:основание|причина|статья)(?: .*)?",
}
RULES: Rules = {
    **{key: re.compile(pattern) for key, pattern in _PATTERNS.items()},
    **PERSON_RULES,
    **{key: STAFF[key] for key in ("personnel_no", "position", "unit", "number")},
}
LONG_AGO = timedelta(days=366)
FAR_AHEAD = timedelta(days=366)


def recognise_dismissals(tables: Iterable[Table]) -> StaffSheet:
    """Needs a column of names and one of the day of dismissal. Raises Invalid."""
    needed = with_name({"Дата увольнения": ("dismissed_on",)})
    return recognise(tables, RULES, needed, "одного увольнения")


def read_dismissals(sheet: StaffSheet, today: date) -> list[ListRow]:
    """Every row, with what is doubtful in it and beside the others."""
    return _cross_checked([_read(Reader(row, sheet, today)) for row in sheet.rows])


def _read(reader: Reader) -> ListRow:
    _read_person(reader)
    for key in ("personnel_no", "position", "order_no", "ground"):
        reader.text(key)
    if not reader.text("unit") and reader.row.heading:
        reader.values["unit"] = reader.row.heading
    day = reader.date("dismissed_on", "Дата увольнения", needed=True)
    order = reader.date("order_date", "Дата приказа")
    if day is not None:
        _doubt_day(reader, day, order)
    return reader.done()


def _read_person(reader: Reader) -> None:
    """A name, whole or with initials, or a СНИЛС alone."""
    if not reader.has_name and snils.read(snils_text(reader.cell("snils"))).value:
        reader.snils()
        return
    reader.name(initials=True)
    reader.snils(missing="СНИЛС не указан: человека найдём по ФИО и табельному номеру.")


def _doubt_day(reader: Reader, day: date, order: date | None) -> None:
    if day > reader.today + FAR_AHEAD:
        message = f"До {day:%d.%m.%Y} больше года. Проверьте год увольнения."
        reader.flaw("dismissed_on", "date_far", message)
    elif day < reader.today - LONG_AGO:
        message = f"{day:%d.%m.%Y} — больше года назад. Проверьте год увольнения."
        reader.flaw("dismissed_on", "date_far", message, "warning")
    if order is not None and order > day:
        message = f"Приказ от {order:%d.%m.%Y}, позже дня увольнения. Проверьте обе даты."
        reader.flaw("order_date", "order_late", message, "warning")


def _cross_checked(rows: list[ListRow]) -> list[ListRow]:
    """One person twice: with one day the later row is the same over again, with another nobody
    can tell which holds."""
    found: dict[int, list[Defect]] = defaultdict(list)
    for group in groups(rows, person_key):
        first = next((row for row in group if not row.refused), group[0])
        for row in group:
            if row is not first:
                found[row.number].append(_repeat(row, first))
    return with_defects(rows, found)


def _repeat(row: ListRow, first: ListRow) -> Defect:
    if row.values.get("dismissed_on") == first.values.get("dismissed_on"):
        message = f"То же увольнение уже есть в строке {first.number}: эта строка не нужна."
    else:
        message = f"В строке {first.number} у этого человека другой день увольнения: оставьте одну."
    return Defect(row.number, "dismissed_on", "duplicate_row", "error", message)
