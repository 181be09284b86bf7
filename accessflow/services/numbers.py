"""Numbers without gaps of meaning: the next of a series, given once."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from accessflow.db.insert import insert
from accessflow.db.tables import Counter

# The table itself, past what the mapping does for rows in memory: there are none.
_COUNTERS = cast(Table, Counter.__table__)
_RAISED = (
    update(_COUNTERS)
    .where(_COUNTERS.c.name == bindparam("series"))
    .values(value=_COUNTERS.c.value + 1)
    .returning(_COUNTERS.c.value)
)


def next_value(session: Session, name: str) -> int:
    """The next number of the series, from 1 on. Held until the transaction ends, so never twice."""
    value: int | None = session.scalar(_RAISED, {"series": name})
    if value is None:
        _begin_series(session, name)
        value = session.scalar(_RAISED, {"series": name})
    if value is None:
        raise RuntimeError(f"the series {name} cannot be begun")
    return value


def _begin_series(session: Session, name: str) -> None:
    """Two first callers may both come here; one row is the outcome."""
    session.execute(insert(session, Counter).values(name=name, value=0).on_conflict_do_nothing())
