"""The old journal kept in Excel comes in as closed applications, with rights as of their days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Grant, LedgerEntry, Letter, Reminder, Request, User
from accessflow.domain.errors import NotFound
from accessflow.services import (
    campaign_lines,
    campaign_starting,
    dismissal_entering,
    dismissal_making,
    ledger,
    requests,
    timeline,
)
from accessflow.services.actor import Actor
from accessflow.services.campaign_lines import Chosen, Filter
from accessflow.services.campaign_starting import CampaignData, Reach
from accessflow.services.dismissal_entering import Dismissing
from accessflow.services.dismissal_making import Choice
from accessflow.services.imports import take, withdrawing
from tests import factories
from tests.catalogue_examples import catalogue
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


def last(desk: Desk) -> str:
    return f"{PREFIX}/{desk.rows()[0].job_id}"


def taken_back(desk: Desk, address: str, why: str = "Не тот файл") -> str:
    desk.client.post(f"{address}/withdraw", data={"why": why})
    while "Продолжить" in (page := desk.page(address)):
        desk.client.post(f"{address}/withdraw")
    return page


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_journal_is_taken_back_whole_and_its_numbers_are_free_again(
    secretary: Desk, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "CHUNK", 2)
    jobs = [secretary.house.hire() for _ in range(3)]
    secretary.give(jobs[2], "rmo", "Администратор МО", on=date(2026, 1, 1))
    rows = [
        *(entry(secretary, job, registered="МИАЦ-17") for job in jobs),
        entry(secretary, jobs[2], "46", system="РМО", role="Администратор МО",
              action="удалить", filed="01.11.2026", on="20.11.2026"),
    ]  # fmt: skip
    journal(secretary, *rows[:3])
    address = last(secretary)
    journal(secretary, rows[3])
    kept, gone = last(secretary), address
    assert (jobs[2], "rmo", "Администратор МО") not in secretary.open_rights()
    asked = secretary.page(f"{gone}/withdraw")
    assert "<b>3 строки</b> в 1 заявке" in asked
    assert secretary.client.post(f"{gone}/withdraw", data={"why": " "}).status_code == 422
    page = taken_back(secretary, gone)
    assert "Журнал отменён: строк снято 3" in page
    assert "Не тот файл" in page
    assert (jobs[0], "frmss", WORKER) not in secretary.open_rights()
    assert [r.number for r in applications(secretary.db) if not r.deleted_at] == ["46"]
    with secretary.db.read() as session:
        why = select(LedgerEntry.withdrawn_why).where(LedgerEntry.withdrawn_at.is_not(None))
        assert set(session.scalars(why)) == {"Не тот файл"}
    taken_back(secretary, kept)
    assert secretary.open_rights() == [(jobs[2], "rmo", "Администратор МО")]
    journal(secretary, *rows[:3])
    again = [r for r in applications(secretary.db) if not r.deleted_at]
    assert [(r.number, r.registration_no, len(r.rows)) for r in again] == [
        ("45/2024", "МИАЦ-17", 3)
    ]


def test_of_an_application_that_two_journals_tell_of_each_takes_back_its_own(
    secretary: Desk,
) -> None:
    jobs = [secretary.house.hire() for _ in range(2)]
    journal(secretary, entry(secretary, jobs[0]))
    first = last(secretary)
    journal(secretary, entry(secretary, jobs[1]))
    taken_back(secretary, first)
    [request] = [r for r in applications(secretary.db) if not r.deleted_at]
    assert (request.number, request.row_count) == ("45/2024", 1)
    assert [(row.position, row.employment_id) for row in request.rows] == [(1, jobs[1])]
    assert secretary.open_rights() == [(jobs[1], "frmss", WORKER)]
    journal(secretary, entry(secretary, jobs[0]))
    assert secretary.outcomes() == ["changed"]


def test_what_is_built_upon_a_journal_keeps_it_and_is_named(secretary: Desk) -> None:
    job = secretary.house.hire()
    journal(secretary, entry(secretary, job))
    address = last(secretary)
    with secretary.db.write() as session:
        user = session.get_one(User, secretary.house.user)
        actor = Actor(user.id, "secretary", user.organization_id, user.name)
    dismissal = dismissal_entering.enter(
        secretary.db, actor=actor, now=factories.NOON, catalogue=catalogue(),
        what=Dismissing(job, factories.NOON.date()),
    )  # fmt: skip
    [draft] = dismissal_making.make(
        secretary.db, actor=actor, now=factories.NOON, catalogue=catalogue(),
        choice=Choice((dismissal,)),
    )  # fmt: skip
    page = secretary.page(f"{address}/withdraw")
    assert "Журнал уже не отменить" in page
    assert "Отзывает доступ из журнала: ФРМСС" in page
    assert f"/requests/{draft}" in page
    refused = secretary.client.post(f"{address}/withdraw", data={"why": "Не тот файл"})
    assert refused.status_code == 409
    requests.delete(secretary.db, actor=actor, now=factories.NOON, request_ids=[draft])
    assert "Журнал отменён" in taken_back(secretary, address)
    with pytest.raises(NotFound):  # what was put away with it does not come back by itself
        requests.restore(secretary.db, actor=actor, now=factories.NOON, request_ids=[1])


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_whatever_is_built_upon_a_journal_is_named_with_who_did_it(
    secretary: Desk, backend: str
) -> None:
    jobs = [secretary.house.hire() for _ in range(2)]
    journal(secretary, *(entry(secretary, job, str(45 + n)) for n, job in enumerate(jobs)))
    address = last(secretary)
    actor = secretary.house.actor
    call: dict[str, Any] = {"now": factories.NOON, "catalogue": catalogue()}
    review = campaign_starting.start(
        secretary.db, actor=actor, data=CampaignData("Осень", "30.11.2026", Reach()), **call
    )  # fmt: skip
    campaign_lines.decide(
        secretary.db, actor=actor, campaign_id=review, decision="keep",
        organization_id=secretary.house.organization, chosen=Chosen(all_of=Filter()), **call,
    )  # fmt: skip
    [revocation] = secretary.house.make("frmss", people=(jobs[0],), action="revoke")
    with secretary.db.write() as session:
        first = session.scalars(select(Request).order_by(Request.id)).first()
        away = session.get_one(Request, revocation)
        assert first is not None
        away.rows[0].outcome, away.resubmission_of_id = "revoked", first.id
        ledger.follow_rows(session, catalogue(), away, away.rows, factories.NOON)
        timeline.append(session, first, actor=actor, now=factories.NOON, action="reopen")
    page = " ".join(secretary.page(f"{address}/withdraw").split())
    for words in (
        "С этой заявкой уже работали", "Ссылается на заявку журнала",
        "Отозвала доступ из журнала: ФРМСС", "Решён в пересмотре «Осень»: ФРМСС",
    ):  # fmt: skip
        assert f"{words}<small>{actor.name}" in page


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
