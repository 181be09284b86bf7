"""An application as JSON (interfaces.md) -> Application."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, get_args

from accessflow.domain.errors import Invalid
from accessflow.forms.application import Application, Author, Organization, Signatory
from accessflow.forms.rows import without_blanks
from accessflow.forms.spec import Action

Party = TypeVar("Party", Organization, Signatory, Author)


def application_from_text(text: str) -> Application:
    """Raises Invalid where the text is no JSON or has another shape."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(f"Это не JSON: строка {error.lineno}, знак {error.colno}.") from error
    return application_from(data)


def application_from(data: object) -> Application:
    """Unknown keys are ignored. Raises Invalid that names what has a wrong shape."""
    top = _mapping(data, "заявка")
    told = str(top.get("action", ""))
    action: Action | None = next((known for known in get_args(Action) if known == told), None)
    if action is None:
        known = ", ".join(get_args(Action))
        raise Invalid(f"action: «{told}» не подходит. Возможны: {known}.")
    return Application(
        form=_text(top, "form"),
        system=_text(top, "system") or None,
        action=action,
        organization=_party(Organization, top, "organization"),
        signatory=_party(Signatory, top, "signatory"),
        author=_party(Author, top, "author"),
        rows=_rows(top.get("rows", [])),
        fields=without_blanks(_mapping(top.get("fields", {}), "fields")),
        number=_text(top, "number"),
        version=_whole(top, "version"),
        our_ref=_text(top, "our_ref"),
        our_date=_text(top, "our_date"),
    )


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"{name}: ожидается объект {{…}}.")
    return value


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if isinstance(value, (dict, list)):
        raise Invalid(f"{key}: ожидается текст.")
    return "" if value is None else str(value)


def _whole(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key, 0)
    if not isinstance(value, int) or value < 0:
        raise Invalid(f"{key}: ожидается целое число.")
    return value


def _party(kind: type[Party], top: Mapping[str, Any], key: str) -> Party:
    data = _mapping(top.get(key) or {}, key)
    names = [item.name for item in fields(kind)]
    return kind(**{name: _text(data, name) for name in names if data.get(name) is not None})


def _rows(value: object) -> tuple[dict[str, str], ...]:
    if not isinstance(value, list):
        raise Invalid("rows: ожидается список строк [{…}, …].")
    return tuple(
        without_blanks(_flat(_mapping(row, f"rows, строка {n}"), n))
        for n, row in enumerate(value, 1)
    )


def _flat(row: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    for key, value in row.items():
        if isinstance(value, (dict, list)):
            raise Invalid(f"rows, строка {number}, {key}: ожидается текст.")
    return row
