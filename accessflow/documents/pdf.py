"""The PDF: the layout drawn with reportlab's document objects and the PDF's own operators.

Every font is embedded as the subset that is used, text stands in reading order, nothing depends on
the clock: the same model gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from threading import Lock

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFObjectReference,
    PDFPage,
    PDFResourceDictionary,
    PDFStream,
    PDFZCompress,
)

from accessflow.documents.layout import Layout, lay_out
from accessflow.documents.metrics import face
from accessflow.documents.model import DocumentModel
from accessflow.documents.pages import Placed
from accessflow.documents.paragraphs import LaidParagraph
from accessflow.documents.pdf_pen import Pen, Setting
from accessflow.documents.pdfa import ArchivalDocument
from accessflow.documents.stamp import matrix, payload
from accessflow.documents.styles import (
    BASELINE,
    BORDER,
    CELL_INSET,
    CELL_PAD_BOTTOM,
    CELL_PAD_TOP,
    CELL_WHITE,
    HEADER_BOLD,
    HEADER_DISTANCE,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_NUMBER_PITCH,
    PAGE_NUMBER_SIZE,
    QR_EDGE,
    QR_SIZE,
    Align,
    Page,
)
from accessflow.documents.tables import LaidRow, LaidTable

_FONTS = Lock()
"""reportlab's font reads its file through one position for all threads."""
_CODE = "code"


def write_pdf(model: DocumentModel, layout: Layout | None = None) -> bytes:
    """The document as a PDF/A-2b file. Raises `Invalid` on a control character in a text."""
    layout = layout or lay_out(model)
    document = ArchivalDocument(model.title)
    pen = Pen(document, layout.page)
    if model.stamp:
        _add_code(document, payload(model.stamp))
    for number, placed in enumerate(layout.pages, 1):
        pen.begin()
        if number > 1:
            _page_number(pen, number)
        _draw(pen, placed)
        _add_page(document, layout.page, pen.stream(), stamped=model.stamp is not None)
    with _FONTS:
        return document.save()


def _add_page(document: ArchivalDocument, page: Page, content: str, stamped: bool) -> None:
    if stamped:
        x = (page.width - MARGIN_RIGHT - QR_SIZE) / 20
        content += f"\nq 1 0 0 1 {x:g} {QR_EDGE / 20:g} cm /{_CODE} Do Q"
    document.updateSignature(content)
    made = PDFPage()
    made.MediaBox = PDFArray([0, 0, page.width / 20, page.height / 20])
    made.Contents = PDFStream(content=content, filters=[PDFZCompress])
    objects = {_CODE: PDFObjectReference(_CODE)} if stamped else {}
    resources = PDFResourceDictionary(XObject=objects)
    resources.basicFonts()
    made.Resources = resources
    document.addPage(made)


