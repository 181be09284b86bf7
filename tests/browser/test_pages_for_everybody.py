"""Every page of the house in a real browser: axe, light and dark, double size, no side scroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

PAGES = {
    "sekretar": ["/people", "/people?q=xyz", "/people/1", "/people/new", "/people/jobs/1",
                 "/people/import", "/organization", "/organizations/1/edit", "/units/1",
                 "/organizations/1/signatories/new", "/signatories/2", "/nowhere", "/users"],
    "kadry": ["/", "/people?state=dismissed"],
    "miac": ["/organizations", "/organizations?q=xyz", "/organizations/new", "/people"],
    "admin": ["/", "/users"],
    "auditor": ["/people/3", "/organizations/2"],
}  # fmt: skip
SideScroll = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(
    browser_page: Page, office: str, sign_in: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]], axe_in_the_dark: Callable[[Page], list[str]], login: str,
) -> None:  # fmt: skip
    sign_in(browser_page, login)
    for path in PAGES[login]:
        browser_page.goto(office + path)
        assert axe(browser_page) == [], path
        assert axe_in_the_dark(browser_page) == [], path
        assert browser_page.evaluate(SideScroll) <= 0, path


def test_the_sign_in_page_has_nothing_against_it(
    browser_page: Page, office: str, axe: Callable[[Page], list[str]]
) -> None:
    browser_page.goto(f"{office}/login")
    assert axe(browser_page) == []
    browser_page.fill("#username", "sekretar")
    browser_page.fill("#password", "не тот")
    browser_page.press("#password", "Enter")
    browser_page.wait_for_selector("#password-e")
    assert axe(browser_page) == []


def test_at_double_size_only_tables_scroll_sideways(
    browser: Browser, office: str, sign_in: Callable[[Page, str], None]
) -> None:
    with browser.new_context(viewport={"width": 683, "height": 384}) as context:
        page = context.new_page()
        sign_in(page, "sekretar")
        for path in PAGES["sekretar"]:
            page.goto(office + path)
            assert page.evaluate(SideScroll) <= 0, path


def test_the_list_of_keys_opens_and_is_accessible(
    browser_page: Page, office: str, sign_in: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    sign_in(browser_page, "sekretar")
    browser_page.goto(f"{office}/people")
    browser_page.keyboard.press("Shift+Slash")
    assert browser_page.locator("#af-keys").is_visible()
    assert axe(browser_page) == []
    browser_page.keyboard.press("Escape")
    assert not browser_page.locator("#af-keys").is_visible()
