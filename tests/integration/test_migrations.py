"""Migrations bring an empty database to exactly the tables of the code, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, inspect, select

from accessflow.db.migrate import alembic_config, upgrade
from accessflow.db.session import Database, make_engine
from accessflow.db.tables import Base, ImportJob, ImportRow, LedgerEntry, Organization, Request
from tests.factories import NOON


# PostgreSQL's index of stems is an expression: SQLite neither has it nor could show it.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
def test_migrations_and_tables_agree(bare_database_url: str) -> None:
    upgrade(bare_database_url)
    engine = make_engine(bare_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_second_upgrade_changes_nothing(bare_database_url: str) -> None:
    upgrade(bare_database_url)
    upgrade(bare_database_url)


def test_several_processes_may_upgrade_at_once(bare_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [bare_database_url] * 4))
    engine = make_engine(bare_database_url)
    assert "organizations" in inspect(engine).get_table_names()
    engine.dispose()


def test_the_first_migration_can_be_taken_back(bare_database_url: str) -> None:
    upgrade(bare_database_url)
    engine = make_engine(bare_database_url)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


FIRST_REQUESTS = (
    ("2026-00001", "access", "grant", "appendix-08", "frmss"),
    ("2026-00002", "emd_deletion", "emd_delete", "appendix-16", None),
    ("2026-00003", "emd_deletion", "emd_delete", "emd-letter", None),
    ("2026-00004", "emd_deletion", "emd_delete", "emd-act", None),
)


def migrate(url: str, revision: str, *, down: bool = False) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)
    engine.dispose()


def fill_first_tables(connection: Connection) -> None:
    """Data as the first release has written them."""
    put = _putter(connection)
    put("organizations", id=1, kind="mo", full_name="Больница", created_at=NOON)
    put("users", id=1, login="s", role="secretary", organization_id=1, active=True, created_at=NOON)
    for n, (number, kind, action, form, system) in enumerate(FIRST_REQUESTS, 1):
        put("requests", id=n, number=number, kind=kind, action=action, form=form, system=system,
            state="draft", organization_id=1, author_id=1, form_version="1.5", fields={},
            content_version=3, lock_version=5, created_at=NOON, updated_at=NOON)  # fmt: skip
        put("request_rows", request_id=n, position=1, snils="11223344595", answers={"email": "a"})


def _putter(connection: Connection) -> Callable[..., None]:
    """Rows of tables as they are at that revision, blank where nothing is said."""
    tables = MetaData()
    tables.reflect(connection)

    def put(name: str, **values: object) -> None:
        table = tables.tables[name]
        blank = {
            column.name: _blank(column)
            for column in table.columns
            if not column.nullable and not column.primary_key and column.server_default is None
        }
        connection.execute(table.insert().values(**blank | values))

    return put


def _blank(column: Column[Any]) -> object:
    if isinstance(column.type, Boolean):
        return False
    return 0 if isinstance(column.type, Integer) else ""


def test_what_the_first_release_wrote_is_there_after_the_upgrade(bare_database_url: str) -> None:
    migrate(bare_database_url, "0001")
    engine = make_engine(bare_database_url)
    with engine.begin() as connection:
        fill_first_tables(connection)
    engine.dispose()
    upgrade(bare_database_url)
    db = Database(bare_database_url)
    with db.read() as session:
        found = session.scalars(select(Request).order_by(Request.id)).all()
        assert [(r.number, r.kind) for r in found] == [
            ("2026-00001", "access"),
            ("2026-00002", "emd_deletion"),
            ("2026-00003", "authority"),
            ("2026-00004", "authority"),
        ]
        for request in found:
            assert (request.content_version, request.lock_version) == (3, 5)
            assert (request.channel, request.outside, request.criticality) == ("", False, "средняя")
            assert (request.registration_no, request.due_on) == (None, None)
            assert [(r.snils, r.outcome, r.cause) for r in request.rows] == [
                ("11223344595", "", "")
            ]
        assert session.get_one(Organization, 1).miac_outside is False
    db.dispose()


@pytest.mark.parametrize("revision", ["0001"])
def test_the_life_can_be_taken_back_with_data_in_it(bare_database_url: str, revision: str) -> None:
    migrate(bare_database_url, revision)
    engine = make_engine(bare_database_url)
    with engine.begin() as connection:
        fill_first_tables(connection)
    upgrade(bare_database_url)
    migrate(bare_database_url, revision, down=True)
    with engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        requests = tables.tables["requests"]
        kinds = connection.scalars(select(requests.c.kind).order_by(requests.c.id)).all()
        assert kinds == [kind for _, kind, *_ in FIRST_REQUESTS]
        assert "request_events" not in tables.tables
    engine.dispose()


def test_a_list_may_be_of_no_organisation_and_what_points_to_lists_stays(
    bare_database_url: str,
) -> None:
    migrate(bare_database_url, "0003")
    engine = make_engine(bare_database_url)
    with engine.begin() as connection:
        put = _putter(connection)
        put("organizations", id=1, kind="mo", full_name="Больница", created_at=NOON)
        put("users", id=1, login="s", role="secretary", organization_id=1, created_at=NOON)
        put("import_jobs", id=7, kind="staff", organization_id=1, user_id=1, summary={},
            created_at=NOON)  # fmt: skip
        put("import_rows", job_id=7, number=1, values={}, cells={}, defects=[])
    upgrade(bare_database_url)
    db = Database(bare_database_url)
    with db.write() as session:
        session.add(ImportJob(kind="accounts", user_id=1, filename="a.xlsx", created_at=NOON))
    with db.read() as session:
        assert [row.job_id for row in session.scalars(select(ImportRow))] == [7]
        assert set(session.scalars(select(ImportJob.organization_id))) == {1, None}
    db.dispose()
    migrate(bare_database_url, "0003", down=True)
    with engine.connect() as connection:
        jobs = MetaData()
        jobs.reflect(connection, only=["import_jobs"])
        column = jobs.tables["import_jobs"].c.organization_id
        assert not column.nullable
        assert set(connection.scalars(select(column))) == {1}
    engine.dispose()


def test_closings_that_ended_no_right_are_found_in_what_is_there(bare_database_url: str) -> None:
    migrate(bare_database_url, "0004")
    engine = make_engine(bare_database_url)
    with engine.begin() as connection:
        put = _putter(connection)
        put("organizations", id=1, kind="mo", full_name="Больница", created_at=NOON)
        put("persons", id=1, snils="11223344595", created_at=NOON)
        put("employments", id=1, person_id=1, organization_id=1)
        whose = {"employment_id": 1, "person_id": 1, "organization_id": 1, "system": "frmss"}
        for number, kind in enumerate(("open", "close", "close"), 1):
            put("ledger_entries", id=number, kind=kind, provenance="import", recorded_at=NOON,
                happened_on=NOON.date(), **whose)  # fmt: skip
        put("grants", id=1, since=NOON.date(), until=NOON.date(), opened_id=1, closed_id=2,
            provenance="import", recorded_at=NOON, closed_recorded_at=NOON, **whose)  # fmt: skip
    upgrade(bare_database_url)
    db = Database(bare_database_url)
    with db.read() as session:
        query = select(LedgerEntry.id).where(LedgerEntry.met_nothing_at == NOON)
        assert session.scalars(query).all() == [3]
    db.dispose()
    migrate(bare_database_url, "0004", down=True)
    engine.dispose()
