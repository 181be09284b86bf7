"""«Реестр доступов» in a real browser: axe in the light and the dark, the keyboard, the switch."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.support.browser import watched_page

PAGES = ("/ledger", "/ledger/matrix", "/ledger/people/10", "/ledger/systems/frmss",
         "/ledger/admitted")  # fmt: skip
SIDE_SCROLL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_the_ledger_is_read_by_eye_and_by_keyboard(
    browser: Browser, office: str, sign_in: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]], axe_in_the_dark: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    with watched_page(browser) as page:
        sign_in(page, "sekretar")
        for path in PAGES:
            page.goto(office + path)
            assert [*axe(page), *axe_in_the_dark(page)] == [], path
            assert page.evaluate(SIDE_SCROLL) <= 0, path
        page.goto(f"{office}/ledger")
        page.keyboard.press("KeyJ")
        page.keyboard.press("KeyJ")
        expect(page.locator("tr[aria-current]")).to_contain_text("Абрамова")
        page.keyboard.press("Enter")
        expect(page).to_have_title("Доступы: Абрамова Вера Николаевна · accessflow")
        page.goto(f"{office}/ledger")
        page.locator("#q").fill("лаптева")
        page.keyboard.press("Enter")
        expect(page.locator("tbody tr")).to_have_count(6)
        page.get_by_role("link", name="Сотрудник × система").click()
        cell = page.get_by_role("link", name="Лаптева И. С., ФРМСС: Администратор МО")
        expect(cell).to_contain_text("А!")
        page.get_by_label("Состояние").select_option("revoked")  # sends itself
        expect(page.get_by_role("heading", name="Показать нечего")).to_be_visible()
