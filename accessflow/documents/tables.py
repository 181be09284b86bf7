"""The table of a page: type size, column widths, lines of each cell, heights of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from accessflow.documents.breaking import Filled, fill
from accessflow.documents.columns import column_widths
from accessflow.documents.grid import GridRow, grid
from accessflow.documents.model import Table
from accessflow.documents.styles import (
    CELL_PAD_BOTTOM,
    CELL_PAD_TOP,
    EMPTY_ROW_HEIGHT,
    HEADER_BOLD,
    ROW_SLACK,
    TABLE_SIZES,
    cell_pad,
    table_pitch,
)


class LaidRow(NamedTuple):
    """`fills` has the lines of each cell; no cell of it needs more than `height`.

    `tied`: a cell reaches into the next row, so no page may end between the two.
    """

    grid: GridRow
    fills: list[Filled]
    height: int
    tied: bool = False


@dataclass(slots=True)
class LaidTable:
    """`edges` are the column borders from the table's left, one more than columns.

    `tallest`: how high a row may be to fit on a page below the header.
    """

    table: Table
    widths: list[int]
    edges: list[int]
    size: float
    pad: int
    header: list[LaidRow]
    rows: list[LaidRow]
    tallest: int
    keep_next: bool = False

    @property
    def pitch(self) -> int:
        return table_pitch(self.size)

    @property
    def header_height(self) -> int:
        return sum(row.height for row in self.header)


def lay_table(table: Table, total: int, page_height: int) -> LaidTable:
    """`total` is the width of the text. Raises ValueError where spans do not make a rectangle."""
    count = len(table.columns)
    header = grid(table.header, count)
    rows = grid(table.rows, count)
    pad = cell_pad(count)
    for size in TABLE_SIZES:
        widths, roomy = column_widths(
            table.columns, header, rows, total, size, 2 * pad, HEADER_BOLD
        )
        if roomy:
            break
    edges = [0]
    for width in widths:
        edges.append(edges[-1] + width)
    nice = [column.align == "left" for column in table.columns]
    setter = _Setter(edges, size, 2 * pad, nice)
    head = setter.rows(header, bold=HEADER_BOLD, rich=True)
    tallest = page_height - sum(row.height for row in head)
    return LaidTable(table, widths, edges, size, pad, head, setter.rows(rows), tallest)


class _Setter:
    """Sets the cells of one table. Cells of one column with the same text are set once."""

    def __init__(self, edges: Sequence[int], size: float, pad: int, nice: Sequence[bool]) -> None:
        self.edges = edges
        self.size = size
        self.inner = [right - left - pad for left, right in pairwise(edges)]
        self.nice = nice
        self.pad = pad
        self.pitch = table_pitch(size)

    def rows(
        self, rows: Sequence[GridRow], bold: bool = False, rich: bool = False
    ) -> list[LaidRow]:
        known: list[dict[str, Filled]] = [{} for _ in self.inner]
        laid = [
            self._plain(row, known) if row.plain and not rich else self._spanned(row, bold, rich)
            for row in rows
        ]
        self._make_room(laid)
        return laid

    def _plain(self, row: GridRow, known: list[dict[str, Filled]]) -> LaidRow:
        fills = []
        most = 1
        filled_in = 0
        for cell, column, width, nice in zip(row.cells, known, self.inner, self.nice, strict=True):
            text = cell.text
            done = column.get(text)
            if done is None:
                done = column[text] = fill(text, width, self.size, False, cell.rich, 0, nice)
            if len(done.lines) > most:
                most = len(done.lines)
            if text:
                filled_in += 1
            fills.append(done)
        return LaidRow(row, fills, self._height(most, filled_in))

    def _spanned(self, row: GridRow, bold: bool, rich: bool) -> LaidRow:
        fills = []
        most = 1
        for column, cell in zip(row.starts, row.cells, strict=True):
            width = self.edges[column + cell.colspan] - self.edges[column] - self.pad
            nice = not rich and (cell.colspan > 1 or self.nice[column])
            done = fill(cell.text, width, self.size, bold, rich or cell.rich, 0, nice)
            fills.append(done)
            if cell.rowspan == 1:
                most = max(most, len(done.lines))
        tied = any(cell.rowspan > 1 for cell in row.cells) or any(
            left > 1 for _, _, left in row.carried
        )
        filled_in = sum(1 for cell in row.cells if cell.text)
        return LaidRow(row, fills, self._height(most, filled_in), tied)

    def _height(self, lines: int, filled_in: int) -> int:
        height = lines * self.pitch + CELL_PAD_TOP + CELL_PAD_BOTTOM + ROW_SLACK
        return height if filled_in > 1 else max(height, EMPTY_ROW_HEIGHT)

    def _make_room(self, laid: list[LaidRow]) -> None:
        """A cell that spans rows and needs more than they have makes the last of them higher."""
        for number, row in enumerate(laid):
            for cell, done in zip(row.grid.cells, row.fills, strict=True):
                if cell.rowspan == 1:
                    continue
                last = number + cell.rowspan - 1
                room = sum(laid[n].height for n in range(number, last + 1))
                missing = self._height(len(done.lines), 2) - room
                if missing > 0:
                    laid[last] = laid[last]._replace(height=laid[last].height + missing)
