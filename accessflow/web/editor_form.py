"""What the editor's page sends: rows and fields by their names, and the button that was pressed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from accessflow.domain.errors import Invalid
from accessflow.forms.compare import ANYWAY
from accessflow.forms.grid import FLAG
from accessflow.services.details import FIELD, LABELS
from accessflow.services.editing import Typed, TypedRow

_ROW_FIELD = re.compile(r"r(\d{1,18})-([a-z_]{1,64})", re.ASCII)
BASE = "v"


@dataclass(frozen=True, slots=True)
class Ask:
    """An operation: its name, the row and the key it is about, a text that goes with it."""

    name: str
    row: int | None = None
    key: str = ""
    text: str = ""

    @property
    def needed_row(self) -> int:
        if self.row is None:
            raise Invalid("Сначала выберите строку: нажмите на её номер.")
        return self.row


def asked(form: Mapping[str, str]) -> Ask:
    """`op` is «name», «name:row», «name:row:key» or «name::key»; else the picked row and column."""
    name, _, rest = form.get("op", "save").partition(":")
    row, _, key = rest.partition(":")
    return Ask(
        name=name,
        row=_number(row or ("" if key else form.get("row", ""))),
        key=key or form.get("column", ""),
        text=form.get("block", ""),
    )


def typed_of(form: MultiDict[str, str]) -> Typed:
    """Everything that was typed. A row that clashed comes with «op=mine:12» or «op=theirs:12»."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        if found := _ROW_FIELD.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = value
    choice, _, which = form.get("op", "").partition(":")
    parts = [_row(row_id, values) for row_id, values in rows.items() if BASE in values]
    fields = {name: form[name] for name in form if name in LABELS or name.startswith(FIELD)}
    typed = Typed(tuple(parts), fields or None, form.get("d-v", ""))
    return _chosen(typed, choice, which)


def _row(row_id: int, values: dict[str, str]) -> TypedRow:
    base = values.pop(BASE)
    return TypedRow(row_id, {FLAG: "", **values}, base)


def _chosen(typed: Typed, choice: str, which: str) -> Typed:
    """«mine»: what was typed there stands, whatever anybody did. «theirs»: it is dropped."""
    if choice not in ("mine", "theirs"):
        return typed
    mine = choice == "mine"
    if which == "details":
        return Typed(typed.rows, typed.details if mine else None, ANYWAY if mine else "")
    chosen = _number(which)
    rows = tuple(
        TypedRow(part.row_id, part.values, ANYWAY) if part.row_id == chosen else part
        for part in typed.rows
        if mine or part.row_id != chosen
    )
    return Typed(rows, typed.details, typed.base)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 18 else None
