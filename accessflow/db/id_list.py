"""A list of ids as one value of a statement, however long it is.

As a parameter for each, a thousand ids take longer to write down than to look up.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    SQLColumnExpression,
    any_,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session


def is_among(
    session: Session, column: SQLColumnExpression[int], ids: Collection[int]
) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(Integer)))
    return column.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))
