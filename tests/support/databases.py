"""An empty, migrated database for each test: migrated once a run, then copied."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.postgres import Cluster, running_cluster

BACKENDS = ("sqlite", "postgresql")
TEMPLATE = "template_migrated"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """The run's own PostgreSQL server, started when the first test asks for it."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, compiled_once: None) -> Path:
    """An empty, migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("template") / "migrated.sqlite3"
    _migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # one file holds it all
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster, compiled_once: None) -> str:
    """The name of an empty, migrated PostgreSQL database, to be copied."""
    _migrate(postgres_cluster.create(TEMPLATE))
    return TEMPLATE


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; every test that needs one runs on each."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database, removed after the test."""
    if backend == "sqlite":
        file = tmp_path / "test.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
    else:
        template = request.getfixturevalue("postgres_template")
        yield from _postgres_database(request.getfixturevalue("postgres_cluster"), template)


@pytest.fixture
def bare_database_url(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The address of a database without any table, for the migrations themselves."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
    else:
        yield from _postgres_database(request.getfixturevalue("postgres_cluster"), "template0")


def _postgres_database(cluster: Cluster, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield cluster.create(name, template)
    cluster.drop(name)


def _migrate(url: str) -> None:
    # Imported late: a unit test without a database starts without SQLAlchemy and Alembic.
    from accessflow.db.migrate import upgrade

    upgrade(url)
