"""Signing in, the lock, the end of a session, and nothing typed being lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accessflow.db.session import Database
from accessflow.db.tables import User
from accessflow.services.accounts import MAX_FAILURES, NewAccount, add_account
from accessflow.services.actor import SYSTEM
from tests import factories
from tests.factories import FrozenClock

PASSWORD = "длинный учебный пароль"


@pytest.fixture
def secretary(db: Database) -> int:
    own = factories.organization(db)
    account = NewAccount("Malakhova.PRB", PASSWORD, "Малахова Екатерина Юрьевна", "secretary", own)
    return add_account(db, actor=SYSTEM, now=factories.NOON, account=account)


def sign_in(
    client: FlaskClient, login: str = "malakhova.prb", password: str = PASSWORD, **more: str
) -> TestResponse:
    return client.post("/login", data={"username": login, "password": password, **more})


def words(answer: TestResponse) -> str:
    """The page without its tokens, each of which is another."""
    return re.sub(r'(content|value)="[\w.-]{60,}"', "", answer.text)


def test_the_right_password_opens_the_start_page(app: Flask, secretary: int) -> None:
    client = app.test_client()
    answer = sign_in(client)
    assert answer.status_code == 302
    assert answer.location == "/"
    assert client.get("/", follow_redirects=True).status_code == 200


def test_an_unknown_login_is_answered_like_a_wrong_password(app: Flask, secretary: int) -> None:
    known = sign_in(app.test_client(), password="не тот пароль")
    unknown = sign_in(app.test_client(), login="nobody", password="не тот пароль")
    assert known.status_code == unknown.status_code == 422
    assert words(known).replace("malakhova.prb", "") == words(unknown).replace("nobody", "")
    assert "Осталось 4 попытки" in known.text


@pytest.mark.parametrize("login", ["malakhova.prb", "nobody"])
def test_five_failures_close_the_login_for_a_while(
    app: Flask, secretary: int, clock: FrozenClock, login: str
) -> None:
    client = app.test_client()
    for _ in range(MAX_FAILURES):
        answer = sign_in(client, login, "не тот пароль")
    assert "Вход закрыт" in answer.text
    assert "Вход закрыт" in sign_in(client, login).text
    clock.advance(minutes=16)
    answer = sign_in(client, login)
    assert (answer.status_code == 302) is (login != "nobody")


def test_a_success_forgets_the_failures(app: Flask, secretary: int) -> None:
    client = app.test_client()
    for _ in range(3):
        for _ in range(MAX_FAILURES - 1):
            sign_in(client, password="не тот пароль")
        assert sign_in(client).status_code == 302


def test_a_closed_account_is_refused(app: Flask, db: Database, secretary: int) -> None:
    client = app.test_client()
    sign_in(client)
    with db.write() as session:
        session.get_one(User, secretary).active = False
    assert client.get("/").status_code == 302
    assert sign_in(client).status_code == 422


def test_a_raised_epoch_ends_open_sessions(
    signed_in: Callable[[int], FlaskClient], db: Database, secretary: int
) -> None:
    client = signed_in(secretary)
    assert client.get("/").location != "/login?next=/"
    with db.write() as session:
        session.get_one(User, secretary).session_epoch += 1
    assert "/login" in client.get("/").location


def test_signing_in_returns_to_the_page_asked_for(app: Flask, secretary: int) -> None:
    client = app.test_client()
    asked = client.get("/?x=1")
    assert asked.location == "/login?next=/?x%3D1"
    assert sign_in(client, next="/?x=1").location == "/?x=1"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_elsewhere(app: Flask, secretary: int, target: str) -> None:
    assert sign_in(app.test_client(), next=target).location == "/"


def test_an_idle_session_ends_and_a_used_one_goes_on(
    app: Flask, secretary: int, clock: FrozenClock
) -> None:
    client = app.test_client()
    sign_in(client)
    for _ in range(3):
        clock.advance(minutes=14)
        assert "/login" not in client.get("/").location
    clock.advance(minutes=16)
    assert "/login" in client.get("/").location
    assert "Сеанс закончился" in client.get("/login").text


def test_no_session_outlives_a_working_day(app: Flask, secretary: int, clock: FrozenClock) -> None:
    client = app.test_client()
    sign_in(client)
    for _ in range(12 * 6):
        clock.advance(minutes=10, seconds=1)
        answer = client.get("/")
    assert "/login" in answer.location


def test_signing_out_ends_the_session(app: Flask, secretary: int) -> None:
    client = app.test_client()
    sign_in(client)
    client.post("/logout")
    assert "/login" in client.get("/").location


def test_the_session_cookie_is_hidden_from_scripts(app: Flask, secretary: int) -> None:
    cookie = sign_in(app.test_client()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
