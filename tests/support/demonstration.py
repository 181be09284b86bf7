"""The demonstration, made once a run and copied for each test, served to a real browser."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.factories import NOON, FrozenClock
from tests.support.applications import NewApp


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demonstration, to be copied."""
    # Imported late, as in `databases.py`: unit tests start without the application.
    from accessflow.catalogue.load import load
    from accessflow.config import catalogue_dir
    from accessflow.db.session import Database
    from accessflow.services import demo
    from accessflow.services.files import FileStore

    file = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    shutil.copyfile(sqlite_template, file)
    database = Database(f"sqlite:///{file}")
    store = FileStore(file.parent / "files")
    demo.prepare(database, now=NOON, catalogue=load(catalogue_dir({})), files=store)
    database.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def office_clock() -> FrozenClock:
    """The demonstration's clock: Monday 23.11.2026, noon in Moscow, until it is moved."""
    return FrozenClock()


@pytest.fixture
def demo_app(
    demo_template: Path, tmp_path: Path, office_clock: FrozenClock, new_app: NewApp
) -> Flask:
    """The application on a copy of the demonstration."""
    from accessflow.config import Settings, catalogue_dir

    file = tmp_path / "demo.sqlite3"
    shutil.copyfile(demo_template, file)
    shutil.copytree(demo_template.parent / "files", tmp_path / "files")
    settings = Settings(
        database_url=f"sqlite:///{file}",
        secret_key="a key for tests, of at least 32 characters",
        data_dir=tmp_path,
        catalogue_dir=catalogue_dir({}),
        secure_cookies=False,
    )
    return new_app(settings, office_clock)


@pytest.fixture
def office(demo_app: Flask, live_server: Callable[[Flask], str]) -> str:
    """The address of the running demonstration."""
    return live_server(demo_app)


@pytest.fixture
def sign_in(office: str) -> Callable[[Page, str], None]:
    """`sign_in(page, login)` opens the start page of a demonstration account."""

    def enter(page: Page, login: str) -> None:
        page.goto(f"{office}/login")
        page.fill("#username", login)
        page.fill("#password", "accessflow-demo")
        page.press("#password", "Enter")
        page.wait_for_selector(".af-top")

    return enter
