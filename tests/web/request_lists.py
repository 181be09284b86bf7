"""The list of applications as a test reads it: its pages, numbers and sheet."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from urllib.parse import unquote

import openpyxl
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.services.request_list import STATES
from tests.factories import NOON
from tests.request_examples import House


def get(client: FlaskClient, address: str = "/requests") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def numbers(page: str) -> list[str]:
    return re.findall(r'<a href="/requests/\d+">(2026-\d+)</a>', page)


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


def many(db: Database, clinic: House, count: int, **values: object) -> None:
    """Bare requests, the newest first by number falling."""
    systems = ["frmss", "rmo", None, "smp", "frmr"]
    with db.write() as session:
        for n in range(1, count + 1):
            row = Request(
                number=f"2026-{n:05}", kind="access", action="grant", form="appendix-08",
                form_version="1.5", system=systems[n % 5], state=STATES[n % 4],
                organization_id=clinic.organization, author_id=clinic.user,
                created_at=NOON, updated_at=NOON + timedelta(minutes=n // 3),
            )  # fmt: skip
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)


def walked(client: FlaskClient, address: str) -> list[list[str]]:
    """The pages from the first to the last, by the link to the next one."""
    pages = []
    following: str | None = address
    while following:
        page = get(client, following)
        pages.append(numbers(page))
        following = link(page, "next")
    return pages


def search(client: FlaskClient, **fields: str) -> str:
    """The address that the search leads to."""
    answer = client.post("/requests/search", data=fields)
    assert answer.status_code == 302
    return unquote(answer.location)


def sheet(client: FlaskClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.active is not None
    rows = [[str(cell or "") for cell in row] for row in book.active.values]
    book.close()
    answer.close()
    return rows
