"""The XLSX of any application comes back as the application that it was written from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accessflow.documents.build import blank, build
from accessflow.documents.sheet_in import read_tables
from accessflow.documents.xlsx import write_xlsx
from accessflow.domain.errors import Invalid
from accessflow.forms.application import Application
from accessflow.forms.sheet_application import application_from_sheet
from tests.catalogue_examples import application, catalogue, check, every_application, row


def written(filled: Application) -> bytes:
    return write_xlsx(build(check(filled), catalogue().region))


def read(data: bytes) -> Application:
    return application_from_sheet(read_tables(data, "a.xlsx"), catalogue())


def printed(filled: Application) -> object:
    """All that the page shows, whatever row or field it came from."""
    return build(check(filled), catalogue().region).blocks


@pytest.mark.parametrize(
    "filled", every_application(), ids=lambda a: f"{a.system or a.form}-{a.action}"
)
def test_every_form_comes_back(filled: Application) -> None:
    numbered = replace(filled, number="2026-00412", version=3, our_ref="17", our_date="21.11.2026")
    back = read(written(numbered))
    assert printed(back) == printed(numbered)
    assert replace(back, rows=(), fields={}) == replace(numbered, rows=(), fields={})


TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="^"),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip())
ROWS = st.lists(
    st.fixed_dictionaries(
        {"last_name": TEXTS, "snils": TEXTS, "email": TEXTS, "position": TEXTS},
        optional={"first_name": TEXTS, "middle_name": TEXTS, "work_phone": TEXTS, "role": TEXTS},
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("system", ["frmss", "orph", "rs-tmk", "ipra"])
@settings(max_examples=25, deadline=None)
@given(rows=ROWS)
def test_whatever_was_typed_comes_back(system: str, rows: list[dict[str, str]]) -> None:
    filled = replace(application(system, "grant"), rows=tuple(rows))
    assert printed(read(written(filled))) == printed(filled)


def edited(data: bytes, change: Callable[[Worksheet], None]) -> bytes:
    book = load_workbook(BytesIO(data))
    change(book.worksheets[0])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(sheet: Worksheet, text: str) -> tuple[int, int]:
    return next(
        (cell.row, cell.column) for line in sheet.iter_rows() for cell in line if cell.value == text
    )


def test_numbers_in_place_of_texts_get_their_zeros_back() -> None:
    def as_numbers(sheet: Worksheet) -> None:
        line, column = cell_of(sheet, "087-654-303 00")
        sheet.cell(line, column).value = 8765430300

    filled = application("frmss", "grant", row(snils="087-654-303 00"))
    back = read(edited(written(filled), as_numbers))
    assert printed(back) == printed(filled)


def test_people_are_added_in_the_spare_rows_and_a_whole_name_is_taken_apart() -> None:
    def add(sheet: Worksheet) -> None:
        line, _ = cell_of(sheet, "112-233-445 95")
        for column, text in (
            (2, "300-440-368 00"),
            (3, "Зимина Елена Андреевна"),
            (4, "z@prb.example"),
        ):
            sheet.cell(line + 1, column).value = text

    back = read(edited(written(application("orph", "grant")), add))
    assert len(back.rows) == 2
    assert back.rows[1] == {
        "snils": "300-440-368 00",
        "last_name": "Зимина",
        "first_name": "Елена",
        "middle_name": "Андреевна",
        "email": "z@prb.example",
    }


def test_a_name_changed_on_the_page_wins_over_its_parts_beside_it() -> None:
    def rename(sheet: Worksheet) -> None:
        line, column = cell_of(sheet, "Петрова Анна Ивановна")
        sheet.cell(line, column).value = "Смирнова Анна Ивановна"

    back = read(edited(written(application("orph", "grant")), rename))
    assert back.rows[0]["last_name"] == "Смирнова"


def test_the_status_column_tells_the_action_and_only_one() -> None:
    def revoke(sheet: Worksheet) -> None:
        line, column = cell_of(sheet, "предоставить доступ")
        sheet.cell(line, column).value = "удалить доступ"

    filled = application("frmss", "grant", row(0), row(1))
    one_of_two = written(filled)
    with pytest.raises(Invalid, match="Разделите их на две заявки"):
        read(edited(one_of_two, revoke))
    alone = read(edited(written(application("frmss", "grant")), revoke))
    assert alone.action == "revoke"


def test_a_blank_form_filled_by_hand_is_an_application() -> None:
    def fill(sheet: Worksheet) -> None:
        line, column = cell_of(sheet, "СНИЛС*")
        for offset, text in ((0, "112-233-445 95"), (-3, "Петрова"), (-2, "Анна"), (-1, "нет")):
            sheet.cell(line + 1, column + offset).value = text

    form = catalogue().form("appendix-08")
    empty = write_xlsx(blank(form, "grant", catalogue().region))
    back = read(edited(empty, fill))
    assert (back.form, back.system, back.action) == ("appendix-08", "frmss", "grant")
    assert back.rows == (
        {
            "snils": "112-233-445 95",
            "last_name": "Петрова",
            "first_name": "Анна",
            "no_middle_name": "1",
        },
    )


def test_another_sheet_is_refused() -> None:
    out = BytesIO()
    book = load_workbook(BytesIO(written(application("frmss", "grant"))))
    del book["accessflow"]
    book.save(out)
    with pytest.raises(Invalid, match="не таблица accessflow"):
        read(out.getvalue())
