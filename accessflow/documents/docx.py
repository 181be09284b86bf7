"""The DOCX: editable, with real styles, on the pages of the PDF.

Line heights are exact and rows have the least height of the layout, so LibreOffice and Word break
pages where the PDF does. The bases in `templates_docx` carry page, styles, number and code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from xml.sax.saxutils import escape

from accessflow.documents import package
from accessflow.documents.breaking import Filled
from accessflow.documents.layout import Layout, lay_out
from accessflow.documents.metrics import rich_parts
from accessflow.documents.model import Cell, DocumentModel
from accessflow.documents.paragraphs import LaidParagraph
from accessflow.documents.stamp import payload, png
from accessflow.documents.styles import CELL_STYLES, CellKind, mm
from accessflow.documents.tables import LaidRow, LaidTable

_LEFT_MARGIN = re.compile(r'w:left="\d+"')
_RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
    "<dc:language>ru-RU</dc:language></cp:coreProperties>"
)


def write_docx(model: DocumentModel, layout: Layout | None = None) -> bytes:
    """The document as a .docx file. Raises `Invalid` on a control character in a text."""
    layout = layout or lay_out(model)
    base = package.base(f"{model.orientation}-qr" if model.stamp else model.orientation)
    tail = base.tail
    if model.margin_left_mm != 20.0:
        tail = _LEFT_MARGIN.sub(f'w:left="{mm(model.margin_left_mm)}"', tail)
    body: list[str] = [base.head]
    for block in layout.blocks:
        if isinstance(block, LaidParagraph):
            body.append(_paragraph(block))
        else:
            _table(block, body)
    body.append(tail)
    parts: dict[str, Iterable[bytes]] = {
        package.CORE: [_CORE.format(title=escape(model.title)).encode()],
        package.DOCUMENT: _encoded(body),
    }
    if model.stamp:
        parts[package.PICTURE] = [png(payload(model.stamp))]
    return base.package(parts)


def _encoded(body: Sequence[str], pieces: int = 256) -> Iterator[bytes]:
    for at in range(0, len(body), pieces):
        yield "".join(body[at : at + pieces]).encode()


def _paragraph(laid: LaidParagraph) -> str:
    style = laid.style
    form = [f'<w:pStyle w:val="{style.id}"/>']
    if laid.keep_next and not style.keep_next:
        form.append("<w:keepNext/>")
    if laid.keep_lines:
        form.append("<w:keepLines/>")
    if laid.before or laid.after != style.after:
        form.append(f'<w:spacing w:before="{laid.before}" w:after="{laid.after}"/>')
    if laid.left or laid.filled.indent:
        form.append(_indent(laid.left, laid.filled.indent, style.first))
    return f"<w:p><w:pPr>{''.join(form)}</w:pPr>{_runs(laid.text, style.rich)}</w:p>"


def _indent(left: int, right: int, first: int = 0) -> str:
    shy = f' w:firstLine="{first}"' if first else ""
    return f'<w:ind w:left="{left}" w:right="{right}"{shy}/>'


def _runs(text: str, rich: bool) -> str:
    """The runs of a paragraph, `^x` raised where `rich`.

    A word is one run: LibreOffice cuts a long word elsewhere where it is made of several.
    """
    if rich and "^" in text:
        return "".join(_run(part, _RAISED if up else "") for part, up in rich_parts(text))
    return _run(text)


def _run(text: str, form: str = "") -> str:
    if not text:
        return ""
    if _is_plain(text):
        return f"<w:r>{form}<w:t>{text}</w:t></w:r>"
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(text).split("\n"))
    return f'<w:r>{form}<w:t xml:space="preserve">{lines}</w:t></w:r>'


def _is_plain(text: str) -> bool:
    """Whether a text that is not empty stands in XML as it is."""
    return not (
        "&" in text
        or "<" in text
        or "\n" in text
        or "  " in text
        or ">" in text
        or text[0] == " "
        or text[-1] == " "
    )


def _table(laid: LaidTable, body: list[str]) -> None:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in laid.widths)
    body.append(
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{laid.edges[-1]}" '
        f'w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{laid.pad}" w:type="dxa"/><w:right w:w="{laid.pad}" w:type="dxa"/>'
        f'</w:tblCellMar><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
    )
    heading = _Rows(laid, heading=True)
    for row in laid.header:
        heading.write(row, body, keep=False)
    rows = _Rows(laid)
    plain = rows.plain()
    last = len(laid.rows) - 1
    for number, row in enumerate(laid.rows):
        if plain and not (laid.keep_next and number == last):
            body.append(rows.opening(row))
            body += plain[number]
            body.append("</w:tr>")
        else:
            rows.write(row, body, keep=row.tied or (laid.keep_next and number == last))
    body.append("</w:tbl>")


class _Rows:
    """Writes rows of one table, the heading or the others."""

    def __init__(self, laid: LaidTable, heading: bool = False) -> None:
        self.laid = laid
        self.heading = heading
        left: CellKind = "Heading" if heading else "Text"
        center: CellKind = "Heading" if heading else "Centered"
        middle = '<w:vAlign w:val="center"/>' if heading else ""
        self.left, self.center = (
            f'{middle}</w:tcPr><w:p><w:pPr><w:pStyle w:val="{CELL_STYLES[kind, laid.size].id}"/>'
            for kind in (left, center)
        )

    def plain(self) -> list[tuple[str, ...]]:
        """The cells of all rows, where none spans; what a column says twice is written once."""
        table = self.laid
        written = []
        for width, kind, column in zip(
            table.widths, table.table.columns, table.columns, strict=False
        ):
            opening = self._opening(width, kind.align == "center")
            cells = {t: self._plain(opening, t, f) for t, f in column.fills.items()}
            written.append(map(cells.__getitem__, column.texts))
        return list(zip(*written, strict=True))

    def _plain(self, opening: str, text: str, filled: Filled) -> str:
        if not text:
            return f"{opening}</w:pPr></w:p></w:tc>"
        if filled.indent or not _is_plain(text):
            return opening + self._content(Cell(text), filled, keep=False)
        return f"{opening}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    def opening(self, row: LaidRow) -> str:
        header = "<w:tblHeader/>" if self.heading else ""
        if row.height > self.laid.tallest:
            return "<w:tr>"
        return (
            f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{row.height}" w:hRule="atLeast"/>'
            f"{header}</w:trPr>"
        )

    def write(self, row: LaidRow, body: list[str], keep: bool) -> None:
        """`keep`: with the next row, or with what stands below the table."""
        body.append(self.opening(row))
        self._spanned(row, body, keep)
        body.append("</w:tr>")

    def _spanned(self, row: LaidRow, body: list[str], keep: bool) -> None:
        edges = self.laid.edges
        columns = self.laid.table.columns
        cells: list[tuple[int, Cell, Filled | None]] = [
            (column, cell, None) for column, cell, _ in row.grid.carried
        ]
        cells += zip(row.grid.starts, row.grid.cells, row.fills, strict=True)
        if row.grid.carried:
            cells.sort(key=itemgetter(0))
        for column, cell, filled in cells:
            width = edges[column + cell.colspan] - edges[column]
            spans = ""
            if cell.colspan > 1:
                spans = f'<w:gridSpan w:val="{cell.colspan}"/>'
            if cell.rowspan > 1:
                spans += '<w:vMerge w:val="restart"/>' if filled else "<w:vMerge/>"
            centered = columns[column].align == "center" and cell.colspan == 1
            body.append(self._opening(width, centered, spans) + self._content(cell, filled, keep))

    def _opening(self, width: int, centered: bool, spans: str = "") -> str:
        """A cell up to its paragraph's direct formatting."""
        form = self.center if centered else self.left
        return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{form}'

    def _content(self, cell: Cell, filled: Filled | None, keep: bool) -> str:
        """The rest of a cell; None stands for one that only goes on from above."""
        form = "<w:keepNext/>" if keep else ""
        if filled is None:
            return f"{form}</w:pPr></w:p></w:tc>"
        if filled.indent:
            form += f'<w:ind w:left="0" w:right="{filled.indent}"/>'
        runs = _runs(cell.text, cell.rich or self.heading)
        return f"{form}</w:pPr>{runs}</w:p></w:tc>"
