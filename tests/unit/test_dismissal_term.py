"""Who is reminded of a dismissal when: the examples of domain.md E, and what holds of every one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.workflow.dismissal import (
    DESK,
    WHEN_MISSED,
    WITH_HEAD,
    Reminding,
    late_days,
    reminders,
    standing,
    target,
)
from accessflow.workflow.terms import Due, dismissal_due
from tests.catalogue_examples import catalogue

CALENDAR = catalogue().working_calendar
MOSCOW = ZoneInfo("Europe/Moscow")
DISMISSED = st.dates(date(2025, 1, 1), date(2027, 11, 30))
ENTERED_AFTER = st.integers(-40 * 24 * 60, 60 * 24 * 60).map(lambda m: timedelta(minutes=m))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def day(text: str) -> date:
    return date.fromisoformat(text)


def told(found: tuple[Reminding, ...], until: str) -> list[tuple[str, str]]:
    limit = at(f"{until}T23:59")
    return [(r.at.strftime("%d.%m %H:%M"), r.occasion) for r in found if r.at <= limit]


def test_the_dismissal_of_28_december_is_reminded_of_over_the_holidays() -> None:
    found = reminders(day("2026-12-28"), at("2026-12-28T11:20"), CALENDAR)
    assert told(found, "2027-01-13") == [
        ("28.12 11:20", "entry"),
        ("29.12 09:00", "morning"),
        ("30.12 09:00", "morning"),
        ("11.01 09:00", "morning"),
        ("11.01 13:00", "last_day"),
        ("11.01 16:00", "last_hour"),
        ("12.01 09:00", "missed"),
        ("13.01 09:00", "overdue"),
    ]
    assert [r.to for r in found[:3]] == [DESK, DESK, WITH_HEAD]
    assert next(r.to for r in found if r.occasion == "missed") == WHEN_MISSED


def test_on_a_friday_and_on_a_short_day_the_office_closes_earlier() -> None:
    friday = reminders(day("2026-11-02"), at("2026-11-02T10:00"), CALENDAR)  # due Fri 06.11
    assert ("06.11 15:00", "last_hour") in told(friday, "2026-11-06")
    short = reminders(day("2026-06-05"), at("2026-06-05T10:00"), CALENDAR)  # Wed 10.06, 17:00
    assert ("10.06 16:00", "last_hour") in told(short, "2026-06-10")
    thursday = reminders(day("2026-06-08"), at("2026-06-08T10:00"), CALENDAR)  # Thu 11.06, short
    assert ("11.06 15:00", "last_hour") in told(thursday, "2026-06-11")


def test_what_is_entered_ahead_is_told_at_once_and_again_on_the_last_day_of_work() -> None:
    found = reminders(day("2026-12-28"), at("2026-12-01T15:00"), CALENDAR)
    assert told(found, "2026-12-29") == [
        ("01.12 15:00", "entry"),
        ("28.12 09:00", "morning"),
        ("29.12 09:00", "morning"),
    ]


def test_what_is_entered_on_a_day_off_is_told_on_the_next_working_morning_once() -> None:
    found = reminders(day("2026-06-10"), at("2026-06-12T12:00"), CALENDAR)  # a holiday
    assert told(found, "2026-06-15") == [("15.06 09:00", "morning")]
    assert found[0].to == WITH_HEAD


def test_what_is_entered_too_late_is_missed_at_once() -> None:
    found = reminders(day("2026-06-01"), at("2026-06-09T10:30"), CALENDAR)
    assert found[0] == Reminding(at("2026-06-09T10:30"), "missed", WHEN_MISSED)
    assert found[1].at == at("2026-06-10T09:00")


def test_the_target_is_the_closing_hour() -> None:
    assert target(Due(day("2027-01-11"), tentative=False), CALENDAR) == at("2027-01-11T17:00")
    assert target(Due(day("2026-11-06"), tentative=False), CALENDAR) == at("2026-11-06T16:00")


@pytest.mark.parametrize(
    ("filed", "late"),
    [
        ("2026-12-20", 0),  # ahead
        ("2027-01-11", 0),
        ("2027-01-12", 1),
        ("2027-01-15", 4),
        ("2027-01-16", 4),  # a Saturday
        ("2027-01-18", 5),
    ],
)
def test_late_is_counted_in_working_days(filed: str, late: int) -> None:
    assert late_days(day("2027-01-11"), day(filed), CALENDAR) == late


def test_filed_on_the_day_off_right_after_the_last_day_is_late_by_one() -> None:
    assert late_days(day("2026-11-06"), day("2026-11-07"), CALENDAR) == 1


@pytest.mark.parametrize(
    ("today", "filed", "words", "tone"),
    [
        ("2026-12-28", None, "осталось 3 раб. дня (до 11.01.2027)", "ok"),
        ("2027-01-10", None, "остался 1 раб. день (до 11.01.2027)", "soon"),
        ("2027-01-11", None, "сегодня последний день", "today"),
        ("2027-01-13", None, "просрочено на 2 раб. дня (до 11.01.2027)", "late"),
        ("2027-01-13", "2027-01-11", "подано в срок (11.01.2027)", "ok"),
        ("2027-01-13", "2027-01-12", "подано 12.01.2027, с опозданием на 1 раб. день", "late"),
    ],
)
def test_the_term_in_words(today: str, filed: str | None, words: str, tone: str) -> None:
    due = dismissal_due(day("2026-12-28"), CALENDAR)
    found = standing(due, day(today), day(filed) if filed else None, CALENDAR)
    assert found == (words, tone)


@given(DISMISSED, ENTERED_AFTER)
def test_none_on_a_day_off_none_before_the_entry_none_twice(
    dismissed: date, after: timedelta
) -> None:
    entered = datetime.combine(dismissed, time(12), MOSCOW) + after
    found = reminders(dismissed, entered, CALENDAR)
    moments = [r.at for r in found]
    assert moments == sorted(set(moments))
    assert all(CALENDAR.is_working(m.date()) for m in moments)
    assert all(m >= entered for m in moments)
    assert all(r.to >= DESK for r in found)


@given(DISMISSED, ENTERED_AFTER)
def test_every_working_morning_of_the_term_after_the_entry_has_one(
    dismissed: date, after: timedelta
) -> None:
    entered = datetime.combine(dismissed, time(12), MOSCOW) + after
    found = {r.at: r for r in reminders(dismissed, entered, CALENDAR)}
    due = dismissal_due(dismissed, CALENDAR).day
    for number in (1, 2, 3):
        morning = datetime.combine(CALENDAR.add_working(dismissed, number), time(9), MOSCOW)
        if morning >= entered:
            assert ("signatory" in found[morning].to) == (number >= 2)
    last = [r for r in found.values() if r.at.date() == due and r.at.time() >= time(9)]
    if entered <= datetime.combine(due, time(9), MOSCOW):
        assert {r.at.time() for r in last} >= {time(9), time(13)}
        closing = CALENDAR.closing(due)
        assert closing is not None
        assert closing - timedelta(hours=1) in found
    assert sum("committee" in r.to for r in found.values()) == 1


@given(DISMISSED, ENTERED_AFTER)
def test_those_above_hear_of_it_only_when_the_term_is_over(
    dismissed: date, after: timedelta
) -> None:
    entered = datetime.combine(dismissed, time(12), MOSCOW) + after
    due = dismissal_due(dismissed, CALENDAR).day
    [missed] = [r for r in reminders(dismissed, entered, CALENDAR) if "miac_lead" in r.to]
    assert missed.at.date() > due
