"""«Новая заявка» without JavaScript: every click posts the form, nothing picked is lost."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Employment, Request, Selection
from tests import factories
from tests.factories import NOON
from tests.request_examples import House, add_head, house
from tests.web.conftest import Client
from tests.web.new_request import Page, made


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return Page(client)


def test_two_nurses_in_three_systems(db: Database, clinic: House, page: Page) -> None:
    one, two = clinic.hire("Лунина Алла Фёдоровна"), clinic.hire("Ким Ольга Викторовна")
    page.press("find", who="лунина")
    assert "Лунина Алла Фёдоровна" in page.text
    page.press(f"add:{one}").press(f"add:{two}")
    page.press("", system=["frmss", "rs-tmk", "frllo"])
    assert "Получатся 3 заявки" in page.sums
    assert "Всего 6 строк" in page.sums
    page.set("all:frmss", "Медицинский работник").press("create")
    assert page.answer.status_code == 302
    assert re.fullmatch(r"/requests/\d+/edit", page.answer.location)
    assert made(db) == {
        (system, job, role)
        for job in (one, two)
        for system, role in [
            ("frmss", "Медицинский работник"), ("rs-tmk", ""), ("frllo", "Сотрудник МО"),
        ]
    }  # fmt: skip


def test_single_pairs_come_out_and_roles_differ(db: Database, clinic: House, page: Page) -> None:
    one, two = clinic.hire(), clinic.hire("Ким Ольга Викторовна")
    page.press(f"add:{one}").press(f"add:{two}").press("", system=["frmss", "rmo"])
    page.set("all:frmss", "Медицинский работник").press("")
    page.set(f"role:{one}:frmss", "Администратор МО")
    page.set("pair", [f"{one}:frmss", f"{two}:frmss", f"{two}:rmo"]).press("")
    assert "Получатся 2 заявки" in page.sums
    page.press("create")
    assert made(db) == {
        ("frmss", one, "Администратор МО"), ("frmss", two, "Медицинский работник"),
        ("rmo", two, ""),
    }  # fmt: skip


def test_the_role_for_all_changes_the_whole_column(clinic: House, page: Page) -> None:
    one, two = clinic.hire(), clinic.hire("Ким Ольга Викторовна")
    page.press(f"add:{one}").press(f"add:{two}").press("", system=["frmss"])
    page.set(f"role:{one}:frmss", "Администратор МО").press("")
    assert page.fields[f"role:{one}:frmss"] == "Администратор МО"
    page.set("all:frmss", "Медицинский работник").press("")
    assert page.fields[f"role:{one}:frmss"] == "Медицинский работник"
    assert page.fields[f"role:{two}:frmss"] == "Медицинский работник"


def test_what_is_picked_is_there_again_on_another_day_or_machine(
    clinic: House, page: Page, signed_in: Client
) -> None:
    one = clinic.hire("Лунина Алла Фёдоровна")
    page.press(f"add:{one}").press("", system=["frmss"], action="grant")
    page.set(f"role:{one}:frmss", "Администратор МО").press("")
    again = Page(signed_in(clinic.user))
    assert "Лунина А. Ф." in again.text
    assert again.fields.getlist("system") == ["frmss"]
    assert again.fields[f"role:{one}:frmss"] == "Администратор МО"


def test_what_a_colleague_picks_is_their_own(clinic: House, page: Page, signed_in: Client) -> None:
    page.press(f"add:{clinic.hire('Лунина Алла Фёдоровна')}")
    other = Page(signed_in(factories.account(clinic.db, "hr", clinic.organization)))
    assert "Лунина" not in other.text


def test_opening_the_page_writes_nothing(db: Database, page: Page) -> None:
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Selection)) == 0


def test_a_filter_hides_systems_without_dropping_them(clinic: House, page: Page) -> None:
    page.press("", system=["frmss"])
    page.press("", filter="медосвидет")
    page.press("", filter="освидетельств")
    assert 'id="s-rmo"' in page.text
    assert 'id="s-frmss"' not in page.text
    page.press("", filter="")
    assert page.fields.getlist("system") == ["frmss"]


def test_a_person_is_found_by_snils_and_the_number_stays_out_of_the_address(
    clinic: House, page: Page
) -> None:
    clinic.hire("Лунина Алла Фёдоровна", digits="11223344595")
    for typed in ("112-233-445 95", "11223344595", "44595"):
        page.press("find", who=typed)
        assert "Лунина Алла Фёдоровна" in page.text
        assert page.answer.request.path == "/requests/new"
        assert page.answer.request.query_string == b""
    assert "***-***-445 95" in page.text


def test_nobody_of_another_organisation_is_found_or_added(
    db: Database, clinic: House, page: Page
) -> None:
    theirs = house(db).hire("Чужая Анна Ильинична", digits="11223344595")
    page.press("find", who="чужая")
    assert "Чужая Анна" not in page.text
    page.press("find", who="112-233-445 95")
    assert "Чужая Анна" not in page.text
    page.press(f"add:{theirs}")
    assert page.answer.status_code == 404
    assert Page(page.client).fields["rows"] == ""


def test_those_who_have_left_are_offered_for_a_revocation_alone(clinic: House, page: Page) -> None:
    clinic.hire("Кротов Павел Андреевич", until=date(2026, 11, 22))
    page.press("find", who="кротов")
    assert "Кротов Павел Андреевич" not in page.text
    assert "Среди уволенных: 1" in page.text
    page.press("find", who="кротов", action="revoke")
    assert "Кротов Павел Андреевич" in page.text
    assert "уволен(а) 22.11.2026" in page.text


def test_a_switch_of_the_action_loses_nobody_and_says_who_stays_out(
    db: Database, clinic: House, page: Page
) -> None:
    gone = clinic.hire("Кротов Павел Андреевич", until=date(2026, 11, 22))
    page.press("", action="revoke").press(f"add:{gone}").press("", system=["frllo", "rs-prof"])
    assert "Получатся 2 заявки" in page.sums
    page.press("", action="grant")
    assert "Не войдут уволенные: Кротов П. А." in page.sums
    assert "МИАЦ пропустит" in page.sums
    page.press("create")
    assert page.answer.status_code == 422
    page.press("", action="revoke").press("create")
    assert made(db) == {("frllo", gone, "Сотрудник МО"), ("rs-prof", gone, "Сотрудник МО")}


def test_a_system_in_development_can_be_picked_with_a_warning(
    db: Database, clinic: House, page: Page
) -> None:
    box = re.search(r'<input[^>]*id="s-rs-prof"[^>]*>', page.text)
    assert box
    assert "disabled" not in box[0]
    assert "Система в разработке: примут, только если МИАЦ пропустит" in page.text
    person = clinic.hire()
    page.press(f"add:{person}").press("", system=["rs-prof"])
    assert "Впишете обоснование на следующем шаге" in page.sums
    page.press("create")
    assert made(db) == {("rs-prof", person, "Сотрудник МО")}


def test_a_person_with_two_jobs_stands_there_once(clinic: House, page: Page) -> None:
    first = clinic.hire()
    with clinic.db.write() as session:
        person = session.get_one(Employment, first).person_id
        second = Employment(person_id=person, organization_id=clinic.organization, position="Врач")
        session.add(second)
    page.press(f"add:{first}").press(f"add:{second.id}")
    assert page.fields["rows"] == str(first)
    assert "уже в списке" in page.text


def test_somebody_is_taken_out_again_with_all_their_pairs(clinic: House, page: Page) -> None:
    one, two = clinic.hire(), clinic.hire("Ким Ольга Викторовна")
    page.press(f"add:{one}").press(f"add:{two}").press("", system=["frmss"])
    page.set("pair", [f"{two}:frmss"]).press(f"drop:{one}")
    assert page.fields["rows"] == str(two)
    page.press(f"add:{one}")
    assert f"{one}:frmss" in page.fields.getlist("pair")
    page.press("clear")
    assert page.fields["rows"] == ""
    assert page.fields.getlist("system") == ["frmss"]


def test_nothing_to_create_is_told_and_the_picks_stay(clinic: House, page: Page) -> None:
    page.press(f"add:{clinic.hire('Лунина Алла Фёдоровна')}").press("create")
    assert page.answer.status_code == 422
    assert "Выберите хотя бы одного сотрудника и одну систему" in page.text
    assert "Лунина А. Ф." in page.text


def test_a_double_click_creates_once_and_opens_the_same(
    db: Database, clinic: House, page: Page
) -> None:
    page.press(f"add:{clinic.hire()}").press("", system=["frmss", "rmo"])
    shown = page.fields.copy()
    first = page.press("create").answer
    second = page.client.post("/requests/new", data={**shown.to_dict(flat=False), "op": "create"})
    assert (second.status_code, second.location) == (302, first.location)
    assert len(made(db)) == 2
    assert Page(page.client).fields.getlist("system") == []


def test_the_sum_tells_what_is_missing(db: Database, clinic: House, page: Page) -> None:
    silent, known = clinic.hire("Соколов Дмитрий Павлович", email=""), clinic.hire()
    with db.write() as session:
        person = session.get_one(Employment, known).person_id
        session.add(Attestation(person_id=person, kind="frmr", user_id=clinic.user, at=NOON))
    page.press(f"add:{silent}").press(f"add:{known}").press("", system=["frmss", "covid19"])
    assert "Роль не выбрана: 2 сотрудника" in page.sums
    assert "ФРМР без отметки: Соколов Д. П." in page.sums
    assert "Нет e-mail: Соколов Д. П." in page.sums
    assert "две отдельные заявки" in page.sums  # X17
    assert "Некому подписать" not in page.sums
    page.set("all:covid19", "ОУЗ").press("")
    assert "Роли «ОУЗ» нужно обоснование" in page.sums  # X27


def test_without_a_head_the_sum_says_so(db: Database, signed_in: Client) -> None:
    clinic = house(db, head=False)
    page = Page(signed_in(clinic.user))
    assert "Некому подписать" in page.sums
    add_head(db, clinic.organization)
    assert "Некому подписать" not in Page(signed_in(clinic.user)).sums


def test_a_pair_that_an_open_application_holds_is_marked(clinic: House, page: Page) -> None:
    one = clinic.hire()
    [first] = clinic.make("frmss", people=(one,))
    page.press(f"add:{one}").press("", system=["frmss", "rmo"])
    assert "уже в 2026-00001" in page.text
    assert "Уже в других заявках: 1 пара" in page.sums
    clinic.state(first, "closed")
    assert "уже в 2026-00001" not in page.press("").text


def test_a_free_role_is_typed_for_all_and_for_one(db: Database, clinic: House, page: Page) -> None:
    """App. 12 for a system without roles."""
    one, two = clinic.hire(), clinic.hire("Ким Ольга Викторовна")
    page.press("", action="revoke").press(f"add:{one}").press(f"add:{two}")
    page.press("", system=["rs-tmk"])
    page.set("all:rs-tmk", "Врач").press("")
    page.set(f"role:{two}:rs-tmk", "Оператор").press("create")
    assert made(db) == {("rs-tmk", one, "Врач"), ("rs-tmk", two, "Оператор")}


def test_forms_without_a_system_are_begun_here(db: Database, client: FlaskClient) -> None:
    assert "Разграничение доступа" in client.get("/requests/new").get_data(as_text=True)
    answer = client.post("/requests/new/form", data={"form": "appendix-15"})
    assert re.fullmatch(r"/requests/\d+/edit", answer.location)
    assert client.post("/requests/new/form", data={"form": "appendix-08"}).status_code == 404
    with db.read() as session:
        assert session.scalars(select(Request.form)).all() == ["appendix-15"]


def test_a_lost_session_keeps_what_was_on_the_form(app: Flask, clinic: House, page: Page) -> None:
    """The picks lie on the server; the rest goes along through the sign-in."""
    page.set("op", "paste").set("paste", "Лунина Алла Фёдоровна")
    answer = app.test_client().post("/requests/new", data=page.fields)
    assert answer.status_code == 401
    text = html.unescape(answer.get_data(as_text=True))
    assert 'name="kept:paste" value="Лунина Алла Фёдоровна"' in text
    assert 'value="/requests/new"' in text


def test_htmx_gets_only_the_parts_that_have_changed(clinic: House, page: Page) -> None:
    one = clinic.hire("Лунина Алла Фёдоровна")
    headers = {"HX-Request": "true"}
    wanted = {
        "find": {"new-found"}, "paste": {"new-pasted"}, "pairs": {"new-sum"},
        "systems": {"new-chosen", "new-sum", "new-matrix"},
        f"add:{one}": {"new-people", "new-systems", "new-sum", "new-matrix"},
    }  # fmt: skip
    for operation, parts in wanted.items():
        data = {**page.fields, "op": operation, "who": "лун", "paste": "лун"}
        text = page.client.post("/requests/new", data=data, headers=headers).get_data(as_text=True)
        swapped = set(re.findall(r'id="(new-[a-z]+)"[^>]*hx-swap-oob', text))
        assert swapped - {"new-saved", "new-note"} == parts, operation
        assert "<html" not in text


def test_htmx_is_sent_to_the_first_application(clinic: House, page: Page) -> None:
    page.press(f"add:{clinic.hire()}").press("", system=["frmss"])
    answer = page.client.post(
        "/requests/new", data={**page.fields, "op": "create"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert re.fullmatch(r"/requests/\d+/edit", answer.headers["HX-Redirect"])
