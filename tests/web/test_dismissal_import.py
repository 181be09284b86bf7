"""Dismissals by file or pasted list: seen first, namesakes confirmed, taken once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Employment, Person, Request
from accessflow.services import dismissals
from accessflow.services.imports import take
from tests import factories
from tests.catalogue_examples import catalogue
from tests.list_examples import Desk, contents, desk, formatted, tabs, workbook

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
TITLES = ("ФИО", "СНИЛС", "Таб. №", "Дата увольнения", "Номер приказа")
PREFIX = "/dismissals/import"


@pytest.fixture
def backend() -> str:
    """What differs between the databases is tried where dismissals themselves are."""
    return "sqlite"


@pytest.fixture
def hr(db: Database, signed_in: Callable[[int], FlaskClient]) -> Desk:
    return desk(db, signed_in, PREFIX)


def dismissed(db: Database) -> dict[int, date]:
    with db.read() as session:
        query = select(Dismissal.employment_id, Dismissal.dismissed_on)
        return dict(session.execute(query.where(Dismissal.cancelled_at.is_(None))).all())


def listed(desk: Desk, job: int, day: str = "26.11.2026", name: str = "") -> tuple[str, ...]:
    return (name or "Петрова Анна Ивановна", formatted(desk.house.snils(job)), "", day, "42-лс")


def test_a_file_is_seen_first_and_taken_by_a_press(hr: Desk) -> None:
    job = hr.house.hire()
    hr.give(job)
    address = hr.upload(workbook(TITLES, listed(hr, job)))
    page = hr.page(address)
    assert dismissed(hr.db) == {}
    assert tabs(page) == {"Все": 1, "Внесём": 1}
    assert "отзыв до 01.12.2026" in page
    assert formatted(hr.house.snils(job)) not in page
    done = hr.run(address)
    assert dismissed(hr.db) == {job: date(2026, 11, 26)}
    assert "Внесено: 1, перенесено: 0" in done
    assert "/dismissals?import_job=" in done
    job_id = address.rpartition("/")[2]
    assert "Сформировать" in hr.page(f"/dismissals?import_job={job_id}")
    hr.client.post("/dismissals/make", data={"of_list": job_id})
    with hr.db.read() as session:
        [request] = session.scalars(select(Request))
        assert [row.employment_id for row in request.rows] == [job]


def test_the_same_file_twice_changes_nothing(hr: Desk) -> None:
    data = workbook(TITLES, listed(hr, hr.house.hire()))
    hr.take(data)
    names = ("dismissals", "employments", "reminders", "changes")
    before = contents(hr.db, *names)
    hr.take(data)
    assert contents(hr.db, *names) == before
    assert hr.plans() == ["same"]


def test_the_export_of_the_personnel_system_finds_its_people(hr: Desk) -> None:
    for name, digits in (("Фомина Алина Владимировна", "03075736948"),
                         ("Михеева Елизавета Кирилловна", "01467300220")):  # fmt: skip
        hr.house.hire(name, digits=digits)
    address = hr.upload((SAMPLES / "dismissals.xlsx").read_bytes(), "dismissals.xlsx")
    assert tabs(hr.page(address))["Внесём"] == 2
    assert tabs(hr.page(address))["Никого не нашли"] == 16
    hr.run(address)
    assert sorted(dismissed(hr.db).values()) == [date(2026, 11, 12), date(2026, 12, 30)]
    left = hr.not_taken(address)
    assert len(left) == 16
    assert left[0]["ФИО"] == "Уварова Галина Николаевна"
    assert "нет" in left[0]["Почему"]


def test_another_day_moves_it_and_the_old_file_does_not_move_it_back(hr: Desk) -> None:
    job = hr.house.hire()
    first = workbook(TITLES, listed(hr, job))
    hr.take(first)
    hr.take(workbook(TITLES, listed(hr, job, "30.11.2026")))
    assert hr.plans() == ["move"]
    assert dismissed(hr.db) == {job: date(2026, 11, 30)}
    [dismissal] = contents(hr.db, "dismissals")["dismissals"]
    dismissals.move(
        hr.db, actor=hr.house.actor, now=factories.NOON, catalogue=catalogue(),
        dismissal_id=int(str(dismissal[0])), to=date(2026, 12, 1),
    )  # fmt: skip
    hr.take(workbook(TITLES, listed(hr, job, "30.11.2026")))
    assert hr.plans() == ["same"]
    assert dismissed(hr.db) == {job: date(2026, 12, 1)}


def test_a_pasted_list_goes_the_same_way(hr: Desk) -> None:
    jobs = [hr.house.hire(), hr.house.hire("Ким Ольга Викторовна")]
    text = (
        f"Петрова Анна Ивановна, {formatted(hr.house.snils(jobs[0]))}, 26.11.2026, приказ № 42-лс\n"
        f"{formatted(hr.house.snils(jobs[1]))}\t01.12.2026\t43-лс"
    )
    hr.take(text=text)
    assert dismissed(hr.db) == {jobs[0]: date(2026, 11, 26), jobs[1]: date(2026, 12, 1)}
    with hr.db.read() as session:
        assert set(session.scalars(select(Dismissal.order_no))) == {"42-лс", "43-лс"}


def test_a_namesake_is_chosen_and_one_found_by_name_confirmed(hr: Desk) -> None:
    hr.house.hire("Ким Ольга Викторовна", position="Акушерка")
    kim = hr.house.hire("Ким Ольга Викторовна", position="Медсестра")
    petrova = hr.house.hire()
    text = "Ким Ольга Викторовна, 26.11.2026\nПетрова А.И., 27.11.2026"
    address = hr.upload(text=text)
    assert hr.plans() == ["choose", "confirm"]
    assert "Медсестра" in hr.page(address)
    hr.run(address)
    assert dismissed(hr.db) == {}  # nobody has said anything yet
    first, second = hr.rows()
    hr.choose(address, row=[second.id], said={f"who-{first.id}": kim})
    hr.run(address)
    assert dismissed(hr.db) == {kim: date(2026, 11, 26), petrova: date(2026, 11, 27)}


def test_whom_the_row_did_not_offer_cannot_be_chosen(hr: Desk) -> None:
    hr.house.hire("Ким Ольга Викторовна")
    hr.house.hire("Ким Ольга Викторовна")
    other = hr.house.hire()
    address = hr.upload(text="Ким Ольга Викторовна, 26.11.2026")
    [row] = hr.rows()
    hr.choose(address, said={f"who-{row.id}": other})
    [row] = hr.rows()
    assert (row.chosen, row.employment_id) == (False, None)


def test_of_two_jobs_one_is_chosen_unless_the_number_of_personnel_tells(hr: Desk) -> None:
    job = hr.house.hire(personnel_no="0041")
    with hr.db.write() as session:
        person = session.get_one(Employment, job).person_id
        session.add(Employment(person_id=person, organization_id=hr.house.organization,
                               position="Медсестра", personnel_no="42"))  # fmt: skip
    name, digits, _, day, order = listed(hr, job)
    hr.upload(workbook(TITLES, (name, digits, "", day, order)))
    assert hr.plans() == ["choose"]
    hr.take(workbook(TITLES, (name, digits, "41", day, order)))
    assert dismissed(hr.db) == {job: date(2026, 11, 26)}


def test_somebody_new_is_added_with_the_row_if_it_is_picked(hr: Desk) -> None:
    digits = "112-233-445 95"
    data = workbook(TITLES, ("Петрова Анна Ивановна", digits, "7", "26.11.2026", "42-лс"),
                    ("Ким Ольга Викторовна", "", "", "26.11.2026", "43-лс"))  # fmt: skip
    address = hr.upload(data)
    assert hr.plans() == ["nobody", "nobody"]
    page = hr.page(address)
    assert "чтобы добавить в сотрудники" in page
    assert "нужны полное ФИО и СНИЛС" in page
    hr.choose(address, row=[row.id for row in hr.rows()])
    hr.run(address)
    assert hr.outcomes() == ["created", "refused"]
    with hr.db.read() as session:
        assert session.scalars(select(Person.snils)).all() == ["11223344595"]
    assert len(dismissed(hr.db)) == 1


def test_a_day_before_the_job_began_is_told_at_the_row(hr: Desk) -> None:
    job = hr.house.hire(since=date(2026, 11, 20))
    address = hr.upload(workbook(TITLES, listed(hr, job, "10.11.2026")))
    assert hr.plans() == ["refused"]
    assert "принят 20.11.2026" in hr.page(address)


def test_two_rows_about_one_person_are_not_both_taken(hr: Desk) -> None:
    job = hr.house.hire("Ким Ольга Викторовна")
    digits = formatted(hr.house.snils(job))
    address = hr.upload(text=f"{digits}, 26.11.2026\nКим О.В., 30.11.2026")
    hr.choose(address, row=[row.id for row in hr.rows()])
    hr.run(address)
    assert hr.outcomes() == ["created", "refused"]
    assert dismissed(hr.db) == {job: date(2026, 11, 26)}


def test_a_long_list_is_taken_in_steps(hr: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "CHUNK", 2)
    jobs = [hr.house.hire(f"Ким Ольга Ивановна{'а' * n}") for n in range(5)]
    rows = [listed(hr, job, name=f"Ким Ольга Ивановна{'а' * n}") for n, job in enumerate(jobs)]
    hr.take(workbook(TITLES, *rows))
    assert dismissed(hr.db).keys() == set(jobs)


def test_nobody_of_another_organisation_is_dismissed(
    hr: Desk, db: Database, signed_in: Callable[[int], FlaskClient]
) -> None:
    theirs = desk(db, signed_in, PREFIX)
    job = theirs.house.hire()
    data = workbook(TITLES, listed(theirs, job))
    address = hr.upload(data)
    assert hr.plans() == ["nobody"]
    assert theirs.client.get(address).status_code == 404
    hr.run(address)
    assert dismissed(db) == {}


def test_nothing_handed_over_is_told_and_what_was_pasted_stays(hr: Desk) -> None:
    answer = hr.client.post(PREFIX, data={"text": ""})
    assert (answer.status_code, "вставьте список" in answer.text) == (422, True)
    answer = hr.client.post(PREFIX, data={"text": "строка\n" * 1001})
    assert answer.status_code == 422
    assert answer.text.count("строка") >= 1001


def test_the_sample_sheet_is_recognised(hr: Desk) -> None:
    job = hr.house.hire()
    data = hr.client.get(f"{PREFIX}/sample.xlsx").data
    book = load_workbook(BytesIO(data))
    sheet = book.active
    assert sheet is not None
    name, digits, _, day, order = listed(hr, job)
    sheet.append([order, "20.11.2026", name, "", digits, "", day, "ст. 80 ТК РФ"])
    stream = BytesIO()
    book.save(stream)
    hr.take(stream.getvalue())
    assert dismissed(hr.db) == {job: date(2026, 11, 26)}
