"""Who holds what: from what was told of one job in one system to the spans of its rights. Pure.

However the telling arrives, the spans are the same: they follow from the days alone, and of one
day from the order in which it was told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the ledger. A closing with role "" means every role of the system."""

    id: int
    kind: Literal["open", "close"]
    role: str
    on: date
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A right that is held on each day of [since, until); `opened`, `closed`: ids of entries."""

    opened: int
    role: str
    since: date
    expires_on: date | None = None
    closed: int | None = None
    until: date | None = None


def role_key(role: str) -> str:
    """By which two spellings are one role."""
    return " ".join(role.split()).casefold().replace("ё", "е")


def fold(entries: Iterable[Told]) -> tuple[Span, ...]:
    """The spans in the order of their beginning; of one role no two overlap.

    A right that is given again while it is held stays one right: the earlier entry keeps it, the
    later one says its term. A closing that meets nothing open closes nothing.
    """
    open_now: dict[str, Span] = {}
    closed: list[Span] = []
    for told in sorted(entries, key=lambda told: (told.on, told.id)):
        if told.kind == "open":
            key = role_key(told.role)
            held = open_now.get(key)
            new = Span(told.id, told.role, told.on, told.expires_on)
            open_now[key] = replace(held, expires_on=told.expires_on) if held else new
            continue
        over = [key for key in open_now if _closes(told, key)]
        closed += (replace(open_now.pop(key), closed=told.id, until=told.on) for key in over)
    return tuple(sorted([*closed, *open_now.values()], key=lambda span: (span.since, span.opened)))


def _closes(told: Told, key: str) -> bool:
    """A right without a role is the only one of its system: whatever a revocation calls it."""
    return not told.role.strip() or key in ("", role_key(told.role))
