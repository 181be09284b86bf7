"""A condition on one of a few values that the program itself knows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, SQLColumnExpression, literal


def among(column: SQLColumnExpression[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column IN (...)`, written once: `in_` of plain values is written anew for each execution."""
    return column.in_([literal(value) for value in sorted(values)])
