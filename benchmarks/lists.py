"""The list of applications and the editor, as the server's own time for a page.

Growth: the same page with 100,000 applications over 1,000, each number the middle of many runs,
small and large in turn.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, text

from accessflow.app import create_app
from accessflow.config import Settings, catalogue_dir
from accessflow.db.migrate import upgrade
from accessflow.db.session import Database
from accessflow.db.tables import (
    Employment,
    Organization,
    Person,
    Request,
    RequestRow,
    RequestWord,
    Signatory,
    User,
)
from accessflow.domain.snils import check_digits
from accessflow.services import requests
from accessflow.services.actor import Actor
from accessflow.services.picks import Picks

SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
RUNS = 40
MIAC = 99
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OUR_SHARE = 1  # all are of the organisation that asks: its list is the longest there is
SURNAMES = ["Иванова", "Смирнова", "Кузнецова", "Попова", "Лебедева", "Новикова", "Морозова"]
SYSTEMS = ["frmss", "rmo", "smp", "vimis-akineo", "frmr", "rs-tmk", "frllo", "covid19"]
FORMS = ["08", "07", "09", "05", "10", "03", "04", "06"]
STATES = ["draft", "sent", "in_review", "forwarded", "executed", "closed", "closed", "refused"]
PAGES = {
    "list, first page": "/requests",
    "list, one state": "/requests?tab=draft",
    "list, one system": "/requests?system=smp",
    "list, search of a surname": "/requests?q=Рудометкина",
    "list, by system": "/requests?sort=system",
}


def benches() -> list[dict[str, Any]]:
    """See benchmarks/run.py for what each key means."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with client_of(home / "small", SMALL) as small, client_of(home / "large", LARGE) as large:
            grown = [growth(name, small, large, path) for name, path in pages(large)]
            overseen = "list, as МИАЦ sees it"
            grown.append(growth(overseen, as_miac(small), as_miac(large), "/requests"))
        with client_of(home / "middle", MIDDLE) as middle:
            page = reported("list page, 25 of 10,000", middle, "/requests")
            editor = reported("editor, 200 rows", middle, f"/requests/{whole_draft(middle)}/edit")
    return [page, editor, *grown]


def pages(large: FlaskClient) -> Iterator[tuple[str, str]]:
    yield from PAGES.items()
    yield "list, deep page", deep(large)
    # The list's own order: what waits for the organisation first, then the rest.
    yield "list, deep among what does not wait", deep(large, bucket="rest", sort="turn")


def as_miac(client: FlaskClient) -> FlaskClient:
    """The same application, seen by МИАЦ: every organisation's, but no drafts."""
    other = client.application.test_client()
    sign_in(other, MIAC)
    return other


def sign_in(client: FlaskClient, user: int) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = f"{user}.0"
        session["seen"] = session["since"] = NOW.isoformat()


def deep(client: FlaskClient, bucket: str = "", sort: str = "-updated") -> str:
    """The address of the page after the first 700 applications."""
    found: Database = client.application.extensions["accessflow"].database
    with found.read() as session:
        row = session.execute(
            text("select updated_at, id from requests order by updated_at desc limit 1 offset 700")
        ).one()
    moment = datetime.fromisoformat(str(row[0])).replace(tzinfo=UTC)
    micros = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return f"/requests?sort={sort}&after={bucket}~{micros}~{row[1]}&n=701"


def growth(name: str, small: FlaskClient, large: FlaskClient, path: str) -> dict[str, Any]:
    at_small, at_large = in_turn(lambda: get(small, path), lambda: get(large, path))
    return {
        "name": f"{name}: growth from 1,000 to 100,000",
        "ours": round(at_large, 2),
        "peer": round(at_small, 2),
        "ratio": round(at_large / at_small, 2),
        "unit": "ms CPU",
        "peer_name": "the same page with 1,000",
    }


def reported(name: str, client: FlaskClient, path: str) -> dict[str, Any]:
    for _ in range(3):
        get(client, path)
    took = statistics.median(measured(lambda: get(client, path)) for _ in range(RUNS // 2))
    return {
        "name": name, "ours": round(took, 2), "peer": None, "ratio": None, "unit": "ms CPU",
        "peer_name": None,
    }  # fmt: skip


def in_turn(first: Callable[[], None], second: Callable[[], None]) -> tuple[float, float]:
    for run in (first, second) * 3:
        run()
    times = [(measured(first), measured(second)) for _ in range(RUNS)]
    return statistics.median(t for t, _ in times), statistics.median(t for _, t in times)


def measured(run: Callable[[], None]) -> float:
    """Milliseconds of CPU: what others do on the machine does not count."""
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1000


def get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


@contextmanager
def client_of(folder: Path, count: int) -> Iterator[FlaskClient]:
    """A secretary's client of an application with so many requests of five organisations."""
    folder.mkdir()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'bench.sqlite3'}",
        secret_key="a key for benches, of 32 characters or more",
        data_dir=folder,
        catalogue_dir=catalogue_dir({}),
        secure_cookies=False,
    )
    upgrade(settings.database_url)
    app = create_app(settings, clock=lambda: NOW)
    database: Database = app.extensions["accessflow"].database
    fill(database, count)
    client = app.test_client()
    sign_in(client, 1)
    yield client
    database.dispose()


