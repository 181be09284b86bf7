"""The desk of МИАЦ: queue, search, card and a new application, with 1,000 and 100,000 applications.

On SQLite and on PostgreSQL; the same applications in the same PostgreSQL also in django-helpdesk.
Wall time of the server's whole answer, small and large, ours and the peer's in turn.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
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
    RequestEvent,
    RequestRow,
    RequestWord,
    Signatory,
    User,
)
from accessflow.domain.snils import check_digits
from benchmarks.harness import faster, growth
from benchmarks.helpdesk import Helpdesk, Ticket
from tests.support.postgres import SUPERUSER, Cluster, running_cluster

SMALL, LARGE = 1_000, 100_000
RUNS, PEER_RUNS = 30, 5
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORGANIZATIONS = 20
SECRETARY, SPECIALIST = 1, 99
COMMON, RARE = "Смирнова", "Рудометкина"
SURNAMES = ["Иванова", COMMON, "Кузнецова", "Попова", "Лебедева", "Новикова", "Морозова"]
SYSTEMS = {
    "frmss": "08", "rmo": "07", "smp": "09", "vimis-akineo": "05", "frmr": "10", "rs-tmk": "03",
    "frllo": "04", "covid19": "06",
}  # fmt: skip
# As at a desk that has worked for years: of the newest a fifth is open, of the old ones few are.
NEWEST, OLD_AND_OPEN = 5_000, 100
STATES = ["registered", "in_review", "forwarded", "needs_info", *["executed"] * 2, *["closed"] * 14]
HELPDESK_STATUS = {"closed": 4, "executed": 3}
EVENTS = ("send", "register", "take")
CHUNK = 5_000


@dataclass(frozen=True)
class Office:
    """Our application on one database, seen by МИАЦ's specialist and by a secretary."""

    specialist: FlaskClient
    secretary: FlaskClient
    count: int

    def queue(self) -> None:
        _page(self.specialist, "/queue")

    def search(self, word: str) -> None:
        _page(self.specialist, f"/queue?q={word}")

    def card(self) -> None:
        _page(self.specialist, f"/queue/{self.count // 2}")

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
        cluster = stack.enter_context(running_cluster())
        for kind in ("SQLite", "PostgreSQL"):
            small, large = (
                stack.enter_context(office(home, cluster, kind, n)) for n in (SMALL, LARGE)
            )
            yield from grown(kind, small, large)
            if kind == "PostgreSQL":
                yield from against(large, helpdesk(cluster))


