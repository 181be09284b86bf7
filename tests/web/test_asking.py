"""A request for data on its pages: МИАЦ names rows and a day, the organisation sees them."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.factories import FrozenClock
from tests.life_examples import Life
from tests.web.conftest import Client

MIAC = "miac_specialist"
TEXT = "Уточните должность."


@pytest.fixture
def backend() -> str:
    """Nothing here is put to the database in words of its own."""
    return "sqlite"


@pytest.fixture
def made(ours: Life) -> int:
    return ours.sent_for_three()


def read(client: FlaskClient, path: str) -> str:
    return html.unescape(client.get(path).text)


def rows_of(page: str) -> list[str]:
    """What stands in the rows of the table of people."""
    table = page.split("Сотрудники заявки</caption>")[1].split("</table>")[0]
    return table.split("<tr")[2:]


def test_rows_and_day_are_asked_for_and_the_wrong_ones_told_beside_their_fields(
    ours: Life, desk: FlaskClient, made: int
) -> None:
    path = f"/requests/{made}/actions/request_info"
    page = read(desk, path)
    assert re.search(r'name="answer_by" value="25\.11\.2026"', page)
    assert "2. Осокин Р. В." in page
    answer = desk.post(path, data={"text": TEXT, "about_rows": "2, 9", "answer_by": "20.11.2026"})
    told = html.unescape(answer.text)
    assert answer.status_code == 422
    assert re.search(r'id="about_rows-e">[^§]*Строки 9 в заявке нет: строки 1–3', told)
    assert re.search(r'id="answer_by-e">[^§]*уже наступила', told)
    assert 'name="about_rows" value="2, 9"' in told
    assert f">{TEXT}</textarea>" in told
    assert re.search(r"data-who[^>]+>Осокин Р\. В\.<", told)
    done = desk.post(path, data={"text": TEXT, "about_rows": "2", "answer_by": "28.11.2026"})
    assert done.status_code == 303
    assert "28.11.2026 — выходной: МО напомнят 30.11.2026" in read(desk, f"/queue/{made}")


def test_the_organisation_sees_which_rows_and_until_when(
    ours: Life, office: FlaskClient, desk: FlaskClient, made: int
) -> None:
    ours.act(made, "request_info", MIAC, text=TEXT, about_rows="2-3", answer_by="27.11.2026")
    page = read(office, f"/requests/{made}")
    assert "Ответьте до 27.11.2026." in page
    assert "Запрос о строках 2, 3: Осокин Р. В., Пак И. Р.;" in page
    assert ["нужны сведения" in row for row in rows_of(page)] == [False, True, True]
    assert "к строкам: 2, 3" in page
    editor = read(office, f"/requests/{made}/edit")
    assert "МИАЦ ждёт сведений до 27.11.2026 по строкам 2, 3." in editor
    assert "Черновик" not in editor
    assert "На подпись" not in editor.split('class="af-bar"')[1]
    assert read(desk, f"/queue/{made}").count("ждём сведений") == 2
    assert "ответить до 27.11" in read(office, "/requests")


def test_the_editor_marks_the_rows_that_are_asked_about_also_after_an_operation(
    ours: Life, office: FlaskClient, made: int
) -> None:
    ours.act(made, "request_info", MIAC, text=TEXT, about_rows="2", answer_by="27.11.2026")
    first, asked, last = ours.row_ids(made)
    path = f"/requests/{made}/edit"
    assert marked(office.get(path).text) == [False, True, False]
    typed = {"op": "up", "row": str(asked)}
    told = office.post(path, data=typed, headers={"HX-Request": "true"})
    assert told.status_code == 200
    assert ours.row_ids(made) == [asked, first, last]
    assert marked(told.text) == [True, False, False]


def marked(editor: str) -> list[bool]:
    """Of each row of the editor's table, whether it says that something is asked."""
    return [", нужны сведения" in row for row in editor.split('<th scope="row">')[1:]]


def test_a_day_that_has_gone_by_is_not_asked_for_any_more(
    ours: Life, made: int, clock: FrozenClock, signed_in: Client
) -> None:
    ours.act(made, "request_info", MIAC, text=TEXT, answer_by="27.11.2026")
    clock.advance(days=4)
    assert "Ответьте до 27.11.2026." in read(signed_in(ours.house.user), f"/requests/{made}")
    clock.advance(days=1)
    office = signed_in(ours.house.user)
    assert "Ответа ждали до 27.11.2026." in read(office, f"/requests/{made}")
    assert "ответа ждали до 27.11" in read(office, "/requests")
    assert "МИАЦ ждал сведений до 27.11.2026" in read(office, f"/requests/{made}/edit")


def test_corrected_data_lead_back_to_the_answer(ours: Life, office: FlaskClient, made: int) -> None:
    ours.act(made, "request_info", MIAC, text=TEXT)
    answer = office.post(f"/requests/{made}/edit", data={"op": "prepare"})
    assert (answer.status_code, answer.location) == (303, f"/requests/{made}")


def test_of_a_partly_decided_application_only_the_open_rows_are_asked_about(
    ours: Life, office: FlaskClient, desk: FlaskClient, made: int
) -> None:
    ours.act(made, "decide", MIAC, rows=ours.decisions(made, "granted", "refused", ""))
    path = f"/requests/{made}/actions/request_info"
    page = read(desk, path)
    assert "3. Пак И. Р." in page
    assert "1. Лунёв" not in page
    answer = desk.post(path, data={"text": TEXT, "about_rows": "1, 3"})
    assert "По строке 1 решение уже записано" in html.unescape(answer.text)
    ours.act(made, "request_info", MIAC, text=TEXT, about_rows="3", answer_by="27.11.2026")
    page = read(office, f"/requests/{made}")
    assert "Запрос о строке 3: Пак И. Р.;" in page
    told = ("предоставлен", "отказ", "нужны сведения")
    assert [words in row for words, row in zip(told, rows_of(page), strict=True)] == [True] * 3
    assert "осталось решить 1" in read(desk, f"/queue/{made}")


def test_a_request_about_the_whole_marks_no_row(ours: Life, office: FlaskClient, made: int) -> None:
    ours.act(made, "request_info", MIAC, text=TEXT)
    page = read(office, f"/requests/{made}")
    assert "Ответьте до" not in page
    assert not any("нужны сведения" in row for row in rows_of(page))


def test_the_day_of_an_answer_from_outside_is_noted_too(ours: Life, office: FlaskClient) -> None:
    from tests.card_examples import outside

    outside(ours)
    made = ours.sent(people=2)
    ours.act(made, "register", registration_no="М-7")
    page = read(office, f"/requests/{made}/actions/request_info")
    assert 'name="answer_by" value=""' in page
    given = {"text": TEXT, "about_rows": "2", "answer_by": "27.11.2026"}
    assert office.post(f"/requests/{made}/actions/request_info", data=given).status_code == 303
    assert "Ответьте до 27.11.2026." in read(office, f"/requests/{made}")
