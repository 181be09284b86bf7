"""The databases that tests stand on: real, empty, migrated, each test's own."""

from __future__ import annotations

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from accessflow.db.tables import Base


def engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def counts(url: str) -> dict[str, int]:
    """Rows by table, of the tables that a migrated database begins empty with."""
    with engine(url).connect() as connection:
        return {
            table.name: connection.scalar(text(f"select count(*) from {table.name}")) or 0
            for table in Base.metadata.sorted_tables
        }


def test_a_database_is_the_real_one_that_was_asked_for(database_url: str, backend: str) -> None:
    assert make_url(database_url).get_backend_name() == backend
    with engine(database_url).connect() as connection:
        if backend == "postgresql":
            assert int(connection.scalar(text("show server_version_num")) or 0) >= 150_000
        else:
            assert connection.scalar(text("select sqlite_version()"))


def test_a_database_has_every_table_and_no_row(database_url: str) -> None:
    assert set(counts(database_url).values()) == {0}


def test_what_one_test_writes_another_does_not_see(database_url: str, backend: str) -> None:
    """Runs once a database; whichever comes second would meet the first one's table."""
    with engine(database_url).begin() as connection:
        assert "left_behind" not in inspect(connection).get_table_names()
        connection.execute(text("create table left_behind (id integer)"))


def test_what_one_test_writes_another_does_not_see_either(database_url: str) -> None:
    test_what_one_test_writes_another_does_not_see(database_url, "")


def test_a_bare_database_has_no_table(bare_database_url: str) -> None:
    with engine(bare_database_url).connect() as connection:
        assert inspect(connection).get_table_names() == []
