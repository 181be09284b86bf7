"""The worked examples of domain.md E, and what holds of every term whatever its pauses."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.workflow.terms import Due, Pause, days_left, dismissal_due, merge, reaction_due
from tests.catalogue_examples import catalogue

CALENDAR = catalogue().working_calendar
REGISTERED = st.dates(date(2025, 1, 1), date(2027, 6, 30))
TODAY = date(2029, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def pause(text: str) -> Pause:
    start, _, end = text.partition(":")
    return Pause(day(start), day(end) if end else None)


def due(registered: date, pauses: list[Pause], today: date = TODAY) -> Due:
    return reaction_due(registered, pauses, CALENDAR, today=today)


@st.composite
def terms(draw: st.DrawFn) -> tuple[date, list[Pause]]:
    """A day of registration and pauses before, in and after its term."""
    registered = draw(REGISTERED)
    starts = st.integers(-20, 90)
    spans = draw(st.lists(st.tuples(starts, st.integers(0, 40)), max_size=6))
    begin = [(registered + timedelta(days=start), length) for start, length in spans]
    return registered, [Pause(start, start + timedelta(days=n)) for start, n in begin]


@pytest.mark.parametrize(
    ("dismissed", "last_day"),
    [
        ("2026-06-01", "2026-06-04"),
        ("2026-04-29", "2026-05-05"),
        ("2026-05-08", "2026-05-14"),
        ("2026-06-11", "2026-06-17"),
        ("2026-11-02", "2026-11-06"),
        ("2026-12-28", "2027-01-11"),
        ("2026-12-29", "2027-01-12"),
        ("2026-12-30", "2027-01-13"),
        ("2026-12-31", "2027-01-13"),
        ("2027-02-19", "2027-02-25"),
        ("2025-10-31", "2025-11-06"),
        ("2025-12-30", "2026-01-14"),
        ("2027-11-03", "2027-11-10"),
    ],
)
def test_dismissals_of_the_table_are_filed_by_the_third_working_day(
    dismissed: str, last_day: str
) -> None:
    assert dismissal_due(day(dismissed), CALENDAR) == Due(day(last_day), tentative=False)


@pytest.mark.parametrize(
    ("registered", "pauses", "last_day", "paused"),
    [
        ("2026-06-03", [], "2026-07-03", 0),
        ("2026-06-03", ["2026-06-10:2026-06-17"], "2026-07-10", 7),
        ("2026-12-01", [], "2027-01-11", 0),  # 31.12 is off
        ("2026-06-03", ["2026-06-10:2026-06-17", "2026-06-12:2026-06-15"], "2026-07-10", 7),
        ("2026-06-03", ["2026-06-10:2026-06-14", "2026-06-12:2026-06-17"], "2026-07-10", 7),
        ("2026-06-03", ["2026-06-03:2026-06-10"], "2026-07-10", 7),  # asked on the first day
        ("2026-06-03", ["2026-07-03:2026-07-07"], "2026-07-07", 4),  # asked on the last
        ("2026-06-03", ["2026-06-10:2026-06-10"], "2026-07-03", 0),  # answered the same day
        ("2026-06-03", ["2026-07-04:2026-07-14"], "2026-07-03", 0),  # the term was over
        ("2026-06-03", ["2026-05-01:2026-06-01"], "2026-07-03", 0),  # it had not begun
        ("2026-06-03", ["2026-05-01:2026-06-10"], "2026-07-10", 7),
        # The second begins in the days that the first has added.
        ("2026-06-03", ["2026-06-10:2026-06-17", "2026-07-09:2026-07-15"], "2026-07-16", 13),
        # 04.07 is a Saturday, 06.07 the last day: a pause on it does not let the term run out.
        ("2026-06-04", [], "2026-07-06", 0),
        ("2026-06-04", ["2026-07-05:2026-07-06"], "2026-07-06", 1),
        ("2026-06-04", ["2026-07-06:2026-07-08"], "2026-07-08", 2),
    ],
)
def test_the_reaction_takes_thirty_days_and_the_pauses(
    registered: str, pauses: list[str], last_day: str, paused: int
) -> None:
    found = due(day(registered), [pause(text) for text in pauses])
    assert found == Due(day(last_day), tentative=False, paused_days=paused)


def test_an_open_pause_counts_up_to_today() -> None:
    registered, open_pause = day("2026-06-03"), pause("2026-06-10:")
    for today, last_day, paused in (
        ("2026-06-10", "2026-07-03", 0),
        ("2026-06-12", "2026-07-06", 2),  # 05.07 is a Sunday
        ("2026-06-17", "2026-07-10", 7),
    ):
        found = due(registered, [open_pause], day(today))
        assert found == Due(day(last_day), tentative=False, paused_days=paused)


def test_a_term_that_rests_on_an_unknown_year_is_tentative() -> None:
    assert dismissal_due(day("2027-12-28"), CALENDAR) == Due(day("2028-01-10"), tentative=True)
    assert not dismissal_due(day("2027-12-27"), CALENDAR).tentative
    assert due(day("2027-12-01"), []) == Due(day("2028-01-10"), tentative=True)
    assert not due(day("2027-11-30"), []).tentative
    assert due(day("2024-11-20"), []).tentative
    assert not due(day("2024-12-20"), []).tentative, "30 days later the year is a known one"


def test_days_left_turn_negative_after_the_last_day() -> None:
    term = Due(day("2026-07-03"), tentative=False)
    assert [days_left(term, day(f"2026-07-0{n}")) for n in (1, 3, 4)] == [2, 0, -1]


def test_a_pause_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        pause("2026-06-10:2026-06-09")


def test_pauses_are_merged_where_they_overlap_or_touch() -> None:
    given_pauses = map(
        pause,
        ["2026-06-20:", "2026-06-01:2026-06-03", "2026-06-03:2026-06-05", "2026-06-25:2026-06-30",
         "2026-06-08:2026-06-08", "2026-06-02:2026-06-04"],
    )  # fmt: skip
    assert merge(given_pauses) == (pause("2026-06-01:2026-06-05"), pause("2026-06-20:"))


@given(terms())
def test_merging_keeps_the_days_and_leaves_gaps(term: tuple[date, list[Pause]]) -> None:
    _, pauses = term
    merged = merge(pauses)
    assert days_in(list(merged)) == days_in(pauses)
    assert all(one.end and one.end < other.start for one, other in pairwise(merged))


def days_in(pauses: list[Pause]) -> set[date]:
    return {
        one.start + timedelta(days=n) for one in pauses if one.end
        for n in range((one.end - one.start).days)
    }  # fmt: skip


@given(terms())
def test_the_last_day_always_works_and_no_pause_shortens(term: tuple[date, list[Pause]]) -> None:
    registered, pauses = term
    found = due(registered, pauses)
    assert CALENDAR.is_working(found.day)
    assert found.day >= due(registered, []).day
    for number in range(len(pauses)):
        fewer = due(registered, pauses[:number])
        assert fewer.day <= due(registered, pauses[: number + 1]).day


@given(terms(), st.randoms())
def test_the_order_of_pauses_does_not_matter(
    term: tuple[date, list[Pause]], random: Random
) -> None:
    registered, pauses = term
    shuffled = pauses.copy()
    random.shuffle(shuffled)
    assert due(registered, shuffled) == due(registered, pauses)


@given(terms())
def test_a_pause_told_twice_counts_once(term: tuple[date, list[Pause]]) -> None:
    registered, pauses = term
    assert due(registered, pauses + pauses) == due(registered, pauses)


@given(terms(), st.integers(0, 40))
def test_a_pause_taken_up_again_on_the_day_it_ended_is_one_pause(
    term: tuple[date, list[Pause]], days: int
) -> None:
    """Closing and reopening in the midst of a pause neither loses nor doubles a day of it."""
    registered, pauses = term
    split = []
    for one in pauses:
        assert one.end
        cut = min(one.start + timedelta(days=days), one.end)
        split += [Pause(one.start, cut), Pause(cut, one.end)]
    assert due(registered, split) == due(registered, pauses)


@given(REGISTERED, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), max_size=6))
def test_pauses_begun_in_the_thirty_days_add_their_union(
    registered: date, spans: list[tuple[int, int]]
) -> None:
    """The formula of domain.md E: registered + 30 + the days of all pauses, then rolled."""
    starts = ((registered + timedelta(days=start), length) for start, length in spans)
    pauses = [Pause(start, start + timedelta(days=length)) for start, length in starts]
    found, union = due(registered, pauses), len(days_in(pauses))
    assert found.paused_days == union
    assert found.day == CALENDAR.next_working(registered + timedelta(days=30 + union))


@given(terms())
def test_it_is_the_first_working_day_that_thirty_running_days_reach(
    term: tuple[date, list[Pause]],
) -> None:
    """Another way to the same day: count the days one by one while the clock runs."""
    registered, pauses = term
    stands = days_in(pauses)
    ran, today = 0, registered
    while ran < 30 or today in stands or not CALENDAR.is_working(today):
        ran += today not in stands
        today += timedelta(days=1)
    assert due(registered, pauses).day == today


@given(REGISTERED, st.integers(0, 29), st.integers(0, 60))
def test_an_open_pause_never_lets_the_term_run_out(registered: date, start: int, days: int) -> None:
    begun = registered + timedelta(days=start)
    today = begun + timedelta(days=days)
    still_open = due(registered, [Pause(begun, None)], today)
    assert still_open == due(registered, [Pause(begun, today)])
    assert still_open.day >= today
