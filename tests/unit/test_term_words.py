"""A term in words: number and noun agree, and the tone says how urgent it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accessflow.workflow.term_words import filing_left_in_words, left_in_words
from accessflow.workflow.terms import Due
from tests.catalogue_examples import catalogue

CALENDAR = catalogue().working_calendar
TODAY = date(2026, 11, 23)


def left(days: int, *, tentative: bool = False) -> tuple[str, str]:
    return left_in_words(Due(TODAY + timedelta(days=days), tentative), TODAY)


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (32, "осталось 32 дня (до 25.12.2026)", "ok"),
        (21, "остался 21 день (до 14.12.2026)", "ok"),
        (11, "осталось 11 дней (до 04.12.2026)", "ok"),
        (6, "осталось 6 дней (до 29.11.2026)", "ok"),
        (5, "осталось 5 дней (до 28.11.2026)", "soon"),
        (2, "осталось 2 дня (до 25.11.2026)", "soon"),
        (1, "остался 1 день (до 24.11.2026)", "soon"),
        (0, "сегодня последний день", "today"),
        (-1, "просрочено на 1 день (до 22.11.2026)", "late"),
        (-3, "просрочено на 3 дня (до 20.11.2026)", "late"),
        (-5, "просрочено на 5 дней (до 18.11.2026)", "late"),
        (-21, "просрочено на 21 день (до 02.11.2026)", "late"),
    ],
)
def test_the_days_left_agree_with_their_number(days: int, words: str, tone: str) -> None:
    assert left(days) == (words, tone)


def test_what_rests_on_an_unknown_year_says_so() -> None:
    assert left(6, tentative=True)[0] == "осталось 6 дней (предварительно до 29.11.2026)"
    assert left(0, tentative=True)[0] == "сегодня последний день (предварительно)"
    assert left(-1, tentative=True)[0] == "просрочено на 1 день (предварительно до 22.11.2026)"


def test_without_a_term_there_is_a_dash() -> None:
    assert left_in_words(None, TODAY) == ("—", "none")


@pytest.mark.parametrize(
    ("since", "due", "words", "tone"),
    [
        ((11, 19), (12, 22), "на паузе 4 дня (с 19.11.2026), останется 29 дней", "paused"),
        ((11, 22), (12, 14), "на паузе 1 день (с 22.11.2026), останется 21 день", "paused"),
        ((11, 2), (11, 23), "на паузе 21 день (с 02.11.2026), останется последний день", "paused"),
        ((11, 23), (11, 24), "на паузе с сегодняшнего дня, останется 1 день", "paused"),
        ((11, 22), (11, 20), "просрочено на 3 дня (до 20.11.2026), на паузе с 22.11.2026", "late"),
    ],
)
def test_a_pause_says_how_long_it_stands_and_what_will_be_left(
    since: tuple[int, int], due: tuple[int, int], words: str, tone: str
) -> None:
    found = left_in_words(
        Due(date(2026, *due), tentative=False), TODAY, paused_since=date(2026, *since)
    )
    assert found == (words, tone)


def test_what_will_be_left_of_a_paused_term_may_be_tentative() -> None:
    due = Due(date(2028, 1, 10), tentative=True)
    words, _ = left_in_words(due, date(2027, 12, 30), paused_since=date(2027, 12, 28))
    assert words == "на паузе 2 дня (с 28.12.2027), останется предварительно 11 дней"


@pytest.mark.parametrize(
    ("due", "words", "tone"),
    [
        ("2026-12-03", "осталось 8 раб. дней (до 03.12.2026)", "ok"),
        ("2026-11-26", "осталось 3 раб. дня (до 26.11.2026)", "ok"),
        ("2026-11-25", "осталось 2 раб. дня (до 25.11.2026)", "soon"),
        ("2026-11-24", "остался 1 раб. день (до 24.11.2026)", "soon"),
        ("2026-11-23", "сегодня последний день", "today"),
        ("2026-11-20", "просрочено на 1 раб. день (до 20.11.2026)", "late"),
        ("2026-11-18", "просрочено на 3 раб. дня (до 18.11.2026)", "late"),
    ],
)
def test_the_term_after_a_dismissal_is_told_in_working_days(
    due: str, words: str, tone: str
) -> None:
    term = Due(date.fromisoformat(due), tentative=False)
    assert filing_left_in_words(term, TODAY, CALENDAR) == (words, tone)


def test_on_the_days_off_after_the_last_day_no_working_day_is_late_yet() -> None:
    term = Due(date(2026, 11, 20), tentative=False)
    found = filing_left_in_words(term, date(2026, 11, 22), CALENDAR)
    assert found == ("просрочено (до 20.11.2026)", "late")


def test_a_narrow_column_leaves_this_year_out_and_sets_the_days_in_bold() -> None:
    near = left_in_words(Due(date(2026, 12, 14), tentative=False), TODAY, short=True)
    assert (near.main, near.rest) == ("остался 21 день", " (до 14.12)")
    far = left_in_words(Due(date(2027, 1, 11), tentative=False), TODAY, short=True)
    assert far.rest == " (до 11.01.2027)"
    today = left_in_words(Due(TODAY, tentative=False), TODAY)
    assert (today.main, today.rest) == ("сегодня последний день", "")
