"""The sheet of what was not taken and why, to be mended and loaded again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accessflow.forms.sheets.staff import LABELS, StaffSheet
from accessflow.forms.sheets.staff_rows import StaffRow

TITLE = "Что не взято из списка и почему"
_ROW, _LOST, _WHY = "Строка в файле", "Что не взято", "Почему"


@dataclass(frozen=True, slots=True)
class RefusedTable:
    """What `documents.sheet_out.write_table` takes: every row as long as `headers`."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def refused_table(
    sheet: StaffSheet, rows: Iterable[StaffRow], refusals: dict[int, str] | None = None
) -> RefusedTable:
    """Every row that was refused, or taken without some cell, with the sheet's own texts.

    `refusals` adds reasons that only the importing service knows, by row number; such a row counts
    as refused. The import recognises the columns' names, so the mended sheet can be loaded again.
    """
    fields = tuple(f for f in LABELS if f != "full_name" and (sheet.column(f) is not None))
    if "unit" not in fields:
        fields = (*fields, "unit")
    extra = refusals or {}
    lines = tuple(
        _line(row, fields, extra.get(row.number))
        for row in rows
        if row.number in extra or any(d.level == "error" for d in row.defects)
    )
    return RefusedTable(TITLE, (_ROW, _LOST, _WHY, *(LABELS[f] for f in fields)), lines)


def _line(row: StaffRow, fields: tuple[str, ...], refusal: str | None) -> tuple[str, ...]:
    errors = [defect for defect in row.defects if defect.level == "error"]
    whole = row.refused or refusal is not None
    raw = row.raw
    lost = dict.fromkeys(LABELS.get(defect.field or "", "строка") for defect in errors)
    reasons = [*([refusal] if refusal else []), *(defect.message for defect in errors)]
    return (
        str(row.number),
        "вся строка" if whole else ", ".join(lost),
        " ".join(dict.fromkeys(reasons)),
        *(raw.get(field, "") for field in fields),
    )
