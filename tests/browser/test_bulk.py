"""Many applications at once in a real browser: picked in the queue, done with progress, told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from accessflow.services import bulk, bulk_steps
from tests.browser.conftest import enter
from tests.life_examples import Life


@pytest.fixture
def base(
    app: Flask, ours: Life, live_server: Callable[[Flask], str], browser_page: Page,
    signed_in: Callable[[int], FlaskClient],
) -> str:  # fmt: skip
    """The address of the server, where the page is a specialist's."""
    app.config["WTF_CSRF_ENABLED"] = True  # as in earnest
    address = live_server(app)
    enter(browser_page.context, signed_in(ours.actor("miac_specialist").user_id or 0), address)
    return address


def test_many_are_picked_by_keyboard_asked_for_once_done_with_progress_and_told(
    browser_page: Page, ours: Life, base: str, axe: Callable[[Page], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(bulk_steps, "STEP_SECONDS", 0)  # one a call: the bar is seen to move
    ids = [ours.sent() for _ in range(4)]
    waiting = ours.sent()
    ours.act(waiting, "request_info", "miac_specialist", text="Уточните должность.")
    page = browser_page
    page.goto(f"{base}/queue")
    for _ in range(5):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.wait_for_selector(".is-bulk >> text=отмечено: 5")
    page.select_option("#bulk-action", "request_info")
    assert axe(page) == []
    page.click(".is-bulk button[type=submit]")

    page.wait_for_selector("text=можно сделать с 4 из 5")
    assert axe(page) == []
    assert page.locator("[data-pick]:checked").count() == 4
    page.check(f"[data-pick][value='{waiting}']")
    page.fill("#text", "Пришлите приказ о назначении.")
    page.keyboard.press("Control+Enter")

    page.wait_for_selector("text=Сделано: 4 из 5")
    assert axe(page) == []
    assert page.locator("section:has-text('Не сделано') >> text=«Нужны сведения»").count() == 1
    assert {ours.one(made).state for made in ids} == {"needs_info"}
    page.click("text=К списку >> nth=-1")
    page.wait_for_selector("h1:has-text('Очередь')")


def test_what_was_broken_off_is_found_again_and_goes_on(
    browser_page: Page, ours: Life, base: str
) -> None:
    ids = [ours.sent() for _ in range(2)]
    job_id = bulk.start(
        ours.db, actor=ours.actor("miac_specialist"), now=ours.now, catalogue=ours.catalogue,
        action="take", request_ids=ids, given={},
    )  # fmt: skip
    page = browser_page
    page.goto(f"{base}/queue")
    page.click("text=Продолжить")
    page.wait_for_selector("text=Сделано: 2 из 2")
    assert page.url.partition("?")[0] == f"{base}/queue/bulk/{job_id}"
    me = ours.actor("miac_specialist").user_id
    assert {ours.one(made).assignee_id for made in ids} == {me}


def test_picks_are_taken_back_by_one_button(browser_page: Page, ours: Life, base: str) -> None:
    ours.sent()
    page = browser_page
    page.goto(f"{base}/queue")
    page.check("[data-pick-all]")
    page.click("text=Снять выбор")
    assert page.locator("#queue input:checked:is([data-pick], [data-pick-all])").count() == 0
    assert not page.is_visible("#bulk-action")


def test_the_page_of_absences_stands_axe(
    browser_page: Page, ours: Life, base: str, axe: Callable[[Page], list[str]]
) -> None:
    lead = ours.actor("miac_lead").user_id
    page = browser_page
    page.goto(f"{base}/queue/absences")
    page.select_option("#substitute", str(lead))
    page.fill("#until", "30.11.2026")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("td:has-text('30.11.2026')")
    assert axe(page) == []
