"""Kinds of columns and fields: how a text of each kind is read. Checked at import."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from accessflow.domain import email, inn, oid, person_name, phone, snils
from accessflow.domain.dates import read_date
from accessflow.domain.reading import Flaw, Reading
from accessflow.domain.text import clean
from accessflow.forms.spec import KINDS


@dataclass(frozen=True, slots=True)
class Region:
    """What the checks need of the region. `alternatives`: another spelling -> official name."""

    subject_code: str = ""
    area_code: str | None = None
    subjects: frozenset[str] = frozenset()
    alternatives: dict[str, str] = field(default_factory=dict)


REMEMBERED = 8192
"""Texts of each kind: some forty applications of 200 rows."""

Reader = Callable[[str, Region], Reading[str]]
"""A text, never blank -> the text as it is printed, with flaws."""

_EMDR_ID = re.compile(r"\d{1,4}\.\d{2}\.\d{2}\.\d{2}\.\d{9}")


def _regardless(read: Callable[[str], Reading[str]]) -> Reader:
    """A reader that does not depend on the region.

    A draft is checked as a whole at each save of a cell: what was read before is remembered.
    """
    remembered = lru_cache(maxsize=REMEMBERED)(read)
    return lambda text, _: remembered(text)


def _text(text: str) -> Reading[str]:
    return Reading(clean(text))


def _long_text(text: str) -> Reading[str]:
    lines = (clean(line) for line in text.splitlines())
    return Reading("\n".join(lines).strip())


def _name(kind: person_name.Kind) -> Reader:
    return lambda text, _: person_name.read_part(text, kind)


def _snils(text: str) -> Reading[str]:
    reading = snils.read(text)
    return Reading(reading.value.formatted if reading.value else None, reading.flaws)


def _email(text: str) -> Reading[str]:
    reading = email.read(text)
    return Reading(reading.value.text if reading.value else None, reading.flaws)


def _phone(text: str, region: Region) -> Reading[str]:
    reading = phone.read(text, region.area_code)
    return Reading(reading.value.formatted if reading.value else None, reading.flaws)


def _inn(text: str) -> Reading[str]:
    reading = inn.read(text)
    return Reading(str(reading.value) if reading.value else None, reading.flaws)


def _oid(text: str, region: Region) -> Reading[str]:
    reading = oid.read(text)
    if reading.value is None:
        return Reading(None, reading.flaws)
    flaw = (
        oid.check_region(reading.value, int(region.subject_code)) if region.subject_code else None
    )
    return Reading(reading.value.text, (*reading.flaws, *((flaw,) if flaw else ())))


def _subject(text: str, region: Region) -> Reading[str]:
    value = clean(text)
    value = region.alternatives.get(value, value)
    if not region.subjects or value in region.subjects:
        return Reading(value)
    near = difflib.get_close_matches(value, region.subjects, 1, 0.6)
    hint = f" Похоже на «{near[0]}»." if near else ""
    message = f"Такого субъекта РФ в справочнике нет: «{value}».{hint} Выберите из списка."
    return Reading(value, (Flaw("subject_rf", message, "warning", near[0] if near else None),))


def _emdr_id(text: str) -> Reading[str]:
    value = clean(text)
    if _EMDR_ID.fullmatch(value):
        return Reading(value)
    message = "Обычно идентификатор выглядит так: 224.16.25.09.000241002. Сверьте его с РЭМД."
    return Reading(value, (Flaw("emdr_id", message, "warning"),))


def _date(text: str) -> Reading[str]:
    day = read_date(text)
    if day is not None:
        return Reading(day.strftime("%d.%m.%Y"))
    message = f"«{clean(text)}» — не дата. Пример: 31.12.2026."
    return Reading(None, (Flaw("date", message),))


READERS: dict[str, Reader] = {
    "last_name": _name("last"),
    "first_name": _name("first"),
    "middle_name": _name("middle"),
    "snils": _regardless(_snils),
    "email": _regardless(_email),
    "phone": _phone,
    "oid": _oid,
    "inn": _regardless(_inn),
    "subject_rf": _subject,
    "emdr_id": _regardless(_emdr_id),
    "long_text": _regardless(_long_text),
    "date": _regardless(_date),
    **dict.fromkeys(
        (
            "number",
            "full_name",
            "role",
            "position",
            "organization",
            "system",
            "status",
            "text",
            "local_id",
        ),
        _regardless(_text),
    ),
}

if missing := KINDS ^ READERS.keys():
    raise AssertionError(f"kinds without a reader, or readers of no kind: {sorted(missing)}")


def read(kind: str, text: str, region: Region) -> Reading[str]:
    """Reads a text of the kind. Blank text has no flaw here: the column knows what it needs."""
    return READERS[kind](text, region) if text.strip() else Reading("")
