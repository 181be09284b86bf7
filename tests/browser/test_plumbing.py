"""The browser's own fixtures: they must see what is wrong, else a green run says nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page

from tests.support.browser import watched_page

STRICT = "default-src 'self'; script-src 'self'; style-src 'self'"
HEAD = "<!doctype html><html lang=ru><head><title>Проба</title></head>"
GOOD = f"{HEAD}<body><main><h1>Проба</h1></main></body></html>"
NO_ALT = f"{HEAD}<body><main><h1>Проба</h1><img src='/missing.png'></main></body></html>"
INLINE = f"{HEAD}<body><main><h1>Проба</h1><script>document.title=''</script></main></body></html>"
FOREIGN = f"{HEAD}<body><main><h1>Проба</h1><img alt='' src='http://192.0.2.1/a.png'></main></body>"
BROKEN = f"{HEAD}<body><main><h1>Проба</h1></main><script src='/broken.js'></script></body></html>"


@pytest.fixture
def address(live_server: Callable[[Flask], str]) -> str:
    """A server of five small pages under a strict policy."""
    app = Flask("probe")
    for name, page in {
        "good": GOOD,
        "no-alt": NO_ALT,
        "inline": INLINE,
        "foreign": FOREIGN,
        "broken": BROKEN,
    }.items():
        app.add_url_rule(f"/{name}", name, lambda page=page: page)
    script = ("throw new Error('сломано')", {"Content-Type": "text/javascript"})
    app.add_url_rule("/broken.js", "script", lambda: script)

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = STRICT
        return response

    return live_server(app)


def test_axe_works_under_a_strict_policy_and_finds_what_is_missing(
    browser_page: Page, axe: Callable[[Page], list[str]], address: str
) -> None:
    browser_page.goto(f"{address}/good")
    assert axe(browser_page) == []
    browser_page.goto(f"{address}/no-alt")
    assert [told.split(":")[0] for told in axe(browser_page)] == ["image-alt"]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("inline", "Content Security Policy"),
        ("broken", "сломано"),
        ("foreign", "a request left the machine"),
    ],
    ids=["breaks its policy", "breaks its script", "asks elsewhere"],
)
def test_a_page_that_misbehaves_is_complained_of(
    browser: Browser, address: str, name: str, complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint), watched_page(browser) as page:
        page.goto(f"{address}/{name}")
