"""Column widths of a table: by what stands in the columns, within bounds, led by their weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import sub
from typing import NamedTuple

from accessflow.documents.breaking import DOUBT
from accessflow.documents.grid import GridRow, grid
from accessflow.documents.metrics import face, width_of
from accessflow.documents.model import Cell, TableColumn
from accessflow.documents.words import MAY_BREAK, is_number, measured, nice_cuts, shape

_ADDRESS = re.compile(r"@|://|_|\d\.\d|.{28}")
"""A word that may be cut: an e-mail, a link, an OID, one so long that no column is made for it."""
_SEGMENT_MOST = 9_000.0
_UNCUT_MOST = 14_000.0
_NUMBER_WHOLE = 6_600.0  # a СНИЛС stands in one line; a telephone may take two
_LISTED_SHARE = 0.7  # of the room to spare
_UNCUT_SHARE = 0.6  # of what that leaves
_HEADER_LINES = 4.0
_HEADER_LINES_MOST = 11.0  # where it is a list
_WEIGHT_SHARE = 0.3
_STEP = 10
_ROOM = 2 * DOUBT * 20 + _STEP


class Lengths(NamedTuple):
    """Of a text, in 1/1000 of the type size: its longest word that may not be cut, its longest
    word, its longest line, all its lines together.

    Of an address `ends` and `nice`, what `fill_word` wants; of other texts with a break the
    `shape`, for `fill_shape`.
    """

    least: float
    uncut: float
    natural: float
    whole: float
    shape: str | None = None
    ends: list[float] | None = None
    nice: list[int] | None = None


Known = dict[str, Lengths]
"""Texts of a column that stand in its cells as they are, with their lengths."""


class Need(NamedTuple):
    """What a column asks for, in 1/1000 of the type size: `least` cuts no word, `listed` keeps a
    long header within some lines, `uncut` cuts no address, `most` breaks no line; `wish` suits its
    texts. `empty`: nothing stands in it but the header."""

    least: float
    listed: float
    uncut: float
    most: float
    wish: float
    empty: bool


def column_needs(header: Sequence[Lengths], known: Sequence[Known]) -> list[Need]:
    """`header` and `known`: what `header_lengths` and the rows' texts gave."""
    return [_need(head, body) for head, body in zip(header, known, strict=True)]


def fit(needs: Sequence[Need], total: int, size: float, pad: int) -> bool:
    """Whether every word has room in `total` twips; `pad` is the white at both sides of a cell."""
    return sum(need.least for need in needs) * size / 50 + len(needs) * (pad + _ROOM) <= total


def column_widths(
    columns: Sequence[TableColumn], needs: Sequence[Need], total: int, size: float, pad: int
) -> list[int]:
    """Widths in twips that add up to `total`."""
    unit, white = size / 50, pad + _ROOM
    least = [need.least * unit + white for need in needs]
    if sum(least) > total:
        return _whole(_capped(least, total), total)
    listed = [need.listed * unit + white for need in needs]
    least = _raised(least, listed, total, _LISTED_SHARE)
    uncut = [need.uncut * unit + white for need in needs]
    least = _raised(least, uncut, total, _UNCUT_SHARE)
    wished = [need.wish * unit + white for need in needs]
    scale = sum(wished) / sum(column.weight for column in columns)
    wishes = []
    most = []
    for need, column, wish, low in zip(needs, columns, wished, least, strict=True):
        part = 1.0 if need.empty else _WEIGHT_SHARE
        wishes.append((1 - part) * wish + part * column.weight * scale)
        most.append(float(total) if need.empty else max(need.most * unit + white, low))
    return _whole(_shared(least, most, wishes, total), total)


def _raised(
    least: Sequence[float], wanted: Sequence[float], total: int, share: float
) -> list[float]:
    """`least` raised to what is wanted, as far as that share of the room to spare allows."""
    missing = [want - low if want > low else 0.0 for low, want in zip(least, wanted, strict=True)]
    asked = sum(missing)
    if not asked:
        return list(least)
    part = min(1.0, share * (total - sum(least)) / asked)
    return [low + part * more for low, more in zip(least, missing, strict=True)]


@lru_cache(maxsize=256)
def header_lengths(header: tuple[tuple[Cell, ...], ...], count: int, bold: bool) -> list[Lengths]:
    """The longest of each column's header."""
    known = cell_lengths(grid(header, count), count, bold, rich=True)
    return [
        Lengths(
            max((text.least for text in texts.values()), default=0.0),
            max((text.uncut for text in texts.values()), default=0.0),
            max((text.natural for text in texts.values()), default=0.0),
            max((text.whole for text in texts.values()), default=0.0),
        )
        for texts in known
    ]


