"""The rows below a header: headings of departments carried down, totals and blank rows left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from accessflow.domain import full_name
from accessflow.domain.text import clean
from accessflow.forms.sheets.header import Header, is_repeat
from accessflow.forms.sheets.table import CellValue, is_blank, text_of

_VACANCY = re.compile(r"\s*\(?вакан", re.IGNORECASE)
_TOTAL = re.compile(r"\s*(?:всего|итого?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row of somebody, as wide as the header at least. `number` as the file shows it;
    `heading`: the department above it."""

    number: int
    cells: Sequence[CellValue] = field(repr=False)
    heading: str = ""


def body_rows(header: Header) -> Iterator[BodyRow]:
    """Every row below the header but headings, totals, vacancies, repeated headers and blanks."""
    heading, width = "", max(header.columns.values()) + 1
    for index, cells in enumerate(header.table.rows[header.index + 1 :], header.index + 1):
        filled = [value for value in cells if not is_blank(value)]
        if not filled or _is_total(filled[0]):
            continue
        if len(filled) == 1 and not _is_person(cells, header):
            if isinstance(filled[0], str):
                heading = clean(filled[0])
            continue
        if _is_numbering(filled) or is_repeat(cells, header) or _is_vacancy(cells, header):
            continue
        if len(cells) < width:
            cells = [*cells, *[None] * (width - len(cells))]
        yield BodyRow(header.table.first_row + index, cells, heading)


def _is_person(cells: Sequence[CellValue], header: Header) -> bool:
    """A row with nothing but a proper whole name in the column of names is somebody, no heading."""
    column = header.columns.get("full_name")
    if column is None or column >= len(cells) or is_blank(cells[column]):
        return False
    reading = full_name.read(text_of(cells[column]))
    return reading.value is not None and not reading.flaws


def _is_vacancy(cells: Sequence[CellValue], header: Header) -> bool:
    """A post that nobody holds: «Вакансия» in the place of a name."""
    at = header.columns.get("full_name", header.columns.get("last_name", len(cells)))
    name = cells[at] if at < len(cells) else None
    return isinstance(name, str) and _VACANCY.match(name) is not None


def _is_total(first: CellValue) -> bool:
    return isinstance(first, str) and _TOTAL.match(first) is not None


def _is_numbering(filled: Sequence[CellValue]) -> bool:
    """The row «1 2 3 4 …» that printed forms have below their headers."""
    numbers = enumerate(filled, 1)
    return len(filled) > 2 and all(text_of(value).strip() == str(n) for n, value in numbers)
