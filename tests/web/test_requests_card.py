"""The card of an application: what it shows, to whom, and what can be done there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.services import requests
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, house

Clients = Callable[[int], FlaskClient]


@pytest.fixture
def ours(db: Database) -> House:
    return house(db)


@pytest.fixture
def client(ours: House, signed_in: Clients) -> FlaskClient:
    return signed_in(ours.user)


def card(client: FlaskClient, request_id: int) -> str:
    answer = client.get(f"/requests/{request_id}")
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def test_a_draft_tells_what_is_to_be_done_and_leads_to_the_editor(
    ours: House, client: FlaskClient
) -> None:
    people = (ours.hire("Лунина Алла Фёдоровна", digits="11223344595", email=""), ours.hire())
    [first] = ours.make("frmss", people=people, roles={"frmss": "Администратор МО"})
    page = card(client, first)
    assert "2026-00001 · ФРМСС · предоставить доступ" in page
    assert "Ход за вами: исправьте 1 ошибку" in page
    assert f'href="/requests/{first}/edit"' in page
    assert "Лунина Алла Фёдоровна" in page
    assert "Администратор МО" in page
    assert "***-***-445 95" in page
    assert "112-233" not in page


def test_a_whole_draft_is_handed_on_to_be_signed(ours: House, client: FlaskClient) -> None:
    [first] = ours.make("frllo")
    page = card(client, first)
    assert "Ход за вами: передайте на подпись" in page
    for kind in ("pdf", "docx", "xlsx", "zip"):
        assert f'href="/requests/{first}/files/{kind}"' in page


def test_those_made_together_are_named(ours: House, client: FlaskClient) -> None:
    first, second = ours.make("frmss", "rmo")
    page = card(client, first)
    assert f'href="/requests/{second}">2026-00002' in page
    assert "Вместе с: 2026-00002" in page
    client.post(f"/requests/{second}/delete")
    assert f'href="/requests/{second}"' not in card(client, first)


def test_a_copy_is_opened_in_the_editor(db: Database, ours: House, client: FlaskClient) -> None:
    [first] = ours.make("frmss")
    answer = client.post(f"/requests/{first}/copy")
    found = re.fullmatch(r"/requests/(\d+)/edit", answer.location)
    assert found
    with db.read() as session:
        assert session.get_one(Request, int(found[1])).number == "2026-00002"
    assert "Копия заявки: 2026-00001" in card(client, int(found[1]))


def test_a_deleted_draft_is_not_there_until_it_is_brought_back(
    ours: House, client: FlaskClient
) -> None:
    [first] = ours.make("frmss")
    page = client.post(f"/requests/{first}/delete", follow_redirects=True).get_data(as_text=True)
    assert "Удалено: черновик 2026-00001" in page
    assert client.get(f"/requests/{first}").status_code == 404
    client.post(f"/requests/restore?ids={first}")
    assert "2026-00001" in card(client, first)


def test_a_form_that_has_changed_since_is_told_with_the_way_out(
    ours: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = ours.make("frmss")
    assert "Форма с тех пор сменилась" not in card(client, first)
    monkeypatch.setattr("accessflow.catalogue.spec.Catalogue.superseded", lambda *_: True)
    page = card(client, first)
    assert "Форма с тех пор сменилась" in page
    assert "Создайте копию по новой" in page


def test_what_was_sent_can_be_copied_but_neither_edited_nor_deleted(
    ours: House, client: FlaskClient
) -> None:
    [first] = ours.make("frmss")
    ours.state(first, "sent")
    page = card(client, first)
    assert "Отправлена" in page
    assert f'action="/requests/{first}/copy"' in page
    assert f'href="/requests/{first}/edit"' not in page
    assert f'action="/requests/{first}/delete"' not in page
    assert client.post(f"/requests/{first}/delete").status_code == 409


@pytest.mark.parametrize("state", ["refused", "annulled", "duplicate", "withdrawn", "closed"])
def test_every_ending_has_its_card(ours: House, client: FlaskClient, state: str) -> None:
    [first] = ours.make("frmss")
    ours.state(first, state)
    assert "2026-00001" in card(client, first)


def test_the_head_reads_the_draft_but_has_nothing_to_press(ours: House, signed_in: Clients) -> None:
    [first] = ours.make("frmss")
    page = card(signed_in(factories.account(ours.db, "signatory", ours.organization)), first)
    assert "Заявку готовит секретарь организации" in page
    assert f'action="/requests/{first}/copy"' not in page
    assert f'href="/requests/{first}/edit"' not in page


def test_miac_sees_the_card_once_it_is_filed(ours: House, signed_in: Clients) -> None:
    [first] = ours.make("frmss")
    client = signed_in(factories.account(ours.db, "miac_specialist"))
    assert client.get(f"/requests/{first}").status_code == 404
    ours.state(first, "registered")
    assert "Зарегистрирована" in card(client, first)


def test_a_letter_shows_its_fields(db: Database, ours: House, client: FlaskClient) -> None:
    letter = requests.create_single(
        db, actor=ours.actor, now=NOON, catalogue=catalogue(), form="appendix-16"
    )
    with db.write() as session:
        session.get_one(Request, letter).fields = {"error_description": "Не та дата рождения"}
    page = card(client, letter)
    assert "Письмо об удалении ЭМД" in page
    assert "Не та дата рождения" in page


def test_what_to_mind_of_the_system_is_told(ours: House, client: FlaskClient) -> None:
    [portal] = ours.make("rs-doctor-portal", action="revoke")
    assert "В таблице 1.3 отзыва доступа к «Порталу врача» нет" in card(client, portal)