def fill(database: Database, count: int) -> None:
    with database.write() as session:
        for number in range(1, OUR_SHARE + 1):
            session.add(
                Organization(
                    id=number, full_name=f"Больница {number}", short_name=f"Больница {number}",
                    oid=f"1.2.643.5.1.13.13.12.2.47.{number}", inn="7707083893",
                    subject_rf="Ленинградская область", created_at=NOW,
                )
            )  # fmt: skip
            session.flush()
            session.add(
                User(
                    id=number, login=f"s{number}", password_hash="", name="Малахова Екатерина",
                    role="secretary", organization_id=number, created_at=NOW,
                )
            )  # fmt: skip
        session.add(
            User(id=MIAC, login="miac", password_hash="", name="Ларина Ольга", role="miac_lead",
                 created_at=NOW)
        )  # fmt: skip
        session.add(
            Signatory(organization_id=1, position="Главный врач", last_name="Ястребов",
                      first_name="Николай", is_head=True)
        )  # fmt: skip
        session.flush()
        for start in range(0, count, 5_000):
            numbers = range(start + 1, min(start + 5_000, count) + 1)
            session.execute(insert(Request), [request(n) for n in numbers])
            session.execute(insert(RequestRow), [row(n, p) for n in numbers for p in (1, 2, 3)])
            session.execute(insert(RequestWord), [w for n in numbers for w in words(n)])


def request(n: int) -> dict[str, Any]:
    kind = n % len(SYSTEMS)
    at = NOW - timedelta(minutes=n)
    return {
        "id": n, "number": f"2025-{n:06d}", "kind": "access", "state": STATES[n // 8 % 8],
        "action": "grant", "organization_id": n % OUR_SHARE + 1, "author_id": n % OUR_SHARE + 1,
        "form": f"appendix-{FORMS[kind]}", "form_version": "1.5", "system": SYSTEMS[kind],
        "row_count": 3, "error_count": n % 3, "search_text": " ".join(names(n)).casefold(),
        "created_at": at, "updated_at": at,
    }  # fmt: skip


def names(n: int) -> list[str]:
    rare = ["Рудометкина"] if n % 20 == 0 and n <= SMALL else []  # as many in both
    return [SURNAMES[n % 7], *(rare or [SURNAMES[n % 5]]), "Анна", "Ивановна"]


def row(n: int, position: int) -> dict[str, Any]:
    last = names(n)[min(position, 2) - 1]
    answers = {"last_name": last, "first_name": "Анна", "middle_name": "Ивановна",
               "position": "Медицинская сестра", "role": "Медицинский работник"}  # fmt: skip
    return {"request_id": n, "position": position, "snils": "", "answers": answers}


def words(n: int) -> list[dict[str, Any]]:
    found = {f"2025-{n:06d}", f"{n:06d}", *(w.casefold() for w in names(n)), SYSTEMS[n % 8]}
    return [{"request_id": n, "word": word} for word in found]


def whole_draft(client: FlaskClient) -> int:
    """A draft of 200 people, made as the page makes it."""
    core = client.application.extensions["accessflow"]
    with core.database.write() as session:
        for n in range(1, 201):
            nine = f"{n + 100_000_000:09}"
            person = Person(
                snils=nine + check_digits(nine), last_name=SURNAMES[n % 7], first_name="Анна",
                middle_name="Ивановна", search_name="анна", created_at=NOW,
            )  # fmt: skip
            session.add(
                Employment(
                    id=n, person=person, organization_id=1, position="Медицинская сестра",
                    email=f"n{n}@prb.example", work_phone="8 (81379) 5-00-21",
                    contact_phone="8 (921) 000-01-02",
                )
            )  # fmt: skip
    made = requests.create(
        core.database,
        actor=Actor(1, "secretary", 1),
        now=NOW,
        catalogue=core.catalogue,
        picks=Picks(people=tuple(range(1, 201)), systems=("smp",)),
    )
    return made[0]


if __name__ == "__main__":
    for bench in benches():
        print(bench)
