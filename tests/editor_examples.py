"""The editor's page for tests: opened, sent back whole, or one row of it by the script."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.html_forms import fields_of

HTMX = {"HX-Request": "true"}


def page(client: FlaskClient, request: int, query: str = "") -> str:
    answer = client.get(f"/requests/{request}/edit{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the page's form, but for what its tools ask for."""
    found: dict[str, str] = fields_of(html).to_dict()
    return {name: text for name, text in found.items() if name not in ("block", "column")}


def post(client: FlaskClient, request: int, op: str, **typed: str) -> TestResponse:
    """The whole form with some fields typed anew, and a button pressed."""
    data = fields(page(client, request)) | {k.replace("__", "-"): v for k, v in typed.items()}
    return client.post(f"/requests/{request}/edit", data=data | {"op": op})


def cells(client: FlaskClient, request: int, html: str, row: int, **typed: str) -> TestResponse:
    """One row as the script sends it, from a page seen before."""
    known = {k: v for k, v in fields(html).items() if k.startswith(f"r{row}-")}
    data = known | {f"r{row}-{key}": text for key, text in typed.items()}
    return client.post(f"/requests/{request}/cells", data=data, headers=HTMX)
