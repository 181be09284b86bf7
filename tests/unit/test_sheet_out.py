"""Exports: texts stay texts, whatever they begin with."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from accessflow.documents import sheet_out
from accessflow.documents.sheet_in import read_tables
from accessflow.documents.sheet_out import write_table
from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.staff import recognise

HEADERS = ("СНИЛС", "Имя")


def written(*rows: tuple[str, str], title: str = "Список") -> Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(write_table(title, HEADERS, rows)))
    return book.worksheets[0]


def test_the_title_the_header_and_the_rows_stand_below_each_other() -> None:
    sheet = written(("048-205-928 58", "Анна"))
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values == [["Список", None], list(HEADERS), ["048-205-928 58", "Анна"]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+7 921", "-1", "@a", "04820592858", "http://a.ru", "a@b.ru", "1e5", " a"]
)
def test_nothing_becomes_a_formula_a_number_or_a_link(text: str) -> None:
    cell = written((text, ""))["A3"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert cell.number_format == "@"


def test_the_header_stays_in_view_and_filters() -> None:
    sheet = written(("1", "а"), ("2", "б"))
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:B4"
    assert sheet.print_title_rows == "$2:$2"


def test_columns_are_as_wide_as_their_longest_text_up_to_a_limit() -> None:
    sheet = written(("1" * 30, "б" * 500))
    widths = [sheet.column_dimensions[column].width for column in "AB"]
    assert 30 < widths[0] < 36
    assert 58 < widths[1] < 64


def test_a_title_with_signs_that_a_sheets_name_cannot_hold_is_no_trouble() -> None:
    sheet = written(title="Доступы [ФРМСС]: список / всё " + "х" * 40)
    assert len(sheet.title) <= 31
    assert str(sheet["A1"].value).startswith("Доступы [ФРМСС]: список")


def test_a_text_beyond_what_a_cell_holds_is_cut_with_a_mark() -> None:
    value = str(written(("я" * 40_000, ""))["A3"].value)
    assert len(value) == 32_767
    assert value.endswith("(обрезано: ячейка вмещает 32 767 знаков)")


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_out, "MAX_ROWS", 1)
    with pytest.raises(Invalid, match="Сузьте отбор"):
        write_table("Список", HEADERS, [("1", "а"), ("2", "б")])


def test_what_was_written_is_recognised_and_read_again() -> None:
    data = write_table("Не взято", ("ФИО", *HEADERS[:1]), [("Иванова Анна", "048-205-928 58")])
    sheet = recognise(read_tables(data, "list.xlsx"))
    assert [list(row.cells) for row in sheet.rows] == [["Иванова Анна", "048-205-928 58"]]
