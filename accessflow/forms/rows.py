"""From what was typed to what is printed: rows and fields completed by the organisation, the system
and the form's defaults, each value in its printed form."""

from __future__ import annotations

from collections.abc import Mapping

from accessflow.forms import kinds
from accessflow.forms.application import Application, Row, Target
from accessflow.forms.spec import Column, Field, FormSpec

NAME_KEYS = ("last_name", "first_name", "middle_name")
NO_MIDDLE_NAME = "отсутствует"  # X21: printed in a column of its own, left out of a whole name


def answered(column: Column, application: Application, target: Target | None) -> str:
    """What the organisation, the system or the form answers for a column, else ""."""
    if column.source == "organization":
        return str(getattr(application.organization, column.key.removeprefix("org_"), ""))
    if column.source == "system":
        return target.name if target else ""
    if column.key == "role" and target and len(target.roles) == 1:
        return target.roles[0].name
    return (column.default or "").replace("{system}", target.name if target else "")


def value_of(column: Column, row: Row, application: Application, target: Target | None) -> str:
    """The column's text as typed, else as answered. The status and the number are the writer's."""
    typed = str(row.get(column.key, "")) if column.source != "action" else ""
    return typed if typed.strip() else answered(column, application, target)


def keys_of(column: Column) -> tuple[str, ...]:
    """The row keys that a column is filled from: three for a whole name."""
    return NAME_KEYS if column.kind == "full_name" else (column.key,)


def has_no_middle_name(row: Row) -> bool:
    if str(row.get("no_middle_name", "")).strip().lower() in ("1", "true", "on", "да"):
        return True
    middle = str(row.get("middle_name", ""))
    return bool(middle.strip()) and kinds.read("middle_name", middle, kinds.Region()).value == ""


def printed_row(
    spec: FormSpec,
    row: Row,
    application: Application,
    target: Target | None,
    region: kinds.Region,
) -> dict[str, str]:
    """Column key -> the text of the cell. What cannot be read is printed as it was typed."""
    return {
        column.key: _printed(spec, column, row, application, target, region)
        for column in spec.columns
    }


def _printed(
    spec: FormSpec,
    column: Column,
    row: Row,
    application: Application,
    target: Target | None,
    region: kinds.Region,
) -> str:
    if column.kind == "status":
        return spec.wording[application.action].status
    if column.kind == "full_name":
        return " ".join(
            part for key in NAME_KEYS if (part := _shown(key, str(row.get(key, "")), region))
        )
    if column.kind == "middle_name" and has_no_middle_name(row):
        return NO_MIDDLE_NAME
    value = value_of(column, row, application, target)
    if column.kind == "role" and (role := spec.role(value)):
        return role.name
    return _shown(column.kind, value, region)


def _shown(kind: str, text: str, region: kinds.Region) -> str:
    value = kinds.read(kind, text, region).value
    return text.strip() if value is None else value


def printed_fields(
    spec: FormSpec, application: Application, region: kinds.Region
) -> dict[str, str]:
    """Field key -> the text that is printed."""
    return {
        item.key: _shown(item.kind, field_value(item, application), region) for item in spec.fields
    }


def field_value(item: Field, application: Application) -> str:
    """As typed, else as the organisation or the author answers, else the form's default."""
    typed = str(application.fields.get(item.key, ""))
    return typed if typed.strip() else (source_value(item, application) or item.default or "")


def source_value(item: Field, application: Application) -> str:
    owner, _, key = item.source.partition(".")
    return str(getattr(getattr(application, owner), key)) if owner else ""


def without_blanks(row: Mapping[str, object]) -> dict[str, str]:
    """A row of any source as a Row: texts only, blank ones left out, a true flag as "1"."""
    cleaned = {}
    for key, value in row.items():
        if value is True:
            cleaned[key] = "1"
        elif value not in (None, False) and str(value).strip():
            cleaned[key] = str(value)
    return cleaned
