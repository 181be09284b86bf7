"""A dismissal's term: who is reminded when, and what became of it (Рег. 3.7, R28). Pure.

The revocations are to be sent by the end of the third working day after the day of dismissal; the
office's closing hour of that day is the target, so that МИАЦ still sees them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from accessflow.domain.roles import Role
from accessflow.domain.text import counted
from accessflow.workflow.calendar import ONE_DAY, WorkingCalendar
from accessflow.workflow.term_words import WORKING_DAYS, InWords, filing_left_in_words
from accessflow.workflow.terms import Due, dismissal_due

MORNING = time(9)
NOON = time(13)
BEFORE_CLOSING = timedelta(hours=1)
HEAD_FROM = 2
"""The working day of the term from which the head is told as well."""
FOLLOWED = 20
"""Working days after the last one on which a missed term is still called to mind."""

DESK: frozenset[Role] = frozenset({"hr", "secretary"})
WITH_HEAD: frozenset[Role] = DESK | {"signatory"}
WHEN_MISSED: frozenset[Role] = WITH_HEAD | {"miac_lead", "committee"}

Occasion = Literal["entry", "morning", "last_day", "last_hour", "missed", "overdue"]
OCCASIONS: tuple[Occasion, ...] = (
    "entry", "morning", "last_day", "last_hour", "missed", "overdue",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reminding:
    """One reminder: when (with the office's zone), on what occasion, to whom."""

    at: datetime
    occasion: Occasion
    to: frozenset[Role]


def reminders(
    dismissed: date, entered: datetime, calendar: WorkingCalendar
) -> tuple[Reminding, ...]:
    """All of a dismissal that nobody files, in order, no two at one moment, none on a day off.

    On entry; on each working day at 09:00 from the day of dismissal on; on the last day besides at
    13:00 and an hour before the office closes; once it is missed to those above as well. What lies
    before the entry does not come any more: one entered too late is told of as missed at once.
    """
    due = dismissal_due(dismissed, calendar).day
    at_once = on_a_working_day(entered, calendar)
    whom = readers("entry", at_once.date(), dismissed, calendar)
    found = [Reminding(at_once, "entry", whom)]
    found += _in_the_term(dismissed, due, calendar)
    found += _after_it(due, at_once, calendar)
    return tuple(sorted(_later(found, at_once), key=lambda r: (r.at, r.occasion)))


def on_a_working_day(moment: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment itself, or the morning of the first working day after it."""
    local = calendar.local(moment)
    if calendar.is_working(local.date()):
        return local
    return calendar.moment(calendar.next_working(local.date()), MORNING)


def target(due: Due, calendar: WorkingCalendar) -> datetime:
    """By when МИАЦ still sees it: the office's closing on the last day."""
    return calendar.closing(due.day) or calendar.moment(due.day, time(23, 59, 59))


def late_days(due: date, filed_on: date, calendar: WorkingCalendar) -> int:
    """Working days between the last day and the day of filing; 0: in time.

    Sent on a day off after the last day it is late all the same, by one at least.
    """
    if filed_on <= due:
        return 0
    return max(1, calendar.working_days(due, filed_on))


def standing(due: Due, today: date, filed_on: date | None, calendar: WorkingCalendar) -> InWords:
    """What a page says of the term: the countdown, or how it was kept."""
    if filed_on is None:
        return filing_left_in_words(due, today, calendar)
    late = late_days(due.day, filed_on, calendar)
    on = filed_on.strftime("%d.%m.%Y")
    if late:
        return InWords(f"подано {on}, с опозданием на {counted(late, *WORKING_DAYS)}", "late")
    return InWords(f"подано в срок ({on})", "ok")


def readers(
    occasion: Occasion, day: date, dismissed: date, calendar: WorkingCalendar
) -> frozenset[Role]:
    """Whom a reminder of that occasion and day is for."""
    if occasion == "missed":
        return WHEN_MISSED
    if occasion == "overdue":
        return WITH_HEAD
    return WITH_HEAD if calendar.working_days(dismissed, day) >= HEAD_FROM else DESK


def _in_the_term(dismissed: date, due: date, calendar: WorkingCalendar) -> Iterator[Reminding]:
    day = dismissed
    while (day := calendar.next_working(day)) <= due:
        whom = readers("morning", day, dismissed, calendar)
        yield Reminding(calendar.moment(day, MORNING), "morning", whom)
        if day == due:
            yield Reminding(calendar.moment(day, NOON), "last_day", whom)
            if closing := calendar.closing(day):
                yield Reminding(closing - BEFORE_CLOSING, "last_hour", whom)
        day += ONE_DAY


def _after_it(due: date, entered: datetime, calendar: WorkingCalendar) -> Iterator[Reminding]:
    """Missed is told on the first working morning after the last day, or on entry; then daily."""
    first = calendar.moment(calendar.next_working(due + ONE_DAY), MORNING)
    yield Reminding(max(first, entered), "missed", WHEN_MISSED)
    for number in range(2, FOLLOWED + 1):
        day = calendar.add_working(due, number)
        yield Reminding(calendar.moment(day, MORNING), "overdue", WITH_HEAD)


def _later(found: list[Reminding], entered: datetime) -> list[Reminding]:
    """Those from the entry on; of several at one moment the weightiest, to all of them."""
    kept: dict[datetime, Reminding] = {}
    for one in found:
        if one.at < entered:
            continue
        other = kept.get(one.at)
        if other is None:
            kept[one.at] = one
        else:
            weightier = max(one, other, key=lambda r: OCCASIONS.index(r.occasion))
            kept[one.at] = Reminding(one.at, weightier.occasion, one.to | other.to)
    return list(kept.values())
