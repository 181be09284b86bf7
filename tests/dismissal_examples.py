"""People who hold rights, and their dismissals, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Employment, Reminder, Request
from accessflow.services import (
    dismissal_cancelling,
    dismissal_entering,
    dismissal_making,
    dismissals,
    ledger_imports,
)
from accessflow.services.actor import Actor
from accessflow.services.clock import MOSCOW
from accessflow.services.dismissal_cancelling import Left
from accessflow.services.dismissal_entering import Dismissing
from accessflow.services.dismissal_making import Choice
from accessflow.services.dismissal_picture import Picture, picture_of
from accessflow.services.dismissal_staying import Staying
from accessflow.services.ledger_queries import Asked, held
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.life_examples import Life

TODAY = date(2026, 11, 23)  # Monday; due Thu 26.11
FIVE = {
    "frmss": "Медицинский работник",
    "rmo": "Администратор МО",
    "covid19": "Медицинский работник",
    "frllo": "Сотрудник МО",
    "lenmedstat": "",
}
"""Of five different forms: App. 8, 7, 6, 12 and 13."""


@dataclass
class Staff:
    """An organisation's people with what they hold."""

    life: Life

    @property
    def db(self) -> Database:
        return self.life.db

    @property
    def actor(self) -> Actor:
        return self.life.actor("secretary")

    def hire(self, *systems: str, **values: Any) -> int:
        """The id of a job whose holder has rights in the systems."""
        job = self.life.house.hire(**values)
        self.give(job, *systems)
        return job

    def give(self, job: int, *systems: str) -> None:
        with self.db.write() as session:
            row = session.get_one(Employment, job)
            for system in systems:
                ledger_imports.open_from_list(
                    session, row, system, FIVE.get(system, ""), NOON - timedelta(days=99),
                    on=TODAY - timedelta(days=99), reference="список, строка 1",
                )  # fmt: skip

    def enter(self, job: int, on: date = TODAY, **values: Any) -> int:
        return dismissal_entering.enter(
            self.db, actor=self.actor, now=self.life.now, catalogue=catalogue(),
            what=Dismissing(job, on, **values),
        )  # fmt: skip

    def make(self, *ids: int, besides: dict[int, tuple[str, ...]] | None = None) -> list[Request]:
        made = dismissal_making.make(
            self.db, actor=self.actor, now=self.life.now, catalogue=catalogue(),
            choice=Choice(ids, besides or {}),
        )  # fmt: skip
        return [self.life.one(request_id) for request_id in made]

    def send(self, request_id: int) -> None:
        self.life.ready(request_id)
        self.life.act(request_id, "send")

    def execute(self, request_id: int) -> None:
        outcomes = ["revoked"] * len(self.life.row_ids(request_id))
        rows = self.life.decisions(request_id, *outcomes)
        self.life.act(request_id, "decide", "miac_specialist", rows=rows)

    def one(self, dismissal_id: int) -> Dismissal:
        with self.db.read() as session:
            return dismissals.find(session, self.actor, dismissal_id)

    def picture(self, dismissal_id: int) -> Picture:
        with self.db.read() as session:
            found = dismissals.find(session, self.actor, dismissal_id)
            return picture_of(session, catalogue(), found)

    def due(self, dismissal_id: int) -> list[tuple[str, str]]:
        """Reminders to come: kind and moment in Moscow."""
        with self.db.read() as session:
            rows = session.scalars(
                select(Reminder)
                .where(
                    Reminder.entity == "dismissal",
                    Reminder.entity_id == dismissal_id,
                    Reminder.cancelled_at.is_(None),
                    Reminder.fired_at.is_(None),
                )
                .order_by(Reminder.due_at)
            )
            return [
                (r.kind.removeprefix("dismissal_"), f"{r.due_at.astimezone(MOSCOW):%d.%m %H:%M}")
                for r in rows
            ]

    def held(self, job: int, on: date) -> list[str]:
        with self.db.read() as session:
            return [g.system for g in held(session, self.actor, Asked(on, employment=job))]


def stays(staff: Staff, dismissal: int, **choice: Any) -> Left:
    """The dismissal is cancelled; `choice`: what becomes of its revocations."""
    return dismissal_cancelling.cancel(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=catalogue(),
        files=staff.life.store, dismissal_id=dismissal, reason="Остаётся",
        choice=Staying(**choice),
    )  # fmt: skip
