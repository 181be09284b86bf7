"""What the editor's page shows: rows with their cells, and the list of what is wrong.

Made from the check and its defects alone, so that a whole page and the answer to one saved cell
come out of the same parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from wtforms import Form

from accessflow.db.tables import Request
from accessflow.forms import spec as forms
from accessflow.forms.application import Row
from accessflow.forms.check import Check
from accessflow.forms.compare import fingerprint
from accessflow.forms.defect import Defect
from accessflow.forms.grid import FLAG, Grid, GridColumn, HeaderCell, grid_of, shown, told
from accessflow.forms.spec import Role
from accessflow.forms.wtf import Choices, fields_form, row_form
from accessflow.services import details
from accessflow.services.draft import Clash
from accessflow.services.draft_checks import Defects
from accessflow.web.editor_parts import (
    FEW,
    PANEL_ONLY,
    PLACES,
    WIDTHS,
    Cell,
    RowView,
    Slot,
    Wrong,
    name_of_field,
    spans,
)


@dataclass
class View:
    """`typed`: rows and fields (None) that could not be taken and must stay as they were typed;
    `bases`: the fingerprints that their page had. `unfold`: the answered columns are shown."""

    request: Request
    check: Check
    defects: Defects
    unfold: bool = False
    clashes: tuple[Clash, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[int | None, Row] = field(default_factory=dict)
    bases: Mapping[int | None, str] = field(default_factory=dict)

    @cached_property
    def grid(self) -> Grid:
        return grid_of(self.check.spec, self.check.application, self.check.target)

    @cached_property
    def choices(self) -> Choices:
        application = self.check.application
        return Choices.of(self.check.target, application.action, application.organization.kind)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        return (*self.choices.roles, *self.choices.asked)

    @cached_property
    def folded(self) -> tuple[GridColumn, ...]:
        """The answered columns and the organisation's own notes, but for those where some row says
        something of its own."""
        if self.unfold:
            return ()
        return tuple(c for c in self.foldable if c.locked or not self._own(c))

    @cached_property
    def foldable(self) -> tuple[GridColumn, ...]:
        return tuple(c for c in self.columns if c.fixed or c.aside)

    def _own(self, column: GridColumn) -> bool:
        rows = (*self.check.application.rows, *self.typed.values())
        return any(str(row.get(column.key, "")).strip() for row in rows)

    @cached_property
    def columns(self) -> tuple[GridColumn, ...]:
        return self.grid.columns

    @cached_property
    def is_folded(self) -> frozenset[str]:
        return frozenset(c.key for c in self.folded)

    @property
    def header(self) -> tuple[tuple[HeaderCell, ...], ...]:
        return tuple(
            tuple(replace(c, fixed=c.key in self.is_folded) for c in line)
            for line in self.grid.header
        )

    @cached_property
    def row_ids(self) -> list[int]:
        return [row.id for row in self.request.rows]

    @cached_property
    def order(self) -> str:
        """Tells one list of rows from another."""
        return fingerprint({"rows": ",".join(map(str, self.row_ids))})

    @cached_property
    def _row_form(self) -> type[Form]:
        return row_form(self.grid, self.choices)

    def rows(self, only: Sequence[int] | None = None) -> Iterator[RowView]:
        for number, row in enumerate(self.request.rows, 1):
            if only is None or row.id in only:
                yield self._row(number, row.id, row.answers)

    def _row(self, number: int, row_id: int, answers: Row) -> RowView:
        values = shown(self.grid, answers, self.check.application, self.check.target)
        base = self.bases.get(row_id) or fingerprint(told(self.grid, values))
        form = self._row_form(data={**values, **self.typed.get(row_id, {})}, prefix=f"r{row_id}-")
        by_key: dict[str | None, tuple[Defect, ...]] = {}
        for defect in self.defects.get(row_id, ()):
            if defect.code not in PANEL_ONLY:
                by_key[defect.field] = (*by_key.get(defect.field, ()), defect)
        cells = tuple(
            Cell(c, form[c.key], Slot(f"r{row_id}-{c.key}", by_key.pop(c.key, ()), row_id))
            for c in self.columns
            if c.key not in self.is_folded
        )
        rest = tuple(defect for group in by_key.values() for defect in group)
        return RowView(
            id=row_id,
            number=number,
            base=base,
            cells=cells,
            own=Slot(f"n{row_id}", rest, row_id),
            flag=form[FLAG] if FLAG in self.grid.keys else None,
            hint=self.hint(values.get("role", "")),
        )

    def hint(self, role: str) -> str:
        found = next((r for r in self.roles if role in (r.name, *r.aliases)), None)
        return found.hint if found else ""

    def width(self, column: GridColumn) -> str:
        """The class of the column's width; "" takes a share of what is left."""
        if column.key == "role" and not self.unfold and len(self.columns) - len(self.folded) <= FEW:
            return ""
        noted = any(c.aside and c.key not in self.is_folded for c in self.columns)
        # Unfolded, or with a note, the table is wider than the page.
        wide = "af-w13" if self.unfold else "af-w9" if noted else ""
        return WIDTHS.get(column.key) or WIDTHS.get(column.kind) or wide

    # ----- what the page says of the whole

    def parts(self, *, below: bool = False) -> list[tuple[str, list[forms.Field]]]:
        """The labelled fields under the wording of the part they belong to (App. 15): those above
        the table, or those below it."""
        spec = self.check.spec
        if not spec.parts:
            return [] if below or not spec.fields else [("", list(spec.fields))]
        table = spec.grid_part or len(spec.parts)
        found = [
            (f"{number}. {words}", [item for item in spec.fields if item.part == number])
            for number, words in enumerate(spec.parts, 1)
            if (number > table) == below
        ]
        return [(words, items) for words, items in found if items]

    @property
    def grid_part(self) -> str:
        """The wording of the part that the table belongs to (App. 15)."""
        spec = self.check.spec
        if spec.grid_part is None:
            return ""
        return f"{spec.grid_part}. {spec.parts[spec.grid_part - 1]}"

    @property
    def role_hints(self) -> list[str]:
        """Roles met in this application, to choose from where the role is free text (App. 12)."""
        if self.roles:
            return []
        typed = (str(row.get("role", "")).strip() for row in self.check.application.rows)
        return sorted({role for role in typed if role})

    # ----- beside the table

    @cached_property
    def details(self) -> dict[str, str]:
        return details.shown(self.request, self.check)

    @property
    def details_base(self) -> str:
        return self.bases.get(None) or fingerprint(self.details)

    @cached_property
    def fields(self) -> Form:
        shown_now = {**self.details, **self.typed.get(None, {})}
        data = {k.removeprefix(details.FIELD): text for k, text in shown_now.items()}
        return fields_form(self.check.spec)(data=data, prefix=details.FIELD)

    @property
    def shown_details(self) -> dict[str, str]:
        """The fields beside the table as they are to be shown: as stored, or as typed in vain."""
        return {**self.details, **self.typed.get(None, {})}

    def slot(self, name: str) -> Slot:
        """The slot of a field beside the table, by its name on the page."""
        whole = self.defects.get(None, ())
        mine = tuple(d for d in whole if d.field and name_of_field(d.field) == name)
        return Slot(name, mine, None, self.refused.get(name, ""))

    @property
    def slots(self) -> list[Slot]:
        return [self.slot(name) for name in self.details]

    @property
    def asks_justification(self) -> bool:
        return details.asks_justification(self.check)

    @property
    def needs_justification(self) -> bool:
        return details.needs_justification(self.check)

    # ----- the list of checks

    @cached_property
    def every(self) -> list[Defect]:
        return [defect for group in self.defects.values() for defect in group]

    @property
    def errors(self) -> int:
        return sum(d.level == "error" for d in self.every) + len(self.refused)

    @property
    def warnings(self) -> int:
        return sum(d.level == "warning" for d in self.every)

    @cached_property
    def wrong(self) -> list[Wrong]:
        """Errors first; what several rows have in common is one line."""
        groups: dict[tuple[str, str | None, str, str], list[int | None]] = {}
        for row_id, found in self.defects.items():
            for d in found:
                groups.setdefault((d.level, d.field, d.code, d.message), []).append(row_id)
        lines = [
            Wrong("error", self._label(name), f"#{name}", message)
            for name, message in self.refused.items()
        ]
        lines += [
            Wrong(level, self._place(key, row_ids), self._href(key, row_ids[0]), message, code)
            for (level, key, code, message), row_ids in groups.items()
        ]
        return sorted(lines, key=lambda line: line.level != "error")

    def _place(self, key: str | None, row_ids: Sequence[int | None]) -> str:
        if row_ids[0] is None:
            return self._label(name_of_field(key or ""))
        numbers = [self.row_ids.index(row_id) + 1 for row_id in row_ids if row_id is not None]
        rows = f"Строка {numbers[0]}" if len(numbers) == 1 else f"Строки {spans(numbers)}"
        column = self.grid.column(key) if key else None
        return f"{rows}, {column.label}" if column else rows

    def _label(self, name: str) -> str:
        if name in self.details:
            return details.label(self.check, name)
        return PLACES.get(name, PLACES.get(name.partition(".")[0], "Заявка"))

    def _href(self, key: str | None, row_id: int | None) -> str:
        if row_id is not None:
            folded = key is None or key in self.is_folded or self.grid.column(key) is None
            return f"#n{row_id}" if folded else f"#r{row_id}-{key}"
        name = name_of_field(key or "")
        return f"#{name}" if name in self.details else ""

    @property
    def passed(self) -> list[str]:
        """What has been looked at and is in order."""
        codes = {d.code for d in self.every}
        signatory = self.check.application.signatory
        said = []
        if self.check.spec.prerequisites and self.row_ids and "prerequisite" not in codes:
            said.append("Условия отмечены у всех сотрудников")
        if signatory.name and not self.slot("signatory").invalid:
            post = signatory.position
            said.append(f"Подписант: {signatory.name}, {post[:1].lower()}{post[1:]}")
        return said

    def clash_place(self, clash: Clash) -> str:
        if clash.row_id is None:
            return "Поля рядом с таблицей"
        if clash.row_id in self.row_ids:
            return f"Строка {self.row_ids.index(clash.row_id) + 1}"
        return "Строка, которую вы правили"

    def clash_lines(self, clash: Clash) -> list[tuple[str, str, str]]:
        """Where the two differ: the field, what was typed here, what stands there."""
        now = clash.now or {}
        return [
            (self._clash_label(clash, key), text or "пусто", now.get(key, "") or "пусто")
            for key, text in clash.typed.items()
            if text != now.get(key, "") and (text or clash.now is not None)
        ]

    def _clash_label(self, clash: Clash, key: str) -> str:
        if clash.row_id is None:
            return details.label(self.check, key)
        column = self.grid.column(key)
        return column.label if column else "Отчества нет"

    @property
    def first_error(self) -> str:
        return next((w.href for w in self.wrong if w.level == "error" and w.href), "#ed-checks")
