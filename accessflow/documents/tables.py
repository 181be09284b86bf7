"""The table of a page: type size, column widths, lines of each cell, heights of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from accessflow.documents.breaking import DOUBT, Filled, Line, fill, fill_shape, fill_word
from accessflow.documents.columns import (
    Lengths,
    cell_lengths,
    column_needs,
    column_widths,
    fit,
    header_lengths,
    text_lengths,
)
from accessflow.documents.grid import GridRow, grid
from accessflow.documents.model import Table
from accessflow.documents.styles import (
    BORDER,
    CELL_WHITE,
    EMPTY_ROW_HEIGHT,
    HEADER_BOLD,
    TABLE_SETTINGS,
    table_pitch,
)

_EMPTY = Filled((Line(0, 0, 0.0, True),))


class LaidRow(NamedTuple):
    """`fills` has the lines of each cell; no cell of it needs more than `height`.

    `tied`: a cell reaches into the next row, so no page may end between the two.
    """

    grid: GridRow
    fills: Sequence[Filled]
    height: int
    tied: bool = False


class LaidColumn(NamedTuple):
    """A column of a table without spans: the text of each row, and the lines of each text."""

    texts: Sequence[str]
    fills: Mapping[str, Filled]


@dataclass(slots=True, eq=False)
class LaidTable:
    """`edges` are the column borders from the table's left, one more than columns.

    `columns` is empty where rows have spans or raised marks. `tallest`: how high a row may be to
    fit on a page below the header.
    """

    table: Table
    widths: list[int]
    edges: list[int]
    size: float
    pad: int
    header: list[LaidRow]
    rows: list[LaidRow]
    columns: Sequence[LaidColumn]
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
    rows = grid(table.rows, count)
    texts = _texts(table, rows)
    if texts:
        known = [{text: text_lengths(text) for text in set(column) if text} for column in texts]
    else:
        known = cell_lengths(rows, count)
    needs = column_needs(header_lengths(table.header, count, HEADER_BOLD), known)
    for size, pad in TABLE_SETTINGS:
        if fit(needs, total, size, 2 * pad):
            break
    widths = column_widths(table.columns, needs, total, size, 2 * pad)
    setter = _Setter(table, widths, size, 2 * pad)
    head = setter.spanned(grid(table.header, count), HEADER_BOLD, rich=True)
    columns = setter.columns(texts, known) if texts else []
    laid = setter.plain(rows, columns) if columns else setter.spanned(rows)
    tallest = page_height - BORDER - sum(row.height for row in head)
    if not columns:
        _untie(laid, tallest)
    return LaidTable(table, widths, setter.edges, size, pad, head, laid, columns, tallest)


def _untie(rows: list[LaidRow], tallest: int) -> None:
    """Rows that a cell spans and no page can hold together may part between any two."""
    first = 0
    while first < len(rows):
        last = first
        while rows[last].tied:
            last += 1
        if sum(row.height for row in rows[first : last + 1]) > tallest:
            for number in range(first, last):
                rows[number] = rows[number]._replace(tied=False)
        first = last + 1


def _texts(table: Table, rows: Sequence[GridRow]) -> list[list[str]]:
    """The texts of each column, where no cell spans and none has a raised mark."""
    if not rows or not rows[0].plain:
        return []
    columns = [list(map(attrgetter("text"), column)) for column in zip(*table.rows, strict=True)]
    return [] if any("^" in text for column in columns for text in set(column)) else columns


class _Setter:
    """Sets the cells of one table; `pad` is the white at both sides of a cell together."""

    def __init__(self, table: Table, widths: Sequence[int], size: float, pad: int) -> None:
        self.edges = list(accumulate(widths, initial=0))
        self.inner = [width - pad for width in widths]
        self.nice = [column.align == "left" for column in table.columns]
        self.size = size
        self.pad = pad
        self.pitch = table_pitch(size)

    def columns(
        self, texts: Sequence[list[str]], known: Sequence[Mapping[str, Lengths]]
    ) -> list[LaidColumn]:
        """Each text of a column is set once."""
        return [
            LaidColumn(
                column, {text: self._fit(text, lengths, width, nice) for text in set(column)}
            )
            for column, lengths, width, nice in zip(
                texts, known, self.inner, self.nice, strict=True
            )
        ]

    def _fit(self, text: str, known: Mapping[str, Lengths], width: int, nice: bool) -> Filled:
        if not text:
            return _EMPTY
        lengths = known[text]
        natural = lengths.natural * self.size / 1000
        if (natural + DOUBT) * 20 < width and "\n" not in text:
            return Filled((Line(0, len(text), natural, True),))
        if lengths.ends and nice:
            return fill_word(lengths.ends, lengths.nice or [], width, self.size)
        shape = lengths.shape or text
        return fill_shape(shape, width, self.size, False, False, 0, nice)

    def plain(self, rows: Sequence[GridRow], columns: Sequence[LaidColumn]) -> list[LaidRow]:
        fills = zip(*(map(c.fills.__getitem__, c.texts) for c in columns), strict=True)
        lines = [{text: len(done.lines) for text, done in c.fills.items()} for c in columns]
        counts = zip(
            *(map(n.__getitem__, c.texts) for n, c in zip(lines, columns, strict=True)),
            strict=True,
        )
        texts = zip(*(column.texts for column in columns), strict=True)
        return [
            LaidRow(row, done, self._height(max(most), len(columns) - words.count("")))
            for row, done, most, words in zip(rows, fills, counts, texts, strict=True)
        ]

    def spanned(
        self, rows: Sequence[GridRow], bold: bool = False, rich: bool = False
    ) -> list[LaidRow]:
        laid = [self._spanned(row, bold, rich) for row in rows]
        self._make_room(laid)
        return laid

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
        height = lines * self.pitch + CELL_WHITE
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