def _add_code(document: ArchivalDocument, text: str) -> None:
    """The QR code as one path in a form that all pages share."""
    rows = matrix(text)
    side = QR_SIZE / 20
    scale = side / len(rows)
    path = [f"{scale:.5f} 0 0 {-scale:.5f} 0 {side:g} cm"]
    for y, row in enumerate(rows):
        path += (f"{x} {y} {length} 1 re" for x, length in _runs(row))
    path.append("f")
    kind = PDFDictionary({
        "Type": PDFName("XObject"),
        "Subtype": PDFName("Form"),
        "BBox": PDFArray([0, 0, side, side]),
        "Resources": PDFDictionary({}),
    })  # fmt: skip
    document.Reference(PDFStream(kind, "\n".join(path), [PDFZCompress]), _CODE)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Where dark modules begin, and how many stand side by side."""
    at = row.find(1)
    while at >= 0:
        end = row.find(0, at)
        end = len(row) if end < 0 else end
        yield at, end - at
        at = row.find(1, end)


def _page_number(pen: Pen, number: int) -> None:
    text = str(number)
    width = face(False).width(text) * PAGE_NUMBER_SIZE / 50
    middle = (pen.page.left + pen.page.width - MARGIN_RIGHT) / 2
    baseline = HEADER_DISTANCE + BASELINE * PAGE_NUMBER_PITCH
    pen.text(middle - width / 2, baseline, text, PAGE_NUMBER_SIZE, bold=False)


def _draw(pen: Pen, placed: Sequence[Placed]) -> None:
    """All of a page. Rows of a table come in one go, so that their rules meet."""
    for laid, group in groupby(placed, key=attrgetter("laid")):
        if isinstance(laid, LaidParagraph):
            for piece in group:
                _paragraph(pen, laid, piece)
        else:
            _table(pen, laid, list(group))


def _paragraph(pen: Pen, laid: LaidParagraph, piece: Placed) -> None:
    style = laid.style
    x = pen.page.left + laid.left
    top = MARGIN_TOP + piece.top
    setting = Setting(laid.text, laid.filled, style.size, style.pitch, style.bold, style.rich)
    setting.draw(pen, x, top, laid.width, style.align, style.first, slice(piece.begin, piece.end))


def _table(pen: Pen, laid: LaidTable, pieces: Sequence[Placed]) -> None:
    rules = _Rules(laid)
    for piece in pieces:
        y = MARGIN_TOP + piece.top
        heading = piece.begin < 0
        rows = laid.header if heading else laid.rows
        for number in range(max(piece.begin, 0), len(rows) if heading else piece.end):
            row = rows[number]
            if piece.part:
                row = row._replace(height=len(piece.part) * laid.pitch + CELL_WHITE)
            _cells(pen, laid, row, y, _room_of(rows, number) if heading else None, piece.part)
            rules.add(row, y)
            y += row.height
    rules.draw(pen)


def _room_of(rows: Sequence[LaidRow], number: int) -> list[int]:
    """How high each cell of a header's row is, for its text stands in the middle.

    The border above a table belongs to its first row.
    """
    border = BORDER if number == 0 else 0
    return [
        sum(row.height for row in rows[number : number + cell.rowspan]) - border
        for cell in rows[number].grid.cells
    ]


def _cells(
    pen: Pen,
    laid: LaidTable,
    row: LaidRow,
    y: int,
    rooms: Sequence[int] | None,
    part: range | None,
) -> None:
    """The texts of a row; `rooms` makes it a header's."""
    left = pen.page.left + laid.pad + CELL_INSET
    edges = laid.edges
    lines = slice(part.start, part.stop) if part else slice(None)
    for at, (column, cell, filled) in enumerate(
        zip(row.grid.starts, row.grid.cells, row.fills, strict=True)
    ):
        if not cell.text:
            continue
        width = edges[column + cell.colspan] - edges[column] - 2 * laid.pad
        top: float = y + CELL_PAD_TOP
        align: Align = "left" if cell.colspan > 1 else laid.table.columns[column].align
        if rooms is not None:
            align = "center"
            white = rooms[at] - CELL_PAD_TOP - CELL_PAD_BOTTOM - len(filled.lines) * laid.pitch
            top += white / 2
        heading = rooms is not None
        setting = Setting(
            cell.text, filled, laid.size, laid.pitch, heading and HEADER_BOLD, heading or cell.rich
        )
        setting.draw(pen, left + edges[column], top, width, align, part=lines)


class _Rules:
    """The lines of a table on one page; those that go on are drawn as one."""

    def __init__(self, laid: LaidTable) -> None:
        self.edges = laid.edges
        self.across: list[tuple[int, int, int]] = []  # y, from, to
        self.down: dict[int, list[list[int]]] = {}  # edge: from, to

    def add(self, row: LaidRow, y: int) -> None:
        bottom = y + row.height
        if not self.across:
            self.across.append((y, self.edges[0], self.edges[-1]))
        if row.grid.plain:
            self.across.append((bottom, self.edges[0], self.edges[-1]))
            for edge in self.edges:
                self._extend(edge, y, bottom)
            return
        cells = [(c, cell, left > 1) for c, cell, left in row.grid.carried]
        cells += [
            (c, cell, cell.rowspan > 1)
            for c, cell in zip(row.grid.starts, row.grid.cells, strict=True)
        ]
        for column, cell, goes_on in cells:
            left, right = self.edges[column], self.edges[column + cell.colspan]
            self._extend(left, y, bottom)
            if not goes_on:
                self.across.append((bottom, left, right))
        self._extend(self.edges[-1], y, bottom)

    def _extend(self, edge: int, top: int, bottom: int) -> None:
        runs = self.down.setdefault(edge, [])
        if runs and runs[-1][1] == top:
            runs[-1][1] = bottom
        else:
            runs.append([top, bottom])

    def draw(self, pen: Pen) -> None:
        """A cell that goes on over the page's end is closed there."""
        left = pen.page.left
        bottom = max(runs[-1][1] for runs in self.down.values())
        self.across.append((bottom, self.edges[0], self.edges[-1]))
        for y, begin, end in self.across:
            pen.line(left + begin, y, left + end, y)
        for edge, runs in self.down.items():
            for top, bottom in runs:
                pen.line(left + edge, top, left + edge, bottom)
