"""Takes the pictures of `docs/images/` from a fresh demonstration: `make pictures`.

Needs the test requirements and their Debian packages. The clock is today's, so dates in the
pictures change with each run; run it when a page has changed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from accessflow.documents.build import build
from accessflow.documents.pdf import write_pdf
from accessflow.documents.picture import page_picture
from tests.browser.test_secretary_story import demonstration, sign_in
from tests.catalogue_examples import application, catalogue, check, row, standalone
from tests.support.browser import CHROMIUM, FLAGS

FOLDER = Path(__file__).parent.parent / "docs" / "images"
PAGE_WIDTH = 1000
SAMPLE = Path(__file__).parent.parent / "tests" / "data" / "samples" / "staff-by-hand.xlsx"


def pictures_of_pages(page: Page, told: dict[str, str]) -> None:
    address = told["address"]
    page.goto(address)
    _take(page, "login")
    sign_in(page, told)
    _take(page, "requests")
    page.goto(f"{address}/requests/25")
    page.goto(page.url.rstrip("/") + "/edit")
    page.wait_for_load_state("networkidle")
    _take(page, "editor", whole=True)
    page.goto(f"{address}/requests/new")
    page.get_by_label("Сотрудник: ФИО или СНИЛС").press_sequentially("лун")
    for system in ("ФРМСС", "РМО", "ВИМИС «АКиНЕО»"):
        page.get_by_role("checkbox", name=system, exact=True).check()
    page.get_by_role("option").first.click()
    page.wait_for_load_state("networkidle")
    _take(page, "new-request", whole=True)
    for name, path in (("people", "/people"), ("systems", "/systems"), ("person", "/people/1")):
        page.goto(address + path)
        _take(page, name)
    page.goto(f"{address}/people/import")
    page.set_input_files("input[type=file]", SAMPLE)
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state("networkidle")
    _take(page, "import")


LIFE = (
    ("sekretar", "signing", "/signing"),
    ("sekretar", "send", "/requests/20/send"),
    ("sekretar2", "card", "/requests/7"),
    ("specialist", "queue", "/queue"),
    ("specialist", "triage", "/queue/9"),
    ("miac", "overview", "/overview"),
    ("kadry", "dismissals", "/dismissals"),
    ("sekretar", "ledger", "/ledger"),
    ("sekretar", "ledger-matrix", "/ledger/matrix"),
)
"""Account of the demonstration, name of the picture, address."""
LOADED = """() => [...document.images].every(
  (one) => one.complete || one.getBoundingClientRect().top > window.innerHeight)"""
"""A scan's page comes after the page that shows it."""


def pictures_of_a_life(browser: Browser, told: dict[str, str]) -> None:
    """What happens after the draft, each page as whoever works on it sees it."""
    for login, name, path in LIFE:
        page = _page(browser)
        page.goto(told["address"])
        page.get_by_label("Логин").fill(login)
        page.get_by_label("Пароль").fill(told["password"])
        page.get_by_role("button", name="Войти").click()
        page.wait_for_selector(".af-top")
        page.goto(told["address"] + path)
        page.wait_for_load_state("load")
        page.wait_for_function(LOADED)
        _take(page, name)
        page.close()


def _page(browser: Browser) -> Page:
    return browser.new_page(
        viewport={"width": 1366, "height": 768},
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        bypass_csp=True,
    )


def _take(page: Page, name: str, *, whole: bool = False) -> None:
    if whole:  # a bar that sticks to the window would lie across the picture
        page.add_style_tag(content=".af-bar { position: static !important }")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)
    print(FOLDER / f"{name}.png")


def pictures_of_documents() -> None:
    people = [row(number) for number in range(3)]
    shown = {
        "page-appendix-08": application("frmss", "grant", *people),
        "page-appendix-05-revoke": application("vimis-akineo", "revoke", *people),
        "page-appendix-12": application("rs-tmk", "revoke", *people),
        "page-appendix-15": standalone(catalogue().form("appendix-15")),
        "page-appendix-16": standalone(catalogue().form("appendix-16")),
    }
    for name, filled in shown.items():
        pdf = write_pdf(build(check(filled), catalogue().region))
        (FOLDER / f"{name}.png").write_bytes(page_picture(pdf, 1, PAGE_WIDTH))
        print(FOLDER / f"{name}.png")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures_of_documents()
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(Path(folder)) as told,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        pictures_of_pages(_page(browser), told)
        pictures_of_a_life(browser, told)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
