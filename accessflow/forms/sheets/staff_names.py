"""The name of one row of a list of staff: from one cell or from three, mended or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accessflow.domain import full_name
from accessflow.domain.person_name import (
    Kind,
    PersonName,
    initials_flaw,
    read_part,
    same_script,
)
from accessflow.domain.reading import Flaw
from accessflow.forms.sheets.body import BodyRow
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.table import text_of

KINDS: Mapping[str, Kind] = {
    "last_name": "last",
    "first_name": "first",
    "middle_name": "middle",
}
_NO_MIDDLE_NAME = Flaw(
    "middle_name_missing", "Отчества нет. Если оно есть, впишите его, как в ФРМР.", "warning"
)


def name_cells(row: BodyRow, sheet: StaffSheet) -> PersonName:
    """The parts of the name as they stand there, a whole name taken apart."""
    if (whole := sheet.whole_name) is not None:
        return full_name.split(text_of(row.cells[whole]))
    columns = sheet.header.columns
    last, first = (text_of(row.cells[columns[name]]) for name in ("last_name", "first_name"))
    middle = columns.get("middle_name")
    return PersonName(last, first, "" if middle is None else text_of(row.cells[middle]))


def read_name(person: PersonName) -> tuple[dict[str, str], list[tuple[str, Flaw]]]:
    """The right parts by field (`no_middle_name` "1" without a patronymic), and the flaws by field.

    A wrong case is mended, with a warning.
    """
    if full_name.is_plain(f"{person.last} {person.first} {person.middle}"):
        parts = (person.last, person.first, person.middle)
        return dict(zip(KINDS, parts, strict=True)), []
    if full_name.has_initials(person):
        return {}, [("first_name", initials_flaw(person.full))]
    values: dict[str, str] = {}
    flaws = [
        found for name, kind in KINDS.items() for found in _read_part(person, name, kind, values)
    ]
    if mixed := same_script(PersonName(*(values.get(name, "") for name in KINDS))):
        flaws.append(("last_name", mixed))
    return values, flaws


def order_flaws(row: BodyRow, sheet: StaffSheet, person: PersonName) -> list[tuple[str, Flaw]]:
    """The warning that a whole name was taken apart by guess."""
    whole = sheet.whole_name
    if whole is None:
        return []
    return [
        ("last_name", flaw) for flaw in full_name.order_flaws(text_of(row.cells[whole]), person)
    ]


def _read_part(
    person: PersonName, name: str, kind: Kind, values: dict[str, str]
) -> Iterator[tuple[str, Flaw]]:
    text = getattr(person, kind)
    if kind == "middle" and not text.strip():
        values["no_middle_name"] = "1"
        yield name, _NO_MIDDLE_NAME
        return
    reading = read_part(text, kind)
    proper = reading.value
    for flaw in reading.flaws:
        if flaw.code == "name_case" and flaw.fix:
            proper = flaw.fix
            message = f"Исправлено на «{flaw.fix}»: проверьте большие и маленькие буквы."
            yield name, Flaw(flaw.code, message, "warning", flaw.fix)
        else:
            yield name, flaw
    if proper:
        values[name] = proper
    elif kind == "middle" and proper is not None:
        values["no_middle_name"] = "1"
