"""Who has left the demonstration's first hospital, and how far their revocations have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from accessflow.db.tables import Employment, Person
from accessflow.services import dismissal_cancelling, dismissal_entering, dismissal_making
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.demo.lives import SENT, TAKEN, Office, Step, live
from accessflow.services.dismissal_entering import Dismissing
from accessflow.services.dismissal_making import Choice

EXECUTED = (*TAKEN, Step("decide", after=20, outcomes=("revoked",)), Step("close", after=1))


@dataclass(frozen=True, slots=True)
class Leaver:
    """`ago`: days since the last one of work, negative ahead of it; `made`: whether the
    revocations are; the first `executed` of them are carried out, the next `sent` on their way."""

    name: str
    ago: int
    order_no: str
    made: bool = False
    executed: int = 0
    sent: int = 0
    cancelled: str = ""


LEAVERS = (
    Leaver("Белов", 38, "271-лс", made=True, executed=9),
    Leaver("Ежов", 18, "286-лс", made=True, sent=9),
    Leaver("Никитина", 9, "290-лс", cancelled="Заявление отозвано, остаётся работать"),
    Leaver("Кротов", 6, "292-лс", made=True, sent=1),
    Leaver("Лаптева", 5, "293-лс"),
    Leaver("Осокин", 3, "295-лс", made=True),
    Leaver("Орлова", -7, "301-лс"),
)


def make(office: Office, clerk: Actor, now: datetime) -> None:
    """`clerk`: of the personnel department, who enters each on the day after the last one."""
    for leaver in LEAVERS:
        entered = now - timedelta(days=max(0, leaver.ago - 1), hours=2)
        last_day = moscow_date(now) - timedelta(days=leaver.ago)
        what = Dismissing(
            _job(office, clerk, leaver.name), last_day, leaver.order_no, last_day - timedelta(3)
        )
        made = dismissal_entering.enter(
            office.db, actor=clerk, now=entered, catalogue=office.catalogue, what=what
        )
        later = entered + timedelta(hours=1)
        if leaver.cancelled:
            dismissal_cancelling.cancel(
                office.db, actor=clerk, now=later, catalogue=office.catalogue,
                files=office.files, dismissal_id=made, reason=leaver.cancelled,
            )  # fmt: skip
        elif leaver.made:
            _revoke(office, clerk, leaver, made, later)


def _revoke(
    office: Office, clerk: Actor, leaver: Leaver, dismissal_id: int, begin: datetime
) -> None:
    made = dismissal_making.make(
        office.db, actor=clerk, now=begin, catalogue=office.catalogue,
        choice=Choice((dismissal_id,)),
    )  # fmt: skip
    steps = [EXECUTED] * leaver.executed + [SENT] * leaver.sent
    for request_id, taken in zip(made, steps, strict=False):
        live(office, clerk, request_id, taken, begin)


def _job(office: Office, clerk: Actor, surname: str) -> int:
    query = (
        select(Employment.id)
        .join(Employment.person)
        .where(Employment.organization_id == clerk.organization_id, Person.last_name == surname)
    )
    with office.db.read() as session:
        return session.scalars(query).one()
