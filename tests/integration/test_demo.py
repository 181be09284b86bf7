"""The demonstration: made through the services, valid in every number, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from accessflow.catalogue.load import load
from accessflow.config import catalogue_dir
from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Employment, Organization, Person, Request, User
from accessflow.domain import email, inn, oid, snils
from accessflow.domain.roles import ROLES
from accessflow.services import accounts, demo, timeline
from accessflow.services.files import FileStore
from tests.factories import NOON

CATALOGUE = load(catalogue_dir({}))


@pytest.fixture
def db(demo_template: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{demo_template}")
    yield database
    database.dispose()


def test_there_is_an_account_for_each_role_and_it_opens(db: Database) -> None:
    with db.read() as session:
        assert set(session.scalars(select(User.role))) == set(ROLES)
    login = demo.LOGINS[0].login
    assert accounts.sign_in(db, login=login, password=demo.PASSWORD, now=NOON, key="k" * 32)


def test_everything_made_up_would_pass_the_checks(db: Database) -> None:
    with db.read() as session:
        for digits in session.scalars(select(Person.snils)):
            assert not snils.read(digits).flaws
        for row in session.scalars(select(Organization)):
            assert not inn.read(row.inn).flaws
            assert row.kind == "committee" or not oid.read(row.oid or "").flaws
        for address in session.scalars(select(Employment.email).where(Employment.email != "")):
            assert not email.read(address).flaws


def test_there_are_people_in_two_organisations_dismissed_ones_and_missing_notes(
    db: Database,
) -> None:
    with db.read() as session:
        people = session.scalar(select(func.count(Person.id))) or 0
        jobs = session.scalar(select(func.count(Employment.id))) or 0
        dismissed = select(func.count(Employment.id)).where(Employment.until < NOON.date())
        noted = session.scalar(select(func.count(Attestation.person_id.distinct()))) or 0
        assert 55 <= people < jobs
        assert session.scalar(dismissed) == 5
        assert 0 < noted < people


def test_there_are_drafts_of_several_organisations_and_both_actions(db: Database) -> None:
    with db.read() as session:
        rows = session.scalars(select(Request)).all()
        assert len({row.organization_id for row in rows}) == 3
        assert {row.action for row in rows} == {"grant", "revoke"}
        assert len({row.form for row in rows}) >= 6
        assert all(row.row_count for row in rows)


def test_applications_stand_wherever_they_may_stand(db: Database) -> None:
    with db.read() as session:
        found = set(session.scalars(select(Request.state)))
        histories = [timeline.events_of(session, n) for n in session.scalars(select(Request.id))]
    assert found >= {
        "draft", "ready", "registered", "in_review", "needs_info", "at_committee", "forwarded",
        "executed", "closed", "refused", "annulled",
    }  # fmt: skip
    assert all(timeline.first_broken(events) is None for events in histories)


def test_a_second_start_keeps_the_data_and_names_the_same_accounts(
    database_url: str, backend: str, demo_template: Path, tmp_path: Path
) -> None:
    if backend == "sqlite":  # the first start was the template's
        shutil.copyfile(demo_template, tmp_path / "test.sqlite3")
    database = Database(database_url)
    call: dict[str, Any] = {"now": NOON, "catalogue": CATALOGUE, "files": FileStore(tmp_path)}
    for _ in range(2):
        accounts_told = demo.prepare(database, **call)
        assert [account.login for account in accounts_told] == [i.login for i in demo.LOGINS]
        with database.read() as session:
            assert session.scalar(select(func.count(User.id))) == len(demo.LOGINS)
    database.dispose()


def test_a_database_in_use_is_left_alone(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    with database.write() as session:
        session.add(Organization(full_name="x", short_name="x", created_at=NOON))
    store = FileStore(tmp_path)
    assert demo.prepare(database, now=NOON, catalogue=CATALOGUE, files=store) == []
    with database.read() as session:
        assert session.scalar(select(func.count(User.id))) == 0
    database.dispose()
