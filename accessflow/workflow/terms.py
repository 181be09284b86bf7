"""Last days: МИАЦ's reaction to an application, and the МО's filing after a dismissal.

Everything is computed from dates and pauses of the timeline; nothing is kept as a running sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from accessflow.workflow.calendar import ONE_DAY, WorkingCalendar

REACTION_DAYS = 30  # calendar days, Рег. 3.5
FILING_DAYS = 3  # working days, Рег. 3.7


@dataclass(frozen=True, slots=True)
class Pause:
    """The days [start, end) on which the term stands: from the request until the answer.

    `end` None: nobody has answered yet. Raises ValueError for an end before the start.
    """

    start: date
    end: date | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause that begins on {self.start} cannot end on {self.end}")


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a term. `tentative`: it rests on a year whose calendar is not known.

    `paused_days`: how many days of pauses are in it.
    """

    day: date
    tentative: bool
    paused_days: int = 0


def merge(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Their union in order: no two overlap or touch, none is empty, only the last may be open."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        last = merged[-1] if merged else None
        if pause.end == pause.start:
            continue
        if last is None or (last.end is not None and last.end < pause.start):
            merged.append(pause)
        else:
            merged[-1] = Pause(last.start, _later(last.end, pause.end))
    return tuple(merged)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def reaction_due(
    registered: date, pauses: Iterable[Pause], calendar: WorkingCalendar, *, today: date
) -> Due:
    """30 calendar days from the day after registration, longer by the pauses, moved from a day
    off to the next working day (Рег. 3.5, domain.md E).

    A pause counts from the day of registration on, an open one until `today`. One that begins
    when the term is over does not bring it back; one that begins on the days off between the 30th
    day and the last one keeps the term from ending while it stands.
    """
    end, paused = registered + timedelta(days=REACTION_DAYS), 0
    for start, resume in _spans(pauses, registered, today):
        if start > calendar.next_working(end):
            break
        days = (resume - start).days
        end = end + timedelta(days=days) if start <= end else max(end, resume)
        paused += days
    day = calendar.next_working(end)
    return Due(day, not (calendar.is_known(end) and calendar.is_known(day)), paused)


def _spans(pauses: Iterable[Pause], since: date, today: date) -> Iterable[tuple[date, date]]:
    """What of the pauses lies after `since`, each as [start, resume), in order."""
    for pause in merge(pauses):
        start, resume = max(pause.start, since), today if pause.end is None else pause.end
        if start < resume:
            yield start, resume


def dismissal_due(dismissed: date, calendar: WorkingCalendar) -> Due:
    """The third working day after the day of dismissal (Рег. 3.7); no pause touches it."""
    day = calendar.add_working(dismissed, FILING_DAYS)
    return Due(day, not (calendar.is_known(dismissed + ONE_DAY) and calendar.is_known(day)))


def days_left(due: Due, today: date) -> int:
    """Calendar days until the last day: 0 on it, negative after it."""
    return (due.day - today).days
