"""«Новая заявка» without JavaScript: every click posts the form, nothing picked is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Employment, Person, Request, RequestRow, Selection
from tests import factories
from tests.factories import NOON
from tests.html_forms import fields_of
from tests.request_examples import House, add_head, house

Clients = Callable[[int], FlaskClient]


class Page:
    """The page as somebody without JavaScript uses it: what it shows goes back with each button."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.show(client.get("/requests/new"))

    def show(self, answer: Any) -> None:
        self.answer = answer
        self.text = re.sub("</?b>", "", html.unescape(answer.get_data(as_text=True)))
        found = re.search(r'<form id="new".*?</form>', answer.get_data(as_text=True), re.DOTALL)
        if found:
            self.fields = fields_of(found[0])

    def press(self, operation: str, **changes: object) -> Page:
        """Presses the button after changing fields; a list stands for checked boxes."""
        for name, value in changes.items():
            self.fields.setlist(name, value if isinstance(value, list) else [value])
        self.fields["op"] = operation
        self.show(self.client.post("/requests/new", data=self.fields))
        return self

    def set(self, name: str, value: object) -> Page:
        self.fields.setlist(name, value if isinstance(value, list) else [value])
        return self

    @property
    def sums(self) -> str:
        """The card that tells what will come of it, as words."""
        found = re.search(r'id="new-sum".*?</aside>', self.text, re.DOTALL)
        assert found
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@pytest.fixture
def ours(db: Database) -> House:
    return house(db)


@pytest.fixture
def client(ours: House, signed_in: Clients) -> FlaskClient:
    return signed_in(ours.user)


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return Page(client)


def rows(db: Database) -> set[tuple[str | None, int | None, str]]:
    """System, employment and role of everything that was made."""
    with db.read() as session:
        found = session.execute(
            select(Request.system, RequestRow.employment_id, RequestRow.answers).join(RequestRow)
        )
        return {(system, job, answers.get("role", "")) for system, job, answers in found}


def test_two_nurses_in_three_systems(db: Database, ours: House, page: Page) -> None:
    one, two = ours.hire("Лунина Алла Фёдоровна"), ours.hire("Ким Ольга Викторовна")
    page.press("find", who="лунина")
    assert "Лунина Алла Фёдоровна" in page.text
    page.press(f"add:{one}").press(f"add:{two}")
    page.press("", system=["frmss", "rs-tmk", "frllo"])
    assert "Получатся 3 заявки" in page.sums
    assert "Всего 6 строк" in page.sums
    page.set("all:frmss", "Медицинский работник").press("create")
    assert page.answer.status_code == 302
    assert re.fullmatch(r"/requests/\d+/edit", page.answer.location)
    assert rows(db) == {
        (system, job, role)
        for job in (one, two)
        for system, role in [
            ("frmss", "Медицинский работник"), ("rs-tmk", ""), ("frllo", "Сотрудник МО"),
        ]
    }  # fmt: skip


def test_single_pairs_come_out_and_roles_differ(db: Database, ours: House, page: Page) -> None:
    one, two = ours.hire(), ours.hire("Ким Ольга Викторовна")
    page.press(f"add:{one}").press(f"add:{two}").press("", system=["frmss", "rmo"])
    page.set("all:frmss", "Медицинский работник").press("")
    page.set(f"role:{one}:frmss", "Администратор МО")
    page.set("pair", [f"{one}:frmss", f"{two}:frmss", f"{two}:rmo"]).press("")
    assert "Получатся 2 заявки" in page.sums
    page.press("create")
    assert rows(db) == {
        ("frmss", one, "Администратор МО"), ("frmss", two, "Медицинский работник"),
        ("rmo", two, ""),
    }  # fmt: skip


def test_the_role_for_all_changes_the_whole_column(ours: House, page: Page) -> None:
    one, two = ours.hire(), ours.hire("Ким Ольга Викторовна")
    page.press(f"add:{one}").press(f"add:{two}").press("", system=["frmss"])
    page.set(f"role:{one}:frmss", "Администратор МО").press("")
    assert page.fields[f"role:{one}:frmss"] == "Администратор МО"
    page.set("all:frmss", "Медицинский работник").press("")
    assert page.fields[f"role:{one}:frmss"] == "Медицинский работник"
    assert page.fields[f"role:{two}:frmss"] == "Медицинский работник"


