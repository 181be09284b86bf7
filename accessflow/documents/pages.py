"""Which lines and rows come onto which page.

LibreOffice and Word break the pages of the DOCX themselves; they come to these pages because
heights are given, and because nothing is left in doubt: what nearly fits, or nearly does not, is
made higher.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accessflow.documents.paragraphs import LaidParagraph
from accessflow.documents.styles import BORDER, CELL_WHITE
from accessflow.documents.tables import LaidTable

Laid = LaidParagraph | LaidTable

DOUBT = 24
"""Twips by which another program's page may be shorter or longer."""


class Placed(NamedTuple):
    """Lines or rows `begin`..`end` of a block, `top` twips below the body's top.

    A table's `begin` of -1 is its header. `part`: which lines of a row that no page can hold.
    """

    laid: Laid
    begin: int
    end: int
    top: int
    part: range | None = None


@dataclass(slots=True)
class _Unit:
    """What is not split: a line, a paragraph, a row, a table's header.

    `before` is the white above it beyond what the block above leaves, `above`.
    """

    laid: Laid
    begin: int
    end: int
    height: int
    before: int = 0
    above: int = 0
    after: int = 0
    keep: bool = False

    @property
    def in_table(self) -> bool:
        return isinstance(self.laid, LaidTable)

    @property
    def repeated(self) -> int:
        """Height of the border and the header above it where it comes first on a page."""
        if not isinstance(self.laid, LaidTable) or self.begin <= 0:
            return 0
        return BORDER + self.laid.header_height


def paginate(blocks: Sequence[Laid], height: int) -> list[list[Placed]]:
    """Pages of `height` twips. Blocks gain a little height where a decision would be in doubt."""
    paginator = _Paginator(height)
    chain: list[_Unit] = []
    for unit in _units(blocks):
        chain.append(unit)
        if not unit.keep:
            paginator.place(chain)
            chain = []
    if chain:
        paginator.place(chain)
    return paginator.pages


def _units(blocks: Sequence[Laid]) -> Iterator[_Unit]:
    above = 0
    for block in blocks:
        if isinstance(block, LaidParagraph):
            yield from _paragraph_units(block, above)
            above = block.after
        else:
            yield from _table_units(block)
            above = 0


def _paragraph_units(block: LaidParagraph, above: int) -> Iterator[_Unit]:
    """Of two gaps that meet, the programs take the larger."""
    lines = len(block.filled.lines)
    before = max(block.before - above, 0)
    after = block.after
    if block.keep_lines or lines == 1:
        yield _Unit(block, 0, lines, block.height, before, above, after, block.keep_next)
        return
    for line in range(lines):
        last = line == lines - 1
        yield _Unit(
            block, line, line + 1, block.style.pitch,
            0 if line else before, above, after if last else 0, block.keep_next and last,
        )  # fmt: skip


def _table_units(block: LaidTable) -> Iterator[_Unit]:
    before = BORDER
    if block.header:
        keep = bool(block.rows) or block.keep_next
        yield _Unit(block, -1, 0, block.header_height, before, keep=keep)
        before = 0
    last = len(block.rows) - 1
    for number, row in enumerate(block.rows):
        keep = row.tied or (number == last and block.keep_next)
        yield _Unit(block, number, number + 1, row.height, before, keep=keep)
        before = 0


class _Paginator:
    def __init__(self, height: int) -> None:
        self.height = height
        self.pages: list[list[Placed]] = [[]]
        self.y = 0

    def place(self, chain: list[_Unit]) -> None:
        """Put what belongs together on this page, else on the next, else where it goes."""
        head = chain[0]
        extent = _extent(chain)
        if self.pages[-1]:
            left = self.height - self.y - extent
            if -DOUBT < left < DOUBT + chain[-1].after:
                _raise(head, left + DOUBT)
                extent += left + DOUBT
                left = -DOUBT
            if left < 0 and extent + head.repeated <= self.height:
                self._spread(chain)
                self._turn(head)
        page = self.pages[-1]
        for number, unit in enumerate(chain):
            table = unit.laid
            if isinstance(table, LaidTable) and unit.begin >= 0 and unit.height > table.tallest:
                self._split(unit, table)
                page = self.pages[-1]
                continue
            needed = unit.before + unit.height
            if unit.begin == -1 and number + 1 < len(chain):
                needed += chain[number + 1].height
            if self.y + needed > self.height and page:
                self._turn(unit)
                page = self.pages[-1]
            self.y += unit.before
            page.append(Placed(unit.laid, unit.begin, unit.end, self.y))
            self.y += unit.height + unit.after

    def _turn(self, unit: _Unit, going_on: LaidTable | None = None) -> None:
        """A new page, with the header of the table that goes on there."""
        self.pages.append([])
        self.y = 0
        table = unit.laid if unit.repeated and isinstance(unit.laid, LaidTable) else going_on
        if table:
            if table.header:
                self.pages[-1].append(Placed(table, -1, 0, BORDER))
            self.y = BORDER + table.header_height

    def _split(self, unit: _Unit, table: LaidTable) -> None:
        """A row higher than a page goes on over as many as it takes."""
        self.y += unit.before
        lines = max(len(filled.lines) for filled in table.rows[unit.begin].fills)
        done = 0
        while done < lines:
            fit = (self.height - self.y - CELL_WHITE) // table.pitch
            if fit < 1:
                self._turn(unit, table)
                continue
            part = range(done, min(done + fit, lines))
            self.pages[-1].append(Placed(table, unit.begin, unit.end, self.y, part))
            self.y += len(part) * table.pitch + CELL_WHITE
            done = part.stop

    def _spread(self, chain: list[_Unit]) -> None:
        """Where the chain leaves a page on which its rows would have had room, fill that room.

        LibreOffice does not keep the last row of a table that came over from another page with the
        paragraph below it. Higher rows above leave the last one no room in any program.
        """
        table = chain[0].laid
        if not isinstance(table, LaidTable) or chain[0].begin < 1:
            return
        room = self.height - self.y - sum(unit.height for unit in chain if unit.in_table)
        page = self.pages[-1]
        rows = [at for at, piece in enumerate(page) if piece.laid is table and piece.begin >= 0]
        if room + DOUBT < 0 or not rows:
            return
        each = -(-(room + 2 * DOUBT) // len(rows))
        for moved, at in enumerate(rows):
            piece = page[at]
            page[at] = piece._replace(top=piece.top + moved * each)
            row = table.rows[piece.begin]
            table.rows[piece.begin] = row._replace(height=row.height + each)


def _extent(chain: Sequence[_Unit]) -> int:
    if len(chain) == 1:
        return chain[0].before + chain[0].height
    return sum(unit.before + unit.height + unit.after for unit in chain) - chain[-1].after


def _raise(unit: _Unit, by: int) -> None:
    """Make a unit higher, in its block too, so that every program sees that it does not fit."""
    if isinstance(unit.laid, LaidParagraph):
        if unit.begin == 0:
            unit.before += by
            unit.laid.before = unit.above + unit.before
        return
    rows = unit.laid.rows if unit.begin >= 0 else unit.laid.header
    row = rows[max(unit.begin, 0)]
    rows[max(unit.begin, 0)] = row._replace(height=row.height + by)
    unit.height += by
