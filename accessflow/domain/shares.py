"""Parts of a whole, as figures tell them."""

from __future__ import annotations

from collections.abc import Mapping


def share(part: int, whole: int) -> int | None:
    """Per cent, rounded so that only all of it is 100."""
    if not whole:
        return None
    return 100 if part == whole else min(99, round(100 * part / whole))


def quantile(counts: Mapping[int, int], part: float) -> int | None:
    """The smallest value that at least this part of all does not exceed."""
    total = sum(counts.values())
    gone = 0
    for value in sorted(counts):
        gone += counts[value]
        if gone >= part * total:
            return value
    return None
