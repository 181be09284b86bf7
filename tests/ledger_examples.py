"""A ledger for tests, written by the rows of an application."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Grant, Person, Request, RequestRow
from accessflow.services import ledger
from accessflow.services.ledger_queries import (
    Asked,
    held,
)
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, house

TODAY = date(2026, 11, 23)
ADMIN, WORKER = "Администратор МО", "Медицинский работник"
_positions = count(1)


@dataclass
class Book:
    """An organisation, its application, and a ledger written by its rows."""

    house: House
    request: int
    requests: dict[str, int] = field(default_factory=dict)

    @property
    def db(self) -> Database:
        return self.house.db

    def row(self, job: int | None, role: str = WORKER, **answers: str) -> int:
        with self.db.write() as session:
            person = (
                session.get_one(Person, session.get_one(Employment, job).person_id) if job else None
            )
            row = RequestRow(
                request_id=self.request,
                position=next(_positions),
                employment_id=job,
                snils=answers.pop("digits", person.snils if person else ""),
                answers={"role": role, **answers},
            )
            session.add(row)
            session.flush()
            return row.id

    def of(self, system: str) -> Book:
        if system not in self.requests:
            [self.requests[system]] = self.house.make(system)
        return Book(self.house, self.requests[system], self.requests)

    def grant(self, row: int, on: date = TODAY, now: datetime = NOON) -> None:
        self.decide(row, "granted", on, now)

    def revoke(self, row: int, on: date = TODAY, now: datetime = NOON) -> None:
        self.decide(row, "revoked", on, now)

    def undo(self, row: int, now: datetime = NOON) -> None:
        self.decide(row, "", None, now)

    def decide(self, row_id: int, outcome: str, on: date | None, now: datetime) -> None:
        with self.db.write() as session:
            row = session.get_one(RequestRow, row_id)
            row.outcome = outcome
            request = session.get_one(Request, row.request_id)
            ledger.follow_rows(session, catalogue(), request, [row], now, on)

    def held(self, on: date = TODAY, known_at: datetime | None = None, **asked: Any) -> list[str]:
        with self.db.read() as session:
            found = held(session, self.house.actor, Asked(on, known_at, **asked))
            return [grant.role for grant in found]

    def grants(self, job: int) -> list[Grant]:
        with self.db.read() as session:
            query = select(Grant).where(Grant.employment_id == job).order_by(Grant.id)
            return list(session.scalars(query))


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def new_book(db: Database) -> Book:
    ours = house(db)
    [request] = ours.make("frmss")
    return Book(ours, request)
