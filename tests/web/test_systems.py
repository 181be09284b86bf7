"""«Системы и формы»: the regulation as people look it up."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import openpyxl
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from accessflow.db.session import Database
from tests import factories
from tests.catalogue_examples import catalogue, regulation

Clients = Callable[[int], FlaskClient]


@pytest.fixture
def client(db: Database, signed_in: Clients) -> FlaskClient:
    return signed_in(factories.account(db, "secretary"))


def get(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def slugs(page: str) -> list[str]:
    return re.findall(r'<tr id="([\w-]+)">', page)


def test_every_system_is_there_with_its_address_form_roles_and_recipients(
    client: FlaskClient,
) -> None:
    page = get(client, "/systems")
    assert len(slugs(page)) == 33
    for system in regulation()["systems"]:
        assert f'<tr id="{system["slug"]}">' in page
    for system in catalogue().systems.values():
        assert html.unescape(system.name) in page
        assert all(address in page for address in (*system.url, *system.recipients.to))
        assert not system.ip or f"IP {system.ip}" in page


def test_roles_are_explained_in_full(client: FlaskClient) -> None:
    page = get(client, "/systems?q=фрмсс")
    for role in catalogue().form("appendix-08").roles:
        assert role.explanation in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=фрмсс", ["frmss"]),
        ("q=10.41.19.119", ["rmo"]),
        ("q=дети+сироты", []),
        ("status=in_development", ["rs-prof", "rs-infect"]),
        ("form=appendix-10", ["frmr", "frmo"]),
        ("form=appendix-13&table=1.1", ["lenmedstat", "ipra"]),
        ("form=appendix-13&table=1.2", []),
    ],
)
def test_systems_are_narrowed(client: FlaskClient, query: str, found: list[str]) -> None:
    page = get(client, f"/systems?{query}")
    assert slugs(page) == found
    assert ("По этому отбору систем нет" in page) == (not found)


def test_the_sheet_holds_what_is_shown(client: FlaskClient) -> None:
    answer = client.get("/systems/export.xlsx?table=1.1")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.active is not None
    rows = list(book.active.values)
    book.close()
    assert len(rows) == 2 + 13
    assert rows[2][2] == "Мониторинг беременных"


@pytest.mark.parametrize("slug", list(catalogue().forms))
def test_every_form_has_its_page_with_the_official_words(client: FlaskClient, slug: str) -> None:
    page = get(client, f"/systems/forms/{slug}")
    spec = catalogue().form(slug)
    assert all(column.plain_header in page for column in spec.columns)
    assert all(note.plain in page for note in spec.footnotes)
    assert all(role.name in page for role in spec.roles)
    assert f"с {spec.effective_from:%d.%m.%Y}, действует" in page


@pytest.mark.parametrize("extension", ["docx", "pdf", "xlsx"])
def test_a_blank_form_is_taken_away(client: FlaskClient, extension: str) -> None:
    answer = client.get(f"/systems/forms/appendix-12/revoke.{extension}")
    assert answer.status_code == 200
    assert f".{extension}" in answer.headers["Content-Disposition"]
    assert answer.data[:4] == (b"%PDF" if extension == "pdf" else b"PK\x03\x04")


def test_a_blank_form_bears_the_words_of_its_action(client: FlaskClient) -> None:
    words = {}
    for action in ("grant", "revoke"):
        data = client.get(f"/systems/forms/appendix-13/{action}.pdf").data
        document = pypdfium2.PdfDocument(data)
        words[action] = " ".join(document[0].get_textpage().get_text_bounded().split())
        document.close()
    assert "Прошу предоставить доступ пользователю" in words["grant"]
    assert "Прошу отозвать доступ" in words["revoke"]


@pytest.mark.parametrize(
    "address",
    [
        "/systems/forms/appendix-99", "/systems/forms/appendix-08?version=9",
        "/systems/forms/appendix-12/grant.pdf", "/systems/forms/appendix-08/grant.exe",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.fixture
def two_versions(app: Flask) -> Iterator[None]:
    """App. 8 has a version that comes into force on the next day."""
    core = app.extensions["accessflow"]
    old = core.catalogue
    form = replace(
        old.form("appendix-08"), version="2.0", effective_from=date(2026, 11, 24),
        summary="Новая редакция",
    )  # fmt: skip
    forms = MappingProxyType({**old.forms, "appendix-08": (*old.forms["appendix-08"], form)})
    app.extensions["accessflow"] = replace(core, catalogue=replace(old, forms=forms))
    yield
    app.extensions["accessflow"] = core


def test_a_coming_version_is_listed_beside_the_one_in_force(
    client: FlaskClient, two_versions: None
) -> None:
    page = get(client, "/systems/forms/appendix-08")
    assert "с 19.05.2023, действует" in page
    assert "вступит в силу 24.11.2026" in page
    assert "Новая редакция" not in page
    coming = get(client, "/systems/forms/appendix-08?version=2.0")
    assert "Новая редакция" in coming
    assert "не действует" in coming
    assert "grant.pdf?version=2.0" in coming
