"""The desk of МИАЦ: queue, search, card and a new application, with 1,000 and 100,000 applications.

On SQLite and on PostgreSQL as it is installed; the same applications in the same PostgreSQL also in
django-helpdesk. Wall time of the server's whole answer, small and large, ours and the peer's in
turn.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from accessflow.app import create_app
from accessflow.config import Settings, catalogue_dir
from accessflow.db.migrate import upgrade
from accessflow.db.session import Database
from benchmarks.desk_data import (
    COMMON,
    NOW,
    ORGANIZATIONS,
    RARE,
    SECRETARY,
    SPECIALIST,
    SPECIALISTS,
    SYSTEMS,
    email_of,
    fill,
    state_of,
    ticket,
)
from benchmarks.harness import faster, growth
from benchmarks.helpdesk import Helpdesk
from tests.support.postgres import SUPERUSER, Cluster, running_cluster
from tests.support.smtp_server import mailroom

SMALL, LARGE = 1_000, 100_000
RUNS, PEER_RUNS = 30, 5
AT_WORK = next(n for n in range(SMALL // 2, SMALL) if state_of(n) == "in_review")
"""An application that МИАЦ works at: the same one, however many there are besides."""


@dataclass(frozen=True)
class Office:
    """Our application on one database, seen by МИАЦ's specialist and by a secretary."""

    specialist: FlaskClient
    secretary: FlaskClient

    def queue(self) -> None:
        """What is open, the most urgent first: what МИАЦ works through all day."""
        _page(self.specialist, "/queue")

    def everything(self) -> None:
        _page(self.specialist, "/queue?scope=all")

    def own(self) -> None:
        """An organisation's list of its own applications."""
        _page(self.secretary, "/requests")

    def search(self, word: str) -> None:
        _page(self.specialist, f"/queue?q={word}")

    def card(self) -> None:
        _page(self.specialist, f"/queue/{AT_WORK}")

    def create(self) -> None:
        """One person, one system: the button of «Новая заявка» as a browser without scripts
        presses it, which sends what is picked along."""
        form = {
            "op": "create", "listed": "frmss", "system": "frmss", "rows": "1", "cols": "frmss",
            "pair": "1:frmss", "role:1:frmss": "Медицинский работник",
        }  # fmt: skip
        answer = self.secretary.post("/requests/new", data=form)
        if answer.status_code != 302:
            raise RuntimeError(f"create: {answer.status_code}")

    def pick(self) -> None:
        """Somebody is picked: what comes before `create`, not timed."""
        self.secretary.post("/requests/new", data={"op": "add:1", "listed": ""})


def benches() -> Iterator[dict[str, Any]]:
    """See benchmarks/run.py for what each key means."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(running_cluster(durable=True))
        for kind in ("SQLite", "PostgreSQL"):
            small, large = (
                stack.enter_context(office(home, cluster, kind, n)) for n in (SMALL, LARGE)
            )
            yield from grown(kind, small, large)
            if kind == "PostgreSQL":
                mail = stack.enter_context(mailroom(home / "mail"))
                yield from against(large, helpdesk(cluster, mail.port))


def grown(kind: str, small: Office, large: Office) -> Iterator[dict[str, Any]]:
    for name, at_small, at_large in (
        ("queue", small.queue, large.queue),
        ("list of all", small.everything, large.everything),
        ("an organisation's list", small.own, large.own),
        ("search, rare word", lambda: small.search(RARE), lambda: large.search(RARE)),
        ("search, common word", lambda: small.search(COMMON), lambda: large.search(COMMON)),
        ("card", small.card, large.card),
    ):
        few, many = in_turn(at_small, at_large, RUNS)
        yield growth(f"{name}, {kind}: 100,000 over 1,000", many, few, "the same with 1,000", "ms")
    few, many = in_turn(small.create, large.create, RUNS, before=(small.pick, large.pick))
    yield growth(f"create, {kind}: 100,000 over 1,000", many, few, "the same with 1,000", "ms")


def against(ours: Office, peer: Helpdesk) -> Iterator[dict[str, Any]]:
    fresh = itertools.count(LARGE)
    for name, mine, theirs in (
        ("list of all 100,000", ours.everything, peer.everything),
        ("queue: the open ones of them", ours.queue, peer.queue),
        ("search, rare word", lambda: ours.search(RARE), lambda: peer.search(RARE)),
        ("search, common word", lambda: ours.search(COMMON), lambda: peer.search(COMMON)),
        ("card", ours.card, lambda: peer.card(AT_WORK)),
    ):
        us, them = in_turn(mine, theirs, RUNS if name == "card" else PEER_RUNS)
        yield faster(name, us / 1000, them / 1000, "django-helpdesk")
    us, them = in_turn(
        ours.create,
        lambda: peer.create(ticket(next(fresh)), 1),
        RUNS,
        before=(ours.pick, lambda: None),
    )
    yield faster("create", us / 1000, them / 1000, "django-helpdesk")


def in_turn(
    first: Callable[[], None],
    second: Callable[[], None],
    runs: int,
    before: tuple[Callable[[], None], Callable[[], None]] = (lambda: None, lambda: None),
) -> tuple[float, float]:
    """Medians in milliseconds, after two rounds that warm up; `before` each run is not timed."""
    times: list[tuple[float, float]] = []
    for _ in range(runs + 2):
        before[0]()
        mine = measured(first)
        before[1]()
        times.append((mine, measured(second)))
    kept = times[2:]
    return statistics.median(t for t, _ in kept), statistics.median(t for _, t in kept)


def measured(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


@contextmanager
def office(home: Path, cluster: Cluster, kind: str, count: int) -> Iterator[Office]:
    folder = home / f"{kind}-{count}"
    folder.mkdir()
    file = f"sqlite:///{folder / 'bench.sqlite3'}"
    url = cluster.create(f"office_{count}") if kind == "PostgreSQL" else file
    upgrade(url)
    app = application(folder, url)
    database: Database = app.extensions["accessflow"].database
    fill(database, count)
    yield Office(client_of(app, SPECIALIST), client_of(app, SECRETARY))
    database.dispose()


def application(folder: Path, url: str) -> Flask:
    settings = Settings.from_env(
        {
            "DATABASE_URL": url,
            "ACCESSFLOW_DATA": str(folder),
            "ACCESSFLOW_SECRET_KEY": "a key for benches, of 32 characters or more",
            "ACCESSFLOW_CATALOGUE": str(catalogue_dir({})),
        }
    )
    app = create_app(settings, clock=lambda: NOW)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def client_of(app: Flask, user: int) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{user}.0"
        session["seen"] = session["since"] = NOW.isoformat()
    return client


def _page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def helpdesk(cluster: Cluster, mail_port: int) -> Helpdesk:
    """With as many people as our office has."""
    cluster.create("helpdesk")
    peer = Helpdesk(
        host=str(cluster.socket_dir), name="helpdesk", user=SUPERUSER, mail_port=mail_port,
        staff=[f"miac{user}" for user in SPECIALISTS],
        submitters=[email_of(number) for number in range(1, ORGANIZATIONS + 1)],
    )  # fmt: skip
    peer.fill([ticket(n) for n in range(1, LARGE + 1)], list(SYSTEMS))
    return peer
