"""Bytes of an `.xlsx` or a `.csv` into plain tables; what would harm is refused in words."""

from __future__ import annotations

import csv
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.table import CellValue, Table

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 100_000
MAX_CELLS = 3_000_000

_CHUNK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, OSError, ValueError,
)  # fmt: skip
"""All that `zipfile` raises on broken archives, as found by feeding it some."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BLANK = rb"(?:\s+[\w:]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*(?:/>|>\s*</)"
_FAR_CELL = re.compile(
    rb"r\s*=\s*[\"'](?:([A-Z]{2,3})[0-9]{1,7}|[A-Z]([0-9]{5,7}))[\"'](?!" + _BLANK + rb")"
)
"""A filled cell beyond column Z or row 9999: few enough to look at each. Merely styled ones, which
often reach to the sheet's end, do not count."""
_ANY_ROW = re.compile(rb"[\"'][A-Z]{1,3}([0-9]{1,7})[\"']")
_SAVE_AS = "Откройте его в табличном редакторе и сохраните как «Книга Excel (.xlsx)»."
_TOO_LARGE = "Таблица слишком велика: до 100 000 строк и 20 МБ. Разделите её на несколько файлов."


def read_tables(data: bytes, filename: str) -> tuple[Table, ...]:
    """Every sheet of the file (a `.csv` is one), blank margins left out.

    Raises `Invalid`: empty, too large, not a table, broken, protected by a password.
    """
    if not data.strip():
        raise Invalid("Файл пуст. Выгрузите список ещё раз.")
    if len(data) > MAX_BYTES:
        raise Invalid(_TOO_LARGE)
    if data.startswith(b"PK"):
        return _read_workbook(data)
    if data.startswith(_OLE):
        raise Invalid(_refusal_of_ole(data))
    return (_read_csv(data, filename),)


def _refusal_of_ole(data: bytes) -> str:
    if _ENCRYPTED in data:
        return "Файл защищён паролем. Снимите защиту и загрузите его снова."
    return f"Это не .xlsx, а старый формат Excel или Word. {_SAVE_AS}"


def _read_workbook(data: bytes) -> tuple[Table, ...]:
    _check_archive(data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = tuple(_table(workbook.get_sheet_by_name(name)) for name in workbook.sheet_names)
    except PasswordError as error:
        raise Invalid("Файл защищён паролем. Снимите защиту и загрузите его снова.") from error
    except CalamineError as error:
        raise Invalid(f"Файл повреждён, прочитать его не удалось. {_SAVE_AS}") from error
    if not any(table.rows for table in tables):
        raise Invalid("В файле нет ни одной заполненной ячейки. Выгрузите список ещё раз.")
    return tables


def _check_archive(data: bytes) -> None:
    """Refuses what is no workbook, unpacks to too much, or has a cell so far out that the dense
    table up to it would fill the memory; all before the reader sees it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if not any(name.endswith("workbook.xml") for name in archive.namelist()):
                raise Invalid(f"Это не таблица .xlsx. {_SAVE_AS}")
            left = MAX_UNPACKED
            for info in archive.infolist():
                left -= _check_part(archive, info, left)
    except _BROKEN as error:
        raise Invalid(f"Файл повреждён, прочитать его не удалось. {_SAVE_AS}") from error
    except RuntimeError as error:  # an encrypted member
        raise Invalid("Файл защищён паролем. Снимите защиту и загрузите его снова.") from error


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> int:
    info.file_size = left + 2 * _CHUNK  # what the archive says of itself may be a lie: count
    content = bytearray()
    with archive.open(info) as part:
        while chunk := part.read(_CHUNK):
            content += chunk
            if len(content) > left:
                raise Invalid(_TOO_LARGE)
    _check_extent(bytes(content))
    return len(content)


def _check_extent(content: bytes) -> None:
    far = [(found[1], found[2]) for found in _FAR_CELL.finditer(content)]
    width = max(map(_column_number, {letters or b"Z" for letters, _ in far}), default=26)
    last_row = max((int(row) for _, row in far if row), default=9999)
    if width > 26:
        last_row = max(map(int, _ANY_ROW.findall(content)))
    if last_row > MAX_ROWS or last_row * width > MAX_CELLS:
        raise Invalid(_TOO_LARGE)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _table(sheet: CalamineSheet) -> Table:
    rows: list[list[CellValue]] = [[*row] for row in sheet.to_python()]
    top, left = sheet.start or (0, 0)
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        _fill_down(rows, first - top, last - top, column - left)
    return Table(sheet.name, rows, top + 1, left)


def _fill_down(rows: list[list[CellValue]], first: int, last: int, column: int) -> None:
    """A cell merged over several rows says the same for each of them."""
    if last == first or not 0 <= first < len(rows) or not 0 <= column < len(rows[first]):
        return
    for row in rows[first + 1 : last + 1]:
        row[column] = rows[first][column]


def _read_csv(data: bytes, filename: str) -> Table:
    text = _decoded(data)
    try:
        rows = list(_csv_rows(text))
    except csv.Error as error:
        raise Invalid(f"Файл повреждён, прочитать его не удалось. {_SAVE_AS}") from error
    if len(rows) > MAX_ROWS:
        raise Invalid(_TOO_LARGE)
    return Table(filename, rows)


def _csv_rows(text: str) -> Iterator[list[CellValue]]:
    lines = io.StringIO(text, newline="")
    if text[:4].lower() == "sep=":  # a hint for Excel, which shows no such row
        lines.readline()
    for row in csv.reader(lines, delimiter=_delimiter(text)):
        yield list(row)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # «Текст Юникод» of Excel
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1251")
    if encodings[0] != "utf-16" and b"\0" in data:
        raise Invalid(f"Это не таблица. {_SAVE_AS}")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(f"Не удалось разобрать буквы в файле. {_SAVE_AS}")


def _delimiter(text: str) -> str:
    """The sign that gives the most cells over the first lines; «;» where none does."""
    lines = text.splitlines(keepends=True)[:30]

    def cells(delimiter: str) -> int:
        return sum(len(row) for row in csv.reader(lines, delimiter=delimiter))

    return max(";\t,", key=cells)