def grown(kind: str, small: Office, large: Office) -> Iterator[dict[str, Any]]:
    for name, at_small, at_large in (
        ("queue", small.queue, large.queue),
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
        ("queue of 100,000", ours.queue, peer.list),
        ("search, rare word", lambda: ours.search(RARE), lambda: peer.search(RARE)),
        ("search, common word", lambda: ours.search(COMMON), lambda: peer.search(COMMON)),
        ("card", ours.card, lambda: peer.card(LARGE // 2)),
    ):
        us, them = in_turn(mine, theirs, PEER_RUNS)
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
    database: Database = app.extensions["accessflow"].database
    fill(database, count)
    yield Office(client_of(app, SPECIALIST), client_of(app, SECRETARY), count)
    database.dispose()


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


def fill(database: Database, count: int) -> None:
    with database.write() as session:
        _staff(session)
        for start in range(0, count, CHUNK):
            numbers = range(start + 1, min(start + CHUNK, count) + 1)
            session.execute(insert(Request), [request(n) for n in numbers])
            session.execute(insert(RequestRow), [row(n, p) for n in numbers for p in (1, 2, 3)])
            session.execute(insert(RequestWord), [w for n in numbers for w in words(n)])
            session.execute(
                insert(RequestEvent),
                [event(n, seq, action) for n in numbers for seq, action in enumerate(EVENTS, 1)],
            )
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("requests_id_seq", "request_rows_id_seq"):
                connection.execute(text(f"SELECT setval('{table}', 10000000)"))
            connection.commit()
        connection.execute(text("ANALYZE"))
        connection.commit()


def _staff(session: Any) -> None:
    for number in range(1, ORGANIZATIONS + 1):
        session.add(
            Organization(
                id=number, full_name=f"Больница {number}", short_name=f"Больница {number}",
                oid=f"1.2.643.5.1.13.13.12.2.47.{number}", inn="7707083893",
                subject_rf="Ленинградская область", mailbox=f"b{number}@mo.example",
                created_at=NOW,
            )
        )  # fmt: skip
    session.flush()
    for number in range(1, ORGANIZATIONS + 1):
        session.add(
            User(id=number, login=f"s{number}", password_hash="", name="Малахова Екатерина",
                 role="secretary", organization_id=number, created_at=NOW)
        )  # fmt: skip
    session.add(
        User(id=SPECIALIST, login="miac", password_hash="", name="Воронцов Дмитрий",
             role="miac_specialist", created_at=NOW)
    )  # fmt: skip
    session.add(
        Signatory(organization_id=1, position="Главный врач", last_name="Ястребов",
                  first_name="Николай", is_head=True)
    )  # fmt: skip
    nine = "112233445"
    person = Person(
        snils=nine + check_digits(nine), last_name="Петрова", first_name="Анна",
        middle_name="Ивановна", search_name="петрова анна ивановна", created_at=NOW,
    )  # fmt: skip
    session.add(
        Employment(
            id=1, person=person, organization_id=1, position="Медицинская сестра",
            email="petrova@prb.example", work_phone="8 (81379) 5-00-21",
            contact_phone="8 (921) 000-01-02",
        )
    )  # fmt: skip
    session.flush()


def state_of(n: int) -> str:
    """`n` counts backwards in time."""
    if n <= NEWEST:
        return STATES[n % len(STATES)]
    return "forwarded" if n % OLD_AND_OPEN == 0 else "closed"


def system_of(n: int) -> tuple[str, str]:
    return list(SYSTEMS.items())[n % len(SYSTEMS)]


def request(n: int) -> dict[str, Any]:
    system, form = system_of(n)
    at, open_ = NOW - timedelta(minutes=5 * n), state_of(n) not in HELPDESK_STATUS
    return {
        "id": n, "number": f"2025-{n:06d}", "kind": "access", "state": state_of(n),
        "action": "grant", "organization_id": n % ORGANIZATIONS + 1,
        "author_id": n % ORGANIZATIONS + 1, "form": f"appendix-{form}", "form_version": "1.5",
        "system": system, "row_count": 3, "error_count": 0,
        "search_text": " ".join(sorted(word["word"] for word in words(n))),
        "registration_no": f"МИАЦ-2025-{n:06d}", "channel": "accessflow", "sent_at": at,
        "registered_at": at, "state_at": at,
        "due_on": (NOW + timedelta(days=n % 40 - 5)).date() if open_ else None,
        "assignee_id": SPECIALIST if n % 3 == 0 else None, "created_at": at, "updated_at": at,
    }  # fmt: skip


def names(n: int) -> list[str]:
    rare = n % 100 == 0 and n <= SMALL  # as many among 1,000 as among 100,000
    return [SURNAMES[n % 7], RARE if rare else SURNAMES[n % 5], "Анна", "Ивановна"]


def row(n: int, position: int) -> dict[str, Any]:
    last = names(n)[min(position, 2) - 1]
    answers = {
        "last_name": last, "first_name": "Анна", "middle_name": "Ивановна",
        "snils": "112-233-445 95", "position": "Медицинская сестра",
        "role": "Медицинский работник", "email": f"n{n}p{position}@mo.example",
        "work_phone": "8 (81379) 5-00-21", "contact_phone": "8 (921) 000-01-02",
    }  # fmt: skip
    return {"request_id": n, "position": position, "snils": "", "answers": answers}


def words(n: int) -> list[dict[str, Any]]:
    found = {f"2025-{n:06d}", f"{n:06d}", *(w.casefold() for w in names(n)), system_of(n)[0]}
    return [{"request_id": n, "word": word} for word in sorted(found)]


def event(n: int, seq: int, action: str) -> dict[str, Any]:
    return {
        "request_id": n, "seq": seq, "at": NOW - timedelta(minutes=5 * n - seq),
        "user_id": SPECIALIST, "role": "miac_specialist", "action": action, "source": "sent",
        "target": "registered", "previous": "", "hash": f"{n:032x}{seq:032x}",
    }  # fmt: skip


def ticket(n: int) -> Ticket:
    """The same application as a ticket."""
    people = "\n".join(f"{name} Анна Ивановна, медицинская сестра" for name in names(n)[:2])
    at = NOW - timedelta(minutes=5 * n)
    return Ticket(
        title=f"2025-{n:06d} {system_of(n)[0]}",
        description=people,
        queue=n % len(SYSTEMS),
        status=HELPDESK_STATUS.get(state_of(n), 1),
        created=at,
        due=NOW + timedelta(days=n % 40 - 5),
        events=EVENTS,
    )


def helpdesk(cluster: Cluster) -> Helpdesk:
    cluster.create("helpdesk")
    peer = Helpdesk(host=str(cluster.socket_dir), name="helpdesk", user=SUPERUSER)
    tickets: Sequence[Ticket] = [ticket(n) for n in range(1, LARGE + 1)]
    peer.fill(tickets, list(SYSTEMS))
    return peer
