"""An import with its progress, a session that ends amid typing, an undo; also without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accessflow.services import demo
from accessflow.services.imports import take
from tests.factories import FrozenClock

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "staff-list.xlsx"


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "CHUNK", 50)


def upload(page: Page, office: str) -> None:
    page.goto(f"{office}/people/import")
    page.set_input_files("#file", SAMPLE)
    page.click("text=Показать, что в файле")
    expect(page.locator("h1")).to_contain_text("просмотр")
    page.click("text=Загрузить отмеченных")


def test_an_import_goes_on_by_itself(
    browser_page: Page, office: str, sign_in: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    sign_in(browser_page, "sekretar")
    upload(browser_page, office)
    browser_page.wait_for_selector("text=Загрузка закончена")
    expect(browser_page.locator(".af-banner")).to_contain_text("Добавлено: 226")
    assert axe(browser_page) == []


def test_an_import_goes_on_by_a_button_without_scripts(
    browser: Browser, office: str, sign_in: Callable[[Page, str], None]
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, "sekretar")
        upload(page, office)
        for taken in ("50", "100", "150", "200"):
            expect(page.locator("progress")).to_have_attribute("value", taken)
            page.click("text=Продолжить")
        expect(page.locator(".af-banner")).to_contain_text("Добавлено: 226")


def test_what_was_typed_when_the_session_ended_arrives_after_signing_in(
    browser_page: Page, office: str, sign_in: Callable[[Page, str], None], office_clock: FrozenClock
) -> None:
    page = browser_page
    sign_in(page, "sekretar")
    page.goto(f"{office}/organizations/1/units/new")
    page.fill("#name", "Кабинет «Здоровье»")
    office_clock.advance(minutes=20)
    page.click(".btn-primary")
    expect(page.locator(".af-banner")).to_contain_text("Введённое сохранено")
    page.fill("#username", "sekretar")
    page.fill("#password", demo.PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/organizations/1")
    expect(page.locator("main")).to_contain_text("Кабинет «Здоровье»")


def test_a_note_for_many_is_undone_from_its_message(
    browser_page: Page, office: str, sign_in: Callable[[Page, str], None]
) -> None:
    page = browser_page
    sign_in(page, "sekretar")
    page.goto(f"{office}/people?missing=esia")
    before = page.locator("h1 + span").inner_text()
    page.check("[data-pick-all]")
    page.select_option("#kind", "esia")
    page.click("text=Поставить отметку")
    page.wait_for_selector(".af-toast")
    assert page.locator("h1 + span").inner_text() != before
    page.click(".af-toast >> text=Отменить")
    page.goto(f"{office}/people?missing=esia")
    expect(page.locator("h1 + span")).to_have_text(before)


def test_a_filter_takes_effect_at_once(
    browser_page: Page, office: str, sign_in: Callable[[Page, str], None]
) -> None:
    sign_in(browser_page, "sekretar")
    browser_page.goto(f"{office}/people")
    browser_page.select_option("#state", "dismissed")
    browser_page.wait_for_url("**/people?state=dismissed")
    expect(browser_page.locator("table")).to_contain_text("Кротов")
