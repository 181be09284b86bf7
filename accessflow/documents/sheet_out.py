"""A plain table as `.xlsx`: of what was not taken, of any list that is exported."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from accessflow.domain.errors import Invalid

MAX_ROWS = 1_048_000
MAX_TEXT = 32_767
"""What a sheet and a cell can hold."""

AS_TYPED = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
_CUT = "… (обрезано: ячейка вмещает 32 767 знаков)"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60


def write_table(
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float] | None = None,
) -> bytes:
    """The title in row 1, the header in row 2 (kept in view, with filters), every cell as text.

    `widths` in characters; without it they follow the longest text. Nothing becomes a formula, a
    number or a link. Raises `Invalid` beyond what a sheet can hold.
    """
    if len(rows) > MAX_ROWS:
        raise Invalid("Строк больше, чем вмещает лист Excel. Сузьте отбор.")
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **AS_TYPED}) as book:
        book.set_properties({"title": title})
        _fill(book, title, headers, rows, widths)
    return stream.getvalue()


def write_long_table(
    title: str,
    headers: Sequence[str],
    widths: Sequence[float],
    rows: Iterable[Sequence[str | int]],
) -> IO[bytes]:
    """The same of rows that are read one by one, in a temporary file at its beginning; whoever
    gets it closes it. What one sheet cannot hold goes on in the next."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 # it outlives this function
    try:
        with xlsxwriter.Workbook(file, {"constant_memory": True, **AS_TYPED}) as book:
            book.set_properties({"title": title})
            for name, part in _parts(title, iter(rows)):
                _fill_long(book, name, headers, widths, part)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _parts(
    title: str, rows: Iterator[Sequence[str | int]]
) -> Iterator[tuple[str, Iterator[Sequence[str | int]]]]:
    """What goes on which sheet; the first one is there without any row."""
    yield title, islice(rows, MAX_ROWS)
    number = 2
    while (first := next(rows, None)) is not None:
        yield f"{title[:26]} {number}", chain((first,), islice(rows, MAX_ROWS - 1))
        number += 1


def _fill_long(
    book: xlsxwriter.Workbook,
    title: str,
    headers: Sequence[str],
    widths: Sequence[float],
    rows: Iterator[Sequence[str | int]],
) -> None:
    """Top to bottom, for what is written is gone from memory."""
    sheet, text, head = _begun(book, title)
    for column, (name, width) in enumerate(zip(headers, widths, strict=True)):
        sheet.set_column(column, column, width, text)
        sheet.write_string(1, column, name, head)
    number = 1
    for number, row in enumerate(rows, 2):
        _write_row(sheet, number, row, text)
    _finish(sheet, number, len(headers))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a book: numbers stay numbers, all else is text."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str | int]]


def write_book(title: str, sheets: Sequence[Sheet]) -> bytes:
    """Several tables in one file, a sheet each, in the same way as `write_table`."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **AS_TYPED}) as book:
        book.set_properties({"title": title})
        for sheet in sheets:
            _fill(book, sheet.title, sheet.headers, sheet.rows, None)
    return stream.getvalue()


def _fill(
    book: xlsxwriter.Workbook,
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    widths: Sequence[float] | None,
) -> None:
    sheet, text, head = _begun(book, title)
    for column, (name, width) in enumerate(
        zip(headers, widths or _widths(headers, rows), strict=True)
    ):
        sheet.set_column(column, column, width, text)
        sheet.write_string(1, column, name, head)
    for number, row in enumerate(rows, 2):
        _write_row(sheet, number, row, text)
    _finish(sheet, 1 + len(rows), len(headers))


def _begun(book: xlsxwriter.Workbook, title: str) -> tuple[Worksheet, Format, Format]:
    """A sheet with its title; the formats of texts and of headers."""
    sheet = book.add_worksheet(_FORBIDDEN.sub(" ", title)[:31].strip() or "Лист1")
    text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    head = book.add_format(
        {"bold": True, "valign": "top", "text_wrap": True, "bg_color": "#E8EEF4"}
    )
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    return sheet, text, head


def _write_row(sheet: Worksheet, number: int, row: Sequence[str | int], text: Format) -> None:
    for column, value in enumerate(row):
        if isinstance(value, int):
            sheet.write_number(number, column, value)
        else:
            sheet.write_string(number, column, _fitting(value), text)


def _finish(sheet: Worksheet, last: int, columns: int) -> None:
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, last, columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _fitting(value: str) -> str:
    return value if len(value) <= MAX_TEXT else value[: MAX_TEXT - len(_CUT)] + _CUT


def _widths(headers: Sequence[str], rows: Sequence[Sequence[str | int]]) -> list[float]:
    columns = zip(headers, *rows, strict=True)
    return [min(max(len(str(cell)) for cell in column) + 2, _WIDEST) for column in columns]
