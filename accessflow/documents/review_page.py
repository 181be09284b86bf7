"""The report of a recertification: what was decided on each right, to be signed by the head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accessflow.documents.model import (
    Align,
    Block,
    Cell,
    DocumentModel,
    Paragraph,
    SignatureBlock,
    Table,
    TableColumn,
)
from accessflow.documents.names import file_stem
from accessflow.forms.spec import Orientation

BLANK_POST = "Руководитель"
BLANK_NAME = "_" * 20
"""Where nobody is known to sign: to be filled in by hand."""
PRELIMINARY = "ПРЕДВАРИТЕЛЬНО: пересмотр не закончен"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the report: `weight` is its share of the width."""

    text: str
    weight: float = 1.0
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """`facts` are told as «label: value», a line each; `rows` have a cell for each heading and are
    numbered here."""

    title: Sequence[str]
    preliminary: bool
    facts: Sequence[tuple[str, str]]
    headings: Sequence[Heading]
    rows: Sequence[Sequence[str]]
    position: str
    name: str
    seal: str
    stem: Sequence[str]
    left_margin_mm: float = 20.0
    orientation: Orientation = "landscape"


def build_review(page: ReviewPage) -> DocumentModel:
    return DocumentModel(
        title=" ".join(page.title),
        orientation=page.orientation,
        blocks=tuple(_blocks(page)),
        stamp=None,
        file_stem=file_stem(*page.stem),
        margin_left_mm=page.left_margin_mm,
    )


def _blocks(page: ReviewPage) -> list[Block]:
    found: list[Block] = [Paragraph(line, "title") for line in page.title]
    if page.preliminary:
        found.append(Paragraph(PRELIMINARY, "mark"))
    found += [Paragraph(f"{label}: {value}", "plain") for label, value in page.facts]
    position, name = page.position or BLANK_POST, page.name or BLANK_NAME
    return [*found, _table(page), SignatureBlock(position, name, page.seal)]


def _table(page: ReviewPage) -> Table:
    headings = (Heading("№", 0.35, "center"), *page.headings)
    return Table(
        columns=tuple(
            TableColumn(f"c{number}", heading.weight, heading.align)
            for number, heading in enumerate(headings)
        ),
        header=(tuple(Cell(heading.text) for heading in headings),),
        rows=tuple(
            tuple(Cell(text) for text in (str(number), *row))
            for number, row in enumerate(page.rows, 1)
        ),
    )
