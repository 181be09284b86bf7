"""Bytes into tables: what people send, and what must not get in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter

from accessflow.documents import sheet_in
from accessflow.documents.sheet_in import read_tables
from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.staff import recognise

Fill = Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]


def workbook(fill: Fill) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("Лист"))
    return stream.getvalue()


def refusal(data: bytes, name: str = "list.xlsx") -> str:
    with pytest.raises(Invalid) as caught:
        read_tables(data, name)
    return caught.value.message


def test_a_workbook_keeps_texts_numbers_and_dates_apart_and_its_place_in_the_file() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(2, 1, ["01", 4820592858])
        sheet.write_datetime(3, 1, date(2008, 3, 7), day)

    (table,) = read_tables(workbook(fill), "list.xlsx")
    assert (table.name, table.first_row, table.first_column) == ("Лист", 3, 1)
    assert [list(row) for row in table.rows] == [["01", 4820592858.0], [date(2008, 3, 7), ""]]


def test_a_cell_merged_over_several_rows_counts_for_each() -> None:
    (table,) = read_tables(
        workbook(
            lambda _, sheet: (
                sheet.merge_range(0, 0, 2, 0, "Поликлиника"),
                sheet.write_column(0, 1, ["а", "б", "в"]),
            )
        ),
        "list.xlsx",
    )
    assert [row[0] for row in table.rows] == ["Поликлиника"] * 3


def test_a_header_of_two_rows_is_read_by_its_lower_one() -> None:
    def fill(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        for column, title in enumerate(("ФИО", "СНИЛС")):
            sheet.merge_range(1, column, 2, column, title)
        sheet.merge_range(1, 2, 1, 3, "Телефон")
        sheet.write_row(2, 2, ["рабочий", "мобильный"])
        sheet.write_row(3, 0, ["Ким Ян Ли", "112-233-445 95", "8 812 6705281", "8 921 0000102"])

    header = recognise(read_tables(workbook(fill), "list.xlsx")).header
    assert header.row == 3
    assert header.columns == {"full_name": 0, "snils": 1, "work_phone": 2, "contact_phone": 3}


def test_a_heading_merged_over_columns_stays_one_cell() -> None:
    (table,) = read_tables(
        workbook(
            lambda _, sheet: (
                sheet.merge_range(0, 0, 0, 2, "Поликлиника"),
                sheet.write_row(1, 0, ["а", "б", "в"]),
            )
        ),
        "list.xlsx",
    )
    assert list(table.rows[0]) == ["Поликлиника", "", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_is_read_whatever_its_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    lines = [["Фамилия", "Имя", "СНИЛС"], ["Ёлкина", "Анна", "112-233-445 95"]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    (table,) = read_tables(text.encode(encoding), "staff.csv")
    assert [list(row) for row in table.rows] == lines


def test_commas_within_a_title_line_do_not_hide_the_semicolons() -> None:
    text = "ГБУЗ ЛО «ЦРБ», г. Приозерск, ул. Калинина, 35\nФИО;СНИЛС;Должность\nа;б;в\nг;д;е\n"
    (table,) = read_tables(text.encode(), "staff.csv")
    assert [len(row) for row in table.rows[1:]] == [3, 3, 3]


def test_quotes_and_line_breaks_within_a_cell_are_kept_and_rows_counted_as_excel_does() -> None:
    text = 'sep=;\nФИО;Телефон\n"Ёлкина; Анна";"1\n2"\n\nа;б'
    (table,) = read_tables(text.encode(), "staff.csv")
    assert [list(row) for row in table.rows] == [
        ["ФИО", "Телефон"],
        ["Ёлкина; Анна", "1\n2"],
        [],
        ["а", "б"],
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "пуст"),
        (b" \r\n", "пуст"),
        (b"%PDF-1.7\x00\x00\x01", "не таблица"),
        (b"PK\x03\x04 half a file", "повреждён"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "старый формат"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "защищён паролем",
        ),
        (b"\xff\xfe\x00\xd8", "буквы"),
        (b"a;b\x98", "буквы"),
    ],
)
def test_what_is_no_table_is_refused_with_the_way_out(data: bytes, says: str) -> None:
    message = refusal(data)
    assert says in message
    assert message.endswith(".")


def test_a_workbook_without_a_filled_cell_is_refused() -> None:
    assert "ни одной заполненной ячейки" in refusal(workbook(lambda _, sheet: sheet.hide()))


def test_another_archive_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert "не таблица .xlsx" in refusal(stream.getvalue())


def repacked(data: bytes, part: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, content if name == part else source.read(name))
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_broken_part_is_refused() -> None:
    data = workbook(lambda _, sheet: sheet.write(0, 0, "ФИО"))
    assert "повреждён" in refusal(repacked(data, SHEET, b"<worksheet><sheetData><row"))


def test_a_damaged_byte_is_refused() -> None:
    data = bytearray(workbook(lambda _, sheet: sheet.write_column(0, 0, ["ФИО"] * 500)))
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    assert "повреждён" in refusal(bytes(data))


def test_a_file_that_unpacks_to_too_much_is_refused_whatever_it_says_of_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = workbook(lambda _, sheet: sheet.write(0, 0, "ФИО"))
    bomb = bytearray(repacked(data, "docProps/app.xml", b" " * 2_000_000))
    monkeypatch.setattr(sheet_in, "MAX_UNPACKED", 1_000_000)
    assert "слишком велика" in refusal(bytes(bomb))
    true_size, lie = (2_000_000).to_bytes(4, "little"), (20).to_bytes(4, "little")
    assert bomb.count(true_size) == 2
    assert "слишком велика" in refusal(bytes(bomb).replace(true_size, lie))


def test_a_filled_cell_at_the_end_of_the_sheet_is_refused_before_it_fills_the_memory() -> None:
    data = workbook(lambda _, s: (s.write(0, 0, "ФИО"), s.write(1_048_575, 16_383, "x")))
    assert "слишком велика" in refusal(data)
    sly = b"<c x=\">\" r = 'XFD1048576'><v>1</v></c>"
    content = b'<worksheet><sheetData><row r="1">' + sly + b"</row></sheetData></worksheet>"
    assert "слишком велика" in refusal(repacked(data, SHEET, content))


def test_mere_formatting_up_to_the_end_of_the_sheet_is_no_hindrance() -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        bold = book.add_format({"bold": True})
        sheet.write(0, 0, "ФИО")
        sheet.set_row(1_048_000, 20, bold)
        sheet.write_blank(1_048_575, 16_383, None, bold)
        sheet.write_blank(0, 16_383, None, bold)

    (table,) = read_tables(workbook(fill), "list.xlsx")
    assert [list(row) for row in table.rows] == [["ФИО"]]


def test_a_wide_and_a_long_sheet_pass() -> None:
    wide = workbook(lambda _, s: [s.write_row(row, 0, ["x"] * 60) for row in range(300)])
    assert len(read_tables(wide, "wide.xlsx")[0].rows) == 300
    long = workbook(lambda _, s: s.write_column(0, 0, ["x"] * 12_000))
    assert len(read_tables(long, "long.xlsx")[0].rows) == 12_000


def test_too_many_rows_or_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_in, "MAX_ROWS", 10_000)
    assert "слишком велика" in refusal(b"a;b\n" * 10_001, "a.csv")
    assert "слишком велика" in refusal(workbook(lambda _, s: s.write_column(0, 0, ["x"] * 10_001)))
    monkeypatch.setattr(sheet_in, "MAX_BYTES", 100)
    assert "слишком велика" in refusal(b"a;b\n" * 100, "a.csv")
