"""A setting's fields as texts of a form, and back as the values that the catalogue reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from accessflow.domain.dates import read_date
from accessflow.domain.text import clean
from accessflow.services.setting_fields import Field, Setting

_APART = re.compile(r"[\n,;]+")
_SPAN = re.compile(r"\s*[-–—]\s*")
_DAY_MONTH = re.compile(r"\d{1,2}\.\d{1,2}")


def values_of(setting: Setting, texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as a value for `override`; what cannot be read stays as typed, for the
    reader to refuse."""
    made: dict[str, Any] = {}
    for field in setting.fields:
        value = _read(field, texts.get(field.name, ""), setting.key)
        if field.kind == "hours" and value is None:
            continue
        place, names = made, field.name.split(".")
        for name in names[:-1]:
            place = place.setdefault(name, {})
        place[names[-1]] = value
    if setting.key == "office":
        made.setdefault("days", {})
    return made


def texts_of(setting: Setting, value: Mapping[str, Any]) -> dict[str, str]:
    """A value as the form's fields show it."""
    return {field.name: _text(field, _at(value, field.name)) for field in setting.fields}


def told(field: Field, value: Mapping[str, Any]) -> str:
    """A field's value as people read it: one text, lines apart."""
    found = _at(value, field.name)
    if field.kind == "flag":
        return "да" if found else "нет"
    return _text(field, found) or field.blank


def _at(value: Mapping[str, Any], name: str) -> Any:
    found: Any = value
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _read(field: Field, text: str, key: str) -> Any:
    if field.kind == "long_text":
        return "\n".join(clean(line) for line in text.strip().splitlines())
    parts = [clean(part) for part in _APART.split(text) if clean(part)]
    match field.kind:
        case "flag":
            return bool(text)
        case "date":
            return _iso(clean(text)) or None
        case "list":
            return parts
        case "numbers":
            return parts
        case "dates":
            year = key.rpartition(".")[2]
            return [_iso(f"{p}.{year}" if _DAY_MONTH.fullmatch(p) else p) for p in parts]
        case "hours":
            return [_clock(part) for part in _SPAN.split(clean(text))] if clean(text) else None
    return clean(text)


def _iso(text: str) -> str:
    day = read_date(text)
    return day.isoformat() if day else text


def _clock(text: str) -> str:
    return f"0{text}" if len(text) == len("9:00") else text


def _text(field: Field, value: Any) -> str:
    if value is None:
        return ""
    match field.kind:
        case "flag":
            return "1" if value else ""
        case "date":
            return _russian(value)
        case "list":
            return "\n".join(value)
        case "numbers":
            return ", ".join(str(number) for number in value)
        case "dates":
            return ", ".join(_russian(day) for day in sorted(value))
        case "hours":
            return "–".join(value)
        case "number":
            return f"{float(value):g}"
    return str(value)


def _russian(day: str) -> str:
    found = read_date(day)
    return found.strftime("%d.%m.%Y") if found else day
