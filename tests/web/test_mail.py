"""The pages of letters: state, preview, sending again, the local mailbox, who sees which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.config import Mail
from accessflow.db.session import Database
from accessflow.db.tables import Letter
from accessflow.notify.transports import transport_of
from accessflow.services.deliver import Post, deliver_due
from tests import factories
from tests.factories import NOON, FrozenClock
from tests.life_examples import Life, life

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def ours(app: Flask, db: Database, tmp_path: Path) -> Life:
    found = life(db, tmp_path, mailbox="office@prb.example")
    found.catalogue = app.extensions["accessflow"].catalogue
    return found


@pytest.fixture
def miac(ours: Life, signed_in: SignIn) -> FlaskClient:
    return signed_in(ours.actor("miac_lead").user_id or 0)


def letters(db: Database) -> list[Letter]:
    with db.read() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def change(db: Database, letter_id: int, **values: object) -> None:
    with db.write() as session:
        row = session.get_one(Letter, letter_id)
        for name, value in values.items():
            setattr(row, name, value)


def deliver(app: Flask, clock: FrozenClock) -> None:
    core = app.extensions["accessflow"]
    transport = transport_of(core.settings)
    deliver_due(Post(core.database, core.files, transport, "https://h.example", clock, "w"))


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def test_the_list_tells_the_state_of_each_letter_and_a_repeated_one(
    ours: Life, miac: FlaskClient
) -> None:
    ours.sent()
    [letter] = letters(ours.db)
    assert "В очереди" in page(miac, "/mail")
    change(ours.db, letter.id, state="sent", sent_at=NOON, repeated=True)
    text = page(miac, "/mail?state=sent")
    assert "Отправлено" in text
    assert "повторно" in text
    assert "мог увидеть его дважды" in page(miac, f"/mail/{letter.id}")
    assert "По этому отбору писем нет" in page(miac, "/mail?state=failed")
    assert letter.subject in page(miac, f"/mail?q={letter.subject.split()[1]}")


def test_a_failed_letter_says_why_and_goes_again_to_a_mended_address(
    ours: Life, miac: FlaskClient
) -> None:
    ours.sent()
    [letter] = letters(ours.db)
    change(ours.db, letter.id, state="failed", error="550 5.1.1 no such mailbox", attempts=3)
    assert "550 5.1.1 no such mailbox" in page(miac, f"/mail/{letter.id}")
    wrong = miac.post(f"/mail/{letter.id}/again", data={"to": "officeprb.example"})
    assert wrong.status_code == 422
    assert "officeprb.example" in wrong.get_data(as_text=True)
    miac.post(f"/mail/{letter.id}/again", data={"to": "new@prb.example; two@prb.example"})
    [again] = letters(ours.db)
    assert (again.state, again.attempts, again.error) == ("queued", 0, "")
    assert again.to == ["new@prb.example", "two@prb.example"]
    assert again.message_id == letter.message_id


def test_a_sent_letter_goes_again_as_a_new_one_and_a_waiting_one_does_not(
    ours: Life, miac: FlaskClient
) -> None:
    ours.sent()
    [letter] = letters(ours.db)
    assert miac.post(f"/mail/{letter.id}/again").status_code == 409
    change(ours.db, letter.id, state="sent", sent_at=NOON)
    assert miac.post(f"/mail/{letter.id}/again").status_code == 302
    first, second = letters(ours.db)
    assert (first.state, second.state) == ("sent", "queued")
    assert second.message_id != first.message_id
    assert second.in_reply_to == first.message_id


def test_an_organisation_sees_its_own_letters_alone_and_mends_what_failed(
    ours: Life, signed_in: SignIn
) -> None:
    ours.sent()
    [letter] = letters(ours.db)
    own = signed_in(ours.house.user)
    stranger = signed_in(factories.account(ours.db, "secretary"))
    assert letter.subject in page(own, f"/mail/{letter.id}")
    assert own.get("/mail").status_code == 403
    for address in (f"/mail/{letter.id}", f"/mail/{letter.id}/body", f"/dev/mail/{letter.id}"):
        page(stranger, address, 404)
    assert stranger.post(f"/mail/{letter.id}/again").status_code == 404
    change(ours.db, letter.id, state="sent", sent_at=NOON)
    assert own.post(f"/mail/{letter.id}/again").status_code == 403
    change(ours.db, letter.id, state="failed")
    assert own.post(f"/mail/{letter.id}/again").status_code == 302


def test_the_preview_can_run_no_script_and_loads_nothing(ours: Life, miac: FlaskClient) -> None:
    made = ours.sent()
    text = "<script>alert(1)</script><img src=https://evil.example>"
    ours.act(made, "request_info", "miac_specialist", text=text)
    letter = letters(ours.db)[-1]
    answer = miac.get(f"/mail/{letter.id}/body")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    body = answer.get_data(as_text=True)
    assert "<script>" not in body
    assert "<img" not in body
    assert f"http://localhost/requests/{made}" in body
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page(miac, f"/mail/{letter.id}")


def test_the_local_mailbox_shows_what_left_with_its_attachments(
    app: Flask, ours: Life, miac: FlaskClient, clock: FrozenClock
) -> None:
    made = ours.sent()
    ours.act(made, "forward", "miac_specialist", forwarded_to="СТП ЕГИСЗ")
    assert "Писем ещё нет" in page(miac, "/dev/mail")
    deliver(app, clock)
    registered, _, package = letters(ours.db)
    assert registered.subject in page(miac, "/dev/mail")
    shown = page(miac, f"/dev/mail/{package.id}")
    assert "egisz@stp-egisz.ru" in shown
    assert ".xlsx" in shown
    file = miac.get(f"/dev/mail/{package.id}/files/1")
    assert file.get_data().startswith(b"PK")
    assert "attachment" in file.headers["Content-Disposition"]
    page(miac, f"/dev/mail/{package.id}/files/9", 404)
    body = page(miac, f"/dev/mail/{registered.id}/body")
    assert f"https://h.example/requests/{made}" in body


def test_with_a_mail_server_there_is_no_local_mailbox(
    app: Flask, ours: Life, miac: FlaskClient
) -> None:
    core = app.extensions["accessflow"]
    mail = Mail("robot@miac.example", "mx.example", 25, "none")
    app.extensions["accessflow"] = replace(core, settings=replace(core.settings, mail=mail))
    page(miac, "/dev/mail", 404)
    assert "Локальный ящик" not in page(miac, "/mail")


def test_letters_of_no_application_are_the_administrators(ours: Life, signed_in: SignIn) -> None:
    with ours.db.write() as session:
        row = Letter(kind="form_notice", message_id="l.n", to=["a@b.example"], subject="Форма 8",
                     text="Текст", due_at=NOON, created_at=NOON)  # fmt: skip
        session.add(row)
        session.flush()
        letter_id = row.id
    admin = signed_in(factories.account(ours.db, "admin"))
    miac = signed_in(factories.account(ours.db, "miac_specialist"))
    assert "Форма 8" in page(admin, "/mail")
    assert "Форма 8" not in page(miac, "/mail")
    page(miac, f"/mail/{letter_id}", 404)


def test_the_bar_counts_what_was_not_delivered(ours: Life, miac: FlaskClient) -> None:
    ours.sent()
    change(ours.db, letters(ours.db)[0].id, state="failed")
    link = page(miac, "/requests").partition('href="/mail"')[2].partition("</a>")[0]
    assert "Письма" in link
    assert ">1<" in link


def test_memos_are_shown_for_print_and_mailed(ours: Life, signed_in: SignIn) -> None:
    made = ours.sent(people=2)
    own = signed_in(ours.house.user)
    assert "Памяток пока нет" in page(own, f"/requests/{made}/memo")
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", "refused"))
    first, _ = ours.row_ids(made)
    text = page(own, f"/requests/{made}/memo")
    assert "Первые шаги" in text
    assert ours.one(made).rows[0].snils not in text
    assert own.post(f"/requests/{made}/memo", data={"row": first}).status_code == 302
    assert letters(ours.db)[-1].kind == "memo"
    assert own.post(f"/requests/{made}/memo").status_code == 409
