"""The tables of a page: rows under the appendix's headers, and label/value forms (App. 2, 15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from accessflow.catalogue.spec import RegionSpec
from accessflow.documents.model import Align, Cell, Table, TableColumn
from accessflow.forms.check import Check
from accessflow.forms.spec import Column, Field, FormSpec

Texts = Mapping[str, str]


def row_table(spec: FormSpec, rows: Sequence[Texts], check: Check, region: RegionSpec) -> Table:
    """The appendix's own columns in its order; a number counts from 1."""
    return Table(
        columns=tuple(_column(column, spec, check, region) for column in spec.printed),
        header=tuple(_header(spec.printed)),
        rows=tuple(
            tuple(Cell(_text(column, row, number)) for column in spec.printed)
            for number, row in enumerate(rows, 1)
        ),
    )


def _text(column: Column, row: Texts, number: int) -> str:
    return str(number) if column.kind == "number" else row[column.key]


def _column(column: Column, spec: FormSpec, check: Check, region: RegionSpec) -> TableColumn:
    align: Align = "center" if column.kind == "number" else "left"
    return TableColumn(column.key, column.weight, align, _choices(column, spec, check, region))


def _choices(column: Column, spec: FormSpec, check: Check, region: RegionSpec) -> tuple[str, ...]:
    if column.kind == "role":
        roles = check.target.roles if check.target else spec.roles
        return tuple(role.name for role in roles)
    if column.kind == "status":
        return tuple(wording.status for wording in spec.wording.values())
    if column.kind == "subject_rf":
        return tuple(subject.name for subject in region.subjects)
    return ()


def _header(columns: Sequence[Column]) -> Iterator[tuple[Cell, ...]]:
    """One row, or two where neighbours share a group (App. 4)."""
    if not any(column.group for column in columns):
        yield tuple(Cell(column.header, rich=True) for column in columns)
        return
    upper: list[Cell] = []
    for group, members in groupby(columns, key=lambda column: column.group):
        same = list(members)
        if group:
            upper.append(Cell(group, colspan=len(same), rich=True))
        else:
            upper += [Cell(column.header, rowspan=2, rich=True) for column in same]
    yield tuple(upper)
    yield tuple(Cell(column.header, rich=True) for column in columns if column.group)


def label_table(spec: FormSpec, rows: Sequence[Texts], fields: Texts) -> Table:
    """Labels left, values right; a part's fields share a cell, one a line (App. 15)."""
    if not spec.parts:
        return Table(
            columns=(TableColumn("label", 1.0), TableColumn("value", 1.6)),
            rows=tuple(
                (Cell(item.label, rich=True), Cell(fields[item.key]))
                for item in spec.fields
                if item.printed
            ),
        )
    grid = spec.printed
    values = tuple(TableColumn(column.key, column.weight) for column in grid)
    label = TableColumn("label", sum(column.weight for column in grid))
    lines: list[tuple[Cell, ...]] = []
    for number, part in enumerate(spec.parts, 1):
        if number == spec.grid_part:
            lines += _grid(part, grid, rows)
        else:
            lines.append(
                (Cell(part, rich=True), Cell(_part(spec.fields, number, fields), len(grid)))
            )
    return Table(columns=(label, *values), rows=tuple(lines))


def _part(items: Sequence[Field], number: int, fields: Texts) -> str:
    mine = [item for item in items if item.part == number and item.printed]
    return "\n".join(f"{item.label} {fields[item.key]}".strip() for item in mine)


def _grid(
    part: str, columns: Sequence[Column], rows: Sequence[Texts]
) -> Iterator[tuple[Cell, ...]]:
    header = tuple(Cell(column.header, rich=True) for column in columns)
    yield Cell(part, rowspan=1 + len(rows), rich=True), *header
    for row in rows:
        yield tuple(Cell(row[column.key]) for column in columns)
