"""The cells of a list of staff but for the name: each read into a text that can be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accessflow.domain import email, phone, snils
from accessflow.domain.reading import Flaw
from accessflow.domain.text import too_long
from accessflow.forms.sheets.cells import (
    is_scientific,
    number_text,
    plain_text,
    read_date,
    snils_text,
)
from accessflow.forms.sheets.staff import LABELS
from accessflow.forms.sheets.table import CellValue

MAX_LENGTH = 255

Found = tuple[str | None, tuple[Flaw, ...]]
"""What may be taken of a cell, and its flaws: a `Reading` of text, but quicker to make."""
NOTHING: Found = (None, ())


@dataclass(frozen=True, slots=True)
class Context:
    """What the readers share; `texts` remembers the posts and units, which most rows repeat."""

    today: date
    domains: frozenset[str]
    default_code: str | None = None
    texts: dict[str, Found] = field(default_factory=dict)


def _snils(value: CellValue, _context: Context) -> Found:
    text = snils_text(value)
    if is_scientific(text):
        return _wrong("snils_format", _lost_digits("СНИЛС"))
    reading = snils.read(text)
    return reading.value.formatted if reading.value else None, reading.flaws


def _email(value: CellValue, context: Context) -> Found:
    text = plain_text(value)
    if not text:
        return _missing("E-mail не указан: без него не подать большинство заявок.")
    reading = email.read(text, context.domains)
    return reading.value.text if reading.value else None, reading.flaws


def _phone(value: CellValue, context: Context) -> Found:
    text = number_text(value)
    if not text:
        return NOTHING
    reading = phone.read(text, context.default_code)
    if reading.value is None and is_scientific(text):
        return _wrong("phone", _lost_digits("телефон"))
    return reading.value.formatted if reading.value else None, reading.flaws


def _text(value: CellValue, context: Context) -> Found:
    if not isinstance(value, str):
        value = plain_text(value)
    known = context.texts.get(value)
    if known is None:
        known = context.texts[value] = _fitting(plain_text(value))
    return known


def _position(value: CellValue, context: Context) -> Found:
    text, flaws = _text(value, context)
    if text or flaws:
        return text, flaws
    return _missing("Должность не указана: она нужна в заявках.")


def _personnel_no(value: CellValue, _context: Context) -> Found:
    return _fitting(number_text(value))


def _since(value: CellValue, context: Context) -> Found:
    found = read_date(value, context.today)
    if found is not None:
        return found.isoformat(), ()
    if not plain_text(value):
        return NOTHING
    return _wrong("date", f"{LABELS['since']}: такой даты нет. Впишите её как 07.03.2008.")


def _missing(message: str) -> Found:
    return None, (Flaw("required", message, "warning"),)


def _wrong(code: str, message: str) -> Found:
    return None, (Flaw(code, message),)


def _fitting(text: str) -> Found:
    flaw = too_long(text, MAX_LENGTH)
    return (None, (flaw,)) if flaw else (text, ())


def _lost_digits(what: str) -> str:
    return (
        f"Таблица показала {what} как число с E+, цифры потеряны. Впишите номер заново,"
        " задав колонке текстовый формат."
    )


READERS: Mapping[str, Callable[[CellValue, Context], Found]] = {
    "snils": _snils,
    "email": _email,
    "position": _position,
    "unit": _text,
    "work_phone": _phone,
    "contact_phone": _phone,
    "personnel_no": _personnel_no,
    "since": _since,
}
