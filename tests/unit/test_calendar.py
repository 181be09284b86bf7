"""The production calendar 2025-2027 and the office's hours (domain.md E, Рег. 3.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.workflow.calendar import CalendarYear, OfficeHours, WorkingCalendar
from tests.catalogue_examples import catalogue, regulation

CALENDAR = catalogue().working_calendar
YEARS = sorted(int(year) for year in regulation()["calendar"])
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    found = (first + timedelta(days=n) for n in range(366))
    return [day for day in found if day.year == year]


def iso(days: Any) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def at(text: str) -> datetime:
    """A moment of Moscow."""
    return datetime.fromisoformat(f"{text}+03:00")


@pytest.mark.parametrize("year", YEARS)
def test_each_day_of_a_known_year_is_the_decrees(year: int) -> None:
    decree = regulation()["calendar"][str(year)]
    days = days_of(year)
    off = [day for day in days if not CALENDAR.is_working(day)]
    assert iso(d for d in off if d.isoweekday() <= 5) == decree["nonworking_weekdays"]
    weekends = [d for d in days if d.isoweekday() > 5 and CALENDAR.is_working(d)]
    assert iso(weekends) == decree["working_weekends"]
    assert iso(d for d in days if CALENDAR.is_short(d)) == decree["short_days"]
    assert (len(days) - len(off), len(off)) == (247, 118)
    assert all(CALENDAR.is_known(day) for day in days)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-11-01", True),  # a working Saturday
        ("2025-12-31", False),
        ("2026-03-09", False),
        ("2026-05-11", False),
        ("2026-12-31", False),
        ("2027-02-20", True),  # a working Saturday
        ("2027-02-22", False),
        ("2027-11-05", False),
        ("2027-11-13", False),  # the superseded forecast had it work
    ],
)
def test_the_transferred_days_are_known_by_name(day: str, works: bool) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day)) is works


@pytest.mark.parametrize("year", YEARS)
def test_the_library_alone_knows_the_transfers_too(year: int) -> None:
    """Two sources that agree; should they part one day, the catalogue's stands."""
    russia = holidays.country_holidays("RU", years=year, expand=False)
    decree = catalogue().calendar[year]
    assert {day for day in russia if day.isoweekday() <= 5} == decree.nonworking
    assert russia.weekend_workdays == decree.working


def test_the_catalogue_wins_over_the_library() -> None:
    off, works = date(2026, 7, 1), date(2026, 1, 2)
    decree = CalendarYear(frozenset({off}), frozenset({works}), frozenset({off, works}))
    own = replace(catalogue(), calendar={2026: decree}).working_calendar
    assert not own.is_working(off)
    assert own.is_working(works)
    assert not own.is_working(date(2026, 1, 5)), "what it does not name stays the library's"
    assert own.is_short(works)
    assert not own.is_short(off), "a day off is not shortened"


def test_a_year_that_the_catalogue_does_not_list_is_worked_out_but_not_known() -> None:
    assert not CALENDAR.is_known(date(2028, 1, 1))
    assert CALENDAR.next_working(date(2028, 1, 1)) == date(2028, 1, 10)
    assert not CALENDAR.is_working(date(2028, 6, 12))
    assert not any(CALENDAR.is_short(day) for day in days_of(2028))


@given(DAYS)
def test_the_next_working_day_is_the_day_itself_or_the_first_that_works(day: date) -> None:
    found = CALENDAR.next_working(day)
    assert found >= day
    assert CALENDAR.is_working(found)
    between = (day + timedelta(days=n) for n in range((found - day).days))
    assert not any(CALENDAR.is_working(other) for other in between)


@given(DAYS, st.integers(1, 600))
def test_adding_and_counting_working_days_are_each_others_reverse(day: date, number: int) -> None:
    found = CALENDAR.add_working(day, number)
    assert CALENDAR.is_working(found)
    assert CALENDAR.working_days(day, found) == number
    assert CALENDAR.working_days(found, day) == 0


@given(DAYS, DAYS)
def test_working_days_are_those_that_one_would_count(one: date, other: date) -> None:
    after, until = min(one, other), max(one, other)
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    assert CALENDAR.working_days(after, until) == sum(map(CALENDAR.is_working, days))


