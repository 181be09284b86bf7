"""A system's list of accounts: taken into the ledger, taken back, held against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Grant, LedgerEntry, Organization, Request
from accessflow.services.imports import take, withdrawing
from tests import factories
from tests.list_examples import (
    ADMIN,
    TODAY,
    WORKER,
    Desk,
    contents,
    desk,
    formatted,
    tabs,
    workbook,
)

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
TITLES = ("login", "ФИО", "СНИЛС", "Наименование МО", "Роль", "Последний вход", "Статус")
PREFIX = "/ledger/lists"
PARTS = (
    "Есть в системе, нет в реестре", "Есть в реестре, нет в системе", "Роль другая",
    "Уволены, а доступ есть", "Не опознаны",
)  # fmt: skip
both = pytest.mark.parametrize("backend", ["sqlite", "postgresql"])


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def secretary(db: Database, signed_in: Callable[[int], FlaskClient]) -> Desk:
    return desk(db, signed_in, PREFIX)


def account(
    desk: Desk, job: int, role: str = WORKER, house: str = "", status: str = "Активен"
) -> tuple[str, ...]:
    digits = formatted(desk.house.snils(job))
    return (f"u{job}", "Петрова Анна Ивановна", digits, house, role, "2026-10-01", status)


def upload(desk: Desk, *rows: tuple[str, ...], **fields: str) -> str:
    given = {"kind": "accounts", "system": "frmss", "as_of": "2026-11-20", **fields}
    return desk.upload(workbook(TITLES, *rows), "frmss.xlsx", **given)


def differences(desk: Desk, address: str) -> dict[str, int]:
    found = tabs(desk.page(f"{address}/differences"))
    return {title: found[title] for title in PARTS if found.get(title)}


def close(desk: Desk, address: str, part: str, do: str, *rows: int) -> str:
    """Where the press leads."""
    answer = desk.client.post(f"{address}/close", data={"part": part, "do": do, "row": list(rows)})
    assert answer.status_code == 302, answer.text
    return answer.location


def requests_made(desk: Desk) -> list[tuple[str, str, list[int | None], list[str]]]:
    with desk.db.read() as session:
        return [
            (r.action, r.system or "", [row.employment_id for row in r.rows],
             [row.answers["role"] for row in r.rows])
            for r in session.scalars(select(Request).order_by(Request.id))
        ]  # fmt: skip


@both
def test_a_list_opens_rights_with_its_file_and_row(secretary: Desk, backend: str) -> None:
    jobs = [secretary.house.hire(), secretary.house.hire()]
    address = upload(
        secretary, account(secretary, jobs[0]), account(secretary, jobs[1], "мед. работник")
    )
    assert secretary.open_rights() == []
    assert "Внесено в реестр: 2" in secretary.run(address)
    assert secretary.open_rights() == [(job, "frmss", WORKER) for job in jobs]
    with secretary.db.read() as session:
        grants = session.scalars(select(Grant).order_by(Grant.id)).all()
        assert [g.reference for g in grants] == ["frmss.xlsx, строка 2", "frmss.xlsx, строка 3"]
        assert {(g.since, g.last_seen_on, g.provenance) for g in grants} == {
            (date(2026, 11, 20), date(2026, 10, 1), "import")
        }
    assert differences(secretary, address) == {}


def test_the_same_list_twice_changes_nothing(secretary: Desk) -> None:
    row = account(secretary, secretary.house.hire())
    secretary.run(upload(secretary, row))
    before = contents(secretary.db, "grants", "ledger_entries")
    secretary.run(upload(secretary, row))
    assert secretary.plans() == ["same"]
    assert contents(secretary.db, "grants", "ledger_entries") == before


def test_a_blocked_account_and_another_organisations_are_no_rights(secretary: Desk) -> None:
    job = secretary.house.hire()
    upload(
        secretary,
        account(secretary, job, status="Заблокирован"),
        account(secretary, secretary.house.hire(), house="ГБУЗ ЛО «Чужая больница»"),
    )
    assert secretary.plans() == ["blocked", "refused"]
    address = upload(secretary, account(secretary, job, status="Заблокирован"))
    secretary.choose(address, "none")
    assert "Не отмечено ни одной строки" in secretary.client.post(f"{address}/run").text


def test_a_role_that_the_list_does_not_tell_is_asked_for(secretary: Desk) -> None:
    job = secretary.house.hire()
    address = upload(secretary, account(secretary, job, "оператор"))
    assert secretary.plans() == ["ask_role"]
    assert "какая роль" in secretary.page(address)
    [row] = secretary.rows()
    secretary.choose(address, said={f"role-{row.id}": "Выдуманная"})
    assert "Не отмечено" in secretary.client.post(f"{address}/run").text
    secretary.choose(address, said={f"role-{row.id}": ADMIN})
    secretary.run(address)
    assert secretary.open_rights() == [(job, "frmss", ADMIN)]


def test_all_those_found_by_initials_are_confirmed_by_one_press(secretary: Desk) -> None:
    jobs = [secretary.house.hire("Ким Ольга Викторовна"), secretary.house.hire("Зуева Яна Львовна")]
    rows = [("u1", "Ким О.В.", "", "", WORKER, "", ""), ("u2", "Зуева Я.Л.", "", "", ADMIN, "", "")]
    address = upload(secretary, *rows)
    assert secretary.plans() == ["confirm", "confirm"]
    assert "Подтвердить всех 2" in secretary.page(f"{address}?show=confirm")
    secretary.choose(address, "confirm")
    secretary.run(address)
    assert secretary.open_rights() == [(jobs[0], "frmss", WORKER), (jobs[1], "frmss", ADMIN)]


def test_the_sample_of_a_system_is_read_whole(secretary: Desk) -> None:
    with secretary.db.write() as session:
        own = session.get_one(Organization, secretary.house.organization)
        own.short_name = "ГБУЗ ЛО «Нижнегорская районная больница»"
    secretary.house.hire("Семенов Рубен Чеславович", digits="08527288700")
    secretary.house.hire("Фомичева Ирина Викторовна")
    data = (SAMPLES / "accounts-frmss.xlsx").read_bytes()
    address = secretary.upload(data, "a.xlsx", kind="accounts", system="frmss", as_of="2026-11-20")
    found = tabs(secretary.page(address))
    assert (found["Все"], found["Внесём"], found["Подтвердить"]) == (66, 1, 1)
    assert found["Никого не нашли"] > 40
    secretary.run(address)
    assert differences(secretary, address)["Не опознаны"] > 40


@both
def test_the_whole_list_is_taken_back_in_words(
    secretary: Desk, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "CHUNK", 2)
    jobs = [secretary.house.hire() for _ in range(3)]
    kept = secretary.house.hire()
    secretary.give(kept)
    address = upload(secretary, *(account(secretary, job) for job in (*jobs, kept)))
    secretary.run(address)
    assert "3</b>" in secretary.page(f"{address}/withdraw").replace("3 права", "3</b>")
    assert secretary.client.post(f"{address}/withdraw", data={"why": " "}).status_code == 422
    secretary.client.post(f"{address}/withdraw", data={"why": "Выгрузка старая"})
    while "Продолжить" in (page := secretary.page(address)):
        secretary.client.post(f"{address}/withdraw")
    assert "Список отменён: прав снято 3" in page
    assert "Выгрузка старая" in page
    assert secretary.open_rights() == [(kept, "frmss", WORKER)]
    with secretary.db.read() as session:
        why = select(LedgerEntry.withdrawn_why).where(LedgerEntry.withdrawn_at.is_not(None))
        assert set(session.scalars(why)) == {"Выгрузка старая"}
    secretary.run(upload(secretary, account(secretary, jobs[0])))
    assert (jobs[0], "frmss", WORKER) in secretary.open_rights()


@both
def test_what_differs_is_told_from_both_sides(secretary: Desk, backend: str) -> None:
    hire = secretary.house.hire
    same, gone, other, unlisted, lost = (
        hire(), hire(until=TODAY - timedelta(days=9)), hire(), hire(), hire(),
    )  # fmt: skip
    recent = hire()
    for job in (same, other, lost):
        secretary.give(job, on=date(2026, 1, 1))
    secretary.give(recent, on=date(2026, 11, 22))  # the list is older than that
    address = upload(
        secretary,
        account(secretary, same),
        account(secretary, gone),
        account(secretary, other, ADMIN),
        account(secretary, unlisted),
        ("u9", "Никто Нигде Никогдаевич", "", "", WORKER, "", ""),
    )
    secretary.choose(address, row=[secretary.rows()[0].id])
    secretary.run(address)
    assert differences(secretary, address) == dict.fromkeys(PARTS, 1)
    page = secretary.page(f"{address}/differences?part=role")
    assert ADMIN in page
    assert WORKER in page
    with secretary.client.get(f"{address}/differences.xlsx") as answer:
        sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    told = [str(row[0]) for row in list(sheet.values)[2:]]
    assert told == list(PARTS)
    assert "Никогдаевич" in secretary.page(f"{address}/differences?part=unknown&q=никто")
    assert "По запросу ничего нет" in secretary.page(f"{address}/differences?part=unknown&q=нет")


def test_gaps_are_closed_by_one_press_and_not_twice(secretary: Desk) -> None:
    gone = secretary.house.hire(until=TODAY - timedelta(days=9))
    lost, unlisted = secretary.house.hire(), secretary.house.hire()
    secretary.give(lost, on=date(2026, 1, 1))
    address = upload(secretary, account(secretary, gone), account(secretary, unlisted))
    secretary.choose(address, row=[secretary.rows()[0].id])
    secretary.run(address)
    assert "/requests/" in close(secretary, address, "gone", "revoke_all")
    close(secretary, address, "missing", "grant_all")
    close(secretary, address, "gone", "revoke_all")
    close(secretary, address, "missing", "grant_all")
    assert requests_made(secretary) == [
        ("revoke", "frmss", [gone], [WORKER]),
        ("grant", "frmss", [lost], [WORKER]),
    ]
    close(secretary, address, "unlisted", "take", secretary.rows()[1].id)
    assert (unlisted, "frmss", WORKER) in secretary.open_rights()
    assert "Есть в системе, нет в реестре" not in differences(secretary, address)


def test_of_two_roles_the_ledgers_or_the_lists_is_revoked(secretary: Desk) -> None:
    job = secretary.house.hire()
    secretary.give(job, on=date(2026, 1, 1))
    address = upload(secretary, account(secretary, job, ADMIN), account(secretary, job))
    secretary.give(secretary.house.hire())
    other = secretary.house.hire()
    address = upload(secretary, account(secretary, job, ADMIN), account(secretary, other))
    secretary.run(address)
    row = secretary.rows()[0].id
    close(secretary, address, "role", "revoke_ours", row)
    close(secretary, address, "role", "revoke", row)
    assert [(what, roles) for what, _, _, roles in requests_made(secretary)] == [
        ("revoke", [WORKER]),
        ("revoke", [ADMIN]),
    ]
    close(secretary, address, "role", "take", row)
    assert (job, "frmss", ADMIN) in secretary.open_rights()


def test_a_row_whose_role_nobody_knows_is_not_taken_over(secretary: Desk) -> None:
    address = upload(
        secretary,
        account(secretary, secretary.house.hire()),
        account(secretary, secretary.house.hire(), "оператор"),
    )
    secretary.run(address)
    before = secretary.open_rights()
    page = secretary.page(close(secretary, address, "unlisted", "take_all"))
    assert "Роль в списке не понята" in page
    assert secretary.open_rights() == before


def test_nothing_picked_is_told(secretary: Desk) -> None:
    address = upload(secretary, account(secretary, secretary.house.hire()))
    secretary.run(address)
    assert "Отметьте хотя бы одну строку" in secretary.page(
        close(secretary, address, "unlisted", "take")
    )


def test_a_list_of_miac_is_of_many_organisations_and_each_sees_its_own_part(
    db: Database, signed_in: Callable[[int], FlaskClient], secretary: Desk
) -> None:
    theirs = desk(db, signed_in, PREFIX)
    with db.write() as session:
        for n, one in enumerate((secretary, theirs)):
            house = session.get_one(Organization, one.house.organization)
            house.short_name = f"ГБУЗ ЛО «{'НВ'[n]}-ская больница»"
    miac = Desk(db, secretary.house, signed_in(factories.account(db, "miac_specialist")), PREFIX)
    ours, other = secretary.house.hire(), theirs.house.hire()
    spare = secretary.house.hire()
    address = upload(
        miac,
        account(secretary, ours, house="Н-СКАЯ БОЛЬНИЦА"),
        account(theirs, other, house="ГБУЗ ЛО «В-ская больница»"),
        account(secretary, spare, house="ГБУЗ ЛО «Н-ская больница»"),
        account(secretary, ours, house=""),
    )
    assert miac.plans()[3] == "refused"
    miac.choose(address, row=[row.id for row in miac.rows()[:2]])
    miac.run(address)
    assert secretary.open_rights() == [(ours, "frmss", WORKER), (other, "frmss", WORKER)]
    assert secretary.client.get(address).status_code == 404  # the list itself is МИАЦ's
    assert f"{address}/differences" in secretary.page(PREFIX)
    assert differences(secretary, address) == {PARTS[0]: 1}
    assert differences(theirs, address) == {}
    assert "Сформировать отзыв" not in miac.page(f"{address}/differences")
    close(secretary, address, "unlisted", "revoke_all")
    assert requests_made(secretary) == [("revoke", "frmss", [spare], [WORKER])]


def test_an_account_of_somebody_dismissed_makes_the_dismissal_undone_again(
    secretary: Desk, db: Database
) -> None:
    job = secretary.house.hire()
    leavers = Desk(db, secretary.house, secretary.client, "/dismissals/import")
    leavers.take(text=f"{formatted(secretary.house.snils(job))}, 20.11.2026")
    with db.read() as session:
        assert session.scalars(select(Dismissal)).one().done_at is not None
    secretary.run(upload(secretary, account(secretary, job), as_of="2026-11-23"))
    assert secretary.plans() == ["gone"]
    with db.read() as session:
        assert session.scalars(select(Dismissal)).one().done_at is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"system": ""}, "Выберите систему"),
        ({"as_of": "2027-01-01"}, "ещё не наступил"),
        ({"as_of": "завтра"}, "не понят"),
        ({"kind": "staff"}, "Выберите, что в файле"),
    ],
)
def test_what_is_missing_of_an_upload_is_told(
    secretary: Desk, fields: dict[str, str], said: str
) -> None:
    row = account(secretary, secretary.house.hire())
    form = {"kind": "accounts", "system": "frmss", "as_of": "2026-11-20", **fields}
    data = {**form, "file": (BytesIO(workbook(TITLES, row)), "a.xlsx")}
    answer = secretary.client.post(PREFIX, data=data)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("kind", ["accounts", "journal"])
def test_a_sample_is_there_for_each_kind(secretary: Desk, kind: str) -> None:
    book = load_workbook(BytesIO(secretary.client.get(f"{PREFIX}/{kind}.xlsx").data))
    sheet = book.active
    assert sheet is not None
    assert "СНИЛС" in [cell for row in sheet.values for cell in row]


def test_a_long_list_is_taken_in_steps(secretary: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "CHUNK", 2)
    jobs = [secretary.house.hire() for _ in range(3)]
    secretary.run(upload(secretary, *(account(secretary, job) for job in jobs)))
    assert [job for job, _, _ in secretary.open_rights()] == jobs
