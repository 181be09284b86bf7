"""A term in Russian, the same on pages, in letters and in exports, and how urgent it looks."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from accessflow.domain.text import counted, noun
from accessflow.workflow.calendar import WorkingCalendar
from accessflow.workflow.terms import Due, days_left

Tone = Literal["late", "today", "soon", "ok", "paused", "none"]

DAYS = ("день", "дня", "дней")
WORKING_DAYS = ("раб. день", "раб. дня", "раб. дней")
SOON = 5  # calendar days
SOON_WORKING = 2


class InWords(NamedTuple):
    """`tone` is the `data-t` of `af-term`."""

    words: str
    tone: Tone

    @property
    def main(self) -> str:
        """What a page sets in bold: «осталось 5 дней»."""
        return self.words.partition(" (")[0]

    @property
    def rest(self) -> str:
        """What follows it: « (до 25.12.2026)», with its blank."""
        return self.words[len(self.main) :]


def left_in_words(
    due: Due | None, today: date, *, paused_since: date | None = None, short: bool = False
) -> InWords:
    """The reaction term, in calendar days; a dash where there is none.

    `paused_since`: the first day of a pause that is still open, `due` then counts it up to today.
    `short`: dates of this year without the year, for narrow columns.
    """
    if due is None:
        return InWords("—", "none")
    left = days_left(due, today)
    if left < 0:
        words = f"просрочено на {counted(-left, *DAYS)} {_until(due, today, short)}"
        paused = f", на паузе с {_day(paused_since, today, short)}" if paused_since else ""
        return InWords(words + paused, "late")
    if paused_since:
        return InWords(_paused(due, today, paused_since, short), "paused")
    if left == 0:
        return _last_day(due)
    return InWords(f"{_left(left, DAYS)} {_until(due, today, short)}", _tone(left, SOON))


def filing_left_in_words(
    due: Due, today: date, calendar: WorkingCalendar, *, short: bool = False
) -> InWords:
    """The term to file after a dismissal, in working days (Рег. 3.7)."""
    until = _until(due, today, short)
    if today > due.day:
        late = calendar.working_days(due.day, today)
        by = f"на {counted(late, *WORKING_DAYS)} " if late else ""
        return InWords(f"просрочено {by}{until}", "late")
    if today == due.day:
        return _last_day(due)
    left = calendar.working_days(today, due.day)
    return InWords(f"{_left(left, WORKING_DAYS)} {until}", _tone(left, SOON_WORKING))


def _left(number: int, days: tuple[str, str, str]) -> str:
    return f"{noun(number, 'остался', 'осталось', 'осталось')} {counted(number, *days)}"


def _last_day(due: Due) -> InWords:
    return InWords(
        "сегодня последний день" + (" (предварительно)" if due.tentative else ""), "today"
    )


def _tone(left: int, soon: int) -> Tone:
    return "soon" if left <= soon else "ok"


def _until(due: Due, today: date, short: bool) -> str:
    return f"({'предварительно ' if due.tentative else ''}до {_day(due.day, today, short)})"


def _day(day: date, today: date, short: bool) -> str:
    return day.strftime("%d.%m" if short and day.year == today.year else "%d.%m.%Y")


def _paused(due: Due, today: date, since: date, short: bool) -> str:
    """How long it has stood, and what will be left if the answer comes today."""
    stood = (today - since).days
    left = days_left(due, today)
    pause = (
        f"на паузе {counted(stood, *DAYS)} (с {_day(since, today, short)})"
        if stood
        else "на паузе с сегодняшнего дня"
    )
    tentative = "предварительно " if due.tentative else ""
    after = f"{tentative}{counted(left, *DAYS)}" if left else "последний день"
    return f"{pause}, останется {after}"
