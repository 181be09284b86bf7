"""Errors in words that help, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from accessflow.db.session import Database
from accessflow.web import context
from tests import factories


@pytest.fixture
def client(db: Database, signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return signed_in(factories.account(db, "secretary"))


def test_an_unknown_address_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "Такой страницы нет" in answer.text
    assert "На главную" in answer.text


def test_an_unknown_address_is_no_secret_to_strangers(app: Flask) -> None:
    assert app.test_client().get("/nowhere").status_code == 404


def test_a_wrong_method_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.get("/logout")
    assert answer.status_code == 405
    assert "Так сюда не обращаются" in answer.text


def test_a_page_of_another_role_says_whom_to_ask(client: FlaskClient) -> None:
    answer = client.get("/users")
    assert answer.status_code == 403
    assert "администратору" in answer.text


def test_a_page_that_the_database_refuses_is_answered_with_a_number(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL answers nothing more in that transaction, not even the numbers of the bar."""
    broken = text("select nothing from nowhere")
    monkeypatch.setitem(
        app.view_functions, "people.index", lambda: str(context.session().scalar(broken))
    )
    answer = client.get("/people")
    assert answer.status_code == 500
    assert "Номер ошибки" in answer.text
    assert "На подпись" in answer.text


def test_a_number_that_grows_too_large_in_the_program_is_its_own_fault(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        app.view_functions, "people.index", lambda: str(date.max + timedelta(days=1))
    )
    answer = client.get("/people")
    assert answer.status_code == 500
    assert "Номер ошибки" in answer.text


def test_too_large_a_file_is_refused_in_words(app: Flask, client: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    answer = client.post("/people/import", data={"kind": "x" * 200})
    assert answer.status_code == 413
    assert "25 МБ" in answer.text


@pytest.mark.parametrize("address", ["/login", "/nowhere", "/people", "/static/af.css"])
def test_every_answer_carries_the_policy(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    answer.close()


def test_pages_are_not_kept_by_caches(client: FlaskClient) -> None:
    assert client.get("/people").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/login", "/people", "/people/new", "/organization"])
def test_no_page_has_inline_style_or_script(client: FlaskClient, address: str) -> None:
    page = client.get(address, follow_redirects=True).text
    assert " style=" not in page
    assert " onclick=" not in page
    assert "<script>" not in page
