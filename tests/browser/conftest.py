"""The application behind a real browser: a person signed in, on a server of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, Route

from accessflow.db.session import Database
from tests.factories import FrozenClock
from tests.request_examples import House, house
from tests.story_examples import Story, story
from tests.support.browser import HURRIED, watched_page
from tests.web.conftest import app, catalogue_folder, clock, db, signed_in

__all__ = ["app", "catalogue_folder", "clock", "db", "signed_in"]  # fixtures


@pytest.fixture
def backend() -> str:
    """The embedded database: what a browser sees does not hang on it."""
    return "sqlite"


@pytest.fixture
def clinic(db: Database) -> House:
    """An organisation with its secretary and its head."""
    return house(db, short_name="ГБУЗ ЛО «Приозёрная РБ-учебная»")


def enter(context: BrowserContext, client: FlaskClient, address: str) -> None:
    """Lets a browser in with the session of a client (see `signed_in`)."""
    cookie = client.get_cookie("accessflow")
    assert cookie is not None
    context.add_cookies([{"name": "accessflow", "value": cookie.value, "url": address}])


@dataclass
class Desk:
    """Somebody's browser: `page` is signed in, `address` has no trailing slash."""

    page: Page
    address: str
    sign_in: Callable[[BrowserContext], None]

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def desk(
    app: Flask,
    clinic: House,
    browser: Browser,
    live_server: Callable[[Flask], str],
    signed_in: Callable[[int], FlaskClient],
) -> Iterator[Desk]:
    app.config["WTF_CSRF_ENABLED"] = True  # as in earnest
    address = live_server(app)

    def sign_in(context: BrowserContext) -> None:
        enter(context, signed_in(clinic.user), address)

    with watched_page(browser) as page:
        sign_in(page.context)
        yield Desk(page, address, sign_in)


@contextmanager
def before_scripts(page: Page, address: str) -> Iterator[Page]:
    """The page opened with every script on a slow line: inside the block none has come yet."""
    held: list[Route] = []
    slow = True

    def hold(route: Route) -> None:
        if slow:
            held.append(route)
        else:
            route.continue_()

    page.route("**/*.js", hold)
    page.goto(address, wait_until="commit")
    HURRIED.add(page)
    yield page
    HURRIED.remove(page)
    slow = False
    for route in held:
        route.continue_()


@pytest.fixture
def tale(
    demo_app: Flask, office_clock: FrozenClock, browser: Browser, tmp_path: Path,
    axe: Callable[[Page], list[str]],
) -> Iterator[Story]:  # fmt: skip
    """A story on a copy of the demonstration, with real letters (tests/story_examples.py)."""
    demo_app.config["WTF_CSRF_ENABLED"] = True
    with story(demo_app, office_clock, browser, tmp_path, axe) as told:
        yield told
