"""Organisations, units and signatories on their pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Change, Organization, Signatory, Unit
from tests import factories

FULL = {
    "kind": "mo",
    "full_name": "Государственное учреждение «Образцовая больница»",
    "short_name": "ГУ «Образцовая больница»",
    "oid": "1.2.643.5.1.13.13.12.2.47.4821",
    "inn": "4703123451",
    "legal_address": "г. Образцово",
    "actual_address": "",
    "subject_rf": "Ленинградская область",
    "phone": "88126705281",
    "mailbox": "Priem@Obrazets.example",
}
SIGNER = {"last_name": "Орлов", "first_name": "Лев", "middle_name": "", "position": "Главный врач"}


@pytest.fixture
def miac(db: Database, signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return signed_in(factories.account(db, "miac_specialist"))


@pytest.fixture
def own(db: Database) -> int:
    return factories.organization(db, oid="1.2.643.5.1.13.13.12.2.47.7")


def the_only(db: Database, name: str) -> Organization:
    with db.read() as session:
        return session.scalars(select(Organization).where(Organization.short_name == name)).one()


def error_of(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-e">(.*?)</span>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def test_a_new_organisation_is_kept_as_it_will_be_printed(db: Database, miac: FlaskClient) -> None:
    answer = miac.post("/organizations/new", data=FULL, follow_redirects=True)
    assert "Организация добавлена" in answer.text
    row = the_only(db, FULL["short_name"])
    assert (row.oid, row.inn, row.phone) == (FULL["oid"], FULL["inn"], "8 (812) 670-52-81")
    assert row.vipnet_ready is False


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("oid", "1.2.643.5.1.13.13.12.2.47.4821.0.107531", "OID подразделения"),
        ("oid", "1.2.643.5.1.13.13.12.2.47", "не OID"),
        ("inn", "4703123452", "ИНН"),
        ("phone", "12345", "код"),
        ("mailbox", "priem@", "@"),
        ("short_name", " ", "сокращённое"),
        ("subject_rf", "Ингерманландия", "из списка"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    db: Database, miac: FlaskClient, field: str, typed: str, said: str
) -> None:
    answer = miac.post("/organizations/new", data={**FULL, field: typed})
    assert answer.status_code == 422
    assert said in error_of(answer.text, field)
    assert "г. Образцово" in answer.text
    with db.read() as session:
        assert session.scalar(select(Organization.id)) is None


def test_the_organisation_of_a_units_oid_is_offered_and_taken(
    db: Database, miac: FlaskClient
) -> None:
    unit = f"{FULL['oid']}.0.107531"
    refused = miac.post("/organizations/new", data={**FULL, "oid": unit})
    assert f'name="fix" value="oid={FULL["oid"]}"' in refused.text
    miac.post("/organizations/new", data={**FULL, "oid": unit, "fix": f"oid={FULL['oid']}"})
    assert the_only(db, FULL["short_name"]).oid == FULL["oid"]


def test_a_warning_is_confirmed_once_and_another_one_again(db: Database, miac: FlaskClient) -> None:
    elsewhere = {**FULL, "oid": "1.2.643.5.1.13.13.12.2.77.4821"}
    asked = miac.post("/organizations/new", data=elsewhere)
    assert asked.status_code == 422
    assert "Сохранить так" in asked.text
    confirmed = re.findall(r'name="confirmed" value="([^"]+)"', asked.text)[0]
    typo = {**elsewhere, "mailbox": "priem@mail.ri", "confirmed": confirmed}
    assert miac.post("/organizations/new", data=typo).status_code == 422
    assert miac.post("/organizations/new", data={**elsewhere, "confirmed": confirmed}).location
    assert the_only(db, FULL["short_name"]).oid == elsewhere["oid"]


def test_one_oid_belongs_to_one_organisation(db: Database, miac: FlaskClient, own: int) -> None:
    answer = miac.post("/organizations/new", data={**FULL, "oid": "1.2.643.5.1.13.13.12.2.47.7"})
    assert "другой организацией" in error_of(answer.text, "oid")


def test_an_organisation_edits_its_own_card_and_the_history_tells(
    db: Database, secretary: FlaskClient, own: int
) -> None:
    answer = secretary.post(f"/organizations/{own}/edit", data=FULL, follow_redirects=True)
    assert "сохранены" in answer.text
    assert "ИНН" in answer.text
    assert FULL["inn"] in answer.text
    with db.read() as session:
        change = session.scalars(select(Change).where(Change.entity == "organization")).one()
        assert change.what["ИНН"] == ["—", FULL["inn"]]


def test_an_organisation_cannot_make_itself_the_committee(
    db: Database, secretary: FlaskClient, own: int
) -> None:
    secretary.post(f"/organizations/{own}/edit", data={**FULL, "kind": "committee"})
    with db.read() as session:
        assert session.get_one(Organization, own).kind == "mo"


def test_the_list_is_searched_without_regard_to_case_and_yo(
    db: Database, miac: FlaskClient
) -> None:
    miac.post("/organizations/new", data={**FULL, "short_name": "ГБУЗ «Приозёрная РБ»"})
    assert "Приозёрная" in miac.get("/organizations?q=ПРИОЗЕРНАЯ+рб").text
    nothing = miac.get("/organizations?q=такой+нет")
    assert "По этому отбору организаций нет" in nothing.text


def test_an_empty_list_says_what_to_do_first(miac: FlaskClient) -> None:
    page = miac.get("/organizations").text
    assert "Организаций ещё нет" in page
    assert "отбору" not in page


def test_an_archived_organisation_leaves_the_list_and_comes_back(
    db: Database, miac: FlaskClient, own: int
) -> None:
    page = miac.post(f"/organizations/{own}/archive", follow_redirects=True).text
    assert f'action="/organizations/{own}/restore"' in page
    assert "Организаций ещё нет" in miac.get("/organizations").text
    assert f"/organizations/{own}" in miac.get("/organizations?archived=1").text
    miac.post(f"/organizations/{own}/restore")
    assert f"/organizations/{own}" in miac.get("/organizations").text


def test_the_list_goes_out_as_a_sheet(miac: FlaskClient) -> None:
    miac.post("/organizations/new", data=FULL)
    answer = miac.get("/organizations.xlsx")
    [sheet] = load_workbook(BytesIO(answer.data)).worksheets
    rows = list(sheet.values)
    assert any(FULL["oid"] in row for row in rows)


def test_a_unit_with_a_foreign_oid_is_questioned(secretary: FlaskClient, own: int) -> None:
    unit = {"name": "Поликлиника", "oid": "1.2.643.5.1.13.13.12.2.47.8.0.1"}
    answer = secretary.post(f"/organizations/{own}/units/new", data=unit)
    assert "не начинается" in error_of(answer.text, "oid")


def test_a_unit_is_closed_and_brought_back(db: Database, secretary: FlaskClient, own: int) -> None:
    secretary.post(f"/organizations/{own}/units/new", data={"name": "Поликлиника", "oid": ""})
    again = secretary.post(f"/organizations/{own}/units/new", data={"name": "Поликлиника"})
    assert "уже есть" in error_of(again.text, "name")
    with db.read() as session:
        unit = session.scalars(select(Unit)).one()
    page = secretary.post(f"/units/{unit.id}/archive", follow_redirects=True).text
    assert "Закрытые: 1" in page
    secretary.post(f"/units/{unit.id}/restore")
    assert "Закрытые" not in secretary.get(f"/organizations/{own}").text


def test_a_deputy_needs_a_document(secretary: FlaskClient, own: int) -> None:
    answer = secretary.post(f"/organizations/{own}/signatories/new", data=SIGNER)
    assert "приказ или доверенность" in error_of(answer.text, "basis")


def test_a_new_head_ends_the_former_ones_right(
    db: Database, secretary: FlaskClient, own: int
) -> None:
    address = f"/organizations/{own}/signatories/new"
    secretary.post(address, data={**SIGNER, "is_head": "y"})
    next_head = {**SIGNER, "last_name": "Соколов", "is_head": "y"}
    asked = secretary.post(address, data=next_head)
    assert "Орлов Лев: он уйдёт в архив" in error_of(asked.text, "is_head")
    confirmed = re.findall(r'name="confirmed" value="([^"]+)"', asked.text)[0]
    secretary.post(address, data={**next_head, "confirmed": confirmed})
    with db.read() as session:
        heads = session.scalars(select(Signatory).where(Signatory.archived_at.is_(None))).all()
        assert [head.last_name for head in heads] == ["Соколов"]


def test_an_expired_right_to_sign_is_shown(secretary: FlaskClient, own: int) -> None:
    term = {"basis": "Приказ № 1", "valid_from": "2026-01-01", "valid_until": "2026-11-22"}
    address = f"/organizations/{own}/signatories/new"
    asked = secretary.post(address, data={**SIGNER, **term})
    confirmed = re.findall(r'name="confirmed" value="([^"]+)"', asked.text)[0]
    page = secretary.post(
        address, data={**SIGNER, **term, "confirmed": confirmed}, follow_redirects=True
    ).text
    assert "истёк 22.11.2026" in page


def test_a_term_that_ends_before_it_begins_is_refused(secretary: FlaskClient, own: int) -> None:
    term = {"basis": "Приказ № 1", "valid_from": "2026-12-01", "valid_until": "2026-11-30"}
    answer = secretary.post(f"/organizations/{own}/signatories/new", data={**SIGNER, **term})
    assert "раньше" in error_of(answer.text, "valid_until")
