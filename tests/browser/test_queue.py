"""The queue by keyboard, with its facets, in the dark, at double size, without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import Preference, Request
from accessflow.services import terms, timeline
from accessflow.services.actor import SYSTEM
from tests import factories
from tests.browser.conftest import Desk, enter
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House
from tests.support.browser import watched_page

STATES = ["registered", "in_review", "needs_info", "forwarded"]


@pytest.fixture
def specialist(db: Database) -> int:
    return factories.account(db, "miac_specialist")


@pytest.fixture
def queue(
    app: Flask,
    db: Database,
    clinic: House,
    specialist: int,
    browser: Browser,
    live_server: Callable[[Flask], str],
    signed_in: Callable[[int], FlaskClient],
) -> Iterator[Desk]:
    """A specialist before thirty applications, the latest first."""
    app.config["WTF_CSRF_ENABLED"] = True
    with db.write() as session:
        for n in range(30):
            _file(session, clinic, n)
    address = live_server(app)

    def sign_in(context: BrowserContext) -> None:
        enter(context, signed_in(specialist), address)

    with watched_page(browser) as page:
        sign_in(page.context)
        yield Desk(page, address, sign_in)


def _file(session: Session, clinic: House, n: int) -> None:
    """One with its registration, from which its term is worked out again with each step."""
    state, came = STATES[n % 4], NOON + timedelta(days=n - 36)
    row = Request(
        number=f"2026-{n:05}", kind="access", state="sent", action="grant", form="appendix-08",
        form_version="1.5", system="frmss" if n % 2 else "rmo", author_id=clinic.user,
        organization_id=clinic.organization, row_count=2, sent_at=came,
        external_no="0918274" if state == "forwarded" else "", created_at=came, updated_at=came,
    )  # fmt: skip
    session.add(row)
    session.flush()
    timeline.append(session, row, actor=SYSTEM, now=came, action="register", target="registered")
    row.state = "registered"
    if state != "registered":
        timeline.append(session, row, actor=SYSTEM, now=NOON, action="assign", target=state)
        row.state = state
    terms.cache(session, catalogue(), row)


def current(page: Page) -> str:
    return page.locator("tr[aria-current] td a").inner_text()


def test_rows_are_walked_picked_taken_and_opened_by_keys(queue: Desk, specialist: int) -> None:
    page = queue.open("/queue")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert current(page) == "2026-00001"
    page.keyboard.press("k")
    assert current(page) == "2026-00000"
    search, bar = page.locator("[data-filter-line]"), page.locator("#queue .is-bulk")
    expect(search).to_be_visible()
    expect(bar).to_be_hidden()
    page.keyboard.press("x")
    expect(bar).to_contain_text("отмечено: 1")
    expect(search).to_be_hidden()
    page.keyboard.press("x")
    expect(search).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#af-toasts")).to_contain_text("Заявка 2026-00000 ваша")
    assert current(page) == "2026-00000"  # back at its row
    expect(page.locator("tr[aria-current]")).to_contain_text("Учёткина")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_title("2026-00001 · разбор · accessflow")


def test_whoever_takes_one_after_another_goes_on_where_the_taken_one_stood(queue: Desk) -> None:
    page = queue.open("/queue?state=registered&assignee=none")
    rows = page.locator("table.is-queue tbody tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    for left in (8, 7, 6):
        expect(rows).to_have_count(left)
        page.keyboard.press("a")
        expect(rows).to_have_count(left - 1)
        expect(rows.nth(1)).to_have_attribute("aria-current", "true")


def test_the_search_and_the_list_of_keys_are_a_key_away(queue: Desk) -> None:
    page = queue.open("/queue")
    page.keyboard.press("/")
    expect(page.locator("#af-q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#af-keys")).to_contain_text("взять заявку себе")


def test_letters_do_nothing_for_whoever_has_switched_them_off(
    queue: Desk, db: Database, specialist: int
) -> None:
    with db.write() as session:
        session.add(Preference(user_id=specialist, letters_keys=False))
    page = queue.open("/queue")
    for key in ("j", "x", "a"):
        page.keyboard.press(key)
    expect(page.locator("tr[aria-current]")).to_have_count(0)
    expect(page.locator("[data-pick]:checked")).to_have_count(0)
    page.locator("#r1 [data-take]").click()
    expect(page.locator("#af-toasts")).to_contain_text("ваша")


def test_a_facet_narrows_at_once_and_the_way_back_widens(queue: Desk) -> None:
    page = queue.open("/queue")
    rows = page.locator("table.is-queue tbody tr")
    expect(rows).to_have_count(30)
    page.check("#f-term-late")
    expect(rows).to_have_count(4)
    expect(page.locator("#f-term-late")).to_be_focused()
    page.check("#f-system-rmo")
    expect(rows).to_have_count(2)
    page.go_back()
    expect(rows).to_have_count(4)
    page.reload()
    expect(rows).to_have_count(4)
    page.get_by_role("link", name="Сбросить отбор").click()
    expect(rows).to_have_count(30)


def test_the_queue_has_no_flaw_that_axe_knows(
    queue: Desk, axe: Callable[[Page], list[str]], axe_in_the_dark: Callable[[Page], list[str]]
) -> None:
    for path in (
        "/queue",
        "/queue?size=200&term=late",
        "/queue?q=нетакого",
        "/queue/views?term=ok",
    ):
        page = queue.open(path)
        assert axe(page) == [], path
        assert axe_in_the_dark(page) == [], path
    page = queue.open("/queue")
    page.check("#r1 [data-pick]")
    expect(page.locator("#queue .is-bulk")).to_be_visible()
    assert axe(page) == []
    assert axe_in_the_dark(page) == []


def test_at_double_size_only_the_table_scrolls_sideways_and_facets_are_folded(
    queue: Desk, axe: Callable[[Page], list[str]]
) -> None:
    queue.page.set_viewport_size({"width": 683, "height": 384})
    page = queue.open("/queue")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("#f-term-late")).to_be_hidden()
    page.get_by_text("Отбор", exact=True).click()
    page.check("#f-term-late")
    expect(page.locator("table.is-queue tbody tr")).to_have_count(4)
    expect(page.locator("#f-term-late")).to_be_visible()
    assert axe(page) == []


def test_without_scripts_the_queue_is_narrowed_taken_and_acted_upon(
    queue: Desk, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    queue.sign_in(context)
    page = context.new_page()
    page.goto(queue.address + "/queue")
    page.check("#f-term-late")
    page.click("text=Показать")
    expect(page.locator("table.is-queue tbody tr")).to_have_count(4)
    page.locator("#r1 [data-take]").click()
    expect(page.locator(".af-flash")).to_contain_text("Заявка 2026-00000 ваша")
    page.check("#r2 [data-pick]")
    expect(page.locator("#queue .is-bulk")).to_be_visible()
    context.close()
