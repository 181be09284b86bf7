"""Finding the header row of a sheet, and what its columns are, by the words people use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from accessflow.domain.text import clean
from accessflow.forms.sheets.table import CellValue, Table, is_blank

SEARCHED_ROWS = 20

Rules = Mapping[str, re.Pattern[str]]
"""Key of a column to the pattern its words match wholly (see `words`); the first match counts."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what was recognised in it; column indices count from 0.

    `unknown`: titles of no known meaning. `repeated`: titles whose meaning an earlier column has.
    """

    table: Table
    index: int
    columns: Mapping[str, int]
    titles: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def row(self) -> int:
        """The row's number as the file shows it, from 1."""
        return self.table.first_row + self.index


def words(title: str) -> str:
    """The words of a title alone: «Таб. №\\n(полностью)» -> «таб номер полностью»."""
    plain = clean(title).casefold().replace("ё", "е").replace("№", " номер ")
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def find(tables: Iterable[Table], rules: Rules) -> Header | None:
    """The row that answers most rules, among the first twenty of every sheet; None without any."""
    found: Header | None = None
    for table in tables:
        for index, row in enumerate(table.rows[:SEARCHED_ROWS]):
            header = _read(table, index, row, rules)
            if header.columns and (found is None or _is_better(header, found)):
                found = header
    return found


def _is_better(header: Header, found: Header) -> bool:
    """More columns; or as many right below, where a header of two rows has its finer titles."""
    below = header.table is found.table and header.index == found.index + 1
    return len(header.columns) >= len(found.columns) + (0 if below else 1)


def is_repeat(row: Sequence[CellValue], header: Header) -> bool:
    """Whether a later row is the header again, as print-outs repeat it on every page."""
    return all(
        at < len(row) and row[at] == header.table.rows[header.index][at]
        for at in header.columns.values()
    )


def _read(table: Table, index: int, row: Sequence[CellValue], rules: Rules) -> Header:
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    unknown: list[str] = []
    repeated: list[str] = []
    for at, value in enumerate(row):
        if is_blank(value) or not isinstance(value, str):
            continue
        title = clean(value)
        key = _key(words(title), rules)
        if key is None:
            unknown.append(title)
        elif key in columns:
            repeated.append(title)
        else:
            columns[key], titles[key] = at, title
    return Header(table, index, columns, titles, tuple(unknown), tuple(repeated))


def _key(title: str, rules: Rules) -> str | None:
    return next((key for key, pattern in rules.items() if pattern.fullmatch(title)), None)
