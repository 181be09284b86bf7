"""The pages of a recertification: scope, decisions with their undo, the report, its signed scan."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from accessflow.db.session import Database
from accessflow.services import campaign_starting
from accessflow.services.campaign_starting import CampaignData, Reach
from tests import factories
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import Staff
from tests.factories import NOON
from tests.life_examples import life, paper
from tests.support.pdf_reading import texts

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def backend() -> str:
    """Pages alone: what is asked of the database is tested with the services."""
    return "sqlite"


@pytest.fixture
def staff(db: Database, tmp_path: Path) -> Staff:
    """Two people with three rights in two systems."""
    found = Staff(life(db, tmp_path))
    found.hire("frmss", "rmo")
    found.hire("frmss")
    return found


@pytest.fixture
def client(staff: Staff, signed_in: Callable[[int], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda role: signed_in(staff.life.actor(role).user_id or 0)


@pytest.fixture
def started(staff: Staff) -> int:
    return campaign_starting.start(
        staff.db, actor=staff.life.actor("miac_lead"), now=NOON, catalogue=catalogue(),
        data=CampaignData("Пересмотр IV", "30.11.2026", Reach()),
    )  # fmt: skip


def page(staff: Staff, started: int, rest: str = "") -> str:
    return f"/campaigns/{started}/organizations/{staff.life.house.organization}{rest}"


def words(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(texts(pdf)).split())


def test_a_campaign_is_counted_then_started(client: Callable[[str], FlaskClient]) -> None:
    lead = client("miac_lead")
    assert "3</strong> открытых права" in words(lead.get("/campaigns/new"))
    typed = {"title": "Пересмотр", "due_on": "30.11.2026", "systems": "rmo"}
    counted = lead.post("/campaigns/new", data={**typed, "step": "count"})
    assert "1</strong> открытое право" in words(counted)
    begun = lead.post("/campaigns/new", data={**typed, "step": "start"})
    assert begun.status_code == 303
    assert "решено 0 из 1" in words(lead.get(begun.location))


def test_campaigns_are_found_by_their_titles(
    started: int, client: Callable[[str], FlaskClient]
) -> None:
    lead = client("miac_lead")
    assert "Пересмотр IV" in words(lead.get("/campaigns?q=IV"))
    assert "По этому отбору пересмотров нет" in words(lead.get("/campaigns?q=III"))


def test_a_day_off_is_refused_beside_its_field_and_nothing_typed_is_lost(
    client: Callable[[str], FlaskClient],
) -> None:
    typed = {"title": "Мой пересмотр", "due_on": "29.11.2026", "systems": "rmo", "step": "start"}
    answer = client("secretary").post("/campaigns/new", data=typed)
    assert answer.status_code == 422
    shown = words(answer)
    assert "29.11.2026 — день нерабочий" in shown
    assert "Взять «30.11.2026»" in shown
    assert 'value="Мой пересмотр"' in shown
    assert 'value="rmo" checked' in shown


def test_the_organisation_comes_to_its_own_lines_and_decides_with_a_way_back(
    staff: Staff, started: int, client: Callable[[str], FlaskClient]
) -> None:
    secretary = client("secretary")
    here = page(staff, started)
    assert secretary.get(f"/campaigns/{started}").location == here
    shown = secretary.get(here).get_data(as_text=True)
    first = shown.partition('name="pick" value="')[2].partition('"')[0]
    secretary.post(f"{here}/decide", data={"one": f"keep:{first}"})
    shown = words(secretary.get(f"{here}?show=keep"))
    assert "Оставлено: 1 право." in shown
    undo = shown.partition("undo?at=")[2].partition('"')[0]
    secretary.post(f"{here}/undo?at={undo}")
    assert "Возвращено в нерешённые: 1 право." in words(secretary.get(here))


def test_all_of_a_system_is_revoked_and_becomes_an_application(
    staff: Staff, started: int, client: Callable[[str], FlaskClient]
) -> None:
    secretary, here = client("secretary"), page(staff, started)
    secretary.post(f"{here}/decide", data={"many": "all:revoke", "system": "frmss", "show": "open"})
    shown = words(secretary.get(here))
    assert "К отзыву без заявки: 2 права." in shown
    assert "Создать 1 заявку на отзыв" in shown
    secretary.post(f"/campaigns/{started}/make")
    shown = words(secretary.get(here))
    assert "Сформировано: 1 заявка на отзыв." in shown
    assert "Черновики на отзыв: 1." in shown
    signing = secretary.post(f"/campaigns/{started}/sign")
    assert signing.location == "/signing"
    assert "На подписи: 1 заявка." in words(secretary.get(signing.location))


def test_nothing_picked_is_said_and_a_snils_never_stands_in_an_address(
    staff: Staff, started: int, client: Callable[[str], FlaskClient]
) -> None:
    secretary, here = client("secretary"), page(staff, started)
    assert secretary.post(f"{here}/decide", data={"many": "keep"}).status_code == 422
    found = secretary.post(f"{here}/search", data={"q": "112-233-445 95", "show": "open"})
    assert found.location == f"{here}?person=0&show=open"
    assert "По этому отбору прав нет" in words(secretary.get(found.location))


def test_another_organisation_sees_nothing_and_those_above_only_read(
    app: Flask, staff: Staff, started: int, client: Callable[[str], FlaskClient],
    signed_in: Callable[[int], FlaskClient],
) -> None:  # fmt: skip
    stranger = signed_in(factories.account(staff.db, "secretary"))
    sheet = page(staff, started, "/export.xlsx")
    report = f"/campaigns/{started}/report.pdf"
    for address in (f"/campaigns/{started}", page(staff, started), sheet, report):
        assert stranger.get(address).status_code == 404
    assert "Сейчас пересмотра прав нет" in words(stranger.get("/campaigns"))
    auditor = client("auditor")
    assert "data-pick" not in words(auditor.get(page(staff, started)))
    assert auditor.get(f"/campaigns/{started}").status_code == 200


def test_the_report_names_every_right_and_takes_the_signed_scan(
    staff: Staff, started: int, client: Callable[[str], FlaskClient]
) -> None:
    secretary, here = client("secretary"), page(staff, started)
    place = staff.life.house.organization
    report = f"/campaigns/{started}/report.pdf?organization={place}"
    assert "ПРЕДВАРИТЕЛЬНО" in text_of(secretary.get(report).data)
    scan = {"organization": str(place), "scan": (io.BytesIO(paper()), "скан.pdf")}
    refused = secretary.post(f"/campaigns/{started}/signed", data=scan)
    assert refused.location == here
    assert "отчёт ещё предварительный" in words(secretary.get(here))
    secretary.post(f"{here}/decide", data={"many": "all:keep", "show": "open"})
    printed = text_of(secretary.get(report).data)
    assert "ПРЕДВАРИТЕЛЬНО" not in printed
    assert printed.count("оставить") == 3
    assert "М.П." in printed
    scan = {"organization": str(place), "scan": (io.BytesIO(paper()), "скан.pdf")}
    assert secretary.post(f"/campaigns/{started}/signed", data=scan).location == here
    signed = secretary.get(f"/campaigns/{started}/signed.pdf?organization={place}")
    assert signed.data.startswith(b"%PDF")
    assert "подписан" in words(client("miac_lead").get(f"/campaigns/{started}"))


def test_the_whole_is_closed_reported_on_and_opened_again(
    started: int, client: Callable[[str], FlaskClient]
) -> None:
    lead = client("miac_lead")
    assert "Не решено: 3 права." in words(lead.get(f"/campaigns/{started}"))
    lead.post(f"/campaigns/{started}/close")
    shown = words(lead.get(f"/campaigns/{started}"))
    assert "Пересмотр закрыт. Напечатайте отчёт" in shown
    assert "Открыть снова" in shown
    assert lead.get(f"/campaigns/{started}/report.docx").data.startswith(b"PK")
    lead.post(f"/campaigns/{started}/reopen")
    assert "Закрыть пересмотр" in words(lead.get(f"/campaigns/{started}"))


def test_lines_and_campaigns_are_taken_away_as_sheets_without_a_snils(
    staff: Staff, started: int, client: Callable[[str], FlaskClient]
) -> None:
    secretary = client("secretary")
    lines = page(staff, started, "/export.xlsx?show=all")
    for address, rows in ((lines, 3), ("/campaigns/export.xlsx", 1)):
        with secretary.get(address) as answer:
            data = answer.data
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        assert len(sheet) == 2 + rows
        assert "СНИЛС" not in str(sheet)


def test_the_last_day_is_moved_with_a_reason_and_back(
    started: int, client: Callable[[str], FlaskClient]
) -> None:
    lead, here = client("miac_lead"), f"/campaigns/{started}"
    assert f'href="{here}/move"' in words(lead.get(here))
    asked = lead.get(f"{here}/move")
    assert "О новом дне узнают письмом организации, где ещё не всё решено: 1." in words(asked)
    off = lead.post(f"{here}/move", data={"due_on": "05.12.2026", "reason": "ждём списки"})
    assert off.status_code == 422
    assert "Взять «07.12.2026»" in words(off)
    lead.post(f"{here}/move", data={"due_on": "07.12.2026", "reason": "ждём списки"})
    shown = words(lead.get(here))
    assert "Последний день теперь 07.12.2026." in shown
    assert "Последний день: 30.11.2026 → 07.12.2026" in shown
    assert "ждём списки" in shown
    lead.post(f"{here}/move-back")
    assert "Последний день снова 30.11.2026." in words(lead.get(here))
    assert client("secretary").get(f"{here}/move").status_code == 403
