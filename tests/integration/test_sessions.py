"""Reading cannot write, writers wait for each other, and numbers are given once."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, literal, null, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from accessflow.db.session import Database
from accessflow.db.tables import Counter, Organization, Unit
from accessflow.services.numbers import next_value
from tests import factories


def fail_after_counting(db: Database, name: str) -> None:
    with db.write() as session:
        next_value(session, name)
        raise ZeroDivisionError


def test_a_reading_session_is_kept_from_writing(db: Database) -> None:
    with db.read() as session:
        session.add(Counter(name="x", value=1))
        with pytest.raises(DBAPIError):
            session.commit()


def test_reading_leaves_writing_alone(db: Database) -> None:
    with db.read() as session:
        session.scalar(select(func.count(Counter.name)))
    with db.write() as session:
        session.add(Counter(name="x", value=1))
    with db.read() as session:
        assert session.get_one(Counter, "x").value == 1


def test_an_exception_takes_everything_back(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_counting(db, "x")
    with db.read() as session:
        assert session.get(Counter, "x") is None


def test_references_are_held(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as session:
        session.add(Unit(organization_id=4711, name="Ничья"))


def test_two_that_read_before_they_write_do_not_deadlock(db: Database) -> None:
    own = factories.organization(db)

    def rename(number: int) -> None:
        with db.write() as session:
            row = session.get_one(Organization, own, with_for_update=True)
            row.phone = f"{len(row.phone)} {number}"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(rename, range(40)))


def test_a_number_is_given_once(db: Database) -> None:
    def take(_: int) -> int:
        with db.write() as session:
            return next_value(session, "requests-2026")

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(take, range(50)))
    assert sorted(numbers) == list(range(1, 51))


def test_a_number_of_a_failed_transaction_is_given_again(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_counting(db, "requests-2026")
    with db.write() as session:
        assert next_value(session, "requests-2026") == 1
        assert next_value(session, "others") == 1


def test_a_search_without_case_knows_russian_letters(db: Database) -> None:
    with db.read() as session:
        assert session.scalar(select(literal("Осень «ЁЛКА»").icontains("осень «ёл")))
        assert session.scalar(select(func.lower(null()))) is None


def test_a_file_that_another_writes_to_is_opened_and_turned_later(tmp_path: Path) -> None:
    file = tmp_path / "accessflow.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("create table seen (id integer)")
        writer.execute("begin immediate")
        assert journal_modes(file) == ["delete"]
        writer.execute("insert into seen values (1)")
        writer.execute("commit")
    assert journal_modes(file) == ["wal"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "accessflow.db"
    file.write_text("это не база данных" * 100)
    with pytest.raises(DBAPIError, match="not a database"):
        journal_modes(file)


def journal_modes(file: Path) -> list[str]:
    db = Database(f"sqlite:///{file}")
    with db.read() as session:
        modes = list(session.scalars(text("pragma journal_mode")))
    db.engine.dispose()
    return modes


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_pages_ask_again_and_again_is_planned_once(db: Database) -> None:
    for _ in range(8):
        with db.read() as session:
            session.scalars(select(Unit.name)).all()
    with db.read() as session:
        plans = session.scalars(text("select statement from pg_prepared_statements")).all()
    assert any("units" in plan for plan in plans)


def test_a_reading_session_that_has_failed_still_ends(db: Database) -> None:
    with pytest.raises(DBAPIError), db.read() as session:
        session.execute(text("select nothing from nowhere"))
    with db.read() as session:
        assert session.scalar(select(func.count(Unit.id))) == 0


def test_what_a_page_sets_on_what_it_has_read_is_not_written(db: Database) -> None:
    own = factories.organization(db)
    with db.read() as session:
        session.get_one(Organization, own).phone = "+7 812 000-00-00"
    with db.read() as session:
        assert session.get_one(Organization, own).phone != "+7 812 000-00-00"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_somebody_has_chosen_is_planned_with_it(db: Database) -> None:
    modes = []
    for filtered in (False, True, False):
        session = db.reader(filtered=filtered)
        modes.append(session.scalar(text("show plan_cache_mode")))
        session.close()
    assert modes == ["auto", "force_custom_plan", "auto"]
