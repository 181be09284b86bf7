"""Lines of text, broken as LibreOffice and Word break them, so that pages agree.

A line whose end is too near the limit to be sure of is settled by another limit, which the DOCX
carries as an indent of the paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from accessflow.documents.metrics import Width, face, width_of
from accessflow.documents.words import NICE, Measured, is_number, measured, nice_cuts, shape

DOUBT = 0.25
"""Points by which LibreOffice's own measure of a line may differ from the sum of the widths."""

_ATOM = re.compile(r"\^.|.", re.DOTALL)
_STEPS = (-2.5, 2.5, -5.0, 5.0, -7.5, -10.0, -12.5)


class Line(NamedTuple):
    """The characters from `begin` to `end` of a text, `width` points wide.

    `last` ends its paragraph or comes before a forced break.
    """

    begin: int
    end: int
    width: float
    last: bool


class Filled(NamedTuple):
    """The lines of a paragraph, and by how much (twips) its right side is drawn in to get them."""

    lines: tuple[Line, ...]
    indent: int = 0


def fill(
    text: str,
    width: int,
    size: float,
    bold: bool = False,
    rich: bool = False,
    first: int = 0,
    nice: bool = True,
) -> Filled:
    """Break `text` into lines of at most `width` twips; `first` indents the first of them.

    `nice`: draw the right side in where a number or an address then breaks at a better place; it
    would show in text that is not set to the left.
    Raises `Invalid` where the text holds a control character, which no document can.
    """
    return fill_shape(shape(text), width, size, bold, rich, first, nice)


@lru_cache(maxsize=20_000)
def fill_shape(
    text: str, width: int, size: float, bold: bool, rich: bool, first: int, nice: bool
) -> Filled:
    """`fill` of a text by its shape."""
    full = width * 50 / size
    shy = first * 50 / size
    doubt = DOUBT * 1000 / size
    em = size / 1000
    parts = [measured(t, bold, rich, n == 0) for n, t in enumerate(text.split("\n"))]
    if all(part.natural + shy < full - doubt for part in parts):
        return Filled(tuple(_whole_lines(parts, em)))
    if len(parts) == 1 and len(parts[0].pieces) == 1 and not shy and not rich:
        return fill_word(face(bold).advances(text), nice_cuts(text) if nice else [], width, size)
    if len(parts) == 1 and not shy:
        plain = _fill_pieces(parts[0], full, doubt, em)
        if plain:
            return plain
    setter = _Setter(parts, shy, doubt, width_of(bold, rich))
    setting = setter.settle(full)
    if nice and setting.ugly:
        setting = setter.nicer(setting)
    lines = [Line(begin, end, ink * em, last) for begin, end, ink, last in setting.lines]
    return Filled(tuple(lines), round((full - setting.limit) * size / 50))


def _whole_lines(parts: list[Measured], em: float) -> Iterator[Line]:
    at = 0
    for part in parts:
        length = sum(map(len, part.pieces))
        yield Line(at, at + length, part.natural * em, True)
        at += length + 1


def _fill_pieces(part: Measured, full: float, doubt: float, em: float) -> Filled | None:
    """What `_Setter` does where nothing is in doubt or cut: most texts. None where something is."""
    lines = []
    begin = at = 0
    x = ends = 0.0
    blanks = 0
    for piece, need, ink, advance in zip(*part[:4], strict=True):
        gap = full - x - need
        if -doubt < gap < doubt:
            return None
        if gap < 0:
            if need > full - doubt or (piece[0] == "0" and not blanks):
                return None
            lines.append(Line(begin, at - blanks, ends * em, False))
            begin, x = at, 0.0
        ends = x + ink
        x += advance
        at += len(piece)
        blanks = 0 if ink == advance else len(piece) - len(piece.rstrip(" "))
    lines.append(Line(begin, at - blanks, ends * em, True))
    return Filled(tuple(lines))


def fill_word(ends: list[float], nice: list[int], width: int, size: float) -> Filled:
    """`fill` of a word with no break in it, given where its characters end: most cells that are cut
    are e-mails."""
    full = limit = width * 50 / size
    doubt = DOUBT * 1000 / size
    cuts, margin = _cuts(ends, limit)
    while margin < doubt and limit > full - 13 * doubt:
        limit -= 2.5 * doubt
        cuts, margin = _cuts(ends, limit)
    ugly = sum(cut not in nice for cut in cuts)
    for at in nice if ugly else ():
        narrower = ends[at] + 1.5 * doubt
        if narrower * (len(cuts) + 1) < ends[-1]:
            break
        if narrower >= limit:
            continue
        others, margin = _cuts(ends, narrower)
        less = sum(cut not in nice for cut in others)
        if less < ugly and margin >= doubt and len(others) <= len(cuts):
            limit, cuts, ugly = narrower, others, less
            if not ugly:
                break
    em = size / 1000
    last = len(ends) - 1
    lines = [
        Line(begin, end, (ends[end] - ends[begin]) * em, end == last)
        for begin, end in pairwise([0, *cuts, last])
    ]
    return Filled(tuple(lines), round((full - limit) * em * 20))


