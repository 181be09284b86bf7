"""The parts of the editor's page as plain data: slots, cells, rows, lines of the list of checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from wtforms import Field

from accessflow.forms.defect import Defect
from accessflow.forms.grid import GridColumn
from accessflow.services import details

PANEL_ONLY = frozenset({"prerequisite"})
"""Codes that are told in the list and not in the cell: nothing there could be typed otherwise."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place under a field where its errors and warnings stand. `id`: the field's."""

    id: str
    defects: tuple[Defect, ...] = ()
    row_id: int | None = None
    refused: str = ""

    @property
    def invalid(self) -> bool:
        return bool(self.refused) or any(d.level == "error" for d in self.defects)


@dataclass(frozen=True, slots=True)
class Cell:
    column: GridColumn
    field: Field
    slot: Slot

    @property
    def asks_role(self) -> bool:
        return self.column.key == "role" and not self.column.locked

    @property
    def control(self) -> Markup:
        """The field with what it is called and described by. Drawn by its widget at once: a table
        has thousands of them."""
        attributes = {"aria_labelledby": f"l-{self.column.key} n{self.slot.row_id}"}
        described = f"{self.slot.id}-e" if self.slot.defects else ""
        if self.asks_role:
            described = f"{self.slot.id}-n {described}".strip()
        if described:
            attributes["aria_describedby"] = described
        if self.slot.invalid:
            attributes["aria_invalid"] = "true"
        drawn: Markup = self.field.widget(self.field, **attributes)
        return drawn


@dataclass(frozen=True, slots=True)
class RowView:
    """`flag` is the tick «отчества нет», `hint` the role in short, `own`: defects of no cell."""

    id: int
    number: int
    base: str
    cells: tuple[Cell, ...]
    own: Slot
    flag: Field | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the list of checks: where, what, and how many rows say the same."""

    level: str
    place: str
    href: str
    message: str
    code: str = ""


FEW = 8
"""Columns to be typed into: with so many there is room for long roles."""
WIDTHS = {
    "position": "af-w8",
    "last_name": "af-w6h",
    "first_name": "af-w6",
    "middle_name": "af-w7h",
    "snils": "af-w8h",
    "phone": "af-w8h",
    "role": "af-w11h",
    "organization": "af-w10h",
    "oid": "af-w10h",
    "inn": "af-w7h",
    "subject_rf": "af-w9h",
    "system": "af-w7h",
    "status": "af-w6h",
    "date": "af-w7h",
    "port": "af-w6",
}
PLACES = {
    "organization": "Организация",
    "author": "Автор",
    "system": "Система",
    "form": "Форма",
    "rows": "Строки",
    "signatory": "Подписант",
}


def name_of_field(key: str) -> str:
    """A defect's field -> the name of the field on the page."""
    if key.startswith("fields."):
        return details.FIELD + key.removeprefix("fields.")
    return "signatory" if key.startswith("signatory.") else key


def spans(numbers: Sequence[int]) -> str:
    """«1–3, 7» of 1 2 3 7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}–{p[-1]}" for p in parts)
