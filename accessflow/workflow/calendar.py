"""The production calendar and the office's hours: which days work, and when МИАЦ is there.

Weekends and holidays come from the `holidays` library, and the catalogue's years win over it
(domain.md E). A year that the catalogue does not list is worked out from the library alone and is
not `is_known`: what rests on it is «предварительно».
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SHORTENED_BY = timedelta(hours=1)  # ТК 95
FRIDAY = 5


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year's decree: weekdays off, working weekends, days shortened by an hour."""

    nonworking: frozenset[date]
    working: frozenset[date]
    short: frozenset[date]


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """`days` by ISO weekday 1-5: opening and closing; the lunch break is inside (Рег. 3.1).

    Raises ValueError for hours in which nobody could ever come.
    """

    days: Mapping[int, tuple[time, time]]
    lunch: tuple[time, time]
    time_zone: str

    def __post_init__(self) -> None:
        if not any(1 <= number <= FRIDAY for number in self.days):
            raise ValueError("the office opens on none of the weekdays 1-5")
        for start, end in (*self.days.values(), self.lunch):
            if start >= end:
                raise ValueError(f"{start:%H:%M} is not before {end:%H:%M}")


@dataclass(frozen=True, slots=True)
class _Year:
    days: tuple[date, ...]  # its working days in order
    working: frozenset[date]
    short: frozenset[date]


class WorkingCalendar:
    """Days are Moscow's dates. Each year is worked out once and kept."""

    def __init__(self, years: Mapping[int, CalendarYear], office: OfficeHours) -> None:
        self._decrees = dict(years)
        self._office = office
        self._zone = ZoneInfo(office.time_zone)
        self._years: dict[int, _Year] = {}

    def is_working(self, day: date) -> bool:
        return day in self._year(day.year).working

    def is_short(self, day: date) -> bool:
        """A working day that ends an hour earlier, known of the catalogue's years only."""
        return day in self._year(day.year).short

    def is_known(self, day: date) -> bool:
        """Whether the catalogue lists the day's year."""
        return day.year in self._decrees

    def by_law(self, year: int) -> CalendarYear:
        """What the library knows of a year, as a decree would list it; it knows no short days."""
        off, weekends = _by_law(year)
        weekdays = frozenset(day for day in off if day.isoweekday() <= FRIDAY)
        return CalendarYear(weekdays, weekends, frozenset())

    def next_working(self, day: date) -> date:
        """The day itself where it works, else the first that does."""
        return self._at(day, before=bisect_left(self._year(day.year).days, day))

    def add_working(self, day: date, number: int) -> date:
        """The `number`-th working day (from 1) strictly after `day`."""
        if number < 1:
            raise ValueError(f"the {number}-th working day")
        return self._at(day, before=bisect_right(self._year(day.year).days, day) + number - 1)

    def _at(self, day: date, before: int) -> date:
        """The working day that has `before` others before it from the start of the day's year."""
        year = day.year
        while before >= len(days := self._year(year).days):
            before -= len(days)
            year += 1
        return days[before]

    def working_days(self, after: date, until: date) -> int:
        """How many work in (after, until]; 0 where `until` is not later."""
        if until <= after:
            return 0
        years = range(after.year, until.year)
        return (
            sum(len(self._year(year).days) for year in years)
            + bisect_right(self._year(until.year).days, until)
            - bisect_right(self._year(after.year).days, after)
        )

    def opening(self, day: date) -> datetime | None:
        """With its zone; None for a day on which the office is shut."""
        hours = self._hours(day)
        return self.moment(day, hours[0]) if hours else None

    def closing(self, day: date) -> datetime | None:
        """With its zone, an hour earlier on a short day; None for a day that is shut."""
        hours = self._hours(day)
        if hours is None:
            return None
        closing = self.moment(day, hours[1])
        return closing - SHORTENED_BY if self.is_short(day) else closing

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there; not during lunch. `moment` has a zone."""
        local = self.local(moment)
        opening, closing = self.opening(local.date()), self.closing(local.date())
        if opening is None or closing is None or not opening <= local < closing:
            return False
        return not self._office.lunch[0] <= local.time() < self._office.lunch[1]

    def next_opening(self, moment: datetime) -> datetime:
        """In the office's zone: the moment itself while it is open, else when it opens again."""
        local = self.local(moment)
        if self.is_open(local):
            return local
        day = local.date()
        while True:
            for start in (self.opening(day), self.moment(day, self._office.lunch[1])):
                if start and start > local and self.is_open(start):
                    return start
            day = self.next_working(day + ONE_DAY)

    def _hours(self, day: date) -> tuple[time, time] | None:
        """A working weekend has the hours of the day that it stands in for: a Monday so far."""
        if not self.is_working(day):
            return None
        days, number = self._office.days, day.isoweekday()
        return days.get(number) or (days[min(days)] if number > FRIDAY else None)

    def moment(self, day: date, at: time) -> datetime:
        """That time of the day in the office's zone."""
        return datetime.combine(day, at, self._zone)

    def local(self, moment: datetime) -> datetime:
        """In the office's zone. Raises ValueError for one without a zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment.astimezone(self._zone)

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = _worked_out(number, self._decrees.get(number))
        return year


def _worked_out(year: int, decree: CalendarYear | None) -> _Year:
    off, weekends = _by_law(year)
    start, end = date(year, 1, 1), date(year, 12, 31)
    all_days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    weekdays = {day for day in all_days if day.isoweekday() <= FRIDAY}
    working = (weekdays - off) | weekends
    if decree is None:
        return _Year(tuple(sorted(working)), frozenset(working), frozenset())
    working = (working - decree.nonworking) | decree.working
    return _Year(tuple(sorted(working)), frozenset(working), decree.short & working)


@lru_cache
def _by_law(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The year's days off and its working weekends, as the library knows them."""
    import holidays  # late: it takes 0.2 s, and most commands count no days

    russia = holidays.country_holidays("RU", years=year, expand=False)
    return frozenset(russia), frozenset(russia.weekend_workdays)