def test_what_is_picked_is_there_again_on_another_day_or_machine(
    ours: House, page: Page, signed_in: Clients
) -> None:
    one = ours.hire("Лунина Алла Фёдоровна")
    page.press(f"add:{one}").press("", system=["frmss"], action="grant")
    page.set(f"role:{one}:frmss", "Администратор МО").press("")
    again = Page(signed_in(ours.user))
    assert "Лунина А. Ф." in again.text
    assert again.fields.getlist("system") == ["frmss"]
    assert again.fields[f"role:{one}:frmss"] == "Администратор МО"


def test_what_a_colleague_picks_is_their_own(ours: House, page: Page, signed_in: Clients) -> None:
    page.press(f"add:{ours.hire('Лунина Алла Фёдоровна')}")
    other = Page(signed_in(factories.account(ours.db, "hr", ours.organization)))
    assert "Лунина" not in other.text


def test_opening_the_page_writes_nothing(db: Database, page: Page) -> None:
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Selection)) == 0


def test_a_filter_hides_systems_without_dropping_them(ours: House, page: Page) -> None:
    page.press("", system=["frmss"])
    page.press("", filter="медосвидет")
    page.press("", filter="освидетельств")
    assert 'id="s-rmo"' in page.text
    assert 'id="s-frmss"' not in page.text
    page.press("", filter="")
    assert page.fields.getlist("system") == ["frmss"]


def test_a_person_is_found_by_snils_and_the_number_stays_out_of_the_address(
    ours: House, page: Page
) -> None:
    ours.hire("Лунина Алла Фёдоровна", digits="11223344595")
    for typed in ("112-233-445 95", "11223344595", "44595"):
        page.press("find", who=typed)
        assert "Лунина Алла Фёдоровна" in page.text
        assert page.answer.request.path == "/requests/new"
        assert page.answer.request.query_string == b""
    assert "***-***-445 95" in page.text


def test_nobody_of_another_organisation_is_found_or_added(
    db: Database, ours: House, page: Page
) -> None:
    theirs = house(db).hire("Чужая Анна Ильинична", digits="11223344595")
    page.press("find", who="чужая")
    assert "Чужая Анна" not in page.text
    page.press("find", who="112-233-445 95")
    assert "Чужая Анна" not in page.text
    page.press(f"add:{theirs}")
    assert page.answer.status_code == 404
    assert Page(page.client).fields["rows"] == ""


def test_those_who_have_left_are_offered_for_a_revocation_alone(ours: House, page: Page) -> None:
    ours.hire("Кротов Павел Андреевич", until=date(2026, 11, 22))
    page.press("find", who="кротов")
    assert "Кротов Павел Андреевич" not in page.text
    assert "Среди уволенных: 1" in page.text
    page.press("find", who="кротов", action="revoke")
    assert "Кротов Павел Андреевич" in page.text
    assert "уволен(а) 22.11.2026" in page.text


def test_a_switch_of_the_action_loses_nobody_and_says_who_stays_out(
    db: Database, ours: House, page: Page
) -> None:
    gone = ours.hire("Кротов Павел Андреевич", until=date(2026, 11, 22))
    page.press("", action="revoke").press(f"add:{gone}").press("", system=["frllo", "rs-prof"])
    assert "Получатся 2 заявки" in page.sums
    page.press("", action="grant")
    assert "Не войдут уволенные: Кротов П. А." in page.sums
    assert "МИАЦ пропустит" in page.sums
    page.press("create")
    assert page.answer.status_code == 422
    page.press("", action="revoke").press("create")
    assert rows(db) == {("frllo", gone, "Сотрудник МО"), ("rs-prof", gone, "Сотрудник МО")}


def test_a_system_in_development_can_be_picked_with_a_warning(
    db: Database, ours: House, page: Page
) -> None:
    box = re.search(r'<input[^>]*id="s-rs-prof"[^>]*>', page.text)
    assert box
    assert "disabled" not in box[0]
    assert "Система в разработке: примут, только если МИАЦ пропустит" in page.text
    person = ours.hire()
    page.press(f"add:{person}").press("", system=["rs-prof"])
    assert "Впишете обоснование на следующем шаге" in page.sums
    page.press("create")
    assert rows(db) == {("rs-prof", person, "Сотрудник МО")}


def test_a_person_with_two_jobs_stands_there_once(ours: House, page: Page) -> None:
    first = ours.hire()
    with ours.db.write() as session:
        person = session.get_one(Employment, first).person_id
        second = Employment(person_id=person, organization_id=ours.organization, position="Врач")
        session.add(second)
    page.press(f"add:{first}").press(f"add:{second.id}")
    assert page.fields["rows"] == str(first)
    assert "уже в списке" in page.text


