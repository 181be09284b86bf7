"""A database of the test's own, for services that are called without the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accessflow.db.session import Database


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()
