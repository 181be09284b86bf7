"""The XLSX as a spreadsheet reads it: text cells, drop-downs, one sheet of A4, room for more."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from accessflow.documents.model import (
    Cell,
    DocumentModel,
    Paragraph,
    ServiceColumn,
    Table,
    TableColumn,
)
from accessflow.documents.xlsx import META_SHEET, SPARE_ROWS, write_xlsx
from tests.documents_models import (
    COL12,
    EXAMPLES,
    ROLES,
    STATUSES,
    application,
    blank,
    grouped,
    label_value,
)

SHEET_PART = "xl/worksheets/sheet1.xml"
every_example = pytest.mark.parametrize("model", EXAMPLES.values(), ids=EXAMPLES.keys())


def opened(model: DocumentModel) -> Workbook:
    return openpyxl.load_workbook(BytesIO(write_xlsx(model)), rich_text=False)


def sheet_of(model: DocumentModel) -> Worksheet:
    return opened(model).worksheets[0]


def facts(model: DocumentModel) -> dict[str, str]:
    rows = opened(model)[META_SHEET].iter_rows(values_only=True)
    return {str(row[0]): str(row[1] or "") for row in rows}


def table_of(model: DocumentModel) -> Table:
    return next(b for b in model.blocks if isinstance(b, Table))


def one_column(*values: str, choices: tuple[str, ...] = ()) -> DocumentModel:
    column = TableColumn("a", choices=choices)
    table = Table((column,), ((Cell("Графа"),),), tuple((Cell(value),) for value in values))
    return DocumentModel("т", "landscape", (Paragraph("Т", "title"), table), None, "т")


@every_example
def test_every_value_stands_in_a_text_cell(model: DocumentModel) -> None:
    sheet = sheet_of(model)
    values = [
        str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, SheetCell) and cell.value is not None:
                assert cell.data_type == "s"
                assert cell.number_format == "@"
                assert cell.alignment.wrap_text
    for block in model.blocks:
        if isinstance(block, Table):
            for made in (*block.header, *block.rows):
                assert all(c.text.replace("^", "") in values for c in made if c.text)
        elif isinstance(block, Paragraph):
            plain = block.text.replace("^", "") if block.style == "note" else block.text
            assert plain in values


def test_rows_stand_in_their_columns_below_their_header() -> None:
    model = application(3)
    sheet = sheet_of(model)
    first = int(facts(model)["rows.first"])
    header = [cell.value for cell in sheet[first - 1]][:12]
    assert header == [text.replace("^", "") for text in COL12]
    for number, row in enumerate(table_of(model).rows, first):
        assert [cell.value for cell in sheet[number]][:12] == [cell.text for cell in row]


@pytest.mark.parametrize(
    "text", ["=1+1", "+7 921 000-00-00", "-5", "@SUM(A1)", "{=1}", "http://a.b"]
)
def test_nothing_that_is_typed_becomes_a_formula_or_a_link(text: str) -> None:
    model = one_column(text)
    cell = sheet_of(model).cell(int(facts(model)["rows.first"]), 1)
    assert cell.value == text
    assert cell.data_type == "s"
    assert cell.hyperlink is None


def test_leading_zeros_stay() -> None:
    model = one_column("00112233445", "0470312345")
    rows = CalamineWorkbook.from_filelike(BytesIO(write_xlsx(model))).get_sheet_by_index(0)
    values = [row[0] for row in rows.to_python(skip_empty_area=False)]
    assert "00112233445" in values
    assert "0470312345" in values


@every_example
def test_the_sheet_prints_as_wide_as_one_page_of_a4(model: DocumentModel) -> None:
    sheet = sheet_of(model)
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == model.orientation
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    margins = sheet.page_margins
    found = [margins.left, margins.right, margins.top, margins.bottom, margins.header]
    wanted = [model.margin_left_mm, 10, 20, 20, 10]
    assert [inches * 25.4 for inches in found] == pytest.approx(wanted, abs=0.05)
    assert sheet.HeaderFooter.differentFirst
    assert sheet.HeaderFooter.oddHeader is not None
    assert sheet.HeaderFooter.oddHeader.center.text == "&P"


def test_the_header_is_printed_on_every_page_and_only_official_columns_are() -> None:
    model = application(10)
    sheet = sheet_of(model)
    header = int(facts(model)["rows.first"]) - 1
    assert sheet.print_title_rows == f"${header}:${header}"
    assert sheet.print_area == f"'Заявка'!$A$1:$L${sheet.max_row}"


def test_a_grouped_header_is_merged_and_repeated_whole() -> None:
    model = grouped(3)
    sheet = sheet_of(model)
    first = int(facts(model)["rows.first"])
    assert sheet.print_title_rows == f"${first - 2}:${first - 1}"
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {f"A{first - 2}:A{first - 1}", f"E{first - 2}:F{first - 2}"} <= merged


def test_label_and_value_keep_their_spans() -> None:
    merged = {str(area) for area in sheet_of(label_value()).merged_cells.ranges}
    assert {"A4:A5", "B4:B5", "D4:F4", "C6:F6"} <= merged


def test_roles_and_statuses_are_chosen_from_a_list_in_spare_rows_too() -> None:
    model = application(3)
    first = int(facts(model)["rows.first"])
    rules = {str(r.sqref): r for r in sheet_of(model).data_validations.dataValidation}
    last = first + 3 + SPARE_ROWS - 1
    assert rules[f"K{first}:K{last}"].formula1 == f'"{",".join(ROLES)}"'
    assert rules[f"L{first}:L{last}"].formula1 == f'"{",".join(STATUSES)}"'
    assert all(r.type == "list" and r.showErrorMessage for r in rules.values())


@pytest.mark.parametrize(
    "choices",
    [tuple(f"Субъект номер {n}" for n in range(89)), ("Роль, с запятой", "Другая")],
    ids=["longer than Excel takes in place", "with a comma"],
)
def test_a_list_that_cannot_stand_in_place_stands_on_a_hidden_sheet(
    choices: tuple[str, ...],
) -> None:
    book = opened(one_column("", choices=choices))
    (rule,) = book.worksheets[0].data_validations.dataValidation
    assert rule.formula1 == f"'Списки'!$A$1:$A${len(choices)}"
    lists = book["Списки"]
    assert lists.sheet_state == "hidden"
    assert tuple(cell.value for cell in lists["A"]) == choices


def test_spare_rows_are_folded_and_take_text() -> None:
    model = blank()
    sheet = sheet_of(model)
    first, last = int(facts(model)["rows.first"]), int(facts(model)["rows.last"])
    spare = range(first + 8, last + 1)
    assert len(spare) == SPARE_ROWS
    assert all(sheet.row_dimensions[row].hidden for row in spare)
    assert all(sheet.row_dimensions[row].outlineLevel == 1 for row in spare)
    assert sheet.row_dimensions[last + 1].collapsed
    assert not sheet.row_dimensions[last + 1].hidden
    with zipfile.ZipFile(BytesIO(write_xlsx(model))) as package:
        columns = re.findall(
            r'<col min="(\d+)" max="(\d+)"[^>]*style="(\d+)"', package.read(SHEET_PART).decode()
        )
        styles = package.read("xl/styles.xml").decode()
    forms = re.findall(r"<xf ([^>]*)>", styles.partition("<cellXfs")[2].partition("</cellXfs>")[0])
    assert int(columns[0][0]) == 1
    assert int(columns[-1][1]) == 12
    assert all('numFmtId="49"' in forms[int(style)] for *_, style in columns), "49 is Text"


def test_service_columns_stand_right_of_what_is_printed() -> None:
    model = replace(
        application(3), service=(ServiceColumn("snils", "СНИЛС", ("001", "002", "=3")),)
    )
    sheet = sheet_of(model)
    known = facts(model)
    column, first = int(known["service.first"]), int(known["rows.first"])
    assert column > 13
    assert sheet.cell(first - 1, column).value == "СНИЛС"
    assert [sheet.cell(first + n, column).value for n in range(3)] == ["001", "002", "=3"]
    assert sheet.cell(first + 2, column).data_type == "s"
    assert known["service.columns"] == "snils"


def test_the_hidden_sheet_holds_the_meta_and_the_columns() -> None:
    model = application(2)
    known = facts(model)
    assert opened(model)[META_SHEET].sheet_state == "hidden"
    assert {key: known[key] for key, _ in model.meta} == dict(model.meta)
    assert known["rows.columns"].split() == [c.key for c in table_of(model).columns]
    assert int(known["rows.last"]) == int(known["rows.first"]) + 1 + SPARE_ROWS


@every_example
def test_rows_are_high_enough_for_their_text(model: DocumentModel) -> None:
    sheet = sheet_of(model)
    for number, row in enumerate(sheet.iter_rows(), 1):
        height = sheet.row_dimensions[number].height
        for cell in row:
            if cell.value and height:
                assert height >= cell.font.size * (1 + str(cell.value).count("\n"))


@every_example
def test_the_same_model_gives_the_same_bytes(model: DocumentModel) -> None:
    assert write_xlsx(model) == write_xlsx(replace(model))


def test_raised_marks_are_raised() -> None:
    model = application(1)
    book = openpyxl.load_workbook(BytesIO(write_xlsx(model)), rich_text=True)
    header = book.worksheets[0].cell(int(facts(model)["rows.first"]) - 1, 6).value
    assert isinstance(header, CellRichText)
    runs = [(getattr(run, "text", run), getattr(run, "font", None)) for run in header]
    assert [(text, font.vertAlign if font else None) for text, font in runs] == [
        ("СНИЛС", None), ("*", "superscript"),
    ]  # fmt: skip
