"""People: one СНИЛС, one person; no СНИЛС in an address; notes; what others may know."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Employment, Person
from tests import factories

SNILS = "112-233-445 95"
DIGITS = "11223344595"
PETROVA = {
    "snils": SNILS,
    "last_name": "Петрова",
    "first_name": "Анна",
    "middle_name": "Ивановна",
    "position": "Врач-статистик",
    "email": "petrova@prb.example",
    "work_phone": "88126705281",
}


@pytest.fixture
def other(db: Database) -> int:
    return factories.organization(db, "ГБУЗ ЛО «Тайная»")


@pytest.fixture
def theirs(db: Database, other: int, signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return signed_in(factories.account(db, "hr", other))


def persons(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count(Person.id))) or 0


def jobs(db: Database) -> list[Employment]:
    with db.read() as session:
        return list(session.scalars(select(Employment).order_by(Employment.id)))


def confirmed(page: str) -> dict[str, str]:
    return {"confirmed": re.findall(r'name="confirmed" value="([^"]+)"', page)[0]}


def test_a_new_person_is_kept_as_forms_print(db: Database, secretary: FlaskClient) -> None:
    page = secretary.post("/people/new", data=PETROVA, follow_redirects=True).text
    assert "Сотрудник записан" in page
    assert SNILS in page
    assert "8 (812) 670-52-81" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("snils", "112-233-445 96", "Контрольное число"),
        ("last_name", "Пeтрова", "латинск"),
        ("middle_name", "", "тчеств"),
        ("position", "", "должность"),
        ("email", "petrova@", "@"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    db: Database, secretary: FlaskClient, field: str, typed: str, said: str
) -> None:
    answer = secretary.post("/people/new", data={**PETROVA, field: typed})
    assert answer.status_code == 422
    found = re.search(rf'id="{field}-e">(.*?)</span>', answer.text, re.DOTALL)
    assert found
    assert said in found[1]
    assert persons(db) == 0


def test_a_person_without_a_patronymic_says_so(db: Database, secretary: FlaskClient) -> None:
    typed = {**PETROVA, "middle_name": "", "no_middle_name": "y"}
    assert "отчества нет" in secretary.post("/people/new", data=typed, follow_redirects=True).text
    with db.read() as session:
        person = session.scalars(select(Person)).one()
        assert (person.middle_name, person.no_middle_name) == ("", True)


def test_who_works_in_two_organisations_is_one_person(
    db: Database, secretary: FlaskClient, theirs: FlaskClient, own: int, other: int
) -> None:
    secretary.post("/people/new", data=PETROVA)
    page = theirs.post(
        "/people/new", data={**PETROVA, "last_name": "ПЕТРОВА", "email": ""}, follow_redirects=True
    ).text
    if "Сохранить так" in page:
        data = {**PETROVA, "last_name": "ПЕТРОВА", "email": "", **confirmed(page)}
        page = theirs.post("/people/new", data=data, follow_redirects=True).text
    assert "Сотрудник записан" in page
    assert persons(db) == 1
    assert [job.organization_id for job in jobs(db)] == [own, other]
    assert "petrova@prb.example" not in page
    assert "Тайная" not in secretary.get("/people/1").text


def test_another_name_under_a_known_snils_is_asked_about_without_telling(
    db: Database, secretary: FlaskClient, theirs: FlaskClient
) -> None:
    secretary.post("/people/new", data=PETROVA)
    married = {**PETROVA, "last_name": "Сидорова", "email": ""}
    asked = theirs.post("/people/new", data=married)
    assert asked.status_code == 422
    assert "записано другое ФИО" in asked.text
    assert "Петрова" not in asked.text
    assert 'name="renamed"' in asked.text
    assert 'href="#snils"' in asked.text
    assert len(jobs(db)) == 1


def test_ones_own_organisation_is_told_the_name_that_it_has(
    secretary: FlaskClient,
) -> None:
    secretary.post("/people/new", data=PETROVA)
    asked = secretary.post("/people/new", data={**PETROVA, "last_name": "Сидорова"})
    assert "Петрова Анна Ивановна" in asked.text


def test_a_changed_surname_is_written_down_and_the_former_kept_in_the_history(
    db: Database, secretary: FlaskClient, theirs: FlaskClient
) -> None:
    secretary.post("/people/new", data=PETROVA)
    married = {**PETROVA, "last_name": "Сидорова", "email": "", "renamed": "1"}
    assert theirs.post("/people/new", data=married).status_code == 302
    page = secretary.get("/people/1").text
    assert "<h1>Сидорова Анна Ивановна</h1>" in page
    assert "Фамилия: Петрова → Сидорова" in page
    assert "другая организация" in page


def test_an_address_of_somebody_else_is_questioned_by_name_only_at_home(
    secretary: FlaskClient, theirs: FlaskClient
) -> None:
    secretary.post("/people/new", data=PETROVA)
    second = {
        **PETROVA,
        "snils": "307-120-201 99",
        "last_name": "Ким",
        "email": "PETROVA@prb.example",
    }
    assert "у сотрудника Петрова А.И." in secretary.post("/people/new", data=second).text
    abroad = theirs.post("/people/new", data=second).text
    assert "у другого человека" in abroad
    assert "Петрова" not in abroad.replace("PETROVA", "")


def test_a_slip_in_the_snils_can_be_mended(db: Database, secretary: FlaskClient) -> None:
    secretary.post("/people/new", data=PETROVA)
    mended = {**PETROVA, "snils": "307-120-201 99"}
    asked = secretary.post("/people/jobs/1", data=mended)
    data = {**mended, **confirmed(asked.text)}
    page = secretary.post("/people/jobs/1", data=data, follow_redirects=True).text
    assert "307-120-201 99" in page
    assert "112-233-445 95" not in page


def test_the_snils_of_somebody_with_two_organisations_is_not_changed_by_one(
    secretary: FlaskClient, theirs: FlaskClient
) -> None:
    secretary.post("/people/new", data=PETROVA)
    theirs.post("/people/new", data={**PETROVA, "email": ""})
    answer = secretary.post("/people/jobs/1", data={**PETROVA, "snils": "307-120-201 99"})
    assert "не только ваша организация" in answer.text


def test_an_edit_is_told_by_the_history(secretary: FlaskClient) -> None:
    secretary.post("/people/new", data=PETROVA)
    page = secretary.post(
        "/people/jobs/1",
        data={**PETROVA, "position": "Заведующая", "until": "2026-11-20"},
        follow_redirects=True,
    ).text
    assert "Должность: Врач-статистик → Заведующая" in page
    assert "уволен(а) 20.11.2026" in page


@pytest.mark.parametrize("typed", [SNILS, DIGITS, "445 95", "петрова 112-233-445"])
def test_a_snils_never_stands_in_an_address(secretary: FlaskClient, typed: str) -> None:
    secretary.post("/people/new", data=PETROVA)
    for address in ("/people/search", "/search"):
        answer = secretary.post(address, data={"q": typed})
        if answer.status_code == 307:
            answer = secretary.post(answer.location, data={"q": typed})
        assert answer.location == "/people?ids=1"
    assert "Петрова" in secretary.get("/people?ids=1").text


def test_the_search_of_the_bar_knows_a_number_of_an_application(secretary: FlaskClient) -> None:
    assert secretary.post("/search", data={"q": "2026-00412"}).location == "/requests/search"
    assert secretary.post("/search", data={"q": "Петрова"}).location == "/people/search"


def test_a_snils_of_another_organisation_finds_nobody(
    secretary: FlaskClient, theirs: FlaskClient
) -> None:
    secretary.post("/people/new", data=PETROVA)
    assert theirs.post("/people/search", data={"q": SNILS}).location == "/people?ids=0"
    assert "никого нет" in theirs.get("/people?ids=0").text
    assert "Петрова" not in theirs.get("/people?ids=1").text


def test_names_and_positions_are_searched_without_regard_to_case_and_yo(
    db: Database, secretary: FlaskClient, own: int
) -> None:
    factories.person(db, own, name="Лунёв Степан Тимофеевич", search_text="врач-терапевт")
    assert secretary.post("/people/search", data={"q": "ЛУНЕВ ст"}).location.startswith(
        "/people?q="
    )
    assert "Лунёв" in secretary.get("/people?q=ЛУНЕВ+ст").text
    assert "Лунёв" in secretary.get("/people?q=терапевт").text
    assert "Лунёв" not in secretary.get("/people?q=хирург").text


def test_lists_mask_the_snils_and_the_card_shows_it(secretary: FlaskClient) -> None:
    secretary.post("/people/new", data=PETROVA)
    page = secretary.get("/people").text
    assert "***-***-445 95" in page
    assert SNILS not in page
    assert SNILS in secretary.get("/people/1").text


def test_the_sheet_masks_the_snils_too(secretary: FlaskClient) -> None:
    secretary.post("/people/new", data=PETROVA)
    answer = secretary.get("/people/export.xlsx")
    [sheet] = load_workbook(BytesIO(answer.data)).worksheets
    cells = [str(value) for row in sheet.values for value in row]
    assert "***-***-445 95" in cells
    assert not any("112-233" in value or "112233" in value for value in cells)


def test_the_dismissed_leave_the_list_and_can_be_looked_at(
    db: Database, secretary: FlaskClient, own: int
) -> None:
    factories.person(db, own, until=factories.NOON.date().replace(day=20))
    assert "Петрова" not in secretary.get("/people").text
    assert "Петрова" in secretary.get("/people?state=dismissed").text


def test_the_list_is_paged_and_sorted(db: Database, secretary: FlaskClient, own: int) -> None:
    for number in range(30):
        factories.person(db, own, name=f"Петрова Анна {chr(ord('А') + number)}вановна")
    first = secretary.get("/people").text
    assert "1–25 из 30" in first
    assert "Авановна" in first
    last = secretary.get("/people?page=99").text
    assert "26–30 из 30" in last
    assert "Авановна" not in secretary.get("/people?sort=-name").text


def test_an_empty_list_says_what_to_do_first(secretary: FlaskClient) -> None:
    page = secretary.get("/people").text
    assert "Сотрудников ещё нет" in page
    assert "Загрузить из файла" in page
    assert "Сотрудников ещё нет" not in secretary.get("/people?q=x").text


def test_a_note_is_attested_by_whom_and_when_and_can_be_undone(
    db: Database, secretary: FlaskClient
) -> None:
    secretary.post("/people/new", data=PETROVA)
    note = {"person": "1", "kind": "frmr", "back": "person"}
    page = secretary.post("/people/attest", data=note, follow_redirects=True).text
    assert "Учёткина А. " in page
    assert "23.11, 12:00" in page
    undo = re.findall(r'action="(/people/withdraw[^"]*)"', page)[0].replace("&amp;", "&")
    secretary.post(undo)
    with db.read() as session:
        assert session.scalar(select(Attestation.id)) is None


def test_many_get_a_note_at_once_and_those_of_others_do_not(
    db: Database, secretary: FlaskClient, own: int, other: int
) -> None:
    ours = [factories.person(db, own) for _ in range(3)]
    foreign = factories.person(db, other)
    page = secretary.post(
        "/people/attest",
        data={"person": [*ours, foreign], "kind": "esia"},
        follow_redirects=True,
    ).text
    assert "отмечено у 3 сотрудников" in page
    with db.read() as session:
        assert set(session.scalars(select(Attestation.person_id))) == set(ours)


def test_who_attested_in_another_organisation_is_not_named(
    db: Database, secretary: FlaskClient, theirs: FlaskClient
) -> None:
    secretary.post("/people/new", data=PETROVA)
    theirs.post("/people/new", data={**PETROVA, "email": ""})
    theirs.post("/people/attest", data={"person": "1", "kind": "esia"})
    page = secretary.get("/people/1").text
    assert page.count("другая организация") == 2  # beside the note, and in the history


def test_an_overseer_sees_all_and_edits_nobody(
    db: Database, secretary: FlaskClient, signed_in: Callable[[int], FlaskClient]
) -> None:
    secretary.post("/people/new", data=PETROVA)
    auditor = signed_in(factories.account(db, "auditor"))
    assert "Петрова" in auditor.get("/people").text
    assert "Изменить" not in auditor.get("/people/1").text
    assert auditor.get("/people/jobs/1").status_code == 403