def cell_lengths(
    rows: Sequence[GridRow], count: int, bold: bool = False, rich: bool = False
) -> list[Known]:
    """What each column's texts are long. A cell over several columns asks each for its part."""
    known: list[Known] = [{} for _ in range(count)]
    for cells, starts, *_ in rows:
        for column, cell in zip(starts, cells, strict=True):
            text = cell.text
            if not text:
                continue
            lengths = _lengths(shape(text), bold, rich or cell.rich)
            if cell.colspan == 1:
                known[column][text] = lengths
                continue
            share = lengths.natural / cell.colspan
            part = Lengths(0.0, 0.0, share, share)
            for each in range(column, column + cell.colspan):
                known[each][f"{text}\0"] = part  # no cell's own text
    return known


def text_lengths(text: str) -> Lengths:
    """The lengths of a cell's text that is not empty and has nothing raised in it."""
    if text.isalpha():
        whole = face(False).width(text)
        return Lengths(whole, whole, whole, whole)
    if "@" in text and MAY_BREAK.search(text) is None and text.isprintable():
        ends = face(False).advances(text)
        nice = nice_cuts(text)
        least, whole = _segment(ends, nice), ends[-1]
        return Lengths(least, max(least, min(whole, _UNCUT_MOST)), whole, whole, None, ends, nice)
    return _lengths(shape(text), False, False)


def _segment(ends: list[float], nice: list[int]) -> float:
    """The longest part of an address that is left whole where it is cut well."""
    after = [ends[-1], *(ends[at] for at in nice), 0.0]
    longest: float = max(map(sub, after, after[1:]))
    return min(longest, _SEGMENT_MOST)


@lru_cache(maxsize=20_000)
def _lengths(text: str, bold: bool, rich: bool) -> Lengths:
    least = uncut = natural = whole = 0.0
    width = width_of(bold, rich)
    for part in text.split("\n"):
        known = measured(part, bold, rich)
        natural = max(natural, known.natural)
        whole += known.natural
        if is_number(part):
            words = [part] if known.natural < _NUMBER_WHOLE else part.split()
            least = max(least, *map(width, words))
            continue
        uncut = max(uncut, known.longest)
        if _ADDRESS.search(part) is None:
            least = max(least, known.longest)
            continue
        for piece, ink in zip(known.pieces, known.ink, strict=True):
            if _ADDRESS.search(piece):
                ink = _segment(face(bold).advances(piece), nice_cuts(piece))
            least = max(least, ink)
    return Lengths(least, max(least, min(uncut, _UNCUT_MOST)), natural, whole, text)


def _need(head: Lengths, body: Known) -> Need:
    least, uncut, longest, whole, *_ = head
    wish = max(longest / _HEADER_LINES, whole / _HEADER_LINES_MOST)
    if body:
        lows, highs, naturals, *_ = zip(*body.values(), strict=True)
        least, uncut = max(least, *lows), max(uncut, *highs)
        most = max(naturals)
        wish = max(wish, (sum(naturals) / len(naturals) + most) / 2)
        longest = max(longest, most)
    return Need(
        least, whole / _HEADER_LINES_MOST, uncut, max(least, longest), max(least, wish), not body
    )


def _shared(
    least: Sequence[float], most: Sequence[float], wishes: Sequence[float], total: int
) -> list[float]:
    """In proportion to the wishes, within least and most; over the most where room is left."""
    spare = total - sum(most)
    if spare >= 0:
        squares = [wish * wish for wish in wishes]  # a narrow column stays narrow
        whole = sum(squares)
        return [high + spare * square / whole for high, square in zip(most, squares, strict=True)]
    # By how much a wish is met grows from 0; a column grows with it between two turns.
    turns = [(low / wish, wish) for low, wish in zip(least, wishes, strict=True)]
    turns += [(high / wish, -wish) for high, wish in zip(most, wishes, strict=True)]
    turns.sort()
    width, slope, ratio = sum(least), 0.0, 0.0
    for turn, wish in turns:
        if width + slope * (turn - ratio) >= total:
            break
        width += slope * (turn - ratio)
        slope += wish
        ratio = turn
    ratio += (total - width) / slope if slope > 0 else 0.0
    return [
        min(max(wish * ratio, low), high)
        for low, high, wish in zip(least, most, wishes, strict=True)
    ]


def _capped(least: Sequence[float], total: int) -> list[float]:
    """The narrow ones keep what they ask, the wide ones get an equal cap."""
    low, high = 0.0, float(total)
    for _ in range(40):
        cap = (low + high) / 2
        low, high = (cap, high) if sum(min(w, cap) for w in least) < total else (low, cap)
    return [min(w, cap) for w in least]


def _whole(widths: Sequence[float], total: int) -> list[int]:
    """Half points, so that the form's own texts meet widths they are known at; the widest column
    takes the rest."""
    whole = [int(width / _STEP) * _STEP for width in widths]
    whole[max(range(len(whole)), key=whole.__getitem__)] += total - sum(whole)
    return whole
