"""The demonstration: made through the services, valid in every number, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from accessflow.catalogue.load import load
from accessflow.config import catalogue_dir
from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Employment, Organization, Person, Request, User
from accessflow.domain import email, inn, oid, snils
from accessflow.domain.roles import ROLES
from accessflow.services import accounts, demo
from tests.factories import NOON

CATALOGUE = load(catalogue_dir({}))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    demo.prepare(database, now=NOON, catalogue=CATALOGUE)
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
        assert session.scalar(dismissed) == len(demo.DISMISSED)
        assert 0 < noted < people


def test_there_are_drafts_of_several_organisations_and_both_actions(db: Database) -> None:
    with db.read() as session:
        rows = session.scalars(select(Request)).all()
        assert len({row.organization_id for row in rows}) == 3
        assert {row.action for row in rows} == {"grant", "revoke"}
        assert len({row.form for row in rows}) >= 6
        assert all(row.row_count for row in rows)


def test_a_second_start_keeps_the_data_and_names_the_same_accounts(db: Database) -> None:
    first = demo.prepare(db, now=NOON, catalogue=CATALOGUE)
    with db.read() as session:
        assert session.scalar(select(func.count(User.id))) == len(demo.LOGINS)
    assert [account.login for account in first] == [item.login for item in demo.LOGINS]


def test_a_database_in_use_is_left_alone(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as session:
        session.add(Organization(full_name="x", short_name="x", created_at=NOON))
    assert demo.prepare(database, now=NOON, catalogue=CATALOGUE) == []
    with database.read() as session:
        assert session.scalar(select(func.count(User.id))) == 0
    database.dispose()
