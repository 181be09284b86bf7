"""Numbers of rows as people type and read them: «2, 5–7»."""

from __future__ import annotations

import re
from collections.abc import Iterable

from accessflow.domain.text import clean, plain_dashes

HIGHEST = 9999
_PART = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_BETWEEN = re.compile(r"[\s,;]+(?:и\s+)?")


def read_positions(text: str) -> tuple[int, ...]:
    """Each once, in order; () for nothing. Raises ValueError in Russian."""
    typed = re.sub(r"\s*-\s*", "-", plain_dashes(clean(text)))
    found: set[int] = set()
    for part in filter(None, _BETWEEN.split(typed)):
        known = _PART.fullmatch(part)
        first, last = (int(known[1]), int(known[2] or known[1])) if known else (0, 0)
        if not 1 <= first <= last:
            raise ValueError(f"«{part}» — не номер строки. Пример: 2, 5–7.")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def told_positions(numbers: Iterable[int]) -> str:
    """The same numbers in the fewest words: 2, 5, 6, 7 is «2, 5–7»."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(_told(run[0], run[-1]) for run in runs)


def _told(first: int, last: int) -> str:
    if last - first < 2:
        return ", ".join(map(str, dict.fromkeys((first, last))))
    return f"{first}–{last}"
