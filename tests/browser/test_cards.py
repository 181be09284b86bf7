"""The МО's and КЗ's pages in a real browser: axe, dark, at double size, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from accessflow.db.session import Database
from tests.browser.conftest import enter
from tests.card_examples import asked, cards, with_committee
from tests.life_examples import Life, life
from tests.support.browser import watched_page

Desk = Callable[..., AbstractContextManager[Callable[[str], Page]]]

SIDE_SCROLL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LISTS = (("/requests", "secretary"), ("/requests?tab=mine", "secretary"),
         ("/requests/problem", "secretary"), ("/committee", "committee"),
         ("/requests", "committee"))  # fmt: skip
Open = Callable[[str, str, str], Page]


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    return with_committee(life(db, tmp_path, short_name="ГБУЗ ЛО «Приозёрная РБ-учебная»"))


@pytest.fixture
def desk(
    app: Flask,
    ours: Life,
    browser: Browser,
    live_server: Callable[[Flask], str],
    signed_in: Callable[[int], FlaskClient],
) -> Desk:
    """`with desk(role) as page`: somebody's browser; `page.goto` takes whole addresses."""
    app.config["WTF_CSRF_ENABLED"] = True
    address = live_server(app)

    @contextmanager
    def opened(role: str, narrow: bool = False) -> Iterator[Callable[[str], Page]]:
        with watched_page(browser) as page:
            enter(page.context, signed_in(ours.actor(role).user_id or 0), address)
            if narrow:
                page.set_viewport_size({"width": 683, "height": 384})

            def show(path: str) -> Page:
                page.goto(address + path)
                return page

            yield show

    return opened


def places(ours: Life) -> list[tuple[str, str, str]]:
    """Name, address and role of every card and list."""
    made = cards(ours)
    found = [(name, f"/requests/{number}", role) for name, (number, role) in made.items()]
    problem = made["problem"][0]
    found.append(("problem-form", f"/requests/{problem}/problem", "secretary"))
    return found + [(path, path, role) for path, role in LISTS]


def test_axe_finds_nothing_and_only_tables_scroll(
    ours: Life, desk: Desk, axe: Callable[[Page], list[str]],
    axe_in_the_dark: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    everything = places(ours)
    for role in ("secretary", "signatory", "committee"):
        with desk(role) as show, desk(role, narrow=True) as show_narrow:
            for name, path, whose in everything:
                if whose == role:
                    page = show(path)
                    assert axe(page) == [], name
                    assert axe_in_the_dark(page) == [], name
                    assert page.evaluate(SIDE_SCROLL) <= 0, name
                    page = show_narrow(path)
                    assert axe(page) == [], f"{name}, narrow"
                    assert page.evaluate(SIDE_SCROLL) <= 0, f"{name}, narrow"


def test_what_is_to_be_done_stands_on_the_first_screen(ours: Life, desk: Desk) -> None:
    made = cards(ours)
    with desk("secretary") as show:
        for name in ("draft", "ready-unsigned", "ready-signed", "refused", "network",
                     "outside-sent", "emd-deleted", "problem", "needs-info"):  # fmt: skip
            page = show(f"/requests/{made[name][0]}")
            box = page.locator("main .btn-primary").first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 768, name


def test_a_question_is_answered_by_keyboard(ours: Life, desk: Desk) -> None:
    made = asked(ours)
    with desk("secretary") as show:
        page = show("/requests")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page).to_have_url(page.url.split("/requests")[0] + f"/requests/{made}")
        page.locator("#answer").focus()
        page.keyboard.type("Врач-статистик, приказ приложен.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("main")).to_contain_text("Ход за МИАЦ")
    assert ours.one(made).state == "in_review"


def test_the_menu_of_a_card_opens_by_keyboard(ours: Life, desk: Desk) -> None:
    made = ours.sent()
    with desk("secretary") as show:
        page = show(f"/requests/{made}")
        page.locator("summary", has_text="Ещё").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator(".af-menu a", has_text="Отозвать заявку")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("Отозвать заявку")
