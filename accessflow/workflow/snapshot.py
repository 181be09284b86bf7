"""What a decision looks at: an application, and whoever acts, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accessflow.workflow.spec import Kind, Who

EXECUTED = frozenset({"granted", "revoked"})


@dataclass(frozen=True, slots=True)
class RowState:
    """`outcome`: "" while open, else granted, revoked or refused."""

    id: int
    outcome: str = ""

    @property
    def executed(self) -> bool:
        return self.outcome in EXECUTED


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`outside`: МИАЦ answers from outside. `state_at`: since when it is in its state.

    `errors`: how many the last check found; `missing`: Russian sentences of what keeps it from
    being sent (R14, R18); `facts`: names that guards know.
    """

    kind: Kind
    state: str
    outside: bool = False
    rows: tuple[RowState, ...] = ()
    errors: int = 0
    missing: tuple[str, ...] = ()
    facts: frozenset[str] = frozenset()
    state_at: datetime | None = None
    reopen_within: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts; `owns`: the application is of the actor's own organisation."""

    role: Who
    owns: bool = False
