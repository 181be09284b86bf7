"""Debian's chromium without its window, a server for it to look at, and axe to judge the page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

# The same engine. The one with a window keeps its bar alive for every page: half of a test.
CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_COLOURS = ["color-contrast", "link-in-text-block"]
# What a browser says of an answer that the server meant (404, 409, 422).
ANSWERS = "Failed to load resource"


@contextmanager
def running_server(app: Flask) -> Iterator[str]:
    """Serves `app` on a free port of this machine; gives its address without a trailing slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def live_server() -> Iterator[Callable[[Flask], str]]:
    """`live_server(app)` serves the application until the test's end and returns its address."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(running_server(app))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium for the whole run; what a busy machine shows late is still shown."""
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """A page in a session of its own; see `watched_page`."""
    with watched_page(browser) as page:
        yield page


@contextmanager
def watched_page(browser: Browser) -> Iterator[Page]:
    """A page on the screen that our people have.

    Raises AssertionError at its end if a script broke, the page's policy (CSP) blocked something,
    or a request left this machine.
    """
    context = browser.new_context(
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        viewport={"width": 1366, "height": 768},
        reduced_motion="reduce",
    )
    page = context.new_page()
    complaints = _complaints(page)
    _keys_wait_for_scripts(page)
    try:
        yield page
    finally:
        context.close()
    if complaints:
        raise AssertionError("\n".join(complaints))


def _keys_wait_for_scripts(page: Page) -> None:
    """See `_patient`; a keyboard does not tell whose it is."""
    press = page.keyboard.press

    def pressed(key: str, *, delay: float | None = None) -> None:
        page.wait_for_load_state("load")
        press(key, delay=delay)

    page.keyboard.press = pressed  # type: ignore[method-assign]  # so that every test waits


ACTS = ("check", "click", "fill", "focus", "press", "select_option", "set_input_files", "uncheck")
HURRIED: set[Page] = set()
"""Where somebody acts before the scripts have come."""


def _patient(act: Callable[..., object]) -> Callable[..., object]:
    """A choice or a press before the page has loaded would go unheard: on a busy machine a test is
    quicker than the page's scripts, which no person is."""

    @wraps(act)
    def acted(place: Page | Locator, *arguments: object, **named: object) -> object:
        page = place if isinstance(place, Page) else place.page
        if page not in HURRIED:
            page.wait_for_load_state("load")
        return act(place, *arguments, **named)

    return acted


for _kind in (Page, Locator):
    for _name in ACTS:
        setattr(_kind, _name, _patient(getattr(_kind, _name)))


def _complaints(page: Page) -> list[str]:
    found: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ANSWERS):
            found.append(message.text)

    def request(sent: Request) -> None:
        host = urlsplit(sent.url).hostname
        if host not in (None, "127.0.0.1"):
            found.append(f"a request left the machine: {sent.url}")

    page.on("console", console)
    page.on("request", request)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)` lists what breaks WCAG 2.2 AA or best practice: `rule: help (selectors)`."""
    return lambda page: _violations(page, AXE_TAGS)


@pytest.fixture(scope="session")
def axe_in_the_dark() -> Callable[[Page], list[str]]:
    """`axe_in_the_dark(page)` turns the lights out and lists what hangs on the colours alone.

    For a page that has passed `axe` in the light; the lights are on again afterwards.
    """

    def violations(page: Page) -> list[str]:
        # At once: a colour on its way from light to dark is neither.
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found = _violations(page, AXE_COLOURS)
        page.emulate_media(color_scheme="light")
        return found

    return violations


def _violations(page: Page, rules: list[str]) -> list[str]:
    # Loaded, and at its top: what an anchor leaves half under the bar, axe takes for small.
    page.wait_for_load_state("load")
    page.evaluate("window.scrollTo({ top: 0, behavior: 'instant' })")
    if not page.evaluate("'axe' in window"):
        source = _axe_source()
        page.evaluate(source)
        page.add_init_script(source)  # half a megabyte: sent once, for the pages after this too
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [_told(violation) for violation in result["violations"]]


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def _told(violation: dict[str, Any]) -> str:
    places = ", ".join(str(node["target"][0]) for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']} ({places})"
