"""What a view has at hand: the application's parts, the reading session, the actor, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.config import Settings
from accessflow.db.session import Database
from accessflow.db.tables import Request, User
from accessflow.services.accounts import actor_of
from accessflow.services.actor import Actor
from accessflow.services.clock import Clock, moscow_date, system_clock
from accessflow.services.files import FileStore
from accessflow.services.live_catalogue import LiveCatalogue, for_paper


@dataclass(frozen=True, slots=True)
class Core:
    """The parts of one application, under `app.extensions["accessflow"]`.

    `catalogue` is the files' own; `live` puts the settings of a day over it.
    """

    settings: Settings
    database: Database
    catalogue: Catalogue
    files: FileStore
    clock: Clock = system_clock
    live: LiveCatalogue = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "live", LiveCatalogue(self.catalogue))


def core() -> Core:
    found: Core = current_app.extensions["accessflow"]
    return found


def db() -> Database:
    return core().database


def catalogue() -> Catalogue:
    """The regulation with what the settings put over it today."""
    if "catalogue" not in g:
        g.catalogue = core().live.on(session(), today())
    found: Catalogue = g.catalogue
    return found


def catalogue_of(request: Request) -> Catalogue:
    """The same as of the day that the request's paper bears."""
    return for_paper(session(), catalogue(), request, today())


def files() -> FileStore:
    return core().files


def now() -> datetime:
    """The moment of this request, one and the same throughout it, UTC."""
    if "now" not in g:
        g.now = core().clock()
    moment: datetime = g.now
    return moment


def today() -> date:
    """The date in Moscow, where the terms run."""
    return moscow_date(now())


def session() -> Session:
    """The request's reading session: one snapshot, opened at first use, refused any write.

    Changes go through services, which have a transaction of their own; after one, `refresh()`.
    """
    if "reader" not in g:
        g.reader = db().reader(filtered=bool(request.args))
    found: Session = g.reader
    return found


def refresh() -> None:
    """Ends the snapshot, so that the next `session()` sees what has just been written."""
    g.pop("catalogue", None)
    reader: Session | None = g.pop("reader", None)
    if reader is not None:
        reader.close()


def signed_in() -> User | None:
    """The account of this request with its organisation, None for a stranger."""
    found: User | None = g.get("user")
    return found


def actor() -> Actor:
    """Who asks. Only for endpoints that are not public."""
    user = signed_in()
    if user is None:
        raise RuntimeError("a public endpoint has no actor")
    return actor_of(user)


def init_app(app: Flask) -> None:
    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        refresh()
