"""Nothing typed is lost: the session ends, the page is stale, the server fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Unit
from accessflow.services.accounts import NewAccount, add_account
from accessflow.services.actor import SYSTEM
from tests import factories
from tests.factories import FrozenClock

PASSWORD = "длинный учебный пароль"
TYPED = {"name": "Отделение «Лучевой» диагностики", "oid": "", "more": "a & b"}


@pytest.fixture
def organization(db: Database) -> int:
    return factories.organization(db)


@pytest.fixture
def login(db: Database, organization: int) -> str:
    account = NewAccount("sekretar", PASSWORD, "Малахова Екатерина", "secretary", organization)
    add_account(db, actor=SYSTEM, now=factories.NOON, account=account)
    return account.login


@pytest.fixture(autouse=True)
def with_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {unescape(name): unescape(value) for name, value in found}


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/login").text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, login: str, **more: str) -> str:
    data = {"username": login, "password": PASSWORD, "csrf_token": token(client), **more}
    return client.post("/login", data=data, follow_redirects=True).text


def unit_names(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.scalars(select(Unit.name)))


def test_a_post_after_the_session_has_ended_is_sent_after_signing_in(
    app: Flask, db: Database, login: str, organization: int, clock: FrozenClock
) -> None:
    client = app.test_client()
    sign_in(client, login)
    clock.advance(minutes=20)
    address = f"/organizations/{organization}/units/new"
    refused = client.post(address, data={**TYPED, "csrf_token": "stale"})
    assert refused.status_code == 401
    assert "Введённое сохранено" in refused.text
    carried = fields(refused.text)
    assert {name: carried[f"kept:{name}"] for name in TYPED} == TYPED

    wrong = client.post("/login", data={**carried, "username": login, "password": "не тот"})
    assert wrong.status_code == 422
    carried = fields(wrong.text)
    assert carried["kept:name"] == TYPED["name"]

    went_on = client.post("/login", data={**carried, "username": login, "password": PASSWORD})
    assert f'action="{address}"' in went_on.text
    assert "data-submit-now" in went_on.text
    sent = fields(went_on.text)
    assert {name: sent[name] for name in TYPED} == TYPED
    assert client.post(address, data=sent).status_code == 302
    assert unit_names(db) == [TYPED["name"]]


def test_what_one_person_typed_is_not_sent_as_another(
    app: Flask, db: Database, login: str, organization: int, clock: FrozenClock
) -> None:
    other = NewAccount("kadry", PASSWORD, "Тетерина Галина", "hr", organization)
    add_account(db, actor=SYSTEM, now=factories.NOON, account=other)
    client = app.test_client()
    sign_in(client, login)
    clock.advance(minutes=20)
    refused = client.post(f"/organizations/{organization}/units/new", data=TYPED)
    page = sign_in(client, "kadry", **fields(refused.text))
    assert "не отправлено" in page
    assert TYPED["name"] not in page
    assert unit_names(db) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/form"},
    ],
)
def test_a_strangers_page_has_its_post_not_kept(
    app: Flask, organization: int, headers: dict[str, str]
) -> None:
    refused = app.test_client().post(
        f"/organizations/{organization}/units/new", data=TYPED, headers=headers
    )
    assert refused.status_code == 401
    assert TYPED["name"] not in refused.text


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/x", "/static/af.css"])
def test_carried_fields_go_to_our_own_pages_alone(app: Flask, login: str, address: str) -> None:
    page = sign_in(app.test_client(), login, **{"kept_address": address, "kept:name": "x"})
    assert "введённое сохранено" not in page


def test_a_password_is_never_carried_along(app: Flask, organization: int) -> None:
    address = f"/organizations/{organization}/units/new"
    refused = app.test_client().post(address, data={**TYPED, "password": "секрет-секрет"})
    assert "секрет-секрет" not in refused.text


def test_a_lost_file_is_told(app: Flask, login: str) -> None:
    client = app.test_client()
    data = {"kind": "staff", "file": (BytesIO(b"x"), "staff.csv")}
    refused = client.post("/people/import", data=data)
    assert "файл нужно будет указать ещё раз" in refused.text
    page = sign_in(client, login, **fields(refused.text))
    assert "укажите его ещё раз" in page
    assert "data-submit-now" not in page


def test_a_stale_page_offers_to_send_again(
    app: Flask, db: Database, organization: int, signed_in: Callable[[int], FlaskClient]
) -> None:
    client = signed_in(factories.account(db, "secretary", organization))
    address = f"/organizations/{organization}/units/new"
    stale = client.post(address, data={**TYPED, "csrf_token": "of another session"})
    assert stale.status_code == 400
    assert "data-submit-now" not in stale.text
    again = fields(stale.text)
    assert again["name"] == TYPED["name"]
    assert client.post(address, data=again).status_code == 302
    assert unit_names(db) == [TYPED["name"]]


def test_a_stale_sign_in_page_asks_again_and_carries_on(
    app: Flask, login: str, organization: int
) -> None:
    client = app.test_client()
    refused = client.post(f"/organizations/{organization}/units/new", data=TYPED)
    carried = {**fields(refused.text), "csrf_token": "stale"}
    again = client.post("/login", data={**carried, "username": login, "password": PASSWORD})
    assert again.status_code == 400
    assert fields(again.text)["kept:name"] == TYPED["name"]


def test_an_error_of_the_server_keeps_what_was_typed(
    app: Flask, db: Database, organization: int, monkeypatch: pytest.MonkeyPatch,
    signed_in: Callable[[int], FlaskClient], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    app.config["WTF_CSRF_ENABLED"] = False

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"the parameters were {TYPED}")

    monkeypatch.setattr("accessflow.services.units.add", broken)
    client = signed_in(factories.account(db, "secretary", organization))
    failed = client.post(f"/organizations/{organization}/units/new", data=TYPED)
    assert failed.status_code == 500
    assert "Номер ошибки" in failed.text
    assert fields(failed.text)["name"] == TYPED["name"]
    assert "Traceback" not in failed.text
    assert "RuntimeError" in caplog.text
    assert TYPED["name"] not in caplog.text


def test_htmx_is_told_in_a_toast_and_the_page_stays(app: Flask, organization: int) -> None:
    answer = app.test_client().post(
        f"/organizations/{organization}/units/new", data=TYPED, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Reswap"] == "none"
    assert "af:toast" in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Trigger"].isascii()


def test_the_token_of_open_pages_outlives_a_new_sign_in_of_the_same_person(
    app: Flask, db: Database, login: str, organization: int, clock: FrozenClock
) -> None:
    client = app.test_client()
    sign_in(client, login)
    page = client.get(f"/organizations/{organization}/units/new").text
    clock.advance(minutes=20)
    client.get("/")
    sign_in(client, login)
    sent = {**TYPED, "csrf_token": fields(page)["csrf_token"]}
    assert client.post(f"/organizations/{organization}/units/new", data=sent).status_code == 302
