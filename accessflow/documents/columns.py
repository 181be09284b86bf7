"""Column widths of a table: by what stands in the columns, within bounds, led by their weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from accessflow.documents.breaking import DOUBT, is_number, measured, shape
from accessflow.documents.grid import GridRow
from accessflow.documents.model import TableColumn

_ADDRESS = re.compile(r"@|://|_|\d\.\d|.{28}")
"""A word that may be cut: an e-mail, a link, an OID, one so long that no column is made for it."""
_CUTTABLE = 6000.0
_UNCUT = 14_000.0  # what a column of addresses gets, where there is room, so that none is cut
_NUMBER_WHOLE = 6600.0  # a СНИЛС stands in one line; a telephone may take two
_HEADER_LINES = 4.0
_WEIGHT_SHARE = 0.3
_ROOM = 2.5 * DOUBT * 20


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
    needs = [
        _need(head, body, size / 50, pad + _ROOM, bold)
        for head, body in zip(
            _texts(header, len(columns)), _texts(rows, len(columns)), strict=True
        )
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


def _texts(rows: Iterable[GridRow], count: int) -> list[set[tuple[str, bool]]]:
    """The texts of each column's own cells, and whether they are rich."""
    texts: list[set[tuple[str, bool]]] = [set() for _ in range(count)]
    for cells, starts, *_ in rows:
        for column, cell in zip(starts, cells, strict=True):
            if cell.colspan == 1 and cell.text:
                texts[column].add((cell.text, cell.rich))
    return texts


def _need(
    head: set[tuple[str, bool]], body: set[tuple[str, bool]], unit: float, pad: float, bold: bool
) -> _Need:
    heads = [_lengths(text, bold, True) for text, _ in head]
    bodies = [_lengths(text, False, rich) for text, rich in body]
    both = heads + bodies
    least = max((low for _, low, _ in both), default=0.0)
    uncut = max((min(high, _UNCUT) for _, _, high in both), default=0.0)
    naturals = [natural for natural, *_ in bodies]
    usual = (sum(naturals) / len(naturals) + max(naturals)) / 2 if naturals else 0.0
    header = max((natural for natural, *_ in heads), default=0.0)
    wish = max(usual, header / _HEADER_LINES, least)
    most = max([least, header, *naturals])
    return _Need(*(length * unit + pad for length in (least, max(least, uncut), most, wish)))


def _lengths(text: str, bold: bool, rich: bool) -> tuple[float, float, float]:
    """How long a text is in one line; its longest word that may not be cut; its longest word."""
    natural = least = uncut = 0.0
    for part in shape(text).split("\n"):
        known = measured(part, bold, rich)
        natural = max(natural, known.natural)
        if known.natural < _NUMBER_WHOLE and is_number(part):
            least = max(least, known.natural)
            continue
        uncut = max(uncut, known.longest)
        if known.longest < _CUTTABLE:
            least = max(least, known.longest)
            continue
        for piece, ink in zip(known.pieces, known.ink, strict=True):
            least = max(least, min(ink, _CUTTABLE) if _ADDRESS.search(piece) else ink)
    return natural, least, uncut


def _shared(
    least: Sequence[float], most: Sequence[float], wishes: Sequence[float], total: int
) -> list[float]:
    """In proportion to the wishes, within least and most; over the most where room is left."""
    spare = total - sum(most)
    if spare >= 0:
        whole = sum(wishes)
        return [high + spare * wish / whole for high, wish in zip(most, wishes, strict=True)]
    low, high = 0.0, total / min(wishes)
    for _ in range(40):
        ratio = (low + high) / 2
        widths = [
            min(max(wish * ratio, under), over)
            for under, over, wish in zip(least, most, wishes, strict=True)
        ]
        low, high = (ratio, high) if sum(widths) < total else (low, ratio)
    return widths


def _capped(least: Sequence[float], total: int) -> list[float]:
    """The narrow ones keep what they ask, the wide ones get an equal cap."""
    low, high = 0.0, float(total)
    for _ in range(40):
        cap = (low + high) / 2
        low, high = (cap, high) if sum(min(w, cap) for w in least) < total else (low, cap)
    return [min(w, cap) for w in least]


def _whole(widths: Sequence[float], total: int) -> list[int]:
    whole = [int(width) for width in widths]
    whole[max(range(len(whole)), key=whole.__getitem__)] += total - sum(whole)
    return whole
