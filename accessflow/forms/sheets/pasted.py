"""Dismissals pasted as text: a copied part of a sheet, or lines as people write them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import islice

from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.dismissals import RULES
from accessflow.forms.sheets.header import find
from accessflow.forms.sheets.table import Table

MOST_LINES = 1000
NAME = "Вставленный список"
COLUMNS = ("ФИО", "СНИЛС", "Дата увольнения", "Номер приказа", "Дата приказа", "Основание")
_SNILS = re.compile(r"(?<![\d+])\d{3}[-–—‑ ]?\d{3}[-–—‑ ]?\d{3}[-–—‑ ]*\d{2}(?!\d)", re.ASCII)
_DAY = (
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|\d{4}-\d{1,2}-\d{1,2}"
    r"|\d{1,2} (?:янв|фев|мар|апр|ма|июн|июл|авг|сен|окт|ноя|дек)[а-я]* \d{4}(?: ?г(?:ода|\.)?)?"
)
_DATE = re.compile(_DAY, re.IGNORECASE)
_ORDER = re.compile(
    rf"(?:\bприказ\w*|\bпр\.)[\s:]*(?:№|N)?[\s]*(?!от\b)([^\s,;]+)(?:\s*от\s*({_DAY}))?"
    rf"|№\s*([^\s,;]+)(?:\s*от\s*({_DAY}))?",
    re.IGNORECASE,
)
_CUT = re.compile(r"\t|;|,|\s{2,}")
_NUMBER = re.compile(r"\S*\d\S*")


def tables_of(text: str) -> tuple[Table, ...]:
    """The text as a sheet of dismissals; its lines are numbered as a person counts them.

    With a line of titles its columns count, else each line is understood by itself: «Петрова Анна
    Ивановна, 30.12.2026, приказ № 42-лс от 27.12.2026» or with a СНИЛС instead of the name.
    Raises Invalid for nothing, or too much.
    """
    lines = text.splitlines()
    if not text.strip():
        raise Invalid("Вставьте список: по строке на человека.")
    if sum(1 for line in lines if line.strip()) > MOST_LINES:
        raise Invalid(f"Вставить можно до {MOST_LINES} строк. Загрузите список файлом.")
    copied = Table(NAME, [_cells(line) for line in lines])
    header = find([copied], RULES)
    if header is not None and "dismissed_on" in header.columns:
        return (copied,)
    # The titles are line 0, which is none of the person's own.
    return (Table(NAME, [COLUMNS, *(understood(line) for line in lines)], first_row=0),)


def understood(line: str) -> tuple[str, ...]:
    """What COLUMNS say of the line; all blank where nothing stands in it."""
    number, line = _taken(_SNILS, line)
    order, order_date, line = _order(line)
    days = _DATE.findall(line)
    parts = [part.strip(" .–—-") for part in _CUT.split(_DATE.sub("\t", line))]
    words = [part for part in parts if part]
    if not order:
        order, words = _bare_order(words)
    name, *rest = [*words, ""]
    day, other = [*days, "", ""][:2]
    ground = ", ".join(part for part in rest if part)
    return name, number, day, order, order_date or other, ground


def _order(line: str) -> tuple[str, str, str]:
    found = _ORDER.search(line)
    if found is None:
        return "", "", line
    number, day = found[1] or found[3], found[2] or found[4] or ""
    return number, day, f"{line[: found.start()]}\t{line[found.end() :]}"


def _bare_order(words: Sequence[str]) -> tuple[str, list[str]]:
    """A number without a word before it: «42-лс»."""
    order, left = "", []
    for part in words:
        found = None if order else _NUMBER.search(part)
        if found:
            order = found[0]
            part = (part[: found.start()] + part[found.end() :]).strip()
        if part:
            left.append(part)
    return order, left


def _taken(pattern: re.Pattern[str], line: str) -> tuple[str, str]:
    found = pattern.search(line)
    if found is None:
        return "", line
    return found[0], f"{line[: found.start()]}\t{line[found.end() :]}"


def _cells(line: str) -> list[str]:
    separator = "\t" if "\t" in line else ";"
    return _first(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE)) or [line]


def _first(rows: Iterable[list[str]]) -> list[str]:
    return next(islice(rows, 1), [])
