"""Messages between МО and МИАЦ on the card; МИАЦ's own notes stay in МИАЦ."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.tables import Letter, RequestFile
from accessflow.documents.sheet_in import read_tables
from accessflow.domain.errors import Conflict, Forbidden
from accessflow.services import messages
from tests.life_examples import Life, paper
from tests.request_examples import another
from tests.web.conftest import Client

SECRET = "Главврач сказал лишнее по телефону"


def write(ours: Life, made: int, who: str, text: str, **more: Any) -> int:
    return messages.write(
        ours.db, actor=ours.actor(who), now=ours.now, catalogue=ours.catalogue, files=ours.store,
        request_id=made, text=text, **more,
    )  # fmt: skip


def letters(ours: Life) -> list[Letter]:
    with ours.db.read() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_both_sides_write_with_files_and_the_other_side_gets_a_letter(
    ours: Life, desk: FlaskClient, office: FlaskClient
) -> None:
    made = ours.sent("frmss")
    path = f"/requests/{made}/messages"
    file = {"file": (io.BytesIO(paper()), "приказ.pdf")}
    asked = office.post(path, data={"text": "Когда ждать?", "back": f"/requests/{made}"} | file)
    assert (asked.status_code, asked.location) == (303, f"/requests/{made}")
    to_desk = letters(ours)[-1]
    assert to_desk.kind == "message"
    assert "Когда ждать?" in to_desk.text
    page = desk.get(f"/queue/{made}").text
    assert "Когда ждать?" in page
    assert "приказ.pdf" in page
    assert desk.post(path, data={"text": "Завтра"}).status_code == 303
    to_office = letters(ours)[-1]
    assert "Завтра" in to_office.text
    assert ours.one(made).organization.mailbox in to_office.to + to_office.cc
    shown = office.get(path).text
    assert "Завтра" in shown
    assert "Когда ждать?" in shown


def test_the_timeline_says_that_something_was_written_and_not_what(ours: Life) -> None:
    made = ours.sent("frmss")
    write(ours, made, "secretary", "Анна Петрова, 8-921")
    event = ours.events(made)[-1]
    assert event.action == "message"
    assert set(event.data) == {"message", "files"}


def test_a_message_moves_neither_state_nor_term(ours: Life) -> None:
    made = ours.sent("frmss")
    before = (ours.one(made).state, ours.term(made))
    write(ours, made, "miac_specialist", "Уточним и ответим")
    assert (ours.one(made).state, ours.term(made)) == before


def test_notes_never_reach_an_organisation(
    ours: Life, desk: FlaskClient, office: FlaskClient, signed_in: Client
) -> None:
    made = ours.sent("frmss")
    before = len(letters(ours))
    note = {"text": SECRET, "internal": "1", "file": (io.BytesIO(paper()), "тайна.pdf")}
    assert desk.post(f"/requests/{made}/messages", data=note).status_code == 303
    assert len(letters(ours)) == before
    with ours.db.read() as session:
        file_id = session.scalars(
            select(RequestFile.id).where(RequestFile.message_id.is_not(None))
        ).one()
    head = signed_in(another(ours.db, "signatory", ours.house.organization).user_id or 0)
    committee = signed_in(ours.actor("committee").user_id or 0)
    for client in (office, head, committee):
        for path in (f"/requests/{made}", f"/requests/{made}/messages"):
            shown = client.get(path)
            assert shown.status_code == 200, path
            assert SECRET not in shown.text
            assert "тайна" not in shown.text
        sheet = read_tables(client.get("/requests/export").data, "list.xlsx")
        assert SECRET not in str([table.rows for table in sheet])
        assert client.get(f"/files/{file_id}").status_code == 404
        assert client.get(f"/files/{file_id}/1.png").status_code == 404
    assert SECRET in desk.get(f"/queue/{made}").text
    assert SECRET not in committee.get(f"/queue/{made}").text
    assert "тайна" not in committee.get(f"/queue/{made}").text
    for client in (office, head):
        assert "Заметка" not in client.get(f"/requests/{made}").text


def test_what_was_put_to_a_note_does_not_leave_with_the_package(ours: Life) -> None:
    made = ours.sent("frmss")
    write(ours, made, "miac_specialist", SECRET, internal=True, uploads=[("тайна.pdf", paper())])
    ours.act(made, "forward", "miac_specialist", forwarded_to="СТП ЕГИСЗ")
    for letter in letters(ours):
        assert SECRET not in letter.text + letter.html
        assert not any("тайна" in file["name"] for file in letter.attachments)


def test_an_organisation_writes_no_notes_and_nobody_writes_on_a_draft(ours: Life) -> None:
    made = ours.sent("frmss")
    with pytest.raises(Forbidden, match="Внутренние заметки"):
        write(ours, made, "secretary", "Моё", internal=True)
    with pytest.raises(Forbidden):
        write(ours, made, "auditor", "Смотрю")
    with pytest.raises(Conflict, match="ещё не отправлена"):
        write(ours, ours.draft("frmss"), "secretary", "Рано")


def test_an_empty_message_is_refused_and_a_long_one_kept_on_the_page(
    ours: Life, office: FlaskClient
) -> None:
    made = ours.sent("frmss")
    path = f"/requests/{made}/messages"
    empty = office.post(path, data={"text": "  "})
    assert empty.status_code == 422
    assert "Напишите текст" in empty.text
    long = "очень важно " * 400
    answer = office.post(path, data={"text": long})
    assert answer.status_code == 422
    assert "а помещается 4000" in answer.text
    assert long.strip() in answer.text
    file = {"file": (io.BytesIO(b"MZ exe"), "a.exe")}
    refused = office.post(path, data={"text": "Вот"} | file)
    assert refused.status_code == 422
    assert "Файлы выберите ещё раз" in refused.text


def test_a_ready_reply_is_put_in_without_a_script(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent("frmss")
    path = f"/requests/{made}/messages"
    page = desk.get(path).text
    number = page.split("data-insert")[1].split('<option value="-')[1].split('"')[0]
    shown = desk.post(path, data={"text": "Добрый день.", "canned": "1", "ready": f"-{number}"})
    assert "Добрый день.\n" in shown.text
    assert "Сообщений ещё нет" in desk.get(path).text
