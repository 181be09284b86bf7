"""Whom a row is about: its СНИЛС, its name, its address, as far as they can be read."""

from __future__ import annotations

from functools import lru_cache

from accessflow.domain import email as emails
from accessflow.domain import snils as snilses
from accessflow.domain.person_name import PersonName
from accessflow.forms import kinds
from accessflow.forms.application import Row
from accessflow.forms.rows import NAME_KEYS


def digits_of(row: Row) -> str | None:
    """The row's СНИЛС as 11 digits, None where it cannot be read."""
    return _digits(str(row.get("snils", "")))


@lru_cache(maxsize=kinds.REMEMBERED)
def _digits(text: str) -> str | None:
    value = snilses.read(text).value
    return value.digits if value else None


@lru_cache(maxsize=kinds.REMEMBERED)
def address_of(text: str) -> str | None:
    """What two e-mail addresses are compared by."""
    value = emails.read(text).value
    return value.normalized if value else None


def name_of(row: Row) -> PersonName:
    """The row's name as it would be printed, its parts as far as they can be read."""
    parts = []
    for key in NAME_KEYS:
        text = str(row.get(key, ""))
        value = kinds.read(key, text, kinds.Region()).value
        parts.append(text.strip() if value is None else value)
    return PersonName(*parts)


def is_readable(row: Row) -> bool:
    """Surname and name are there, and no part has a flaw of its own: that one is told already."""
    parts = {key: str(row.get(key, "")).strip() for key in NAME_KEYS}
    return bool(parts["last_name"] and parts["first_name"]) and all(
        kinds.read(key, text, kinds.Region()).value is not None for key, text in parts.items()
    )
