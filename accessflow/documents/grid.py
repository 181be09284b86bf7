"""Which grid column each cell of a table begins in, once spans are taken into account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from accessflow.documents.model import Cell


class GridRow(NamedTuple):
    """`starts`: the column of each of the row's cells. `plain`: no cell spans.

    `carried`: cells from above that reach into this row: column, cell, rows left with this one.
    """

    cells: tuple[Cell, ...]
    starts: Sequence[int]
    plain: bool = False
    carried: tuple[tuple[int, Cell, int], ...] = ()


def grid(rows: Sequence[tuple[Cell, ...]], columns: int) -> list[GridRow]:
    """Raises ValueError where the cells do not fill the columns: only a builder gets that wrong."""
    if all(len(row) == columns for row in rows) and not any(
        cell.rowspan > 1 for row in rows for cell in row
    ):
        each = range(columns)
        return [GridRow(row, each, True) for row in rows]
    placed: list[GridRow] = []
    carried: list[tuple[int, Cell, int]] = []
    for number, row in enumerate(rows):
        taken = {column + i for column, cell, _ in carried for i in range(cell.colspan)}
        starts = []
        at = 0
        for cell in row:
            while at in taken:
                at += 1
            starts.append(at)
            at += cell.colspan
        if at > columns or len(taken) + sum(cell.colspan for cell in row) != columns:
            raise ValueError(f"row {number} does not fill {columns} columns")
        placed.append(GridRow(row, starts, carried=tuple(carried)))
        carried = [(column, cell, left - 1) for column, cell, left in carried if left > 1]
        carried += [
            (column, cell, cell.rowspan - 1)
            for column, cell in zip(starts, row, strict=True)
            if cell.rowspan > 1
        ]
    if carried:
        raise ValueError("a cell reaches below the last row")
    return placed
