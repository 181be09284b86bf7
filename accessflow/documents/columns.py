"""Column widths of a table: by what stands in the columns, within bounds, led by their weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from accessflow.documents.breaking import DOUBT, is_number, measured, shape
from accessflow.documents.grid import GridRow
from accessflow.documents.metrics import width_of
from accessflow.documents.model import TableColumn

_SEGMENT = re.compile(r"[^@._/-]*[@._/-]*")
_ADDRESS = re.compile(r"@|://|_|\d\.\d|.{28}")
"""A word that may be cut: an e-mail, a link, an OID, one so long that no column is made for it."""
_SEGMENT_MOST = 9_000.0
_UNCUT_MOST = 14_000.0
_NUMBER_WHOLE = 6_600.0  # a СНИЛС stands in one line; a telephone may take two
_HEADER_LINES = 4.0
_WEIGHT_SHARE = 0.3
_ROOM = 2.5 * DOUBT * 20 + 20  # widths are cut to whole points


class _Lengths(NamedTuple):
    """Of a text: its longest word that may not be cut, its longest word, all of it in one line."""

    least: float
    uncut: float
    natural: float


class _Need(NamedTuple):
    """What a column asks for: `least` cuts no word, `uncut` no address, `most` breaks no line; `wish`
    suits its texts. In twips."""

    least: float
    uncut: float
    most: float
    wish: float


def column_widths(
    columns: Sequence[TableColumn],
    header: Sequence[GridRow],
    rows: Sequence[GridRow],
    total: int,
    size: float,
    pad: int,
    bold: bool,
) -> tuple[list[int], bool]:
    """Widths in twips that add up to `total`, and whether every word has room in them.

    `pad` is the white at both sides of a cell together, `bold` the header's type.
    """
    count = len(columns)
    needs = [
        _need(head, body, size / 50, pad + _ROOM)
        for head, body in zip(_lengths(header, count, bold), _lengths(rows, count), strict=True)
    ]
    least = [need.least for need in needs]
    spare = total - sum(least)
    if spare < 0:
        return _whole(_capped(least, total), total), False
    wanted = sum(need.uncut - need.least for need in needs)
    share = min(1.0, spare / wanted) if wanted else 0.0
    least = [need.least + share * (need.uncut - need.least) for need in needs]
    scale = sum(need.wish for need in needs) / sum(column.weight for column in columns)
    wishes = [
        (1 - _WEIGHT_SHARE) * need.wish + _WEIGHT_SHARE * column.weight * scale
        for need, column in zip(needs, columns, strict=True)
    ]
    return _whole(_shared(least, [need.most for need in needs], wishes, total), total), True


def _lengths(
    rows: Iterable[GridRow], count: int, bold: bool = False
) -> list[dict[tuple[str, bool], _Lengths]]:
    """What each column's texts are long. A cell over several columns asks each for its part."""
    lengths: list[dict[tuple[str, bool], _Lengths]] = [{} for _ in range(count)]
    for cells, starts, *_ in rows:
        for column, cell in zip(starts, cells, strict=True):
            text = cell.text
            if not text or (text, cell.rich) in lengths[column]:
                continue
            known = _text_lengths(shape(text), bold, cell.rich)
            if cell.colspan == 1:
                lengths[column][text, cell.rich] = known
                continue
            part = _Lengths(0.0, 0.0, known.natural / cell.colspan)
            for each in range(column, column + cell.colspan):
                lengths[each][text, cell.rich] = part
    return lengths


@lru_cache(maxsize=20_000)
def _text_lengths(text: str, bold: bool, rich: bool) -> _Lengths:
    least = uncut = natural = 0.0
    for part in text.split("\n"):
        known = measured(part, bold, rich)
        natural = max(natural, known.natural)
        if is_number(part):
            whole = known.natural < _NUMBER_WHOLE
            words = [part] if whole else part.split()
            least = max(least, *map(width_of(bold, rich), words))
            continue
        uncut = max(uncut, known.longest)
        if _ADDRESS.search(part) is None:
            least = max(least, known.longest)
            continue
        for piece, ink in zip(known.pieces, known.ink, strict=True):
            if _ADDRESS.search(piece):
                segments = map(width_of(bold, rich), _SEGMENT.findall(piece))
                ink = min(max(segments), _SEGMENT_MOST)
            least = max(least, ink)
    return _Lengths(least, max(least, min(uncut, _UNCUT_MOST)), natural)


def _need(
    head: Mapping[object, _Lengths], body: Mapping[object, _Lengths], unit: float, pad: float
) -> _Need:
    least = uncut = header = 0.0
    for low, high, natural in head.values():
        least, uncut, header = max(least, low), max(uncut, high), max(header, natural)
    whole = longest = 0.0
    for low, high, natural in body.values():
        least, uncut, longest = max(least, low), max(uncut, high), max(longest, natural)
        whole += natural
    usual = (whole / len(body) + longest) / 2 if body else 0.0
    wish = max(usual, header / _HEADER_LINES, least)
    most = max(least, header, longest)
    return _Need(*(length * unit + pad for length in (least, uncut, most, wish)))


def _shared(
    least: Sequence[float], most: Sequence[float], wishes: Sequence[float], total: int
) -> list[float]:
    """In proportion to the wishes, within least and most; over the most where room is left."""
    spare = total - sum(most)
    if spare >= 0:
        whole = sum(wishes)
        return [high + spare * wish / whole for high, wish in zip(most, wishes, strict=True)]
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
    """Whole points, so that texts of the form meet widths they are known at; the rest to the widest."""
    whole = [int(width / 20) * 20 for width in widths]
    whole[max(range(len(whole)), key=whole.__getitem__)] += total - sum(whole)
    return whole
