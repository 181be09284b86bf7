"""The application on a fresh database, and clients signed in as anyone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accessflow.config import Settings, catalogue_dir
from accessflow.db.session import Database
from accessflow.services.files import FileStore
from tests import factories
from tests.factories import FrozenClock
from tests.life_examples import Life
from tests.request_examples import House, house
from tests.support.applications import NewApp

Client = Callable[[int], FlaskClient]
KEY = "a key for tests, of at least 32 characters"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def catalogue_folder() -> Path:
    """The shipped regulation; a module may put another in its place."""
    return catalogue_dir({})


@pytest.fixture
def app(
    database_url: str,
    tmp_path: Path,
    clock: FrozenClock,
    catalogue_folder: Path,
    new_app: NewApp,
) -> Flask:
    settings = Settings(
        database_url=database_url,
        secret_key=KEY,
        data_dir=tmp_path,
        catalogue_dir=catalogue_folder,
        secure_cookies=False,
    )
    app = new_app(settings, clock)
    app.config["WTF_CSRF_ENABLED"] = False  # test_csrf.py turns it on again
    return app


@pytest.fixture
def db(app: Flask) -> Database:
    found: Database = app.extensions["accessflow"].database
    return found


@pytest.fixture
def store(app: Flask) -> FileStore:
    found: FileStore = app.extensions["accessflow"].files
    return found


@pytest.fixture
def signed_in(app: Flask, clock: FrozenClock) -> Client:
    """`signed_in(user_id)` is a client with that account's session, just begun."""

    def client(user_id: int) -> FlaskClient:
        made = app.test_client()
        with made.session_transaction() as session:
            session["_user_id"] = f"{user_id}.0"
            session["seen"] = session["since"] = clock().isoformat()
        return made

    return client


@pytest.fixture
def clinic(db: Database) -> House:
    """An organisation with its secretary and its head."""
    return house(db, short_name="ГБУЗ ЛО «Приозёрная РБ-учебная»")


@pytest.fixture
def client(clinic: House, signed_in: Client) -> FlaskClient:
    """The clinic's secretary."""
    return signed_in(clinic.user)


@pytest.fixture
def colleague(clinic: House, db: Database, signed_in: Client) -> FlaskClient:
    """Somebody else of the clinic."""
    return signed_in(factories.account(db, "hr", clinic.organization))


@pytest.fixture
def own(db: Database) -> int:
    """An organisation."""
    return factories.organization(db)


@pytest.fixture
def secretary(db: Database, own: int, signed_in: Client) -> FlaskClient:
    """Its secretary."""
    return signed_in(factories.account(db, "secretary", own))


@pytest.fixture
def office(ours: Life, signed_in: Client) -> FlaskClient:
    """The secretary of the organisation whose applications are lived through."""
    return signed_in(ours.house.user)


@pytest.fixture
def desk(ours: Life, signed_in: Client) -> FlaskClient:
    """A specialist of МИАЦ who works on them."""
    return signed_in(ours.actor("miac_specialist").user_id or 0)
