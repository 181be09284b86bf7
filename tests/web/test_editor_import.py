"""A draft's XLSX, completed offline, comes back: what changes is shown first, then taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from werkzeug.test import TestResponse

from accessflow.db.session import Database
from tests.draft_examples import answers, draft, people, person, row_ids, stored
from tests.editor_examples import fields, post
from tests.request_examples import House, house
from tests.support.office import Convert


@pytest.fixture
def clinic(db: Database) -> House:
    return house(db, short_name="ГБУЗ ЛО «Приозёрная РБ-учебная»", inn="4703123451")


def sheet_of(client: FlaskClient, request: int) -> bytes:
    data: bytes = client.get(f"/requests/{request}/files/xlsx").data
    return data


def changed(data: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """The file after somebody has worked on its visible sheet."""
    book = load_workbook(BytesIO(data))
    change(book.worksheets[0])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def put(text: str | int, instead: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        cells = (cell for line in sheet.iter_rows() for cell in line if cell.value == instead)
        next(cells).value = text

    return change


def upload(client: FlaskClient, request: int, data: bytes, **more: str) -> TestResponse:
    file = (BytesIO(data), "заявка.xlsx")
    return client.post(
        f"/requests/{request}/import",
        data={"file": file, **more},
        content_type="multipart/form-data",
    )


def take(client: FlaskClient, request: int, looked: TestResponse) -> TestResponse:
    html = looked.get_data(as_text=True)
    return client.post(f"/requests/{request}/import/take", data=fields(html))


def test_an_untouched_file_changes_nothing(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    rows = [
        person(0),
        person(1, middle_name="", no_middle_name="1"),
        person(2, last_name="Cоколов"),
    ]
    request = draft(clinic, rows)
    looked = upload(client, request, sheet_of(client, request))
    assert looked.status_code == 200
    assert "Менять нечего" in looked.get_data(as_text=True)
    assert answers(db, request) == rows


@pytest.mark.parametrize(
    ("form", "system", "action"),
    [
        ("appendix-03", "rs-tmk", "grant"),
        ("appendix-05", "vimis-onko", "revoke"),
        ("appendix-12", "rs-tmk", "revoke"),
        ("appendix-13", "ipra", "grant"),
        ("appendix-14", "orph", "grant"),
    ],
)
def test_what_is_not_printed_comes_back_too(
    client: FlaskClient, clinic: House, form: str, system: str, action: str
) -> None:
    request = draft(clinic, people(3), form=form, system=system, action=action)
    looked = upload(client, request, sheet_of(client, request))
    assert "Менять нечего" in looked.get_data(as_text=True)


def test_what_changes_is_shown_first_and_then_taken_and_can_be_taken_back(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(3))
    ids, before = row_ids(db, request), answers(db, request)

    def work(sheet: Worksheet) -> None:
        put("Врач-хирург", "Врач-статистик")(sheet)
        line = next(c.row for row in sheet.iter_rows() for c in row if c.value == "Соколов")
        texts = [cell.value for cell in sheet[line]]
        for column, text in enumerate(texts, 1):
            sheet.cell(line + 1, column).value = text
        put("Щукина", "Соколов")(sheet)  # the third row is somebody else now
        put("112-233-445 95", before[2]["snils"])(sheet)

    looked = upload(client, request, changed(sheet_of(client, request), work))
    html = looked.get_data(as_text=True)
    assert "изменится: 1" in html
    assert "добавится: 1" in html
    assert "Взять 2 изменения" in html
    assert answers(db, request) == before  # nothing is written yet
    assert take(client, request, looked).status_code == 303
    after = answers(db, request)
    assert [row["last_name"] for row in after] == ["Петрова", "Зимина", "Щукина", "Соколов"]
    assert after[0] == before[0] | {"position": "Врач-хирург"}
    assert after[3] == before[2]
    assert row_ids(db, request)[:2] == ids[:2]
    assert row_ids(db, request)[3] == ids[2]  # known again by its СНИЛС
    client.post(f"/requests/{request}/undo")
    assert answers(db, request) == before


def test_a_row_that_the_file_lacks_is_told_to_go(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))

    def work(sheet: Worksheet) -> None:
        line = next(c.row for row in sheet.iter_rows() for c in row if c.value == "Зимина")
        for cell in sheet[line]:
            cell.value = None

    looked = upload(client, request, changed(sheet_of(client, request), work))
    assert "в файле этой строки нет" in looked.get_data(as_text=True)
    take(client, request, looked)
    assert [row["last_name"] for row in answers(db, request)] == ["Петрова"]


def test_numbers_in_place_of_texts_are_the_same(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, [person(snils="087-654-303 00", work_phone="8 (812) 670-52-81")])

    def work(sheet: Worksheet) -> None:
        put(8765430300, "087-654-303 00")(sheet)
        put(88126705281, "8 (812) 670-52-81")(sheet)

    looked = upload(client, request, changed(sheet_of(client, request), work))
    assert "Менять нечего" in looked.get_data(as_text=True)


def test_a_file_saved_again_by_libreoffice_is_the_same(
    client: FlaskClient, clinic: House, db: Database, office_sheets: Convert
) -> None:
    request = draft(clinic, [person(0), person(1, middle_name="", no_middle_name="1")])
    data = changed(sheet_of(client, request), put("Врач-хирург", "Врач-статистик"))
    data = office_sheets({"a.xlsx": data})["a.xlsx"]
    looked = upload(client, request, data)
    assert "Взять 1 изменение" in looked.get_data(as_text=True)
    take(client, request, looked)
    assert answers(db, request)[0]["position"] == "Врач-хирург"


def test_the_labelled_fields_come_back(client: FlaskClient, clinic: House, db: Database) -> None:
    request = draft(
        clinic, [], form="appendix-02", system=None, action="cover",
        fields={"description": "Не пускает", "expected_result": "Доступ"},
    )  # fmt: skip
    looked = upload(
        client, request, changed(sheet_of(client, request), put("Не пускает в РМО", "Не пускает"))
    )
    assert "Взять 1 изменение" in looked.get_data(as_text=True)
    take(client, request, looked)
    assert stored(db, request).fields["description"] == "Не пускает в РМО"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "Этот файл — заявка 2026-"),
        ({"form": "appendix-07", "system": "rmo"}, "Этот файл — заявка 2026-"),
    ],
)
def test_another_applications_file_is_refused(
    client: FlaskClient, clinic: House, other: dict[str, str], words: str
) -> None:
    request, theirs = draft(clinic, people(1)), draft(clinic, people(1), **other)
    answer = upload(client, request, sheet_of(client, theirs))
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_another_forms_blank_is_refused_and_the_own_one_is_taken(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [{}])
    answer = upload(client, request, client.get("/systems/forms/appendix-07/grant.xlsx").data)
    assert "другой формы: Приложение 7. Здесь нужна форма: Приложение 8" in answer.get_data(
        as_text=True
    )

    def fill(sheet: Worksheet) -> None:
        cells = (c for row in sheet.iter_rows() for c in row if c.value == "СНИЛС*")
        head = next(cells)
        for offset, text in ((0, "112-233-445 95"), (-3, "Петрова"), (-2, "Анна"), (-1, "нет")):
            sheet.cell(head.row + 1, head.column + offset).value = text

    own = changed(client.get("/systems/forms/appendix-08/grant.xlsx").data, fill)
    looked = upload(client, request, own)
    take(client, request, looked)
    assert answers(db, request) == [
        {
            "snils": "112-233-445 95",
            "last_name": "Петрова",
            "first_name": "Анна",
            "no_middle_name": "1",
        }
    ]


def test_an_older_files_words_are_taken_only_when_asked_for(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    old = sheet_of(client, request)
    (row,) = row_ids(db, request)
    post(client, request, "save", **{f"r{row}__position": "Врач-хирург"})
    answer = upload(client, request, old)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "скачан раньше: в нём версия 1, а в заявке уже 2" in html
    assert "всё равно сравнить" in html
    looked = upload(client, request, old, outdated="1")
    assert "Врач-хирург" in looked.get_data(as_text=True)


def test_a_draft_that_changed_while_one_looked_is_compared_anew(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    data = changed(sheet_of(client, request), put("Врач-хирург", "Врач-статистик"))
    looked = upload(client, request, data)
    (row,) = row_ids(db, request)
    post(client, request, "save", **{f"r{row}__last_name": "Щукина"})
    answer = take(client, request, looked)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Пока вы смотрели, заявку изменили" in html
    assert re.search(r"Щукина.*Петрова", html, re.DOTALL)
    assert answers(db, request)[0]["position"] == "Врач-статистик"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Файл пуст"),
        (b"PK\x03\x04 broken", "повреждён"),
        ("ФИО;СНИЛС\nПетрова;1".encode(), "в ней нет служебного листа"),
    ],
)
def test_what_is_no_sheet_of_ours_is_refused_in_words(
    client: FlaskClient, clinic: House, data: bytes, words: str
) -> None:
    request = draft(clinic, people(1))
    answer = upload(client, request, data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_no_file_at_all_is_told(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(1))
    answer = client.post(f"/requests/{request}/import", data={})
    assert answer.status_code == 422
    assert "Выберите файл" in answer.get_data(as_text=True)


def test_a_carried_list_that_is_no_list_is_refused(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(1))
    for sheet in ("", "[]", '{"rows": 1}', '{"rows": [[1]]}'):
        answer = client.post(f"/requests/{request}/import/take", data={"sheet": sheet})
        assert answer.status_code in (409, 422)
