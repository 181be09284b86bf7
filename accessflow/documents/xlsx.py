"""The XLSX: the page as a sheet that prints on A4, can be filled in offline and comes back whole.

Every value is a text cell: СНИЛС, ИНН and telephones keep their zeros, nothing becomes a formula.
Right of the print area stand the model's service columns. A hidden sheet `accessflow` holds the
meta and where the rows and columns are: `rows.first`, `rows.last`, `rows.columns`,
`service.columns`, `service.first`, counted from 1. Spare rows for more people lie folded below the
last row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from accessflow.documents.layout import Layout, lay_out
from accessflow.documents.metrics import rich_parts
from accessflow.documents.model import DocumentModel, ServiceColumn, TableColumn
from accessflow.documents.paragraphs import LaidParagraph
from accessflow.documents.styles import (
    FONT_NAME,
    HEADER_BOLD,
    HEADER_DISTANCE,
    MARGIN_BOTTOM,
    MARGIN_RIGHT,
    MARGIN_TOP,
    Align,
    mm,
)
from accessflow.documents.tables import LaidRow, LaidTable
from accessflow.documents.xlsx_parts import LISTS_SHEET, DropDowns, FormSheet, Look

META_SHEET = "accessflow"
SHEET = "Заявка"
SPARE_ROWS = 200

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The same model gives the same bytes."""
_WIDER = 1.05  # screen type runs wider than the printer's; the page is scaled to fit
_HIGHER = 1.15
_HIGHEST = 409.0  # points, Excel's limit
_SERVICE_WIDTH = 130  # pixels
_HINT = Look(9.0, color="#595959")
_SPARE_HINT = "Ещё строки для заполнения: «+» слева от этой строки"
_HORIZONTAL: Mapping[Align, str] = {"left": "left", "center": "center", "both": "justify"}


def write_xlsx(model: DocumentModel, layout: Layout | None = None) -> bytes:
    """The document as an .xlsx file. Raises `Invalid` on a control character in a text."""
    layout = layout or lay_out(model)
    out = BytesIO()
    book = Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            # Widths are measured in its digits: LibreOffice has none so wide for a missing Calibri.
            "default_format_properties": {"font_name": FONT_NAME, "font_size": 11},
        },
    )
    book.set_properties({"title": model.title, "created": _CREATED})
    sheet = _Sheet(book, layout)
    for block in layout.blocks:
        if isinstance(block, LaidParagraph):
            sheet.paragraph(block)
        else:
            sheet.table(block, model.service)
    sheet.set_page(model)
    _write_lists(book, sheet.lists)
    _write_meta(book, [*model.meta, *sheet.facts])
    book.close()
    return out.getvalue()