@pytest.mark.parametrize("number", [0, -1])
def test_there_is_no_working_day_before_the_first(number: int) -> None:
    with pytest.raises(ValueError, match=f"{number}-th"):
        CALENDAR.add_working(date(2026, 6, 1), number)


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2026-06-01", "09:00", "17:00"),  # Monday
        ("2026-06-04", "09:00", "17:00"),  # Thursday
        ("2026-06-05", "09:00", "16:00"),  # Friday
        ("2026-06-11", "09:00", "16:00"),  # a short Thursday
        ("2026-05-08", "09:00", "15:00"),  # a short Friday
        ("2025-11-01", "09:00", "16:00"),  # a short Saturday that stands in for a Monday
    ],
)
def test_the_office_opens_and_closes_by_moscow(day: str, opens: str, closes: str) -> None:
    assert CALENDAR.opening(date.fromisoformat(day)) == at(f"{day}T{opens}")
    assert CALENDAR.closing(date.fromisoformat(day)) == at(f"{day}T{closes}")


@pytest.mark.parametrize("day", ["2026-06-06", "2026-06-12", "2026-12-31"])
def test_on_a_day_off_the_office_neither_opens_nor_closes(day: str) -> None:
    assert CALENDAR.opening(date.fromisoformat(day)) is None
    assert CALENDAR.closing(date.fromisoformat(day)) is None


@pytest.mark.parametrize(
    ("moment", "opened", "again"),
    [
        ("2026-06-01T08:59", False, "2026-06-01T09:00"),
        ("2026-06-01T09:00", True, "2026-06-01T09:00"),
        ("2026-06-01T12:59", True, "2026-06-01T12:59"),
        ("2026-06-01T13:00", False, "2026-06-01T13:30"),
        ("2026-06-01T13:30", True, "2026-06-01T13:30"),
        ("2026-06-01T16:59", True, "2026-06-01T16:59"),
        ("2026-06-01T17:00", False, "2026-06-02T09:00"),
        ("2026-06-05T16:00", False, "2026-06-08T09:00"),  # Friday, an hour earlier
        ("2026-06-11T16:30", False, "2026-06-15T09:00"),  # short, then a holiday and a weekend
        ("2026-12-30T18:00", False, "2027-01-11T09:00"),
        ("2027-02-19T16:00", False, "2027-02-20T09:00"),  # the Saturday works
    ],
)
def test_the_office_is_open_in_its_hours_and_shut_at_lunch(
    moment: str, opened: bool, again: str
) -> None:
    assert CALENDAR.is_open(at(moment)) is opened
    assert CALENDAR.next_opening(at(moment)) == at(again)


def test_a_moment_of_another_zone_is_moscows() -> None:
    assert CALENDAR.is_open(datetime(2026, 6, 1, 6, 0, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2026, 6, 1, 14, 0, tzinfo=UTC))
    with pytest.raises(ValueError, match="without a zone"):
        CALENDAR.is_open(datetime(2026, 6, 1, 9, 0))  # noqa: DTZ001


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_opening_is_open_and_never_before(moment: datetime) -> None:
    found = CALENDAR.next_opening(moment)
    assert found >= moment
    assert CALENDAR.is_open(found)


def test_an_office_that_is_shut_on_a_weekday_opens_on_the_next() -> None:
    hours = {1: (time(9), time(12)), 2: (time(9), time(12))}
    own = WorkingCalendar({}, OfficeHours(hours, (time(10), time(11)), "Europe/Moscow"))
    assert own.opening(date(2026, 6, 3)) is None
    assert own.next_opening(at("2026-06-02T12:00")) == at("2026-06-08T09:00")


@pytest.mark.parametrize(
    ("days", "lunch"),
    [
        ({}, (time(13), time(14))),
        ({6: (time(9), time(17))}, (time(13), time(14))),
        ({1: (time(17), time(9))}, (time(13), time(14))),
        ({1: (time(9), time(17))}, (time(14), time(14))),
    ],
)
def test_hours_in_which_nobody_could_come_are_refused(days: Any, lunch: Any) -> None:
    with pytest.raises(ValueError, match=r"opens on none|is not before"):
        OfficeHours(days, lunch, "Europe/Moscow")
