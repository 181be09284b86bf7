"""An appendix's table as an editor shows it: one cell per row key, under the official headers.

A whole-name column becomes three cells (App. 3, 4, 5, 12, 14); what the page does not print stands
at the end; what the organisation, the system or the action answers is `fixed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from accessflow.forms.application import Application, Row, Target
from accessflow.forms.rows import NAME_KEYS, answered, has_no_middle_name, value_of
from accessflow.forms.spec import Action, Column, FormSpec

NAME_LABELS = {"last_name": "Фамилия", "first_name": "Имя", "middle_name": "Отчество"}
FLAG = "no_middle_name"


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column of cells. `label` names a cell in few words; `kind` is the cell's own (a part of a
    name for a whole-name column). `locked`: nobody types there. `shown`: the answer of a fixed one.
    """

    key: str
    kind: str
    label: str
    column: Column
    fixed: bool = False
    locked: bool = False
    shown: str = ""

    @property
    def aside(self) -> bool:
        """What the form neither prints nor asks for: the organisation's own note."""
        return not self.column.printed and not self.column.required


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """`key` is that of the one column below it, "" above several. `^x` stands for superscript."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    key: str = ""
    fixed: bool = False
    printed: bool = True


@dataclass(frozen=True)
class Grid:
    """`number` is the header of the row numbers as the form words it."""

    columns: tuple[GridColumn, ...]
    header: tuple[tuple[HeaderCell, ...], ...]
    number: str

    @cached_property
    def typed(self) -> tuple[GridColumn, ...]:
        """The columns that a person fills."""
        return tuple(c for c in self.columns if not c.fixed)

    @cached_property
    def folded(self) -> tuple[GridColumn, ...]:
        return tuple(c for c in self.columns if c.fixed)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The row keys that may be changed here."""
        open_keys = {c.key for c in self.columns if not c.locked}
        return frozenset(open_keys | ({FLAG} if "middle_name" in open_keys else set()))

    def column(self, key: str) -> GridColumn | None:
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, GridColumn]:
        return {column.key: column for column in self.columns}


def grid_of(spec: FormSpec, application: Application, target: Target | None) -> Grid:
    """The editor's table of an application's form."""
    columns = _ordered(spec, application.action)
    cells = tuple(c for column in columns for c in _cells(column, spec, application, target))
    number = next((c.header for c in spec.columns if c.kind == "number"), "№")
    return Grid(cells, tuple(_header(columns, {c.key for c in cells if c.fixed})), number)


def shown(grid: Grid, row: Row, application: Application, target: Target | None) -> dict[str, str]:
    """What the cells of a row show: as typed, else as answered."""
    values = {
        cell.key: cell.shown if cell.locked else _value(cell, row, application, target)
        for cell in grid.columns
    }
    if FLAG in grid.keys:
        values[FLAG] = "1" if has_no_middle_name({FLAG: row.get(FLAG, "")}) else ""
    return values


def told(grid: Grid, values: Row) -> dict[str, str]:
    """Values of cells, shown or typed, as they are compared: one line each, "" for what the
    organisation, the system or the form answers by itself."""
    found = {key: _one_line(str(values[key])) for key in grid.keys & values.keys()}
    for cell in grid.folded:
        if found.get(cell.key) == cell.shown:
            found[cell.key] = ""
    return found


def is_blank(grid: Grid, row: Row) -> bool:
    """Nobody has typed anything into the row yet; a role may have been set from the start."""
    return not any(str(row.get(key, "")).strip() for key in grid.keys if key != "role")


def taken(
    grid: Grid, row: Row, typed: Row, application: Application, target: Target | None
) -> dict[str, str]:
    """The row after typing: what is blank, or said by the organisation anyway, is not kept.

    Keys that the grid does not have stay as they were.
    """
    answers = {key: str(value) for key, value in row.items()}
    for key in grid.keys & typed.keys():
        cell = grid.column(key)
        text = _one_line(str(typed[key])) if key != FLAG else str(typed[key])
        answers.pop(key, None)
        if text and not (cell and text == _value(cell, answers, application, target)):
            answers[key] = text
    return answers


def _one_line(text: str) -> str:
    """A cell holds one line: breaks of any kind become blanks."""
    if "\n" in text or "\r" in text:
        text = text.replace("\r\n", " ").replace("\r", " ").replace("\n", " ")
    return text.strip()


def _value(cell: GridColumn, row: Row, application: Application, target: Target | None) -> str:
    if cell.key in NAME_KEYS:
        return _one_line(str(row.get(cell.key, "")))
    return _one_line(value_of(cell.column, row, application, target))


def _ordered(spec: FormSpec, action: Action) -> tuple[Column, ...]:
    """What the action asks for, without the row number; what is not printed last."""
    columns = [c for c in spec.columns if c.kind != "number" and c.asked_for(action)]
    return tuple(sorted(columns, key=lambda column: not column.printed))


def _cells(
    column: Column, spec: FormSpec, application: Application, target: Target | None
) -> Iterator[GridColumn]:
    if column.kind == "full_name":
        for key in NAME_KEYS:
            yield GridColumn(key, key, NAME_LABELS[key], column)
        return
    label = _label(column)
    if column.kind == "status":
        status = spec.wording[application.action].status
        yield GridColumn(column.key, column.kind, label, column, True, True, status)
        return
    text = answered(column, application, target)
    locked = column.source == "system"
    fixed = locked or column.source == "organization" or _is_single_role(column, target)
    yield GridColumn(column.key, column.kind, label, column, fixed, locked, text)


def _is_single_role(column: Column, target: Target | None) -> bool:
    """A role that cannot be chosen is not asked for (R31)."""
    return column.kind == "role" and target is not None and len(target.roles) == 1


_SHORT = {
    "role": "Роль",
    "email": "E-mail",
    "snils": "СНИЛС",
    "functional_object": "Функциональный объект",
    "org_short_name": "Краткое наименование МО",
    "org_full_name": "Полное наименование МО",
    "org_oid": "OID МО",
    "org_inn": "ИНН МО",
    "subject_rf": "Субъект РФ",
    "status": "Статус доступа",
    "component": "Компонент",
    "expires_on": "Срок действия",
}


def _label(column: Column) -> str:
    return _SHORT.get(column.key) or column.plain_header.strip(" *:")


def _header(columns: Sequence[Column], fixed: set[str]) -> Iterator[tuple[HeaderCell, ...]]:
    """As many rows as the deepest column needs: official group, whole name, its parts."""
    lines: list[list[HeaderCell]] = [[], [], []]
    for group, members in groupby(columns, key=lambda column: column.group):
        same = list(members)
        if group:
            lines[0].append(HeaderCell(group, colspan=sum(map(_width, same))))
        for column in same:
            _add(lines, column, 1 if group else 0, column.key in fixed)
    used = [line for line in lines if line]
    depth = len(used)
    for at, line in enumerate(used):
        yield tuple(replace(c, rowspan=depth - at) if c.key else c for c in line)


def _add(lines: list[list[HeaderCell]], column: Column, level: int, fixed: bool) -> None:
    if column.kind != "full_name":
        lines[level].append(
            HeaderCell(column.header, key=column.key, fixed=fixed, printed=column.printed)
        )
        return
    lines[level].append(HeaderCell(column.header, colspan=len(NAME_KEYS)))
    for key in NAME_KEYS:
        lines[level + 1].append(HeaderCell(NAME_LABELS[key], key=key))


def _width(column: Column) -> int:
    return len(NAME_KEYS) if column.kind == "full_name" else 1
