"""«Новая заявка» as somebody without JavaScript uses it."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestRow
from tests.html_forms import fields_of


class Page:
    """The page as somebody without JavaScript uses it: what it shows goes back with each button."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.show(client.get("/requests/new"))

    def show(self, answer: Any) -> None:
        self.answer = answer
        self.text = re.sub("</?b>", "", html.unescape(answer.get_data(as_text=True)))
        found = re.search(r'<form id="new".*?</form>', answer.get_data(as_text=True), re.DOTALL)
        if found:
            self.fields = fields_of(found[0])

    def press(self, operation: str, **changes: object) -> Page:
        """Presses the button after changing fields; a list stands for checked boxes."""
        for name, value in changes.items():
            self.fields.setlist(name, value if isinstance(value, list) else [value])
        self.fields["op"] = operation
        self.show(self.client.post("/requests/new", data=self.fields))
        return self

    def set(self, name: str, value: object) -> Page:
        self.fields.setlist(name, value if isinstance(value, list) else [value])
        return self

    @property
    def sums(self) -> str:
        """The card that tells what will come of it, as words."""
        found = re.search(r'id="new-sum".*?</aside>', self.text, re.DOTALL)
        assert found
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def made(db: Database) -> set[tuple[str | None, int | None, str]]:
    """System, employment and role of everything that was made."""
    with db.read() as session:
        found = session.execute(
            select(Request.system, RequestRow.employment_id, RequestRow.answers).join(RequestRow)
        )
        return {(system, job, answers.get("role", "")) for system, job, answers in found}
