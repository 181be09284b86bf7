"""Charts drawn by the server: where each bar and word of an SVG stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT, TOP, BASE, BAR = 34, 700, 36, 180, 19
"""Columns: the plot's edges and a bar's widest width, in units of the view box (706 x 182)."""
MOST_LABELS = 16


@dataclass(frozen=True, slots=True)
class Rect:
    """`look`: b1, b2 or bd of af.css."""

    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Part:
    """One bar with its own link."""

    rect: Rect
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """A pair of bars; `label` is "" where there is no room for all."""

    x: float
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What a column shows: two numbers, each with its link and its words."""

    label: str
    numbers: tuple[int, int]
    hrefs: tuple[str, str]
    words: tuple[str, str]


def columns(pairs: Sequence[Pair]) -> Columns:
    """Two bars a step of time, from a common base, under round lines."""
    step = _step(max((max(pair.numbers) for pair in pairs), default=0))
    most = step * 3
    while pairs and most < max(max(pair.numbers) for pair in pairs):
        most += step
    scale = (BASE - TOP) / most
    room = (RIGHT - LEFT) / max(1, len(pairs))
    width = min(BAR, room * 0.36)
    every = -(-len(pairs) // MOST_LABELS)
    made = []
    for n, pair in enumerate(pairs):
        middle = LEFT + room * (n + 0.5)
        starts = (middle - width - 1, middle + 1)
        parts = tuple(
            Part(
                Rect(look, round(x, 1), round(BASE - number * scale, 1), round(width, 1),
                     round(number * scale, 1)),
                href,
                words,
            )
            for look, x, number, href, words in zip(
                ("b1", "b2"), starts, pair.numbers, pair.hrefs, pair.words, strict=True
            )
        )  # fmt: skip
        made.append(Column(round(middle, 1), "" if n % every else pair.label, parts))
    ticks = tuple(
        Tick(round(BASE - value * scale, 1), str(value)) for value in range(0, most + 1, step)
    )
    return Columns(ticks, tuple(made))


def _step(most: int) -> int:
    """Between the lines: a round number, three or four of which reach the top."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if 4 * step >= most:
                return step
        size *= 10


@dataclass(frozen=True, slots=True)
class Segment:
    look: str
    number: int
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Item:
    """A row: its name and total with their link, and its bars one after the other."""

    label: str
    href: str
    words: str
    segments: tuple[Segment, ...]

    @property
    def total(self) -> int:
        return sum(segment.number for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    full: str
    y: float
    href: str
    words: str
    value: str
    value_x: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    height: int
    rows: tuple[Row, ...]


ROW, THICK, END = 25, 17, 395
LETTER = 7.6
"""Rows of 25, bars of 17 that end before 395 of 430; how wide a letter is at most, on average."""


def bars(items: Sequence[Item], start: int) -> Bars:
    """Bars to the right of names that end at `start`, in a view box 430 wide."""
    most = max((item.total for item in items), default=0) or 1
    scale = (END - start) / most
    fits = int((start - 8) / LETTER)
    made = []
    for n, item in enumerate(items):
        x, y = float(start), n * ROW + 4
        parts = []
        for segment in item.segments:
            if segment.number:
                width = max(2.0, segment.number * scale)
                rect = Rect(segment.look, round(x, 1), y, round(width, 1), THICK)
                parts.append(Part(rect, segment.href, segment.words))
                x += width + 1
        label = item.label if len(item.label) <= fits else f"{item.label[: fits - 1].rstrip()}…"
        made.append(
            Row(label, item.label, n * ROW + 17, item.href, item.words, str(item.total),
                round(x + 6, 1), tuple(parts))
        )  # fmt: skip
    return Bars(len(items) * ROW, tuple(made))
