"""What the list of applications finds, in words and numbers, and for whom."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.domain.roles import Role
from accessflow.services.totals import refresh
from tests import factories
from tests.catalogue_examples import catalogue
from tests.request_examples import House, house
from tests.web.conftest import Client
from tests.web.request_lists import get, numbers, search, sheet


def test_names_numbers_and_systems_are_found(clinic: House, client: FlaskClient) -> None:
    clinic.make("frmss", people=(clinic.hire("Лунёв Степан Тимофеевич"),))
    clinic.make("rmo", people=(clinic.hire("Ким-Ли Ольга Викторовна"),))
    cases = {
        "лунев": ["2026-00001"], "ЛУНЁВ степ": ["2026-00001"], "ли": ["2026-00002"],
        "2026-00002": ["2026-00002"], "00001": ["2026-00001"], "2": ["2026-00002", "2026-00001"],
        "фрмсс": ["2026-00001"], "лунев рмо": [], "петров": [],
    }  # fmt: skip
    for text, found in cases.items():
        assert numbers(get(client, search(client, q=text))) == found, text


def test_a_common_word_is_found_like_a_rare_one(
    clinic: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.make("frmss", people=(clinic.hire("Лунёв Степан Тимофеевич"),))
    clinic.make("rmo", people=(clinic.hire("Лунина Ольга Викторовна"),))
    rare = numbers(get(client, "/requests?q=лун"))
    monkeypatch.setattr("accessflow.services.word_search.FEW_IDS", 1)
    assert numbers(get(client, "/requests?q=лун")) == rare == ["2026-00002", "2026-00001"]
    assert numbers(get(client, "/requests?q=лун ольга")) == ["2026-00002"]


@pytest.mark.parametrize(
    "typed", ["112-233-445 95", "11223344595", "112 233 445 95", "112-233-445 96", "1122334"]
)
def test_a_snils_never_comes_into_an_address(
    clinic: House, client: FlaskClient, typed: str
) -> None:
    clinic.make("frmss", people=(clinic.hire(digits="11223344595"),))
    address = search(client, q=typed, system="frmss")
    assert not re.search(r"\d{4}", address.replace("frmss", ""))
    found = ["2026-00001"] if typed.endswith("95") else []
    page = get(client, address)
    assert numbers(page) == found
    assert "445 95" not in page
    assert typed not in page


def test_a_search_keeps_the_other_filters(client: FlaskClient) -> None:
    address = search(
        client, q="ким", system="rmo", tab="draft", errors="yes", author="", sort="number"
    )
    assert parse_qs(urlsplit(address).query) == {
        "q": ["ким"], "system": ["rmo"], "tab": ["draft"], "errors": ["yes"], "sort": ["number"],
    }  # fmt: skip


def test_a_deleted_application_is_neither_listed_nor_found(
    clinic: House, client: FlaskClient
) -> None:
    [first] = clinic.make("frmss", people=(clinic.hire("Лунёв Степан Тимофеевич"),))
    client.post(f"/requests/{first}/delete")
    assert numbers(get(client)) == []
    assert numbers(get(client, "/requests?q=лунев")) == []


def test_an_organisation_sees_its_own_alone(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    other = house(db)
    [theirs] = other.make(
        "frmss", people=(other.hire("Чужая Анна Ильинична", digits="11223344595"),)
    )
    other.state(theirs, "sent")
    clinic.make("rmo")
    assert numbers(get(client)) == ["2026-00002"]
    for address in (
        "/requests?q=чужая",
        f"/requests?ids={theirs}",
        search(client, q="112-233-445 95"),
    ):
        page = get(client, address)
        assert numbers(page) == []
        assert "Чужая" not in page
    assert "Чужая" not in str(sheet(client, "/requests/export.xlsx"))


@pytest.mark.parametrize("role", ["miac_specialist", "miac_lead", "committee", "admin", "auditor"])
def test_those_who_oversee_see_what_is_filed_and_no_draft(
    db: Database, signed_in: Client, role: Role
) -> None:
    one, two = house(db), house(db)
    [draft] = one.make("frmss", people=(one.hire("Лунёв Степан Тимофеевич"),))
    [sent] = two.make("rmo", people=(two.hire("Ким Ольга Викторовна"),))
    two.state(sent, "sent")
    client = signed_in(factories.account(db, role))
    assert numbers(get(client)) == ["2026-00002"]
    assert numbers(get(client, "/requests?tab=draft")) == []
    assert numbers(get(client, "/requests?q=лунев")) == []
    assert numbers(get(client, f"/requests?ids={draft},{sent}")) == ["2026-00002"]
    assert numbers(get(client, f"/requests?organization={two.organization}")) == ["2026-00002"]
    assert numbers(get(client, f"/requests?organization={one.organization}")) == []


def test_the_sheet_holds_all_that_matches_and_no_snils(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    clinic.make("frmss", people=(clinic.hire("Лунёв Степан Тимофеевич", digits="11223344595"),))
    clinic.make("rmo", people=tuple(clinic.hire() for _ in range(3)))
    rows = sheet(client, "/requests/export.xlsx")
    assert [row[0] for row in rows[2:]] == ["2026-00002", "2026-00001"]
    assert rows[2][7].endswith("и др., всего 3")
    assert "445" not in str(rows)
    assert [r[0] for r in sheet(client, "/requests/export.xlsx?q=лунев")[2:]] == ["2026-00001"]


def test_words_follow_what_is_changed_and_only_the_difference_is_written(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    [first] = clinic.make("frmss", people=(clinic.hire("Лунёв Степан Тимофеевич"),))
    with db.write() as session:
        request = session.get_one(Request, first)
        request.rows[0].answers = {**request.rows[0].answers, "last_name": "Новиков"}
        session.flush()
        refresh(session, catalogue(), request)
    assert numbers(get(client, "/requests?q=лунев")) == []
    assert numbers(get(client, "/requests?q=новиков")) == ["2026-00001"]
    assert numbers(get(client, "/requests?q=степан")) == ["2026-00001"]
