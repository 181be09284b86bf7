"""A sheet as plain data: whoever reads the file (`documents/sheet_in.py`) hands over this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

CellValue = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `first_row` (from 1), `first_column` (from 0): where in the file it begins."""

    name: str
    rows: Sequence[Sequence[CellValue]] = field(repr=False)
    first_row: int = 1
    first_column: int = 0

    def address(self, row: int, column: int) -> str:
        """«C10» for the row as numbered in the file and the column of this table, from 0."""
        return f"{letters(self.first_column + column)}{row}"


def letters(column: int) -> str:
    """«A» for 0, «AA» for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def text_of(value: CellValue) -> str:
    """The cell as a person sees it: a whole number without «.0», a date as 07.03.2008."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):  # and datetime
        return f"{value.day:02d}.{value.month:02d}.{value.year:04d}"
    return str(value)


def is_blank(value: CellValue) -> bool:
    return value is None or value == "" or (isinstance(value, str) and value.isspace())
