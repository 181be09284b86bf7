"""Dates as people type them and as date fields send them."""

from __future__ import annotations

from datetime import date, datetime

from accessflow.domain.text import clean

_FORMS = ("%Y-%m-%d", "%d.%m.%Y")


def read_date(text: str) -> date | None:
    """2026-11-23 or 23.11.2026; None for what is neither."""
    for form in _FORMS:
        try:
            return datetime.strptime(clean(text), form).date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            continue
    return None