class _Sheet:
    """Writes blocks one below the other. Columns are the borders of all the tables together."""

    def __init__(self, book: Workbook, layout: Layout) -> None:
        self.book = book
        self.sheet = book.add_worksheet(SHEET, worksheet_class=FormSheet)
        self.layout = layout
        tables = [block for block in layout.blocks if isinstance(block, LaidTable)]
        self.edges = sorted({0, layout.page.text_width, *(e for t in tables for e in t.edges)})
        self.column_at = {edge: column for column, edge in enumerate(self.edges)}
        self.formats: dict[Look, Format] = {}
        self.row = 0
        self.lists = DropDowns()
        self.facts: list[tuple[str, str]] = []
        self.collapsed = False  # whether the next row carries the «+» of folded ones
        text = self.format(Look(9.0))
        for column, (left, right) in enumerate(zip(self.edges, self.edges[1:], strict=False)):
            self.sheet.set_column_pixels(column, column, (right - left) / 15 * _WIDER, text)

    @property
    def last_column(self) -> int:
        return len(self.edges) - 2

    def format(self, look: Look) -> Format:
        known = self.formats.get(look)
        if known is None:
            known = self.formats[look] = self.book.add_format({
                "font_name": FONT_NAME,
                "font_size": look.size,
                "bold": look.bold,
                "border": int(look.border),
                "align": _HORIZONTAL[look.align],
                "valign": look.vertical,
                "text_wrap": True,
                "num_format": 49,  # Text
                "font_color": look.color,
                "font_script": int(look.raised),
            })  # fmt: skip
        return known

    def paragraph(self, laid: LaidParagraph) -> None:
        style = laid.style
        lines = len(laid.filled.lines)
        height = (lines * style.pitch * _HIGHER + laid.before + laid.after) / 20
        self._height(height)
        first = max(c for c, edge in enumerate(self.edges[:-1]) if edge <= laid.left)
        look = Look(style.size, style.align, style.bold, vertical="vcenter")
        self._write(self.row, first, self.row, self.last_column, laid.text, look, style.rich)
        self.row += 1

    def table(self, laid: LaidTable, service: Sequence[ServiceColumn]) -> None:
        heading = Look(laid.size, "center", HEADER_BOLD, border=True, vertical="vcenter")
        first_heading = self.row
        for row in laid.header:
            self._row(laid, row, heading)
        first = self.row
        if laid.columns and len(laid.edges) == len(self.edges):
            self._plain_rows(laid)
        else:
            for row in laid.rows:
                self._row(laid, row)
        if not laid.header:
            return
        self.sheet.repeat_rows(first_heading, first - 1)
        last = self._spare_rows(len(laid.table.columns))
        self._drop_downs(laid, first, last)
        if not self.facts:
            self._facts(laid.table.columns, service, first, last)
            self._service(service, first)

    def _plain_rows(self, laid: LaidTable) -> None:
        """Rows whose cells stand in a column each."""
        first = self.row
        for row in laid.rows:
            self._height(row.height / 20 * _HIGHER)
            self.row += 1
        for at, (column, kind) in enumerate(zip(laid.columns, laid.table.columns, strict=True)):
            form = self.format(Look(laid.size, kind.align, border=True))
            for number, text in enumerate(column.texts, first):
                self.sheet.put(number, at, text, form)

    def _row(self, laid: LaidTable, row: LaidRow, heading: Look | None = None) -> None:
        self._height(row.height / 20 * _HIGHER)
        for start, cell in zip(row.grid.starts, row.grid.cells, strict=True):
            left = self.column_at[laid.edges[start]]
            right = self.column_at[laid.edges[start + cell.colspan]] - 1
            align: Align = "left" if cell.colspan > 1 else laid.table.columns[start].align
            look = heading or Look(laid.size, align, border=True)
            rich = cell.rich or heading is not None
            below = self.row + cell.rowspan - 1
            self._write(self.row, left, below, right, cell.text, look, rich)
        self.row += 1

    def _height(self, height: float) -> None:
        options = {"collapsed": True} if self.collapsed else None
        self.sheet.set_row(self.row, min(height, _HIGHEST), None, options)
        self.collapsed = False

    def _write(
        self, top: int, left: int, bottom: int, right: int, text: str, look: Look, rich: bool
    ) -> None:
        """One cell, or several merged."""
        form = self.format(look)
        if top != bottom or left != right:
            if look.border:
                self.sheet.merge_range(top, left, bottom, right, "", form)
            else:
                self.sheet.join(top, left, bottom, right)
        if rich and "^" in text:
            self._write_rich(top, left, text, look, form)
        else:
            self.sheet.put(top, left, text, form)

    def _write_rich(self, row: int, column: int, text: str, look: Look, form: Format) -> None:
        parts = rich_parts(text)
        if len(parts) == 1:
            self.sheet.write_string(row, column, parts[0][0], form)
            return
        plain = self.format(Look(look.size, bold=look.bold))
        raised = self.format(Look(look.size, bold=look.bold, raised=True))
        runs = [run for part, up in parts for run in (raised if up else plain, part)]
        self.sheet.write_rich_string(row, column, *runs, form)

    def _spare_rows(self, columns: int) -> int:
        """Folded rows for more people; those filled in get borders. Gives the last of them."""
        first = self.row
        hint = self.format(_HINT)
        self.sheet.write_string(first + SPARE_ROWS, self.last_column + 2, _SPARE_HINT, hint)
        self.row += SPARE_ROWS
        self.sheet.fold(range(first, self.row))
        self.collapsed = True
        whole = f"$A{first + 1}:${xl_col_to_name(columns - 1)}{first + 1}"
        self.sheet.conditional_format(
            first, 0, self.row - 1, columns - 1,
            {"type": "formula", "criteria": f"=COUNTA({whole})>0",
             "format": self.book.add_format({"border": 1})},
        )  # fmt: skip
        return self.row - 1

    def _drop_downs(self, laid: LaidTable, first: int, last: int) -> None:
        for column, kind in enumerate(laid.table.columns):
            if kind.choices:
                at = self.edges.index(laid.edges[column])
                self.sheet.data_validation(
                    first, at, last, at,
                    {"validate": "list", "source": self.lists.source(kind.choices),
                     "error_title": "Нет такого значения",
                     "error_message": "Выберите значение из списка в этой ячейке."},
                )  # fmt: skip

    def _facts(
        self,
        columns: Sequence[TableColumn],
        service: Sequence[ServiceColumn],
        first: int,
        last: int,
    ) -> None:
        self.facts = [
            ("rows.first", str(first + 1)),
            ("rows.last", str(last + 1)),
            ("rows.columns", " ".join(column.key for column in columns)),
            ("service.first", str(self.last_column + 3)),
            ("service.columns", " ".join(column.key for column in service)),
        ]

    def _service(self, service: Sequence[ServiceColumn], first: int) -> None:
        """What the page does not print, a column away from it."""
        form = self.format(_HINT)
        for at, column in enumerate(service, self.last_column + 2):
            self.sheet.set_column_pixels(at, at, _SERVICE_WIDTH, form)
            self.sheet.write_string(first - 1, at, column.header, form)
            for row, value in enumerate(column.values, first):
                self.sheet.write_string(row, at, value, form)

    def set_page(self, model: DocumentModel) -> None:
        """A4 as the model has it, as wide as the page, as many pages as it takes."""
        sheet = self.sheet
        sheet.set_paper(9)
        if model.orientation == "landscape":
            sheet.set_landscape()
        sheet.set_margins(
            _inches(mm(model.margin_left_mm)), _inches(MARGIN_RIGHT),
            _inches(MARGIN_TOP), _inches(MARGIN_BOTTOM),
        )  # fmt: skip
        sheet.set_header(f'&C&"{FONT_NAME}"&12&P', {"margin": _inches(HEADER_DISTANCE)})
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, self.row - 1, self.last_column)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self.row}"})


def _inches(twips: int) -> float:
    return twips / 1440


def _write_lists(book: Workbook, lists: DropDowns) -> None:
    if not lists.columns:
        return
    sheet = book.add_worksheet(LISTS_SHEET)
    sheet.hide()
    for column, choices in enumerate(lists.columns):
        for row, choice in enumerate(choices):
            sheet.write_string(row, column, choice)


def _write_meta(book: Workbook, facts: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(META_SHEET)
    sheet.hide()
    for row, (key, value) in enumerate(facts):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
