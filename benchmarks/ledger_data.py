"""A region's ledger for the bench: people of equal organisations, ten rights each.

Half of a person's rights have ended. One person in ten is being dismissed, half of what they hold
is to be revoked yet. Rights are written by the database itself: a million rows take too long
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import (
    Dismissal,
    Employment,
    Organization,
    Person,
    Reminder,
    Signatory,
    User,
)
from accessflow.domain.snils import check_digits
from benchmarks.bulk import load, settle, spread

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
STAFF = 1_000
"""People of one organisation."""
RIGHTS = 10
"""Of one person; half of them are open."""
LEAVING = 10
"""One in so many is being dismissed."""
SPECIALIST, SECRETARIES = 1, 100
"""Ids: МИАЦ's specialist; the secretary of organisation n is SECRETARIES + n."""
LAST = ("Иванова", "Смирнова", "Кузнецова", "Попова", "Лебедева", "Новикова", "Морозова", "Ким")
FIRST = ("Анна", "Мария", "Елена", "Ольга", "Наталья")
DUE = 20
"""So many dismissals are to be reminded of now."""

GRANTS = """
WITH made AS (
  SELECT n AS id, (n - 1) / :rights + 1 AS person, (n - 1) % :rights AS k,
         date '2024-01-01' + (n * 37 % 600)::int AS since
  FROM generate_series(1, :count) AS n
)
INSERT INTO {table} ({columns}) SELECT {values} FROM made {where}
"""
SYSTEM = "(CAST(:systems AS text[]))[(person * 7 + k) % :offered + 1]"
JOB = {
    "employment_id": "person", "person_id": "person",
    "organization_id": f"(person - 1) / {STAFF} + 1", "system": SYSTEM,
    "role": "'Пользователь'", "component": "''", "provenance": "'import'",
    "reference": "'список'",
}  # fmt: skip
MOMENT = "timestamp with time zone '2026-01-10 09:00+00'"
ENDED = f"k < {RIGHTS // 2}"
# As many run out within two months in a region as in one organisation.
EXPIRES = (
    f"CASE WHEN k = 9 AND person % 20 = 0 THEN date '{TODAY}'"
    f" + (id % 60 + CASE WHEN person <= {STAFF} THEN 0 ELSE 61 END)::int END"
)


def fill(database: Database, catalogue: Catalogue, people: int) -> None:
    """`people`: a multiple of STAFF."""
    settled(database, catalogue, people)
    leaving = range(LEAVING, people + 1, LEAVING)
    load(database, Dismissal, map(dismissal, leaving))
    load(database, Reminder, (row for n in leaving for row in reminders(n)))
    settle(database)


def settled(database: Database, catalogue: Catalogue, people: int) -> None:
    """The same while nobody leaves yet."""
    with database.write() as session:
        session.add(
            User(id=SPECIALIST, login="miac", password_hash="", name="Воронцов Дмитрий",
                 role="miac_specialist", created_at=NOW)
        )  # fmt: skip
        for number in range(1, people // STAFF + 1):
            session.add(_organization(number))
            session.flush()
            session.add_all(_office(number))
    numbers = range(1, people + 1)
    load(database, Person, map(person, numbers))
    load(database, Employment, map(employment, numbers))
    _rights(database, list(catalogue.systems), people * RIGHTS)
    settle(database)


def person(n: int) -> dict[str, Any]:
    nine = f"{100_000_000 + n * 37:09d}"
    last, first = spread(n, 1, LAST), spread(n, 2, FIRST)
    return {
        "id": n, "snils": nine + check_digits(nine), "last_name": last, "first_name": first,
        "middle_name": "Ивановна", "search_name": f"{last} {first} ивановна".casefold(),
        "created_at": NOW,
    }  # fmt: skip


def employment(n: int) -> dict[str, Any]:
    return {
        "id": n, "person_id": n, "organization_id": (n - 1) // STAFF + 1,
        "position": "Медицинская сестра", "email": f"p{n}@mo.example",
        "work_phone": "8 (81379) 5-00-21", "contact_phone": "8 (921) 000-01-02",
        "until": last_day(n) if n % LEAVING == 0 else None,
    }  # fmt: skip


def last_day(n: int) -> date:
    day: date = TODAY + timedelta(days=spread(n, 3, range(-3, 30)))
    return day


def dismissal(n: int) -> dict[str, Any]:
    return {
        "id": n // LEAVING, "employment_id": n, "person_id": n,
        "organization_id": (n - 1) // STAFF + 1, "dismissed_on": last_day(n),
        "due_on": last_day(n) + timedelta(days=5), "entered_at": NOW - timedelta(days=30),
    }  # fmt: skip


def reminders(n: int) -> Iterator[dict[str, Any]]:
    """Some have fired; of the first dismissals one each is due this minute."""
    number = n // LEAVING
    for k in range(6):
        at = NOW + timedelta(days=k + 1, minutes=number)
        if k == 0 and number <= DUE:
            at = NOW - timedelta(seconds=30)
        fired = k in (4, 5)
        yield {
            "kind": "dismissal_morning", "entity": "dismissal", "entity_id": number,
            "due_at": NOW - timedelta(days=k) if fired else at,
            "fired_at": NOW - timedelta(days=k) if fired else None,
        }  # fmt: skip


def _organization(number: int) -> Organization:
    return Organization(
        id=number, full_name=f"Больница {number}", short_name=f"Больница {number}",
        oid=f"1.2.643.5.1.13.13.12.2.47.{number}", inn="7707083893",
        subject_rf="Ленинградская область", mailbox=f"b{number}@mo.example", created_at=NOW,
    )  # fmt: skip


def _office(number: int) -> tuple[User, Signatory]:
    secretary = User(
        id=SECRETARIES + number, login=f"s{number}", password_hash="", name="Малахова Екатерина",
        email=f"s{number}@mo.example", role="secretary", organization_id=number, created_at=NOW,
    )  # fmt: skip
    head = Signatory(
        organization_id=number, position="Главный врач", last_name="Ястребов",
        first_name="Николай", is_head=True,
    )  # fmt: skip
    return secretary, head


def _rights(database: Database, systems: list[str], count: int) -> None:
    opened = {"id": "id", "kind": "'open'", **JOB, "happened_on": "since", "recorded_at": MOMENT,
              "withdrawn_why": "''", "expires_on": EXPIRES}  # fmt: skip
    closed = {**opened, "id": ":count + id", "kind": "'close'", "happened_on": "since + 120",
              "expires_on": "CAST(NULL AS date)"}  # fmt: skip
    grant = {
        "id": "id", **JOB, "since": "since", "no_renewal": "false", "opened_id": "id",
        "until": f"CASE WHEN {ENDED} THEN since + 120 END",
        "closed_id": f"CASE WHEN {ENDED} THEN :count + id END",
        "closed_recorded_at": f"CASE WHEN {ENDED} THEN {MOMENT} END",
        "expires_on": EXPIRES, "recorded_at": MOMENT, "void_reason": "''",
    }  # fmt: skip
    with database.engine.begin() as connection:
        for table, row, where in (
            ("ledger_entries", opened, ""),
            ("ledger_entries", closed, f"WHERE {ENDED}"),
            ("grants", grant, ""),
        ):
            statement = GRANTS.format(
                table=table, columns=", ".join(row), values=", ".join(row.values()), where=where
            )
            connection.execute(
                text(statement),
                {"rights": RIGHTS, "count": count, "systems": systems, "offered": len(systems)},
            )
        for name in ("ledger_entries", "grants"):
            connection.execute(
                text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")
            )
