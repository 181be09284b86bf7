"""«Сообщить о проблеме»: the subject first, then what R20 asks for, with its files."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.tables import Letter, RequestFile
from accessflow.services import problem
from tests.life_examples import Life, life, paper

Clients = Callable[[int], FlaskClient]
TOLD = {
    "system": "ФРМСС", "role": "Медицинский работник", "menu": "Свидетельства",
    "steps": "Вошёл\nНажал «Новое»", "error": "Ошибка 403", "periodicity": "всегда",
    "criticality": "высокая", "expected": "Открылась форма", "done": "Перезашёл",
    "got": "Пустая страница",
}  # fmt: skip


@pytest.fixture
def client(ours: Life, signed_in: Clients) -> FlaskClient:
    return signed_in(ours.house.user)


def get(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.get_data(as_text=True))


def begun(client: FlaskClient, subject: str = "access") -> int:
    answer = client.post("/requests/problem", data={"subject": subject})
    found = re.fullmatch(r"/requests/(\d+)/problem", answer.location)
    assert found
    return int(found[1])


def screenshot() -> tuple[io.BytesIO, str]:
    return io.BytesIO(paper()), "снимок.pdf"


def test_the_subject_is_asked_first_and_each_says_who_helps(client: FlaskClient) -> None:
    page = get(client, "/requests/problem")
    assert page.count('type="radio"') == 4
    for words in (
        "АКиНЕО: vimis-akineo@rt-eu.ru", "СТП ЕГИСЗ: egisz@stp-egisz.ru", "8 (812) 670-52-81",
        "создайте новое направление", "с согласия НМИЦ",
    ):  # fmt: skip
        assert words in page, words
    assert client.post("/requests/problem", data={}).status_code == 422


@pytest.mark.parametrize(
    ("subject", "way"),
    [("other_egisz", "egisz@stp-egisz.ru"), ("other_region", "8 (812) 670-52-81")],
)
def test_what_is_not_filed_here_is_shown_its_way_instead(
    ours: Life, client: FlaskClient, subject: str, way: str
) -> None:
    answer = client.post("/requests/problem", data={"subject": subject})
    assert answer.status_code == 409
    assert way in html.unescape(answer.get_data(as_text=True)).partition('role="alert"')[2][:300]
    assert "Заявок ещё нет" in get(client, "/requests")


def test_the_parts_of_r20_fill_the_lines_of_appendix_2(ours: Life, client: FlaskClient) -> None:
    made = begun(client)
    assert client.post(f"/requests/{made}/problem", data=TOLD).status_code == 303
    fields = ours.one(made).fields
    assert fields["description"] == (
        "Система: ФРМСС\nРоль пользователя: Медицинский работник\nПункт меню: Свидетельства\n"
        "Что делали, по шагам: Вошёл\nНажал «Новое»\nТекст ошибки: Ошибка 403"
    )
    assert fields["expected_result"] == (
        "Чего ожидали: Открылась форма\nЧто сделали, чтобы исправить: Перезашёл\n"
        "Что получили: Пустая страница"
    )
    assert (fields["periodicity"], fields["criticality"]) == ("всегда", "высокая")
    page = get(client, f"/requests/{made}/problem")
    assert ">Вошёл\nНажал «Новое»</textarea>" in page
    assert 'value="Свидетельства"' in page
    assert "Ход за вами: отправьте обращение" in get(client, f"/requests/{made}")


def test_nothing_typed_is_lost_where_something_lacks(ours: Life, client: FlaskClient) -> None:
    made = begun(client)
    answer = client.post(f"/requests/{made}/problem", data={**TOLD, "got": " "})
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "Заполните: что получили." in page
    assert ">Ошибка 403</textarea>" in page
    assert "description" not in ours.one(made).fields


def test_what_was_written_in_the_form_itself_stands_whole(ours: Life, client: FlaskClient) -> None:
    made = begun(client)
    client.post(f"/requests/{made}/problem", data=TOLD)
    ours.fill(made, {"description": "Переписано в редакторе"})
    told = problem.told(ours.one(made))
    assert (told["steps"], told["system"]) == ("Переписано в редакторе", "")
    assert told["got"] == "Пустая страница"


def test_screening_waits_for_its_screenshot_and_goes_to_its_own_support(
    ours: Life, client: FlaskClient
) -> None:
    made = begun(client, "screening")
    form = get(client, f"/requests/{made}/problem")
    assert "Ошибка в номере: создайте новое и попросите удалить старое" in form
    client.post(f"/requests/{made}/problem", data=TOLD)
    assert "Приложите снимок экрана" in get(client, f"/requests/{made}")
    assert client.post(f"/requests/{made}/send").status_code == 409
    client.post(
        f"/requests/{made}/problem",
        data={**TOLD, "screenshot": screenshot(), "answer_file": screenshot()},
    )
    with ours.db.read() as session:
        kinds = set(session.scalars(select(RequestFile.kind)))
    assert kinds == {"screenshot", "answer_file"}
    assert client.post(f"/requests/{made}/send").status_code == 303
    found = ours.one(made)
    assert (found.state, found.criticality) == ("forwarded", "высокая")
    with ours.db.read() as session:
        parcel = session.scalars(select(Letter).where(Letter.kind == "parcel")).one()
    assert parcel.to == ["vimis-akineo@rt-eu.ru"]
    assert len(parcel.attachments) >= 3
    page = get(client, f"/requests/{made}")
    assert "vimis-akineo@rt-eu.ru" in page
    assert "снимок.pdf" in page


def test_an_access_problem_is_solved_by_miac_and_the_answer_is_on_the_card(
    ours: Life, client: FlaskClient
) -> None:
    made = begun(client)
    client.post(f"/requests/{made}/problem", data=TOLD)
    client.post(f"/requests/{made}/send")
    assert ours.one(made).state == "registered"
    assert client.get(f"/requests/{made}/problem").status_code == 409
    ours.act(made, "resolve", "miac_specialist", text="Роль добавлена, войдите заново.")
    page = get(client, f"/requests/{made}")
    assert "Роль добавлена, войдите заново." in page.partition('id="turn"')[2][:700]


def test_a_spoilt_file_says_so_and_the_words_are_kept(ours: Life, client: FlaskClient) -> None:
    made = begun(client)
    data = {**TOLD, "sent_file": (io.BytesIO(b"MZ\x00"), "a.exe")}
    answer = client.post(f"/requests/{made}/problem", data=data)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert 'id="sent_file-e"' in page
    assert "Файлы выберите ещё раз" in page
    assert ">Ошибка 403</textarea>" in page


def test_only_its_own_people_describe_it(ours: Life, client: FlaskClient, signed_in: Clients,
                                         tmp_path: Path) -> None:  # fmt: skip
    made = begun(client)
    stranger = signed_in(life(ours.db, tmp_path).house.user)
    assert stranger.get(f"/requests/{made}/problem").status_code == 404
    assert stranger.post(f"/requests/{made}/problem", data=TOLD).status_code == 404
    assert client.get(f"/requests/{ours.draft()}/problem").status_code == 409