def test_somebody_is_taken_out_again_with_all_their_pairs(ours: House, page: Page) -> None:
    one, two = ours.hire(), ours.hire("Ким Ольга Викторовна")
    page.press(f"add:{one}").press(f"add:{two}").press("", system=["frmss"])
    page.set("pair", [f"{two}:frmss"]).press(f"drop:{one}")
    assert page.fields["rows"] == str(two)
    page.press(f"add:{one}")
    assert f"{one}:frmss" in page.fields.getlist("pair")
    page.press("clear")
    assert page.fields["rows"] == ""
    assert page.fields.getlist("system") == ["frmss"]


def test_nothing_to_create_is_told_and_the_picks_stay(ours: House, page: Page) -> None:
    page.press(f"add:{ours.hire('Лунина Алла Фёдоровна')}").press("create")
    assert page.answer.status_code == 422
    assert "Выберите хотя бы одного сотрудника и одну систему" in page.text
    assert "Лунина А. Ф." in page.text


def test_a_double_click_creates_once_and_opens_the_same(
    db: Database, ours: House, page: Page
) -> None:
    page.press(f"add:{ours.hire()}").press("", system=["frmss", "rmo"])
    shown = page.fields.copy()
    first = page.press("create").answer
    second = page.client.post("/requests/new", data={**shown.to_dict(flat=False), "op": "create"})
    assert (second.status_code, second.location) == (302, first.location)
    assert len(rows(db)) == 2
    assert Page(page.client).fields.getlist("system") == []


def test_the_sum_tells_what_is_missing(db: Database, ours: House, page: Page) -> None:
    silent, known = ours.hire("Соколов Дмитрий Павлович", email=""), ours.hire()
    with db.write() as session:
        person = session.get_one(Employment, known).person_id
        session.add(Attestation(person_id=person, kind="frmr", user_id=ours.user, at=NOON))
    page.press(f"add:{silent}").press(f"add:{known}").press("", system=["frmss", "covid19"])
    assert "Роль не выбрана: 2 сотрудника" in page.sums
    assert "ФРМР без отметки: Соколов Д. П." in page.sums
    assert "Нет e-mail: Соколов Д. П." in page.sums
    assert "две отдельные заявки" in page.sums  # X17
    assert "Некому подписать" not in page.sums
    page.set("all:covid19", "ОУЗ").press("")
    assert "Роли «ОУЗ» нужно обоснование" in page.sums  # X27


def test_without_a_head_the_sum_says_so(db: Database, signed_in: Clients) -> None:
    ours = house(db, head=False)
    page = Page(signed_in(ours.user))
    assert "Некому подписать" in page.sums
    add_head(db, ours.organization)
    assert "Некому подписать" not in Page(signed_in(ours.user)).sums


def test_a_pair_that_an_open_application_holds_is_marked(ours: House, page: Page) -> None:
    one = ours.hire()
    [first] = ours.make("frmss", people=(one,))
    page.press(f"add:{one}").press("", system=["frmss", "rmo"])
    assert "уже в 2026-00001" in page.text
    assert "Уже в других заявках: 1 пара" in page.sums
    ours.state(first, "closed")
    assert "уже в 2026-00001" not in page.press("").text


def test_a_free_role_is_typed_for_all_and_for_one(db: Database, ours: House, page: Page) -> None:
    """App. 12 for a system without roles."""
    one, two = ours.hire(), ours.hire("Ким Ольга Викторовна")
    page.press("", action="revoke").press(f"add:{one}").press(f"add:{two}")
    page.press("", system=["rs-tmk"])
    page.set("all:rs-tmk", "Врач").press("")
    page.set(f"role:{two}:rs-tmk", "Оператор").press("create")
    assert rows(db) == {("rs-tmk", one, "Врач"), ("rs-tmk", two, "Оператор")}


PASTED = """ФИО\tСНИЛС\tE-mail
Лунина Алла Фёдоровна\t112-233-445 95\tlunina@prb.example
Ким Ольга Викторовна
Гущин Вадим Львович\t001-001-999 64\tgushchin@prb.example
Кротов Павел Андреевич
Неизвестный Пётр Ильич\t291-463-854 00"""


