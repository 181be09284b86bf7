"""One model of the printed page, three writers. No writer knows a form by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from accessflow.forms.spec import Orientation

Align = Literal["left", "center"]
Style = Literal[
    "title",  # bold, centred
    "mark",  # «УДАЛЕНИЕ ДОСТУПА»: bold capitals, centred, above the title
    "body",  # justified, first line indented 1.25 cm
    "plain",  # left, no indent
    "caption",  # above a table
    "note",  # footnotes and marks below the signature, small
    "addressee",  # a block at the top right, at most 8 cm wide
    "requisite",  # исх. № and date, top left
    "salutation",  # «Уважаемый …!», centred
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`text` is one paragraph, «\\n» breaks a line. In style "note" `^x` prints x as superscript;
    in every other style the text is literal, for it may hold what a person typed."""

    text: str
    style: Style = "body"


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a cell and its spans; «\\n» breaks the line. `rich`: official wording, in which `^x`
    prints x as superscript; header cells always are, typed text never is."""

    text: str = ""
    colspan: int = 1
    rowspan: int = 1
    rich: bool = False


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`weight`: share of the width. `choices`: the drop-down of the XLSX."""

    key: str
    weight: float = 1.0
    align: Align = "left"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`header` rows repeat on every page; `rows` never split. Cells under a span are left out."""

    columns: tuple[TableColumn, ...]
    header: tuple[tuple[Cell, ...], ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """«{position} ____ /{name}/» with «М.П.» beneath; kept together with the row before it.

    `before` is a line above (the act's «Дата ____ /»).
    """

    position: str
    name: str
    seal: str = ""
    before: str = ""


Block = Paragraph | Table | SignatureBlock


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the QR carries: own number, version, short digest of the content (off-line: alone)."""

    digest: str
    number: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class ServiceColumn:
    """A column of the XLSX right of the print area with what the page does not print (СНИЛС of
    App. 3 and 13, the parts of a name), so that an offline sheet comes back without loss."""

    key: str
    header: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentModel:
    """`title` names the document in its metadata; `meta` goes into the XLSX's hidden sheet."""

    title: str
    orientation: Orientation
    blocks: tuple[Block, ...]
    stamp: Stamp | None
    file_stem: str
    margin_left_mm: float = 20.0
    service: tuple[ServiceColumn, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
