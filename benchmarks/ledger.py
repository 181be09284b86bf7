"""The ledger of a region: 100,000 people and 1,000,000 rights against 1,000 and 10,000, PostgreSQL.

Pages of one person, one system, one organisation and of a day in the past; what is due among all of
it, whose plans must hold no scan; dismissals by the thousand, their revocations and documents.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, text

from accessflow.catalogue.load import load
from accessflow.catalogue.spec import Catalogue
from accessflow.config import catalogue_dir
from accessflow.db.migrate import upgrade
from accessflow.db.session import Database
from accessflow.services import dismissal_letters, renewal_reminders
from benchmarks.desk import application, client_of, in_turn, measured
from benchmarks.harness import growth
from benchmarks.ledger_data import NOW, RIGHTS, SECRETARIES, SPECIALIST, STAFF, fill, settled
from tests.support.postgres import Cluster, running_cluster

SMALL, LARGE = STAFF, 100 * STAFF
RUNS, FIRINGS = 20, 9
FEW, MANY = 100, 1_000
BIG = {"grants", "ledger_entries", "dismissals", "reminders", "persons", "employments"}
"""Tables that nothing due may be looked for in by going through all of them."""
PAGES = {
    "person's rights": f"/ledger/people/{STAFF // 2 + 1}",
    "person's card": f"/people/{STAFF // 2 + 1}",
    "system's page": "/ledger/systems/frmss",
    "list of the region": "/ledger",
    "matrix of one organisation": "/ledger/matrix?organization=1",
    "as of a day in the past": "/ledger?on=2025-06-30",
    "matrix as of a day in the past": "/ledger/matrix?organization=1&on=2025-06-30",
}


@dataclass(frozen=True)
class Region:
    database: Database
    catalogue: Catalogue
    specialist: FlaskClient
    secretary: FlaskClient

    def page(self, path: str) -> Callable[[], None]:
        client = self.secretary if path.startswith("/people") else self.specialist

        def read() -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")

        return read


def benches() -> Iterator[dict[str, Any]]:
    """See benchmarks/run.py for what each key means."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(running_cluster(durable=True))
        small, large = (stack.enter_context(region(home, cluster, n)) for n in (SMALL, LARGE))
        rights = f"{LARGE * RIGHTS:,} rights over {SMALL * RIGHTS:,}"
        for name, path in PAGES.items():
            few, many = in_turn(small.page(path), large.page(path), RUNS)
            yield growth(f"{name}: {rights}", many, few, "the same with 10,000", "ms")
        for name, fire in (
            ("reminders of dismissals", dismissal_letters.fire_due),
            ("reminders of rights that run out", renewal_reminders.fire_due),
        ):
            require_no_scan(large, fire)
            few, many = fired(small, large, fire)
            yield growth(f"{name}: {rights}", many, few, "as many due among 10,000", "ms")
        yield from dismissed(cluster)


@contextmanager
def region(home: Path, cluster: Cluster, people: int) -> Iterator[Region]:
    url = cluster.create(f"region_{people}")
    upgrade(url)
    app = application(home, url)
    database: Database = app.extensions["accessflow"].database
    catalogue = load(catalogue_dir({}))
    fill(database, catalogue, people)
    yield Region(database, catalogue, client_of(app, SPECIALIST), client_of(app, SECRETARIES + 1))
    database.dispose()


Fire = Callable[..., int]


def fired(small: Region, large: Region, fire: Fire) -> tuple[float, float]:
    """Milliseconds of either for what is due now, found and written about; in turn, so that both
    meet the same machine, and the first time of each apart, when nothing is prepared yet."""
    times: dict[int, list[float]] = {id(small): [], id(large): []}
    for _ in range(FIRINGS + 1):
        for place in (small, large):
            times[id(place)].append(_fired(place, fire))
    few, many = (statistics.median(times[id(place)][1:]) for place in (small, large))
    return few, many


def _fired(place: Region, fire: Fire) -> float:
    written = 0

    def run() -> None:
        nonlocal written
        written = fire(place.database, catalogue=place.catalogue, now=NOW)

    _forget(place.database)
    time = measured(run)
    if not written:
        raise AssertionError("nothing was due")
    return time


def require_no_scan(place: Region, fire: Fire) -> None:
    """Raises AssertionError where any of its statements goes through all of a big table."""
    _forget(place.database)
    with statements(place.database) as said:
        fire(place.database, catalogue=place.catalogue, now=NOW)
    _forget(place.database)
    for statement, parameters in said:
        if scanned := scans(place.database, statement, parameters):
            raise AssertionError(f"{scanned} gone through: {statement}")


def _forget(database: Database) -> None:
    """What has fired in this minute is due again."""
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM reminders WHERE kind LIKE 'expiring%'"))
        connection.execute(
            text("UPDATE reminders SET fired_at = NULL WHERE fired_at = :now"), {"now": NOW}
        )


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every reading and changing statement with its parameters, each once."""
    said: dict[str, Any] = {}

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            said.setdefault(statement, parameters)

    heard: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)
        heard += said.items()


def scans(database: Database, statement: str, parameters: Any) -> set[str]:
    """The big tables that PostgreSQL would go through from end to end."""
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        return _scanned(plan.scalar_one()[0]["Plan"])


def _scanned(node: dict[str, Any]) -> set[str]:
    found = {node["Relation Name"]} & BIG if node["Node Type"] == "Seq Scan" else set()
    return found.union(*(_scanned(child) for child in node.get("Plans", ())))


def dismissed(cluster: Cluster) -> Iterator[dict[str, Any]]:
    """`FEW` and `MANY` dismissals, each in a process of its own, so that its memory is its own."""
    url = cluster.create("hospital")
    upgrade(url)
    database = Database(url)
    settled(database, load(catalogue_dir({})), STAFF)
    database.dispose()
    few, many = (_dismissed(cluster.create(f"hospital_{n}", "hospital"), n) for n in (FEW, MANY))
    rows = f"{many['rows']:.0f} rows, {many['documents']:.0f} documents"
    name = f"{MANY} dismissals, {rows}"
    yield growth(f"{name}: ms a row", _a_row(many), _a_row(few), f"{FEW} dismissals", "ms")
    yield growth(
        f"{name}: memory", many["peak"] / 1024, few["peak"] / 1024, f"{FEW} dismissals", "MiB"
    )


def _dismissed(url: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.dismissing", url, str(count)]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _a_row(told: dict[str, float]) -> float:
    return told["seconds"] * 1000 / told["rows"]
