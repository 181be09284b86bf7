"""The application for a test: wired once a process, given another database and clock each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from accessflow.config import Settings
    from accessflow.services.clock import Clock

NewApp: TypeAlias = "Callable[[Settings, Clock], Flask]"


class Client(FlaskClient):
    """Reads each answer to its end and closes it, as a server does: a long sheet is a file."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **kwargs)


class Wired:
    """One `create_app`: its routes, its compiled templates, its configuration at first."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        from accessflow.app import create_app

        self.app = create_app(settings, clock=clock)
        self.app.test_client_class = Client
        self.config = dict(self.app.config)

    def serving(self, settings: Settings, clock: Clock) -> Flask:
        """The application over other data. Nothing of the test before is left in it."""
        from accessflow.db.session import Database
        from accessflow.services.files import FileStore

        # What was wired holds on to this very dict.
        self.app.config.clear()
        self.app.config.update(self.config)
        core = replace(
            self.app.extensions["accessflow"],
            settings=settings,
            database=Database(settings.database_url),
            files=FileStore(settings.data_dir / "files"),
            clock=clock,
        )
        made = copy(self.app)  # so that a late request of another test keeps its own data
        made.extensions = {**self.app.extensions, "accessflow": core}
        return made


@pytest.fixture(scope="session")
def wired() -> Callable[[Settings, Clock], Wired]:
    known: dict[tuple[object, ...], Wired] = {}

    def found(settings: Settings, clock: Clock) -> Wired:
        key = (settings.catalogue_dir, settings.secret_key, settings.secure_cookies)
        if key not in known:
            known[key] = Wired(settings, clock)
        return known[key]

    return found


@pytest.fixture
def new_app(wired: Callable[[Settings, Clock], Wired]) -> Iterator[NewApp]:
    """`new_app(settings, clock)` is what `create_app` makes, without making it anew each time."""
    with ExitStack() as stack:

        def made(settings: Settings, clock: Clock) -> Flask:
            app = wired(settings, clock).serving(settings, clock)
            stack.callback(app.extensions["accessflow"].database.dispose)
            return app

        yield made
