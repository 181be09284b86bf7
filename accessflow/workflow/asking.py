"""By which day an organisation is asked to answer, and when it is reminded of that (R8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from accessflow.workflow.calendar import WorkingCalendar

LATEST = timedelta(days=180)
"""A day further off than that is a slip of the pen."""


def answer_day(calendar: WorkingCalendar, day: date, today: date) -> date:
    """The day itself, or the working one after it. Raises ValueError in Russian for a day that
    does not lie ahead or lies too far."""
    if day <= today:
        raise ValueError("Эта дата уже наступила: укажите день позже сегодняшнего.")
    if day - today > LATEST:
        last = today + LATEST
        raise ValueError(f"Слишком далеко: укажите день не позже {last:%d.%m.%Y}.")
    return calendar.next_working(day)


def reminded_on(
    calendar: WorkingCalendar, since: date, days: Sequence[int], answer_by: date | None
) -> list[date]:
    """`days`: the usual ones, by working days since the request. Where a day was named, the first
    reminder is on it and the others as far behind it as they usually are behind the first."""
    if answer_by is None:
        return [calendar.add_working(since, number) for number in days]
    first, *others = days
    return [answer_by, *(calendar.add_working(answer_by, number - first) for number in others)]


def silent_on(
    calendar: WorkingCalendar, since: date, days: Sequence[int], silence: int,
    answer_by: date | None,
) -> date:  # fmt: skip
    """When МИАЦ is asked to decide: as usual, or as much later as the reminders are."""
    usual = calendar.add_working(since, silence)
    if answer_by is None:
        return usual
    return max(usual, calendar.add_working(answer_by, max(1, silence - days[0])))