def test_pasted_lines_are_understood_told_and_added(db: Database, ours: House, page: Page) -> None:
    one = ours.hire("Лунина Алла Фёдоровна", digits="11223344595", email="")
    two = ours.hire("Ким Ольга Викторовна")
    ours.hire("Кротов Павел Андреевич", until=date(2026, 11, 20))
    page.press("paste", paste=PASTED)
    assert "Узнали 2 из 5: Лунина А. Ф., Ким О. В." in page.text
    assert "Строка 4, Гущин Вадим Львович: Контрольное число СНИЛС не сходится" in page.text
    assert "Строка 5, Кротов Павел Андреевич: Уволен(а) 20.11.2026" in page.text
    assert (
        "Строка 6, Неизвестный Пётр Ильич: Сотрудника с таким СНИЛС в вашем списке нет" in page.text
    )
    page.press("take")
    assert page.fields["rows"] == f"{one},{two}"
    assert page.fields["paste"].splitlines() == PASTED.splitlines()[3:]
    with db.read() as session:
        assert session.get_one(Employment, one).email == "lunina@prb.example"
        assert "112" not in str(session.scalars(select(Selection.data)).all())


def test_a_pasted_name_that_several_bear_asks_for_the_snils(ours: House, page: Page) -> None:
    ours.hire("Ким Ольга Викторовна")
    ours.hire("Ким Ольга Викторовна")
    page.press("paste", paste="Ким Ольга Викторовна")
    assert "Сотрудников с таким ФИО 2" in page.text


def test_a_pasted_name_that_differs_from_the_known_one_is_doubted(ours: House, page: Page) -> None:
    ours.hire("Лунина Алла Фёдоровна", digits="11223344595")
    page.press("paste", paste="Ким Ольга Викторовна 112-233-445 95")
    assert "Под этим СНИЛС у вас Лунина Алла Фёдоровна" in page.text
    page.press("paste", paste="Лунина А.Ф. 112-233-445 95")
    assert "Под этим СНИЛС у вас" not in page.text


def test_another_address_than_that_of_the_card_is_told_and_not_taken(
    db: Database, ours: House, page: Page
) -> None:
    one = ours.hire("Лунина Алла Фёдоровна", email="old@prb.example")
    page.press("paste", paste="Лунина Алла Фёдоровна new@prb.example")
    assert "В карточке другой e-mail: old@prb.example" in page.text
    page.press("take")
    with db.read() as session:
        assert session.get_one(Employment, one).email == "old@prb.example"


def test_a_pasted_stranger_of_another_organisation_is_not_named(
    db: Database, ours: House, page: Page
) -> None:
    house(db).hire("Чужая Анна Ильинична", digits="11223344595")
    page.press("paste", paste="112-233-445 95")
    assert "Сотрудника с таким СНИЛС в вашем списке нет" in page.text
    assert "Чужая" not in page.text


def test_two_hundred_people_are_added_at_once(db: Database, ours: House, page: Page) -> None:
    jobs = [ours.hire("Иванова Анна Ивановна") for _ in range(200)]
    with db.read() as session:
        digits = session.scalars(select(Person.snils).order_by(Person.id)).all()
    page.press("take", paste="\n".join(digits))
    assert page.fields["rows"] == ",".join(map(str, jobs))
    page.press("create", system=["frllo", "rs-tmk"])
    assert page.answer.status_code == 302
    assert len(rows(db)) == 400


def test_forms_without_a_system_are_begun_here(db: Database, client: FlaskClient) -> None:
    assert "Разграничение доступа" in client.get("/requests/new").get_data(as_text=True)
    answer = client.post("/requests/new/form", data={"form": "appendix-15"})
    assert re.fullmatch(r"/requests/\d+/edit", answer.location)
    assert client.post("/requests/new/form", data={"form": "appendix-08"}).status_code == 404
    with db.read() as session:
        assert session.scalars(select(Request.form)).all() == ["appendix-15"]


def test_a_lost_session_keeps_what_was_on_the_form(app: Flask, ours: House, page: Page) -> None:
    """The picks lie on the server; the rest goes along through the sign-in."""
    page.set("op", "paste").set("paste", "Лунина Алла Фёдоровна")
    answer = app.test_client().post("/requests/new", data=page.fields)
    assert answer.status_code == 401
    text = html.unescape(answer.get_data(as_text=True))
    assert 'name="kept:paste" value="Лунина Алла Фёдоровна"' in text
    assert 'value="/requests/new"' in text


def test_htmx_gets_only_the_parts_that_have_changed(ours: House, page: Page) -> None:
    one = ours.hire("Лунина Алла Фёдоровна")
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


def test_htmx_is_sent_to_the_first_application(ours: House, page: Page) -> None:
    page.press(f"add:{ours.hire()}").press("", system=["frmss"])
    answer = page.client.post(
        "/requests/new", data={**page.fields, "op": "create"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert re.fullmatch(r"/requests/\d+/edit", answer.headers["HX-Redirect"])
