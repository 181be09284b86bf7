"""Every figure of the overview is what a plain count gives, and its list holds just those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestEvent, RequestRow
from accessflow.domain.shares import quantile, share
from accessflow.services.clock import moscow_date
from accessflow.services.overview import Overview, overview
from accessflow.services.overview_figures import (
    CAUSES,
    NO_SYSTEM,
    NOBODY,
    Detail,
    Period,
    View,
    listed,
)
from accessflow.workflow.states import OPEN, UNFILED
from tests.catalogue_examples import catalogue
from tests.overview_examples import fill

TODAY = date(2026, 11, 23)
PERIOD = Period(date(2026, 8, 31), TODAY)
Plain = Callable[[Request], bool]


CASES = [("all", 1), ("all", 2), ("organisation", 3), ("system", 4), ("no system", 5)]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}, {case[1]}")
def case(request: pytest.FixtureRequest) -> tuple[str, int]:
    """What is looked at, and the seed of the data."""
    found: tuple[str, int] = request.param
    return found


@pytest.fixture
def filled(db: Database, case: tuple[str, int]) -> Database:
    fill(db, 150, seed=case[1])
    return db


@pytest.fixture
def view(filled: Database, case: tuple[str, int]) -> View:
    whole = View(PERIOD, TODAY)
    with filled.read() as session:
        some = session.scalar(select(func.min(Request.organization_id)))
    return {
        "all": whole,
        "organisation": replace(whole, organization=some),
        "system": replace(whole, system="rmo"),
        "no system": replace(whole, system=NO_SYSTEM),
    }[case[0]]


def read(db: Database, view: View) -> tuple[Overview, list[Request]]:
    """The overview, and the applications that count, read one by one."""
    with db.read() as session:
        rows = session.scalars(select(Request)).all()
        counted = [r for r in rows if r.deleted_at is None and r.kind != "authority"
                   and r.state not in UNFILED and seen(view, r)]  # fmt: skip
        return overview(session, catalogue(), view), counted


def seen(view: View, row: Request) -> bool:
    wanted = None if view.system == NO_SYSTEM else view.system
    return view.organization in (None, row.organization_id) and (
        view.system is None or row.system == wanted
    )


def is_open(row: Request) -> bool:
    return row.state in OPEN


def is_overdue(row: Request) -> bool:
    late = row.due_on is not None and row.due_on < TODAY
    return is_open(row) and late and (
        row.paused_since is None or row.paused_since > (row.due_on or TODAY)
    )  # fmt: skip


def was_received(row: Request) -> bool:
    return row.sent_at is not None and inside(moscow_date(row.sent_at))


def was_answered(row: Request) -> bool:
    return row.answered_on is not None and inside(row.answered_on)


def was_judged(row: Request, *late: bool) -> bool:
    return was_answered(row) and row.answered_late in (late or (True, False))


def inside(day: date) -> bool:
    return PERIOD.since <= day <= PERIOD.until


def ids(db: Database, figure: str, view: View, detail: Detail | None = None) -> set[int]:
    with db.read() as session:
        return {row.id for row in session.scalars(listed(figure, view, detail))}


def count(rows: list[Request], holds: Plain) -> int:
    return sum(map(holds, rows))


def test_the_counters(filled: Database, view: View) -> None:
    found, rows = read(filled, view)
    assert found.total.open == count(rows, is_open)
    assert found.total.overdue == count(rows, is_overdue)
    assert found.total.received == count(rows, was_received)
    assert found.answered == count(rows, was_answered)
    assert found.total.in_term == count(rows, lambda r: was_judged(r, False))
    assert found.total.late == count(rows, lambda r: was_judged(r, True))
    assert found.unassigned == count(rows, lambda r: is_open(r) and r.assignee_id is None)
    days = Counter(r.answered_days for r in rows if was_judged(r))
    assert found.total.days == days
    week = [r for r in rows if r.sent_at and moscow_date(r.sent_at) > TODAY - timedelta(days=7)]
    assert found.week[0] == len(week)


def test_the_lists_hold_what_was_counted(filled: Database, view: View) -> None:
    _, rows = read(filled, view)
    plain: dict[str, Plain] = {
        "received": was_received,
        "open": is_open,
        "unassigned": lambda r: is_open(r) and r.assignee_id is None,
        "overdue": is_overdue,
        "answered": was_answered,
        "judged": was_judged,
        "in_term": lambda r: was_judged(r, False),
        "late": lambda r: was_judged(r, True),
        "missed": lambda r: was_judged(r, True) or is_overdue(r),
    }
    for figure, holds in plain.items():
        assert ids(filled, figure, view) == {r.id for r in rows if holds(r)}, figure


def test_the_bars_add_up_and_open_their_own_days(filled: Database, view: View) -> None:
    found, _ = read(filled, view)
    assert sum(b.received for b in found.buckets) == found.total.received
    assert sum(b.answered for b in found.buckets) == found.answered
    assert found.buckets[0].period.since == PERIOD.since
    assert found.buckets[-1].period.until == PERIOD.until
    for bucket in found.buckets[::4]:
        there = replace(view, period=bucket.period)
        assert bucket.received == len(ids(filled, "received", there))
        assert bucket.answered == len(ids(filled, "answered", there))


def test_the_tables_open_their_own_lines(filled: Database, view: View) -> None:
    found, _ = read(filled, view)
    for line in found.systems:
        there = replace(view, system=str(line.key))
        assert line.missed == len(ids(filled, "missed", there))
        assert line.received == len(ids(filled, "received", there))
    for line in found.organizations:
        there = replace(view, organization=int(str(line.key)))
        assert (line.open, line.overdue) == (
            len(ids(filled, "open", there)),
            len(ids(filled, "overdue", there)),
        )
    for line in found.people:
        detail = Detail(assignee=int(line.key or NOBODY))
        assert line.open == len(ids(filled, "open", view, detail))
        assert line.judged == len(ids(filled, "judged", view, detail))


def test_refusals_by_cause(filled: Database, view: View) -> None:
    found, counted = read(filled, view)
    slugs = {words: slug for slug, words in CAUSES.items()} | {slug: slug for slug in CAUSES}
    by_id = {row.id: row for row in counted}
    pairs = set()
    with filled.read() as session:
        for row in session.scalars(select(RequestRow).where(RequestRow.outcome == "refused")):
            assert row.decided_at is not None
            if row.request_id in by_id and inside(moscow_date(row.decided_at)):
                pairs.add((row.request_id, slugs.get(row.cause, "other")))
    for request in counted:
        refused = request.state == "refused" and not request.row_count
        if was_answered(request) and (refused or request.state == "annulled"):
            pairs.add((request.id, request.cause))
    assert {r.cause: r.count for r in found.refusals} == Counter(cause for _, cause in pairs)
    assert found.refused == len({request_id for request_id, _ in pairs})
    for refusal in found.refusals:
        detail = Detail(cause=refusal.cause)
        wanted = {request_id for request_id, cause in pairs if cause == refusal.cause}
        assert ids(filled, "refused", view, detail) == wanted


def test_working_days_of_each_step(filled: Database, view: View) -> None:
    found, counted = read(filled, view)
    stays: dict[str, list[int]] = {}
    passed: dict[str, set[int]] = {}
    with filled.read() as session:
        for request in counted:
            came: datetime | None = None
            for event in session.scalars(
                select(RequestEvent)
                .where(RequestEvent.request_id == request.id)
                .order_by(RequestEvent.seq)
            ):
                if event.source == event.target:
                    continue
                left = moscow_date(event.at)
                if event.source in OPEN and inside(left):
                    assert came is not None
                    days = catalogue().working_calendar.working_days(moscow_date(came), left)
                    stays.setdefault(event.source, []).append(days)
                    passed.setdefault(event.source, set()).add(request.id)
                came = event.at
    told = {s.state: (s.times, s.requests, s.median) for s in found.steps}
    assert told == {
        state: (len(days), len(passed[state]), sorted(days)[(len(days) - 1) // 2])
        for state, days in stays.items()
    }
    for state, those in passed.items():
        assert ids(filled, "step", view, Detail(state=state)) == those


def test_a_day_in_moscow_is_a_day_in_moscow(db: Database) -> None:
    """What came at 00:30 in Moscow is of the new day, though it was still the old one in UTC."""
    fill(db, 1, seed=1)
    with db.write() as session:
        row = session.scalars(select(Request)).one()
        row.state, row.kind, row.deleted_at = "registered", "access", None
        row.sent_at = datetime.fromisoformat("2026-11-22T21:30:00+00:00")
    today = View(Period(TODAY, TODAY), TODAY)
    found, _ = read(db, today)
    assert [b.received for b in found.buckets] == [1]
    assert len(ids(db, "received", today)) == 1


def test_long_periods_are_drawn_by_months(db: Database) -> None:
    year = View(Period(date(2026, 1, 1), TODAY), TODAY)
    found, _ = read(db, year)
    assert not found.by_weeks
    assert [b.period.since.month for b in found.buckets] == list(range(1, 12))
    assert found.buckets[-1].period.until == TODAY


@pytest.mark.parametrize(("part", "whole", "told"), [(0, 0, None), (1, 1, 100), (999, 1000, 99),
                                                    (94, 100, 94), (0, 5, 0)])  # fmt: skip
def test_only_all_of_it_is_a_hundred_per_cent(part: int, whole: int, told: int | None) -> None:
    assert share(part, whole) == told


def test_quantiles() -> None:
    counts = {3: 1, 5: 8, 30: 1}
    assert quantile(counts, 0.5) == 5
    assert quantile(counts, 0.9) == 5
    assert quantile(counts, 0.95) == 30
    assert quantile({}, 0.5) is None
