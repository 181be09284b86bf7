"""Statements compiled once a process, as in a program that runs for days, not once a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Engine

STATEMENTS = 3000  # more than the program has


@pytest.fixture(scope="session")
def compiled_once() -> Iterator[None]:
    """Every engine made from here on shares what the others of its kind have compiled.

    SQLAlchemy keeps a compiled statement per dialect, and each engine makes its own dialect:
    with a database, hence an engine, per test a third of the time went into compiling.
    """
    # Imported late, as in `databases.py`: unit tests start without SQLAlchemy.
    from sqlalchemy import create_engine

    from accessflow.db import session

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "create_engine", _sharing(create_engine))
        yield


def _sharing(create_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    from sqlalchemy import make_url
    from sqlalchemy.util import LRUCache

    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    @cache
    def dialect(driver: str, host: str) -> Dialect:
        """One that has met its server: it knows the version and what goes with it."""
        url = make_url(f"{driver}://")
        if host:
            url = url.set(username="accessflow", database="postgres", query={"host": host})
        engine = create_engine(url)
        with engine.connect():
            pass
        engine.dispose()
        return engine.dialect

    def made(url: str, **options: Any) -> Engine:
        found = make_url(url)
        engine = create_engine(url, execution_options={"compiled_cache": compiled}, **options)
        engine.dialect = dialect(found.drivername, str(found.query.get("host", "")))
        return engine

    return made
