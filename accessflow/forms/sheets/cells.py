"""Single cells as a person reads them: dropped zeros, dates, words for «none»."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from accessflow.domain import inn, snils
from accessflow.domain.text import clean
from accessflow.forms.sheets.table import CellValue, text_of

_ABSENT = re.compile(
    r"[-–—−.]+|нету?|отсутствует|не имеет(?:ся)?|н/?д|нет данных|не указан[ао]?|none|null|n/?a",
    re.IGNORECASE,
)
_LONGEST_ABSENT = 16
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?e\+?\d+", re.IGNORECASE | re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[./\-](\d{1,2})[./\-](\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[.\-/](\d{1,2})[.\-/](\d{1,2})(?:[ T]\d{2}:\d{2}.*)?", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2}) ([а-я]{3,8}) (\d{4})", re.ASCII | re.IGNORECASE)
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets that count days."""


def plain_text(value: CellValue) -> str:
    """The cell in one line; empty for «нет», «-» and their like."""
    text = clean(text_of(value))
    if len(text) > _LONGEST_ABSENT:
        return text
    return "" if _ABSENT.fullmatch(text.rstrip(" ;,.") or text) else text


def number_text(value: CellValue) -> str:
    """A phone or a personnel number: the digits of a number, or the text with its line breaks."""
    if isinstance(value, str):
        return value.strip(" '") if value[:1].isdigit() or plain_text(value) else ""
    return text_of(value)


def snils_text(value: CellValue) -> str:
    """Eleven digits where a spreadsheet took the СНИЛС for a number and dropped its zeros.

    A number is always filled up; a text of digits only where the filled-up number is a valid one.
    """
    if isinstance(value, str) and len(value) == 14:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return text_of(value).zfill(11)
    text = plain_text(value).removeprefix("'").removesuffix(".0")
    if text.isdecimal() and 5 <= len(text) < 11:
        filled = text.zfill(11)
        return filled if snils.read(filled).value else text
    return text


def inn_text(value: CellValue) -> str:
    """Ten or twelve digits, by the same rule: 11 digits become 12, up to 9 become 10."""
    digits = plain_text(value).removeprefix("'").removesuffix(".0")
    if not digits.isdecimal() or len(digits) in (10, 12) or len(digits) < 5:
        return digits
    filled = digits.zfill(10 if len(digits) < 10 else 12)
    is_number = isinstance(value, (int, float))
    return filled if is_number or inn.read(filled).value else digits


def is_scientific(text: str) -> bool:
    """«4,82059E+09»: the digits are lost for good."""
    return _SCIENTIFIC.fullmatch(text) is not None


def read_date(value: CellValue, today: date) -> date | None:
    """A real date, a day count, or a text as 07.03.2008, 7.3.08, 2008-03-07, 7 марта 2008 г.

    A year of two digits lies in the hundred years that end with the next one. None: no date.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _EPOCH + timedelta(days=int(value)) if 10_000 < value < 100_000 else None
    text = plain_text(value).lower().removesuffix("г.").removesuffix("года").strip()
    if found := _DAY_FIRST.fullmatch(text):
        return _date(_whole_year(found[3], today), int(found[2]), int(found[1]))
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _IN_WORDS.fullmatch(text):
        month = next((n for n, name in enumerate(_MONTHS, 1) if found[2].startswith(name)), 0)
        return _date(int(found[3]), month, int(found[1]))
    return None


def _whole_year(digits: str, today: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + 1 else year - 100


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