def _cuts(ends: list[float], limit: float) -> tuple[list[int], float]:
    """Where a word is cut that fills lines as they go, and how near the nearest decision was."""
    cuts: list[int] = []
    start = 0.0
    margin = float("inf")
    last = len(ends) - 1
    while True:
        room = start + limit
        cut = bisect_right(ends, room) - 1
        if cut >= last:
            return cuts, min(margin, room - ends[last])
        if ends[cut] <= start:
            cut += 1  # not even one character fits
            if cut == last:
                return cuts, margin
        margin = min(margin, abs(room - ends[cut]), abs(ends[cut + 1] - room))
        cuts.append(cut)
        start = ends[cut]


class _Setter:
    """Tries limits for one text; every length is in 1/1000 of the type size."""

    def __init__(self, parts: list[Measured], shy: float, doubt: float, width: Width) -> None:
        self.parts = parts
        self.shy = shy
        self.doubt = doubt
        self.width = width

    def attempt(self, limit: float) -> _Setting:
        setting = _Setting(limit, self.width)
        for number, part in enumerate(self.parts):
            setting.add(part, 0.0 if number else self.shy)
        return setting

    def settle(self, full: float) -> _Setting:
        """The limit next to the full one that leaves no decision in doubt, and cuts no more words.

        It may reach a point into the white beside the text.
        """
        first = self.attempt(full)
        if first.margin >= self.doubt:
            return first
        best = first
        for step in _STEPS:
            other = self.attempt(full + step * self.doubt)
            if other.ugly <= first.ugly and other.margin >= self.doubt:
                return other
            if other.ugly <= first.ugly and other.margin > best.margin:
                best = other
        return best

    def nicer(self, best: _Setting) -> _Setting:
        """A narrower limit with fewer ugly breaks, where that costs no line."""
        most = len(best.lines)
        natural = sum(part.natural for part in self.parts)
        for limit in sorted(self._limits(best.limit), reverse=True):
            if limit * most < natural:
                break
            other = self.attempt(limit)
            if other.ugly < best.ugly and len(other.lines) <= most and other.margin >= self.doubt:
                best = other
            if not best.ugly:
                break
        return best

    def _limits(self, below: float) -> Iterator[float]:
        """Limits that end a line after an @ or a dot of a word too long, or between two numbers."""
        room = 1.5 * self.doubt
        for part in self.parts:
            if len(part.pieces) > 1:
                text = "".join(part.pieces)
                if is_number(text):
                    yield max(map(self.width, text.split())) + room
            for piece, ink in zip(part.pieces, part.ink, strict=True):
                if ink > below:
                    for found in NICE.finditer(piece):
                        wide = self.width(piece[: found.end()]) + room
                        if below / 3 < wide < below:
                            yield wide


class _Setting:
    """Lines under one limit: begin, end, width, last.

    `margin`: how near the nearest decision was; `ugly`: breaks inside a word or a number.
    """

    def __init__(self, limit: float, width: Width) -> None:
        self.limit = limit
        self.width = width
        self.lines: list[tuple[int, int, float, bool]] = []
        self.margin = float("inf")
        self.ugly = 0
        self.at = 0

    def add(self, part: Measured, shy: float) -> None:
        """Set one paragraph or what stands before a forced break."""
        begin = at = self.at
        start = x = ends = shy
        blanks = 0
        for piece, need, ink, advance in zip(*part[:4], strict=True):
            if at > begin and not self._fits(x + need):
                self.lines.append((begin, at - blanks, ends - start, False))
                self.ugly += not blanks and piece[0] == "0"
                begin, start, x = at, 0.0, 0.0
            if at == begin and not self._fits(x + need):
                begin, tail = self._cut(piece.rstrip(" "), at, x)
                start, x = 0.0, tail - ink
            ends = x + ink
            x += advance
            at += len(piece)
            blanks = 0 if ink == advance else len(piece) - len(piece.rstrip(" "))
        self.lines.append((begin, at - blanks, ends - start, True))
        self.at = at + 1

    def _fits(self, end: float) -> bool:
        gap = self.limit - end
        self.margin = min(self.margin, abs(gap))
        return gap >= 0

    def _cut(self, word: str, at: int, x: float) -> tuple[int, float]:
        """Cut a word wider than the line, as full as lines go: where its rest begins, how wide."""
        rich = "^" in word
        atoms = _ATOM.findall(word) if rich else word
        ends = list(accumulate(map(self.width, atoms), initial=0.0))
        done = 0
        room = self.limit - x
        while ends[-1] - ends[done] > room:
            cut = max(bisect_right(ends, ends[done] + room) - 1, done + 1)
            if cut == len(atoms):
                break  # the last character alone is wider than the line
            width = ends[cut] - ends[done]
            self._fits(self.limit - room + width)
            self._fits(self.limit - room + ends[cut + 1] - ends[done])
            self.ugly += NICE.match(atoms[cut - 1]) is None
            length = sum(map(len, atoms[done:cut])) if rich else cut - done
            self.lines.append((at, at + length, width, False))
            at += length
            done, room = cut, self.limit
        self._fits(ends[-1] - ends[done])
        return at, ends[-1] - ends[done]
