"""«Реестр доступов» as its readers find it: whose rights, on which day, in letters, on paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pypdfium2
import pytest
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook

from accessflow.db.session import Database
from accessflow.db.tables import Employment, LedgerEntry
from accessflow.services import ledger_imports
from accessflow.services.ledger_settling import settle, withdraw
from tests import factories
from tests.factories import NOON
from tests.request_examples import House, house

TODAY = date(2026, 11, 23)
OWN, THEIRS = "Авдеева Анна Ивановна", "Чужакова Яна Львовна"


@pytest.fixture
def backend() -> str:
    """The queries are proved on both in tests/integration/test_ledger_list.py."""
    return "sqlite"


@dataclass
class Region:
    """Two organisations with a person each; `secretary` of the first, `lead` of МИАЦ."""

    db: Database
    own: House
    other: House
    own_job: int
    other_job: int
    secretary: FlaskClient
    lead: FlaskClient

    def give(self, job: int, system: str, on: date, told: int = 0, role: str = "") -> None:
        with self.db.write() as session:
            ledger_imports.open_from_list(
                session, session.get_one(Employment, job), system, role,
                NOON + timedelta(days=told), on=on, reference="список",
            )  # fmt: skip

    def person(self, job: int) -> int:
        with self.db.read() as session:
            return session.get_one(Employment, job).person_id


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.fixture
def region(db: Database, signed_in: Callable[[int], FlaskClient]) -> Region:
    own, other = house(db), house(db, short_name="ГБУЗ ЛО «Чужая»")
    found = Region(
        db,
        own,
        other,
        own.hire(OWN),
        other.hire(THEIRS),
        signed_in(own.user),
        signed_in(factories.account(db, "miac_lead")),
    )
    found.give(found.own_job, "frmss", days(-40), role="Администратор МО")
    found.give(found.other_job, "frmss", days(-40), role="Медицинский работник")
    return found


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_another_organisations_rights_are_nowhere(region: Region) -> None:
    asked = f"organization={region.other.organization}"
    for path in (
        *("/ledger", "/ledger?state=all", "/ledger/matrix", "/ledger/systems/frmss"),
        *(f"/ledger/matrix?{asked}", f"/ledger?{asked}", "/ledger/unknown"),
    ):
        page = region.secretary.get(path)
        assert page.status_code == 200
        assert ("Чужаков" in page.text, "«Чужая»" in page.text) == (False, False), path
    with region.secretary.get("/ledger/export.xlsx") as answer:
        sheet = load_workbook(BytesIO(answer.data))["Реестр доступов"]
    assert [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] == [OWN]
    paper = region.secretary.get("/ledger/admitted.pdf").data
    assert (OWN in text_of(paper), "Чужаков" in text_of(paper)) == (True, False)
    theirs = region.person(region.other_job)
    for path in (f"/ledger/people/{theirs}", f"/ledger/matrix?after={theirs}",
                 f"/ledger/organizations/{region.other.organization}"):  # fmt: skip
        assert region.secretary.get(path).status_code == 404, path
    paper = region.secretary.get(f"/ledger/admitted.docx?{asked}").data
    assert (OWN in docx_text(paper), "Чужаков" in docx_text(paper)) == (True, False)


def docx_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_those_above_see_every_organisation_or_one(region: Region) -> None:
    page = region.lead.get("/ledger").text
    assert (OWN in page, THEIRS in page) == (True, True)
    page = region.lead.get(f"/ledger?organization={region.other.organization}").text
    assert (OWN in page, THEIRS in page) == (False, True)
    assert "Выберите организацию" in region.lead.get("/ledger/matrix").text
    page = region.lead.get("/ledger/systems/frmss").text.partition("<tbody>")[2]
    assert page.index("«Учебная") < page.index(OWN) < page.index("«Чужая»") < page.index(THEIRS)


def test_the_day_and_what_was_known_then_are_asked_for_in_the_address(region: Region) -> None:
    region.give(region.own_job, "rmo", days(-90), told=-2, role="Медицинский работник")
    before = region.secretary.get(f"/ledger?on={days(-60)}").text
    assert ("РМО" in before.partition("<tbody>")[2], ">ФРМСС</a>" in before) == (True, False)
    assert "Реестр на 24.09.2026" in before
    then = region.secretary.get(f"/ledger?on={days(-60)}&known={days(-5)}").text
    assert "<tbody>" not in then
    assert "как было известно на конец 18.11.2026" in then
    wrong = region.secretary.get("/ledger?on=завтра")
    assert "Дата «завтра» не читается" in wrong.text
    assert OWN in wrong.text


def test_a_number_never_stands_in_an_address(region: Region) -> None:
    digits = region.own.snils(region.own_job)
    answer = region.secretary.post("/ledger/search", data={"q": digits, "view": "list"})
    assert digits not in answer.location
    assert OWN in region.secretary.get(answer.location).text
    other = region.other.snils(region.other_job)
    answer = region.secretary.post("/ledger/search", data={"q": other, "view": "matrix"})
    assert answer.location.startswith("/ledger/matrix")
    assert "Чужаков" not in region.secretary.get(answer.location).text


def test_the_list_is_searched_by_name_narrowed_and_paged(region: Region) -> None:
    for number in range(30):
        job = region.own.hire(f"Белова Вера {'АБВГДЕЖЗИК'[number % 10]}вановна")
        region.give(job, "rs-tmk", days(-number - 1))
    page = region.secretary.get("/ledger").text
    assert "1–25 из 31" in page
    following = region.secretary.get(page.split('rel="next" href="')[1].split('"')[0]
                                     .replace("&amp;", "&")).text  # fmt: skip
    assert "26–31 из 31" in following
    found = region.secretary.post("/ledger/search", data={"q": "авдеева", "view": "list"})
    assert "1–1 из 1" in region.secretary.get(found.location).text
    assert "1–25 из 30" in region.secretary.get("/ledger?system=rs-tmk").text
    assert "1–6 из 6" in region.secretary.get("/ledger?state=new").text
    admin = region.secretary.get("/ledger?role=Администратор МО").text
    assert "1–1 из 1" in admin
    assert "По этому отбору доступов нет" in region.secretary.get("/ledger?state=revoked").text


def test_the_matrix_tells_roles_and_states_in_letters(region: Region) -> None:
    region.give(region.own_job, "rmo", days(-2), role="Медицинский работник")
    leaver = region.own.hire("Яшин Олег Олегович", until=days(-3))
    region.give(leaver, "rs-tmk", days(-90))
    asker = region.own.hire("Соколов Дмитрий Павлович")
    [request] = region.own.make("smp", people=(asker,))
    region.own.state(request, "registered")
    page = region.secretary.get("/ledger/matrix").text
    for sign, words in (("А", "ФРМСС: Администратор МО"),
                        ("М+", "РМО: Медицинский работник, новый за 7 дней"),
                        ("•!", "Телемедицинские консультации: доступ без роли, уволен — отозвать"),
                        ("з", "СМП: заявка")):  # fmt: skip
        assert f'<span aria-hidden="true">{sign}</span>' in page
        assert words in page
    assert "Действует, всего в МО" in page
    assert "1 доступ у уволенных без отзыва:</b> Яшин О. О. (1)" in page
    past = region.secretary.get(f"/ledger/matrix?on={days(-30)}").text
    assert ("СМП" in past.partition("<thead>")[2], "Соколов" in past) == (False, False)


def test_an_empty_ledger_says_how_it_is_filled(
    db: Database, signed_in: Callable[[int], FlaskClient]
) -> None:
    page = signed_in(house(db).user).get("/ledger").text
    assert "В реестре ещё нет ни одного доступа" in page
    assert "/ledger/lists" in page


def test_a_persons_page_shows_rights_on_a_day_and_leads_to_the_history(region: Region) -> None:
    person = region.person(region.own_job)
    page = region.secretary.get(f"/people/{person}").text
    assert page.index('id="rights"') < page.index("ФРМСС</a>") < page.index("Администратор МО")
    assert f"/ledger/people/{person}" in page
    earlier = region.secretary.get(f"/people/{person}?on={days(-60)}").text
    assert "На 24.09.2026 доступов нет" in earlier
    job = region.own.hire("Новикова Нина Ильинична")
    assert "доступов нет и не было" in region.secretary.get(
        f"/people/{region.person(job)}"
    ).text.replace("Доступов", "доступов")


def test_the_history_keeps_what_turned_out_wrong(region: Region) -> None:
    with region.db.write() as session:
        job = session.get_one(Employment, region.own_job)
        ledger_imports.open_from_list(
            session, job, "rmo", "", NOON - timedelta(days=5), on=days(-7), reference="список"
        )
        entry = ledger_imports.open_from_list(
            session, job, "smp", "", NOON, on=days(-7), reference="с"
        )
        assert entry is not None
        withdraw(session, [entry], NOON, "не тот список")
    page = region.secretary.get(f"/ledger/people/{region.person(region.own_job)}").text
    held, _, history = page.partition("История")
    assert ("СМП" in held, "РМО" in held) == (False, True)
    assert ("запись исправлена" in history, "не тот список" in history) == (True, True)
    assert "18.11, 12:00" in history  # when it was told


def test_the_list_of_the_admitted_says_who_signs_and_how_many_lines(region: Region) -> None:
    page = region.secretary.get("/ledger/admitted?system=frmss").text
    assert "1: ФИО" in page
    assert "Главный врач Ястребов" in page
    paper = region.secretary.get("/ledger/admitted.docx?system=frmss")
    text = docx_text(paper.data)
    for words in ("информационной системе «ФРМСС»", OWN, "Администратор МО", "первичный ввод",
                  "По состоянию на 23.11.2026", "Ястребов", "М.П."):  # fmt: skip
        assert words in text
    assert region.own.snils(region.own_job) not in text
    assert region.lead.get("/ledger/admitted.pdf").status_code == 422
    assert region.secretary.get("/ledger/admitted.xlsx").status_code == 404


def test_what_was_revoked_unknown_is_paged_searched_sorted_and_taken_away(region: Region) -> None:
    with region.db.write() as session:
        job = session.get_one(Employment, region.own_job)
        closings = [
            LedgerEntry(
                kind="close", employment_id=job.id, person_id=job.person_id,
                organization_id=job.organization_id, system="rmo", role=f"Роль {number:02}",
                happened_on=days(-number), provenance="import", reference=f"список, {number}",
                recorded_at=NOON,
            )
            for number in range(60)
        ]  # fmt: skip
        session.add_all(closings)
        settle(session, closings, NOON)
    first = region.secretary.get("/ledger/unknown").text
    assert "1–50 из 60" in first
    assert ("Роль 59" in first, "Роль 00" in first) == (True, False)
    assert "Роль 00" in region.secretary.get("/ledger/unknown?page=2").text
    assert "Роль 00" in region.secretary.get("/ledger/unknown?sort=-day").text
    found = region.secretary.post("/ledger/unknown/search", data={"q": "Никого Такого"})
    assert "По этому отбору отзывов нет" in region.secretary.get(found.location).text
    with region.secretary.get("/ledger/unknown.xlsx") as answer:
        sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 62  # a title, the headings
