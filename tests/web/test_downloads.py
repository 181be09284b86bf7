"""A file's name in Russian gets through a real server: headers carry Latin-1 only."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from tests.draft_examples import draft, people
from tests.request_examples import house


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/people/export.xlsx", "Сотрудники_2026-11-23.xlsx"),
        ("/requests/export.xlsx", "Заявки_2026-11-23.xlsx"),
        ("/people/import/sample.xlsx", "Сотрудники_образец.xlsx"),
        ("/systems/forms/appendix-08/grant.pdf", "Приложение 8"),
        ("/requests/{request}/files/docx", "ФРМСС"),
    ],
)
def test_the_name_is_ascii_for_the_wire_and_russian_for_the_reader(
    db: Database, signed_in: Callable[[int], FlaskClient], path: str, name: str
) -> None:
    clinic = house(db)
    request = draft(clinic, people(1))
    answer = signed_in(clinic.user).get(path.format(request=request))
    header = answer.headers["Content-Disposition"]
    assert answer.status_code == 200
    assert header.isascii()
    assert "filename*=UTF-8''" in header
    assert name in unquote(header)
