"""A database and a file store of the test's own, for services called without the application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from accessflow.db.session import Database
from accessflow.services.files import FileStore
from tests.ledger_examples import Book, new_book
from tests.signing_examples import store_in


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return store_in(tmp_path)


@pytest.fixture
def book(db: Database) -> Book:
    """A ledger that rows are told to."""
    return new_book(db)
