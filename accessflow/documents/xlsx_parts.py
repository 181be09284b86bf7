"""What the sheet of an application is made of: a worksheet, the looks of cells, drop-downs."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from accessflow.documents.styles import Align

LISTS_SHEET = "Списки"
_LONGEST_LIST = 255  # characters of a drop-down's list in place


class FormSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A sheet without a page number on its first page, and with folded rows at little cost."""

    def __init__(self) -> None:
        super().__init__()
        self.folded: list[range] = []
        self.dim_rowmin: int
        self.dim_rowmax: int

    def put(self, row: int, column: int, text: str, form: Format) -> None:
        """`write_string` or `write_blank` without the reading of «A1» and other notations."""
        if text:
            self._write_string(row, column, text, form)
        else:
            self._write_blank(row, column, "", form)

    def join(self, top: int, left: int, bottom: int, right: int) -> None:
        """`merge_range` without the blank cells beneath, which only borders need."""
        self.merge.append([top, left, bottom, right])

    def fold(self, rows: range) -> None:
        """Empty rows, hidden under a «+»."""
        self.folded.append(rows)
        self.outline_row_level = 1

    def _write_rows(self) -> None:
        first, last = self.dim_rowmin, self.dim_rowmax
        for rows in self.folded:
            self.dim_rowmax = rows.start - 1
            super()._write_rows()
            self.fh.write(
                "".join(f'<row r="{row + 1}" hidden="1" outlineLevel="1"/>' for row in rows)
            )
            self.dim_rowmin, self.dim_rowmax = rows.stop, last
        super()._write_rows()
        self.dim_rowmin = first

    def _write_header_footer(self) -> None:
        self._xml_start_tag("headerFooter", [("differentFirst", 1)])
        self._write_odd_header()
        self._xml_end_tag("headerFooter")


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell looks like; equal looks share one format of the workbook."""

    size: float
    align: Align = "left"
    bold: bool = False
    border: bool = False
    vertical: str = "top"
    color: str = "black"
    raised: bool = False


@dataclass(slots=True)
class DropDowns:
    """Drop-downs too long to stand in place: they go into columns of a hidden sheet."""

    columns: list[tuple[str, ...]] = field(default_factory=list)

    def source(self, choices: tuple[str, ...]) -> str | list[str]:
        if len(",".join(choices)) <= _LONGEST_LIST and not any("," in c for c in choices):
            return list(choices)
        if choices not in self.columns:
            self.columns.append(choices)
        column = self.columns.index(choices)
        return f"='{LISTS_SHEET}'!{xl_range_abs(0, column, len(choices) - 1, column)}"
