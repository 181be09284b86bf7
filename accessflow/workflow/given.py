"""What an action was given: read, trimmed, and refused with a sentence by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accessflow.domain.dates import read_date
from accessflow.domain.errors import Invalid
from accessflow.domain.positions import read_positions
from accessflow.workflow.asks import ASKS, CAUSES
from accessflow.workflow.spec import Ask, Transition

LONGEST_ID = 9
Given = Mapping[str, Any]


def taken_of(transition: Transition, given: Given) -> Given:
    """What was asked for and nothing else. Raises Invalid with a sentence by field."""
    fields: dict[str, str] = {}
    taken: dict[str, Any] = {}
    for ask in (ASKS[key] for key in transition.asks):
        try:
            value = read(ask, given.get(ask.key))
        except ValueError as error:
            fields[ask.key] = str(error)
            continue
        if value:
            taken[ask.key] = value
        elif ask.required:
            fields[ask.key] = f"Заполните: «{ask.label}»."
    fields |= _wrong_causes(transition, taken)
    if fields:
        raise Invalid("Заполните то, что отмечено.", fields, action=transition.action)
    return taken


def read(ask: Ask, value: Any) -> Any:
    """What was typed as it is kept: texts trimmed, dates read. Raises ValueError in Russian."""
    text = value.strip() if isinstance(value, str) else value
    if not text or not isinstance(text, str):
        return text
    if ask.kind == "date":
        day = read_date(text)
        if day is None:
            raise ValueError(f"«{text}» — не дата. Пример: 23.11.2026.")
        return day
    if ask.kind == "request":
        if not text.isdecimal() or len(text) > LONGEST_ID:
            raise ValueError("Выберите заявку из списка.")
        return int(text)
    if ask.kind == "positions":
        return read_positions(text)
    if len(text) > ask.max_length:
        raise ValueError(f"{len(text)} знаков, а помещается {ask.max_length}. Сократите.")
    return text


def _wrong_causes(transition: Transition, taken: Given) -> Iterator[tuple[str, str]]:
    known = CAUSES.get(transition.action, {})
    for key in ("cause", "extension_cause"):
        if known and key in taken and taken[key] not in known:
            yield key, "Выберите причину из списка."
