"""The printed page in figures, shared by the three writers. Lengths are twips, 1/20 pt.

ГОСТ Р 7.0.97 (domain F): margins 20/10/20/20 mm, 12 pt text, page number from page 2 at the top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from accessflow.documents.model import DocumentModel, Style

Align = Literal["left", "center", "both"]

FONT_NAME = "Times New Roman"
"""What DOCX and XLSX name; the PDF embeds Tinos, whose advance widths are the same."""


def mm(length: float) -> int:
    """Millimetres to twips."""
    return round(length * 1440 / 25.4)


A4_SHORT, A4_LONG = 11906, 16838
MARGIN_RIGHT = mm(10)
MARGIN_TOP = mm(20)
MARGIN_BOTTOM = mm(20)
HEADER_DISTANCE = mm(10)

QR_SIZE = mm(22)
QR_EDGE = mm(5)  # from the foot of the page; most printers leave 4.2 mm blank
QR_GAP = mm(2)  # white between the body and the code: part of its quiet zone
STAMP_RESERVE = QR_EDGE + QR_SIZE + QR_GAP

PAGE_NUMBER_SIZE = 12.0
PAGE_NUMBER_PITCH = 280

BASELINE = 0.8
"""Where the baseline lies in a line of exact height: LibreOffice's rule."""

SUPERSCRIPT_SCALE = 0.58
SUPERSCRIPT_RISE = 0.39


@cache
def _style_id(name: str) -> str:
    return name.replace(" ", "")


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a paragraph is set. `word` names its style in the DOCX."""

    word: str
    size: float = 12.0
    pitch: int = 280
    bold: bool = False
    align: Align = "left"
    first: int = 0
    left: int = 0
    right_block: int = 0  # width of a block that stands at the right margin, 0: full width
    before: int = 0  # where it is not the first thing on the sheet
    after: int = 0
    keep_next: bool = False
    rich: bool = False
    builtin: bool = True

    @property
    def id(self) -> str:
        return _style_id(self.word)


STYLES: Mapping[Style, TextStyle] = MappingProxyType({
    "title": TextStyle("Title", bold=True, align="center", before=200, after=120, keep_next=True),
    "mark": TextStyle("Subtitle", bold=True, align="center", after=120, keep_next=True),
    "body": TextStyle("Body Text", align="both", first=mm(12.5), after=60),
    "plain": TextStyle("Plain Text", after=60),
    "caption": TextStyle("Caption", after=60, keep_next=True),
    "note": TextStyle("footnote text", size=10.0, pitch=240, after=20, rich=True),
    "addressee": TextStyle("Addressee", builtin=False, right_block=mm(80), after=60),
    "requisite": TextStyle("Requisite", builtin=False, after=60),
    "salutation": TextStyle("Salutation", align="center", before=280, after=120),
})  # fmt: skip

SIGNATURE = TextStyle("Signature", after=60)
SIGNATURE_GAP = 240
SIGNATURE_RULE = "_" * 26  # the length that the official forms print
AFTER_TABLE = 200
BEFORE_TABLE = 100
"""White between a table and the paragraphs below and above it."""
SPACER = TextStyle("Spacer", size=1.0, pitch=20, builtin=False)
"""An empty paragraph below a table where Word needs one."""

TABLE_SIZES = (9.0, 8.5, 8.0)
CELL_PADS = (mm(1.6), mm(1.2))
TABLE_SETTINGS = (
    (9.0, CELL_PADS[0]), (9.0, CELL_PADS[1]), (8.5, CELL_PADS[1]), (8.0, CELL_PADS[1]),
)  # fmt: skip
"""Type size in points and white at each side of a cell: the next is taken where words do not fit
their columns. With less white than the first has, programs that extract text may take words of
neighbouring columns for one line."""
HEADER_BOLD = False
CELL_PAD_TOP = 30
CELL_PAD_BOTTOM = 30
ROW_SLACK = 10  # the half lines of the borders
CELL_WHITE = CELL_PAD_TOP + CELL_PAD_BOTTOM + ROW_SLACK
"""What a row is higher than its lines."""
EMPTY_ROW_HEIGHT = mm(9)  # a blank form is also filled by hand
BORDER = 10  # 0.5 pt
CELL_INSET = 6  # by which LibreOffice sets text off a cell's border besides the white

CellKind = Literal["Text", "Centered", "Heading"]


def table_pitch(size: float) -> int:
    """Height of a line of table text."""
    return round(size * 20 * 7 / 6)


def cell_style(kind: CellKind, size: float) -> TextStyle:
    name = f"Table {kind}" if size == TABLE_SIZES[0] else f"Table {kind} {size:g}"
    return TextStyle(
        name,
        size=size,
        pitch=table_pitch(size),
        bold=HEADER_BOLD and kind == "Heading",
        align="left" if kind == "Text" else "center",
        builtin=False,
    )


CELL_STYLES = MappingProxyType(
    {(kind, size): cell_style(kind, size) for kind in get_args(CellKind) for size in TABLE_SIZES}
)


@dataclass(frozen=True, slots=True)
class Page:
    """A4 with its margins."""

    width: int
    height: int
    left: int
    stamped: bool

    @classmethod
    def of(cls, model: DocumentModel) -> Page:
        landscape = model.orientation == "landscape"
        width, height = (A4_LONG, A4_SHORT) if landscape else (A4_SHORT, A4_LONG)
        return cls(width, height, mm(model.margin_left_mm), model.stamp is not None)

    @property
    def text_width(self) -> int:
        return self.width - self.left - MARGIN_RIGHT

    @property
    def bottom(self) -> int:
        """From the foot of the page to the lowest line: the QR reaches over the margin."""
        return max(MARGIN_BOTTOM, STAMP_RESERVE) if self.stamped else MARGIN_BOTTOM

    @property
    def body_height(self) -> int:
        return self.height - MARGIN_TOP - self.bottom
