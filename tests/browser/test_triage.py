"""МИАЦ's card in a real browser: by keyboard, in its window, by two people at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import enter
from tests.life_examples import Life
from tests.support.browser import watched_page


@pytest.fixture
def made(ours: Life) -> int:
    """An application of three people, taken by the specialist."""
    return ours.sent_for_three()


@pytest.fixture
def desk(
    app: Flask, ours: Life, live_server: Callable[[Flask], str],
    signed_in: Callable[[int], FlaskClient],
) -> Callable[..., str]:  # fmt: skip
    """`desk(page, role)` signs that person in; the address of the server."""
    app.config["WTF_CSRF_ENABLED"] = True  # as in earnest
    address = live_server(app)

    def sign_in(page: Page, role: str = "miac_specialist") -> str:
        enter(page.context, signed_in(ours.actor(role).user_id or 0), address)
        return address

    return sign_in


def test_an_application_is_taken_asked_about_and_decided_by_keyboard(
    browser_page: Page, ours: Life, made: int, desk: Callable[..., str],
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    page = browser_page
    base = desk(page)
    page.goto(f"{base}/queue/{made}")
    assert axe(page) == []
    page.keyboard.press("a")
    page.wait_for_selector("text=На рассмотрении")
    assert ours.one(made).state == "in_review"

    # The first row's answer by arrows, the second one's refusal leads to its cause.
    rows = ours.row_ids(made)
    page.focus(f'input[name="outcome-{rows[0]}"][value=""]')
    page.keyboard.press("ArrowRight")
    page.focus(f'input[name="outcome-{rows[1]}"][value=""]')
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.name") == f"cause-{rows[1]}"
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("text=Записать решения (2)")
    page.wait_for_selector("text=останется решить 1")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=решено 2 из 3")
    outcomes = [(row.outcome, row.cause) for row in ours.one(made).rows]
    assert outcomes == [("granted", ""), ("refused", "not_in_frmr"), ("", "")]


def test_a_question_is_asked_in_a_window_that_keeps_what_is_typed(
    browser_page: Page, ours: Life, made: int, desk: Callable[..., str],
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    page = browser_page
    base = desk(page)
    page.goto(f"{base}/queue/{made}")
    page.click("text=Запросить данные…")
    page.wait_for_selector("#af-ask[open]")
    assert axe(page) == []
    page.wait_for_selector("text=Срок встанет на паузу сегодня")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#af-ask .af-error")
    page.keyboard.type("Пришлите скан")
    page.keyboard.press("Escape")
    assert not page.is_visible("#af-ask")
    page.click("text=Запросить данные…")
    assert page.input_value("#af-ask textarea") == "Пришлите скан"
    page.check("#af-ask >> text=Опечатка в данных")
    page.check("#af-ask >> text=Незаполненные поля")
    page.uncheck("#af-ask >> text=Опечатка в данных")
    typed = page.input_value("#af-ask textarea")
    assert typed.startswith("Пришлите скан\n1. В заявке есть незаполненные поля.")
    assert "опечатка" not in typed

    # Whom it is about and by which day, by keyboard alone.
    page.focus("#af-ask textarea")
    page.keyboard.press("Tab")
    page.keyboard.type("2-4")
    page.wait_for_selector("#af-ask [data-who]:text-is('Осокин Р. В., Пак И. Р.')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#af-ask >> text=2. Осокин Р. В.")
    page.keyboard.press("Tab")  # the list of names may be scrolled
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("28.11.2026")
    page.wait_for_selector("#af-ask >> text=28.11.2026 — выходной: МО напомнят 30.11.2026")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#about_rows-e:has-text('Строки 4 в заявке нет')")
    assert axe(page) == []
    assert page.evaluate("document.activeElement.id") == "about_rows"
    page.keyboard.press("Control+A")
    page.keyboard.type("2-3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".af-status:has-text('Нужны сведения')")
    assert ours.one(made).state == "needs_info"
    data = ours.events(made)[-1].data
    assert (data["text"], data["answer_by"]) == (typed.strip(), "2026-11-30")
    assert [row["position"] for row in data["about_rows"]] == [2, 3]
    expect(page.locator("text=ждём сведений")).to_have_count(2)


def test_j_and_k_lead_to_the_next_card_and_back(
    browser_page: Page, ours: Life, made: int, desk: Callable[..., str]
) -> None:
    later = ours.sent("frmss")
    page = browser_page
    base = desk(page)
    page.goto(f"{base}/queue/{made}?system=frmss")
    page.keyboard.press("j")
    page.wait_for_url(f"{base}/queue/{later}?system=frmss")
    page.keyboard.press("k")
    page.wait_for_url(f"{base}/queue/{made}?system=frmss")


def test_two_people_on_one_card_see_each_other_and_the_second_meets_the_change(
    browser: Browser, browser_page: Page, ours: Life, made: int, desk: Callable[..., str]
) -> None:
    first = browser_page
    base = desk(first)
    first.goto(f"{base}/queue/{made}")
    with watched_page(browser) as second:
        desk(second, "miac_lead")
        second.goto(f"{base}/queue/{made}")
        second.wait_for_selector("#af-presence:has-text('Сейчас смотрит')")
        first.click("text=Аннулировать…")
        first.fill("#af-ask textarea", "Не по форме")
        second.click("text=Взять в работу")
        second.wait_for_selector("text=На рассмотрении")
        first.select_option("#af-ask select[name=cause]", "wrong_form")
        first.click("#af-ask .btn-primary")
        first.wait_for_selector("#af-ask [role=alert]:has-text('заявку изменили')")
        assert "теперь «На рассмотрении»" in first.inner_text("#af-ask [role=alert]")
        assert first.input_value("#af-ask textarea") == "Не по форме"
        assert ours.one(made).state == "in_review"
        # Having seen it, they may still mean it.
        first.click("#af-ask .btn-primary")
        first.wait_for_selector(".af-status:has-text('Аннулирована')")


def test_the_card_fits_a_narrow_window_and_the_dark(
    browser: Browser, ours: Life, made: int, desk: Callable[..., str],
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    with watched_page(browser) as page:
        base = desk(page)
        page.emulate_media(color_scheme="dark")
        page.goto(f"{base}/queue/{made}")
        assert axe(page) == []
        page.set_viewport_size({"width": 683, "height": 384})
        assert page.evaluate("document.documentElement.scrollWidth") == 683
        page.goto(f"{base}/queue/new?matter=frmss:grant")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 683
