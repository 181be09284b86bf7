"""A recertification from its start to the signed report, in two people's browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from accessflow.db.session import Database
from tests.dismissal_examples import Staff
from tests.life_examples import life, paper
from tests.support.browser import watched_page


@pytest.fixture
def staff(db: Database, tmp_path: Path) -> Staff:
    found = Staff(life(db, tmp_path))
    found.hire("frmss", "rmo", name="Абрамова Вера Николаевна")
    found.hire("frmss", name="Белов Игорь Михайлович")
    found.hire("frmss", name="Воронина Светлана Юрьевна")
    return found


@pytest.fixture
def page_of(
    app: Flask, staff: Staff, browser: Browser, live_server: Callable[[Flask], str],
    signed_in: Callable[[int], FlaskClient],
) -> Iterator[Callable[[str], Page]]:  # fmt: skip
    """`page_of(role)` is somebody's browser, at the start page."""
    app.config["WTF_CSRF_ENABLED"] = True
    address = live_server(app)
    with ExitStack() as stack:

        def opened(role: str) -> Page:
            page = stack.enter_context(watched_page(browser))
            cookie = signed_in(staff.life.actor(role).user_id or 0).get_cookie("accessflow")
            assert cookie is not None
            page.context.add_cookies(
                [{"name": "accessflow", "value": cookie.value, "url": address}]
            )
            page.goto(address)
            return page

        yield opened


def test_a_recertification_from_start_to_signed_report(
    page_of: Callable[[str], Page], tmp_path: Path, axe: Callable[[Page], list[str]]
) -> None:
    lead, secretary = page_of("miac_lead"), page_of("secretary")
    base = lead.url.rpartition("/")[0]
    lead.goto(f"{base}/campaigns")
    assert axe(lead) == []
    lead.keyboard.press("n")
    lead.wait_for_selector("text=4 открытых права")
    lead.check("[name=systems][value=frmss]")
    lead.wait_for_selector("text=3 открытых права")
    assert axe(lead) == []
    lead.click("text=Начать пересмотр: 3 права")
    lead.wait_for_selector("text=решено 0 из 3")
    assert axe(lead) == []

    secretary.goto(f"{base}/campaigns")
    secretary.click("tbody a")
    secretary.click("[aria-label^='Оставить: Абрамова']")
    secretary.wait_for_selector("text=решено >> nth=0")
    secretary.click("text=Вернуть в нерешённые")
    secretary.wait_for_selector("[aria-label^='Оставить: Абрамова']")
    for _ in range(2):
        secretary.keyboard.press("j")
        secretary.keyboard.press("x")
    assert axe(secretary) == []
    secretary.click("button[name=many][value=revoke]")
    secretary.wait_for_selector("text=К отзыву без заявки: 2 права.")
    secretary.click("[aria-label^='Оставить: Воронина']")
    secretary.wait_for_selector("text=Обо всех правах решено")
    assert axe(secretary) == []
    scan = tmp_path / "скан.pdf"
    scan.write_bytes(paper())
    secretary.set_input_files("#scan", scan)
    secretary.click("text=Загрузить")
    secretary.wait_for_selector("text=Скан отчёта, .pdf")
    secretary.click("text=Создать 1 заявку на отзыв")
    secretary.wait_for_selector("text=Черновики на отзыв: 1.")
    assert axe(secretary) == []
    secretary.click("button:has-text('На подпись')")
    secretary.wait_for_selector("h1:has-text('На подпись')")

    lead.reload()
    lead.wait_for_selector("text=подписан")
    lead.click("button:has-text('Закрыть пересмотр')")
    lead.wait_for_selector("text=Открыть снова")
    assert axe(lead) == []


def test_the_calendar_the_report_and_rights_of_people_gone_stand_axe(
    page_of: Callable[[str], Page], staff: Staff, axe: Callable[[Page], list[str]]
) -> None:
    staff.enter(staff.hire("frmss"))
    secretary, lead = page_of("secretary"), page_of("miac_lead")
    base = lead.url.rpartition("/")[0]
    secretary.goto(f"{base}/organization/calendar")
    assert axe(secretary) == []
    secretary.click("text=Создать ссылку")
    secretary.wait_for_selector("#address")
    assert axe(secretary) == []
    for path in ("", "/list", "/rights"):
        lead.goto(f"{base}/dismissals/report{path}")
        assert axe(lead) == []
