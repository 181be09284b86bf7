"""The old journal kept in Excel comes in as closed applications, with rights as of their days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Grant, Letter, Reminder, Request
from accessflow.services.imports import take
from tests import factories
from tests.list_examples import ADMIN, WORKER, Desk, contents, desk, formatted, workbook

TITLES = ("№ заявки", "Дата заявки", "Рег. номер", "ФИО", "СНИЛС", "Система", "Роль", "Действие",
          "Результат", "Дата исполнения")  # fmt: skip
PREFIX = "/ledger/lists"


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def secretary(db: Database, signed_in: Callable[[int], FlaskClient]) -> Desk:
    return desk(db, signed_in, PREFIX)


def entry(
    desk: Desk,
    job: int | None,
    number: str = "45/2024",
    *,
    filed: str = "01.03.2024",
    registered: str = "",
    system: str = "ФРМСС",
    role: str = WORKER,
    action: str = "предоставить",
    result: str = "исполнено",
    on: str = "12.03.2024",
    name: str = "Петрова Анна Ивановна",
) -> tuple[str, ...]:
    digits = formatted(desk.house.snils(job)) if job else ""
    return number, filed, registered, name, digits, system, role, action, result, on


def journal(desk: Desk, *rows: tuple[str, ...]) -> str:
    data = workbook(TITLES, *rows)
    return desk.run(desk.upload(data, "журнал.xlsx", kind="journal"))


def applications(db: Database) -> list[Request]:
    with db.read() as session:
        found = list(session.scalars(select(Request).order_by(Request.id)))
        for request in found:
            assert request.rows is not None
        return found


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_rows_of_one_number_are_one_closed_application_that_opens_rights(
    secretary: Desk, backend: str
) -> None:
    jobs = [secretary.house.hire(), secretary.house.hire("Ким Ольга Викторовна")]
    page = journal(
        secretary,
        entry(secretary, jobs[0], registered="МИАЦ-17"),
        entry(secretary, jobs[1], role=ADMIN, name="Ким Ольга Викторовна"),
    )
    assert "Перенесено строк: 2" in page
    [request] = applications(secretary.db)
    assert (request.number, request.state, request.kind) == ("45/2024", "closed", "access")
    assert (request.registration_no, request.our_date) == ("МИАЦ-17", date(2024, 3, 1))
    assert [(row.employment_id, row.outcome) for row in request.rows] == [
        (jobs[0], "granted"), (jobs[1], "granted"),
    ]  # fmt: skip
    assert secretary.open_rights() == [(jobs[0], "frmss", WORKER), (jobs[1], "frmss", ADMIN)]
    with secretary.db.read() as session:
        assert set(session.scalars(select(Grant.since))) == {date(2024, 3, 12)}
        assert set(session.scalars(select(Grant.reference))) == {"45/2024"}


def test_a_revocation_closes_what_an_earlier_row_has_opened(secretary: Desk) -> None:
    job = secretary.house.hire()
    journal(
        secretary,
        entry(secretary, job, "46", action="удалить", filed="01.05.2025", on="07.05.2025"),
        entry(secretary, job, "45"),
    )
    assert secretary.open_rights() == []
    with secretary.db.read() as session:
        [grant] = session.scalars(select(Grant).where(Grant.voided_at.is_(None)))
        assert (grant.since, grant.until) == (date(2024, 3, 12), date(2025, 5, 7))


def test_no_letter_no_term_and_no_reminder_comes_of_it(secretary: Desk) -> None:
    journal(secretary, entry(secretary, secretary.house.hire()))
    [request] = applications(secretary.db)
    assert (request.due_on, request.sent_at, request.answered_on) == (None, None, None)
    with secretary.db.read() as session:
        for table in (Letter, Reminder):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_the_same_file_twice_changes_nothing(secretary: Desk) -> None:
    job = secretary.house.hire()
    rows = [entry(secretary, job), entry(secretary, job, "", filed="02.03.2024", system="РМО")]
    journal(secretary, *rows)
    names = ("requests", "request_rows", "grants", "ledger_entries", "changes", "counters")
    before = contents(secretary.db, *names)
    journal(secretary, *rows)
    assert secretary.plans() == ["same", "same"]
    assert contents(secretary.db, *names) == before


def test_it_is_found_by_its_number_and_name_and_marked_in_list_and_card(secretary: Desk) -> None:
    journal(secretary, entry(secretary, secretary.house.hire()))
    [request] = applications(secretary.db)
    for text in ("45/2024", "петрова"):
        page = secretary.page(f"/requests?tab=done&q={text}")
        assert "45/2024</a>" in page, text
        assert "перенесена из старого журнала" in page
    card = secretary.page(f"/requests/{request.id}")
    assert "из старого журнала" in card
    assert "журнал.xlsx, строка 2" in card


def test_numbers_that_are_taken_are_told(
    secretary: Desk, db: Database, signed_in: Callable[[int], FlaskClient]
) -> None:
    theirs = desk(db, signed_in, PREFIX)
    journal(theirs, entry(theirs, theirs.house.hire()))
    [ours] = secretary.house.make("frmss")
    with db.read() as session:
        number = session.get_one(Request, ours).number
    job = secretary.house.hire()
    data = workbook(TITLES, entry(secretary, job), entry(secretary, job, number))
    address = secretary.upload(data, kind="journal")
    page = secretary.page(address)
    assert secretary.plans() == ["new", "refused"]
    assert "Номер 45/2024 уже занят" in page
    assert f"Заявка {number} здесь уже есть" in page
    secretary.run(address)
    taken = applications(db)[-1]
    assert (taken.number, taken.our_ref) == ("45/2024/2024", "45/2024")
    assert "45/2024/2024</a>" in secretary.page("/requests?tab=done&q=45/2024")


def test_a_number_like_our_own_does_not_stand_in_the_way_of_one_to_come(secretary: Desk) -> None:
    journal(secretary, entry(secretary, secretary.house.hire(), "2026-00001"))
    [request] = applications(secretary.db)
    assert (request.number, request.our_ref) == ("Ж-2026-00001", "2026-00001")
    assert secretary.house.make("frmss")


def test_what_is_not_ended_stays_out_and_a_refusal_comes_in_without_a_right(
    secretary: Desk,
) -> None:
    job = secretary.house.hire()
    address = secretary.upload(
        workbook(
            TITLES,
            entry(secretary, job, "1", result="в работе", on=""),
            entry(secretary, job, "2", result="отказ"),
        ),
        kind="journal",
    )
    assert secretary.plans() == ["refused", "new"]
    secretary.run(address)
    [request] = applications(secretary.db)
    assert (request.state, request.rows[0].outcome) == ("refused", "refused")
    assert secretary.open_rights() == []
    [left] = secretary.not_taken(address)
    assert (left["Номер заявки"], left["Система"]) == ("1", "ФРМСС")


def test_somebody_gone_long_ago_is_in_the_list_but_not_in_the_ledger(secretary: Desk) -> None:
    journal(secretary, entry(secretary, None, name="Ким Ольга Викторовна"))
    assert secretary.plans() == ["nobody"]
    [request] = applications(secretary.db)
    assert request.rows[0].answers["last_name"] == "Ким"
    assert secretary.open_rights() == []


def test_who_is_found_by_name_alone_is_confirmed_first(secretary: Desk) -> None:
    job = secretary.house.hire()
    data = workbook(TITLES, entry(secretary, None))
    address = secretary.upload(data, kind="journal")
    assert secretary.plans() == ["confirm"]
    assert secretary.client.post(f"{address}/run").status_code == 409
    secretary.choose(address, "confirm")
    secretary.run(address)
    assert secretary.open_rights() == [(job, "frmss", WORKER)]


def test_an_application_may_go_over_several_steps(
    secretary: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take, "CHUNK", 2)
    jobs = [secretary.house.hire() for _ in range(3)]
    journal(secretary, *(entry(secretary, job) for job in jobs))
    [request] = applications(secretary.db)
    assert [row.position for row in request.rows] == [1, 2, 3]
    assert request.row_count == 3


def test_miac_takes_the_journal_of_one_organisation_over(
    secretary: Desk, signed_in: Callable[[int], FlaskClient]
) -> None:
    miac = Desk(
        secretary.db, secretary.house, signed_in(factories.account(secretary.db, "miac_lead")),
        PREFIX,
    )  # fmt: skip
    job = secretary.house.hire()
    data = workbook(TITLES, entry(secretary, job))
    miac.run(miac.upload(data, kind="journal", organization=str(secretary.house.organization)))
    [request] = applications(secretary.db)
    assert request.organization_id == secretary.house.organization
    assert secretary.open_rights() == [(job, "frmss", WORKER)]
