"""Migrations bring an empty database to exactly the tables of the code, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from accessflow.db.migrate import alembic_config, upgrade
from accessflow.db.session import make_engine
from accessflow.db.tables import Base


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
