"""What only several rows of a list together tell: one person twice, one address for two people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from accessflow.domain.email import Email
from accessflow.domain.person_name import PersonName
from accessflow.domain.reading import Level
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.staff_rows import StaffRow, read_rows


def understand(
    sheet: StaffSheet, today: date, *, default_code: str | None = None
) -> tuple[StaffRow, ...]:
    """Every row, read by itself (`read_rows`) and held against the others (`cross_checked`)."""
    return cross_checked(tuple(read_rows(sheet, today, default_code=default_code)))


def cross_checked(rows: Sequence[StaffRow]) -> tuple[StaffRow, ...]:
    """The rows with `duplicate_row` and `email_not_unique` added.

    Of several rows of one СНИЛС the first that can be taken stays, the others are refused.
    An address of two people is taken for neither.
    """
    found: dict[int, list[Defect]] = defaultdict(list)
    for group in _groups(rows, _snils_digits):
        _mark_repeats(group, found)
    for group in _groups(rows, _address):
        _mark_shared_address(group, found)
    return tuple(_with(row, found[row.number]) if row.number in found else row for row in rows)


def _groups(rows: Iterable[StaffRow], key: Callable[[StaffRow], str]) -> Iterable[list[StaffRow]]:
    groups: dict[str, list[StaffRow]] = defaultdict(list)
    for row in rows:
        if value := key(row):
            groups[value].append(row)
    return (group for group in groups.values() if len(group) > 1)


def _mark_repeats(group: Sequence[StaffRow], found: dict[int, list[Defect]]) -> None:
    kept = next((row for row in group if not row.refused), group[0])
    for row in group:
        if row is kept:
            continue
        if _name(row) != _name(kept):
            message = f"Этот СНИЛС стоит и в строке {kept.number} под другим именем. Чей он?"
            _add(found, row, "snils", "duplicate_row", message)
            message = f"Этот СНИЛС стоит и в строке {row.number} под другим именем. Чей он?"
            _add(found, kept, "snils", "snils_other_name", message, "warning")
        elif _job(row) != _job(kept):
            message = f"Тот же человек в строке {kept.number} с другой должностью: оставьте одну."
            _add(found, row, None, "duplicate_row", message)
        else:
            message = f"Тот же человек, что в строке {kept.number}: строка лишняя."
            _add(found, row, None, "duplicate_row", message)


def _mark_shared_address(group: Sequence[StaffRow], found: dict[int, list[Defect]]) -> None:
    if len({_snils_digits(row) or _name(row) for row in group}) == 1:
        return
    for row in group:
        others = ", ".join(str(other.number) for other in group if other is not row)
        where = f"в строке {others}" if len(group) == 2 else f"в строках {others}"
        message = f"Тот же адрес у другого человека {where}. Адрес у каждого должен быть свой."
        _add(found, row, "email", "email_not_unique", message)


def _add(
    found: dict[int, list[Defect]],
    row: StaffRow,
    field: str | None,
    code: str,
    message: str,
    level: Level = "error",
) -> None:
    found[row.number].append(Defect(row.number, field, code, level, message))


def _with(row: StaffRow, defects: list[Defect]) -> StaffRow:
    wrong = {defect.field for defect in defects if defect.level == "error"}
    values = {key: value for key, value in row.values.items() if key not in wrong}
    return replace(row, values=values, defects=(*row.defects, *defects))


def _snils_digits(row: StaffRow) -> str:
    """The eleven digits, right or wrong: a wrong number can stand there twice as well."""
    text = row.values.get("snils") or row.raw["snils"]
    digits = text.replace("-", "").replace(" ", "")
    return digits if len(digits) == 11 and digits.isdecimal() and digits.strip("0") else ""


def _address(row: StaffRow) -> str:
    address = row.values.get("email", "")
    return Email(address).normalized if address else ""


def _name(row: StaffRow) -> str:
    raw = row.raw
    last, first = (row.values.get(name, raw[name]) for name in ("last_name", "first_name"))
    return PersonName(last, first, row.values.get("middle_name", "")).key


def _job(row: StaffRow) -> tuple[str, str]:
    return row.values.get("position", ""), row.values.get("unit", "")
