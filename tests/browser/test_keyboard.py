"""The keyboard alone: lists, search, forms; by the place of a key, for the layout is Russian."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


def press_in_russian(page: Page, code: str, key: str) -> None:
    """A key as it comes with the Russian layout: another letter from the same place."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
        [code, key],
    )


@pytest.fixture
def people(browser_page: Page, office: str, sign_in: Callable[[Page, str], None]) -> Page:
    """The list of people."""
    sign_in(browser_page, "sekretar")
    browser_page.goto(f"{office}/people")
    return browser_page


def row(page: Page) -> str:
    return page.locator("tr[aria-current] a").inner_text()


def test_rows_are_walked_picked_and_opened(people: Page) -> None:
    names = people.locator("table[data-keys] tbody a").all_inner_texts()
    people.keyboard.press("KeyJ")
    assert row(people) == names[0]
    press_in_russian(people, "KeyJ", "о")
    people.keyboard.press("ArrowDown")
    assert row(people) == names[2]
    press_in_russian(people, "KeyK", "л")
    assert row(people) == names[1]
    people.keyboard.press("KeyX")
    expect(people.locator("tr[aria-current] [data-pick]")).to_be_checked()
    expect(people.locator("[data-picked-count]")).to_have_text("отмечено: 1")
    people.keyboard.press("Enter")
    expect(people.locator("h1")).to_have_text(names[1])


def test_a_slash_goes_to_the_search_and_escape_leaves_it(people: Page) -> None:
    people.keyboard.press("Slash")
    expect(people.locator("#af-q")).to_be_focused()
    people.keyboard.type("j/?x")
    expect(people.locator("#af-q")).to_have_value("j/?x")
    people.keyboard.press("Escape")
    expect(people.locator("#af-q")).not_to_be_focused()


def test_letters_can_be_switched_off(people: Page) -> None:
    people.keyboard.press("Shift+Slash")
    people.uncheck("[data-letters]")
    people.keyboard.press("Escape")
    people.keyboard.press("KeyJ")
    assert people.locator("tr[aria-current]").count() == 0
    people.reload()
    people.keyboard.press("KeyN")
    assert people.url.endswith("/people")


def test_n_begins_a_new_one_and_ctrl_enter_saves_it(people: Page) -> None:
    people.keyboard.press("KeyN")
    people.wait_for_url("**/people/new")
    for field, text in {
        "snils": "001-001-999 65",
        "last_name": "Новикова",
        "first_name": "Ольга",
        "middle_name": "Павловна",
        "position": "Врач",
    }.items():
        people.fill(f"#{field}", text)
    people.keyboard.press("Control+Enter")
    people.wait_for_url(re.compile(r"/people/\d+$"))
    expect(people.locator("h1")).to_have_text("Новикова Ольга Павловна")
    expect(people.locator(".af-toast")).to_contain_text("Сотрудник записан")


def test_enter_in_a_form_saves_and_takes_no_proposal(people: Page, office: str) -> None:
    people.goto(f"{office}/people/new")
    people.fill("#snils", "001-001-999 65")
    people.fill("#last_name", "Новикова")
    people.fill("#first_name", "Ольга")
    people.fill("#middle_name", "Павловна")
    people.fill("#position", "Врач")
    people.fill("#email", "novikova@mail.ri")
    people.press("#email", "Enter")
    expect(people.locator("#email-e")).to_contain_text("mail.ru")
    people.press("#email", "Enter")
    people.wait_for_url(re.compile(r"/people/\d+$"))
    expect(people.locator("main")).to_contain_text("novikova@mail.ri")


def test_the_whole_way_in_needs_no_mouse(browser_page: Page, office: str) -> None:
    browser_page.goto(f"{office}/login")
    browser_page.keyboard.type("sekretar")
    browser_page.keyboard.press("Tab")
    browser_page.keyboard.type("accessflow-demo")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_selector(".af-top")
    browser_page.keyboard.press("Tab")
    expect(browser_page.locator(".af-skip")).to_be_focused()
