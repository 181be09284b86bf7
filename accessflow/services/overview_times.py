"""The overview over time: what came and was answered week by week, and how long each step took."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.domain.shares import quantile
from accessflow.services.overview_figures import (
    ONE_DAY,
    Detail,
    Period,
    View,
    conditions,
    moscow_day,
    steps,
)
from accessflow.workflow.states import OPEN, STATES

WEEKS_SHOWN = 16
"""A period of so many weeks is drawn by weeks, a longer one by months."""
WEEK = timedelta(days=7)


@dataclass
class Bucket:
    """A week or a month, cut to the period."""

    period: Period
    received: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Stay:
    """A state: how often it was left, by how many applications, after how many working days."""

    state: str
    label: str
    times: int
    requests: int
    median: int


def by_weeks(period: Period) -> bool:
    """Whether it is told week by week; else by months."""
    return period.until - period.since < WEEKS_SHOWN * WEEK


def buckets_of(session: Session, view: View) -> Iterator[Bucket]:
    received, answered = _by_day(session, view), _answered_by_day(session, view)
    for part in _parts(view.period):
        bucket = Bucket(part)
        for n in range((part.until - part.since).days + 1):
            day = part.since + n * ONE_DAY
            bucket.received += received.get(day, 0)
            bucket.answered += answered.get(day, 0)
        yield bucket


def _by_day(session: Session, view: View) -> dict[date, int]:
    day = moscow_day(session, Request.sent_at).label("day")
    query = select(day, func.count()).where(*conditions("received", view, Detail())).group_by(day)
    return dict(session.execute(query).all())


def _answered_by_day(session: Session, view: View) -> dict[date, int]:
    query = (
        select(Request.answered_on, func.count())
        .where(*conditions("answered", view, Detail()))
        .group_by(Request.answered_on)
    )
    return {day: number for day, number in session.execute(query) if day}


def _parts(period: Period) -> Iterator[Period]:
    since = period.since
    while since <= period.until:
        if by_weeks(period):
            end = since + (7 - since.isoweekday()) * ONE_DAY
        else:
            end = (since.replace(day=1) + timedelta(days=31)).replace(day=1) - ONE_DAY
        yield Period(since, min(end, period.until))
        since = end + ONE_DAY


def stays_of(session: Session, catalogue: Catalogue, view: View) -> Iterator[Stay]:
    """Working days from the day of coming into a state to the day of leaving it."""
    each = steps(view).subquery()
    came, left = moscow_day(session, each.c.came_at), moscow_day(session, each.c.left_at)
    days = select(each.c.state, came.label("came"), left.label("gone"), func.count()).group_by(
        each.c.state, came, left
    )
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    calendar = catalogue.working_calendar
    for state, first, last, number in session.execute(days):
        counts[state][calendar.working_days(first, last)] += number
    distinct = func.count(each.c.request_id.distinct())
    number_of = select(each.c.state, distinct).group_by(each.c.state)
    requests: dict[str, int] = dict(session.execute(number_of).all())
    for state in OPEN:
        if found := counts.get(state):
            label, median = STATES[state].label, quantile(found, 0.5) or 0
            yield Stay(state, label, sum(found.values()), requests[state], median)
