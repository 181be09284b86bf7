"""People pasted into «Новая заявка»: understood, told, added."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Person, Selection
from tests.request_examples import House, house
from tests.web.new_request import Page, made


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return Page(client)


PASTED = """ФИО\tСНИЛС\tE-mail
Лунина Алла Фёдоровна\t112-233-445 95\tlunina@prb.example
Ким Ольга Викторовна
Гущин Вадим Львович\t001-001-999 64\tgushchin@prb.example
Кротов Павел Андреевич
Неизвестный Пётр Ильич\t291-463-854 00"""


def test_pasted_lines_are_understood_told_and_added(
    db: Database, clinic: House, page: Page
) -> None:
    one = clinic.hire("Лунина Алла Фёдоровна", digits="11223344595", email="")
    two = clinic.hire("Ким Ольга Викторовна")
    clinic.hire("Кротов Павел Андреевич", until=date(2026, 11, 20))
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


def test_a_pasted_name_that_several_bear_asks_for_the_snils(clinic: House, page: Page) -> None:
    clinic.hire("Ким Ольга Викторовна")
    clinic.hire("Ким Ольга Викторовна")
    page.press("paste", paste="Ким Ольга Викторовна")
    assert "Сотрудников с таким ФИО 2" in page.text


def test_a_pasted_name_that_differs_from_the_known_one_is_doubted(
    clinic: House, page: Page
) -> None:
    clinic.hire("Лунина Алла Фёдоровна", digits="11223344595")
    page.press("paste", paste="Ким Ольга Викторовна 112-233-445 95")
    assert "Под этим СНИЛС у вас Лунина Алла Фёдоровна" in page.text
    page.press("paste", paste="Лунина А.Ф. 112-233-445 95")
    assert "Под этим СНИЛС у вас" not in page.text


def test_another_address_than_that_of_the_card_is_told_and_not_taken(
    db: Database, clinic: House, page: Page
) -> None:
    one = clinic.hire("Лунина Алла Фёдоровна", email="old@prb.example")
    page.press("paste", paste="Лунина Алла Фёдоровна new@prb.example")
    assert "В карточке другой e-mail: old@prb.example" in page.text
    page.press("take")
    with db.read() as session:
        assert session.get_one(Employment, one).email == "old@prb.example"


def test_a_pasted_stranger_of_another_organisation_is_not_named(
    db: Database, clinic: House, page: Page
) -> None:
    house(db).hire("Чужая Анна Ильинична", digits="11223344595")
    page.press("paste", paste="112-233-445 95")
    assert "Сотрудника с таким СНИЛС в вашем списке нет" in page.text
    assert "Чужая" not in page.text


def test_two_hundred_people_are_added_at_once(db: Database, clinic: House, page: Page) -> None:
    jobs = [clinic.hire("Иванова Анна Ивановна") for _ in range(200)]
    with db.read() as session:
        digits = session.scalars(select(Person.snils).order_by(Person.id)).all()
    page.press("take", paste="\n".join(digits))
    assert page.fields["rows"] == ",".join(map(str, jobs))
    page.press("create", system=["frllo", "rs-tmk"])
    assert page.answer.status_code == 302
    assert len(made(db)) == 400
