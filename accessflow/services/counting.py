"""How many there are of several things, counted by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session


def count_all(session: Session, counts: Sequence[Select[int] | None]) -> Sequence[int]:
    """What each of them counts, in their order; 0 for None."""
    if not any(one is not None for one in counts):
        return [0] * len(counts)
    return list(session.execute(_together(tuple(counts))).one())


@lru_cache(maxsize=256)  # every page asks
def _together(counts: tuple[Select[int] | None, ...]) -> Select[Any]:
    return select(*(literal(0) if one is None else one.scalar_subquery() for one in counts))
