"""A block of cells pasted from a spreadsheet -> texts by row key."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from accessflow.domain import full_name
from accessflow.domain.text import clean
from accessflow.forms.application import Row
from accessflow.forms.grid import Grid, GridColumn
from accessflow.forms.rows import NAME_KEYS


@dataclass(frozen=True, slots=True)
class Block:
    """`rows`: texts by key, one after another. `lost`: columns that had no place to go."""

    rows: tuple[Row, ...]
    lost: int = 0


def cells_of(text: str) -> list[list[str]]:
    """The cells as a spreadsheet puts them on the clipboard: tabs, lines, quoted line breaks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    rows = list(csv.reader(io.StringIO(lines), delimiter="\t"))
    return [row for row in rows if any(cell.strip() for cell in row)]


def read_block(text: str, grid: Grid, key: str = "") -> Block:
    """The cells from the column of `key` on (without one: from the first), in the grid's order.

    A first line of headers says itself which column is which. A whole name in one column is split.
    """
    cells = cells_of(text)
    if not cells:
        return Block(())
    if headed := _by_headers(cells[0], grid):
        return Block(tuple(_row(line, headed) for line in cells[1:]), headed.count(None))
    order = _from(grid, key)
    width = max(map(len, cells))
    columns: list[GridColumn | None] = [*order[:width]]
    if width == 1 and columns and columns[0] and columns[0].key == "last_name":
        return Block(tuple(_split(line[0]) for line in cells))
    return Block(tuple(_row(line, columns) for line in cells), max(0, width - len(order)))


def _from(grid: Grid, key: str) -> list[GridColumn]:
    """The columns to fill from a cell on: typed ones, or all open ones from a fixed cell on.

    What the form does not ask for is filled from its own cell, or by its header.
    """
    start = grid.column(key)
    asked = (c for c in grid.columns if not c.aside or c == start)
    columns = [c for c in asked if not c.locked and (not c.fixed or c == start)]
    at = next((n for n, column in enumerate(columns) if column.key == key), 0)
    return columns[at:]


def _row(line: Sequence[str], columns: Sequence[GridColumn | None]) -> Row:
    found: dict[str, str] = {}
    for text, column in zip(line, columns, strict=False):
        if column is None:
            continue
        if column.kind == "full_name":
            found |= _split(text)
        else:
            found[column.key] = clean(text)
    return found


def _split(text: str) -> Row:
    name = full_name.split(text)
    return dict(zip(NAME_KEYS, (name.last, name.first, name.middle), strict=True))


def _by_headers(line: Sequence[str], grid: Grid) -> list[GridColumn | None]:
    """The columns that a line of headers names; empty where it is no such line."""
    known = _names(grid)
    found = [known.get(_plain(cell)) for cell in line]
    return found if sum(column is not None for column in found) * 2 > len(line) else []


def _names(grid: Grid) -> dict[str, GridColumn]:
    names: dict[str, GridColumn] = {}
    for cell in grid.columns:
        if cell.locked:
            continue
        names.setdefault(_plain(cell.label), cell)
        if cell.column.kind == "full_name":
            whole = GridColumn("full_name", "full_name", "ФИО", cell.column)
            names.setdefault(_plain(cell.column.plain_header), whole)
            names.setdefault("фио", whole)
        else:
            names.setdefault(_plain(cell.column.plain_header), cell)
    return names


def _plain(text: str) -> str:
    return clean(text).strip(" *:").casefold().replace("ё", "е")
