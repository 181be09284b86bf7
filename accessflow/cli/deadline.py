"""`accessflow deadline ...`: last days, off-line. Standard output holds the ISO date alone."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from datetime import date

from accessflow.catalogue import load
from accessflow.cli.command import Command
from accessflow.config import catalogue_dir
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Invalid
from accessflow.workflow.calendar import WorkingCalendar
from accessflow.workflow.terms import Due, Pause, dismissal_due, reaction_due

YEARS = range(2000, 2100)  # beyond them the calendar would only be a guess at the law


def _dismissal(arguments: Namespace) -> int:
    return _print(dismissal_due(_date(arguments.date), _calendar()))


def _reaction(arguments: Namespace) -> int:
    registered = _date(arguments.date)
    pauses = [_pause(text) for text in arguments.pause]
    # Every pause here has its end, so that today's date says nothing.
    due = reaction_due(registered, pauses, _calendar(), today=registered)
    for pause, text in zip(pauses, arguments.pause, strict=True):
        if pause.start > due.day or (pause.end and pause.end <= registered):
            print(f"Пауза {text} не учтена: она вне срока.", file=sys.stderr)
    return _print(due)


def _calendar() -> WorkingCalendar:
    return load(catalogue_dir()).working_calendar


def _print(due: Due) -> int:
    print(due.day.isoformat())
    if due.tentative:
        print(
            "предварительно: производственного календаря на этот год в каталоге нет, "
            "переносы выходных неизвестны.",
            file=sys.stderr,
        )
    return 0


def _date(text: str) -> date:
    day = read_date(text)
    if day is None:
        raise Invalid(f"«{text}» — не дата. Пример: 2026-06-01.")
    if day.year not in YEARS:
        raise Invalid(f"«{text}»: год должен быть от {YEARS[0]} до {YEARS[-1]}.")
    return day


def _pause(text: str) -> Pause:
    start, _, end = text.partition(":")
    if not (start and end):
        raise Invalid(f"«{text}» — не пауза. Пример: 2026-06-10:2026-06-17.")
    try:
        return Pause(_date(start), _date(end))
    except ValueError as error:
        raise Invalid(f"«{text}»: конец паузы раньше её начала. Поменяйте даты местами.") from error


def _dismissal_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("date", metavar="DATE", help="the day of dismissal, 2026-06-01")


def _reaction_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("date", metavar="DATE", help="the day of registration, 2026-06-03")
    parser.add_argument(
        "--pause",
        metavar="FROM:TO",
        nargs="+",
        action="extend",
        default=[],
        help="data were requested on FROM and came on TO",
    )


COMMANDS = (
    Command(
        "deadline dismissal",
        "the last day to file after a dismissal",
        _dismissal_arguments,
        _dismissal,
    ),
    Command(
        "deadline reaction",
        "the last day of the reaction to an application",
        _reaction_arguments,
        _reaction,
    ),
)
