"""The engine and its two kinds of session: reading, which cannot write, and writing.

SQLite alone would let two transactions read first and then deadlock when both write; so a writing
session takes the write lock at its start (`BEGIN IMMEDIATE`) and waits its turn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

BUSY_TIMEOUT_MS = 15_000
CACHE_KB = 8_000  # of SQLite's pages, for each connection; its own 2,000 do not hold one page's
KEPT = "kept"
T = TypeVar("T")
_PLANNED_ANEW = text("set local plan_cache_mode = force_custom_plan")


class _Reader(Session):
    def close(self) -> None:
        """By a commit: after a rollback psycopg forgets the statements that it has prepared, and
        PostgreSQL would plan those of the next page anew."""
        self.expunge_all()
        with suppress(SQLAlchemyError):  # there is nothing to lose
            self.commit()
        super().close()


class Database:
    """One database of one process. Thread-safe; sessions are not to be shared by threads."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._reading = self.engine.execution_options(af_write=False, postgresql_readonly=True)
        self._writing = self.engine.execution_options(af_write=True)

    def reader(self, *, filtered: bool = False) -> Session:
        """A session that the database itself keeps from writing; the caller closes it.

        `filtered`: by what somebody has chosen. No plan that is made without knowing it does for a
        rare value and for a common one, so PostgreSQL makes one each time.
        """
        session = _Reader(self._reading, autoflush=False, expire_on_commit=False, info={KEPT: {}})
        if filtered and self.engine.dialect.name == "postgresql":
            session.execute(_PLANNED_ANEW)
        return session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.reader() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back by any exception."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def once(session: Session, key: tuple[object, ...], read: Callable[[], T]) -> T:
    """What `read` gives. A reading session, which is one page's, asks the database once for what
    several parts of the page look at; a writing one each time."""
    kept = session.info.get(KEPT)
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found


def known(session: Session, key: tuple[object, ...], value: object) -> None:
    """What `once` would read under that key and the caller knows already."""
    kept = session.info.get(KEPT)
    if kept is not None:
        kept.setdefault(key, value)


def make_engine(url: str) -> Engine:
    """Its errors, which are logged, do not tell the values of a statement: personal data."""
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            pool_pre_ping=True,
            pool_use_lifo=True,
            hide_parameters=True,
        )
    if name := make_url(url).database:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=20, max_overflow=20, pool_use_lifo=True, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    cursor.close()
    # Its own knows Latin letters alone, and a search would tell «Осень» from «осень».
    connection.create_function("lower", 1, _lower, deterministic=True)


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """SQLite does not wait for a writer here, whatever the timeout is. The writer has asked for the
    same mode, which stays with the file, or else the next connection will."""
    try:
        cursor.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("af_write") is False
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
