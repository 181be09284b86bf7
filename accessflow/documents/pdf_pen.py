"""Puts text and rules on a page of a PDF. Positions are twips from the top left of the sheet."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from accessflow.documents.breaking import Filled
from accessflow.documents.metrics import REPLACEMENT, Face, face, rich_parts
from accessflow.documents.pdfa import ArchivalDocument
from accessflow.documents.styles import (
    BASELINE,
    BORDER,
    SUPERSCRIPT_RISE,
    SUPERSCRIPT_SCALE,
    Align,
    Page,
)


class _Codes(dict[str, int]):
    """The code of each character in one font of one document: subset * 256 + byte."""

    def __init__(self, cut: Face, document: ArchivalDocument) -> None:
        super().__init__()
        self._cut = cut
        self._document = document

    def __missing__(self, char: str) -> int:
        known = char if char in self._cut else REPLACEMENT
        ((subset, data),) = self._cut.font.splitString(known, self._document)
        code = self[char] = subset * 256 + data[0]
        return code

    def chunks(self, text: str) -> list[tuple[int, bytes]]:
        codes = [self[char] for char in text]
        try:
            return [(0, bytes(codes))]
        except ValueError:  # some stand in a further subset
            return [
                (subset, bytes(c & 255 for c in part)) for subset, part in groupby(codes, _subset)
            ]

    def name(self, subset: int) -> str:
        return str(self._cut.font.getSubsetInternalName(subset, self._document))


def _subset(code: int) -> int:
    return code >> 8


class Pen:
    """Collects the operators of one page after the other."""

    def __init__(self, document: ArchivalDocument, page: Page) -> None:
        self.page = page
        self._codes = {bold: _Codes(face(bold), document) for bold in (False, True)}
        self._texts: list[str] = []
        self._lines: list[str] = []
        self._font = ("", 0.0)

    def begin(self) -> None:
        self._texts = []
        self._lines = []
        self._font = ("", 0.0)

    def stream(self) -> str:
        lines = [f"{BORDER / 20:g} w 2 J", *self._lines, "S"] if self._lines else []
        return "\n".join([*lines, "BT", *self._texts, "ET"])

    def text(
        self, x: float, baseline: float, text: str, size: float, bold: bool, gap: float = 0.0
    ) -> None:
        """`gap` in points widens each blank."""
        codes = self._codes[bold]
        place = f"1 0 0 1 {x / 20:.2f} {(self.page.height - baseline) / 20:.2f} Tm"
        for subset, data in codes.chunks(text):
            font = (codes.name(subset), size)
            if font != self._font:
                self._font = font
                place = f"{font[0]} {size:g} Tf {place}"
            if gap:
                self._texts.append(f"{gap:.4f} Tw {place} <{data.hex()}> Tj 0 Tw")
            else:
                self._texts.append(f"{place} <{data.hex()}> Tj")
            place = ""

    def line(self, x: int, y: int, to_x: int, to_y: int) -> None:
        high = self.page.height
        self._lines.append(
            f"{x / 20:g} {(high - y) / 20:g} m {to_x / 20:g} {(high - to_y) / 20:g} l"
        )


class Setting(NamedTuple):
    """The lines of a paragraph or a cell, ready to be drawn."""

    text: str
    filled: Filled
    size: float
    pitch: int
    bold: bool
    rich: bool

    def draw(
        self,
        pen: Pen,
        x: float,
        top: float,
        width: int,
        align: Align,
        first: int = 0,
        part: slice = slice(None),
    ) -> None:
        """`part`: which lines; `first`: the indent of the paragraph's first."""
        baseline = top + BASELINE * self.pitch
        lines = self.filled.lines
        room = width - self.filled.indent
        for line in lines[part]:
            text = self.text[line.begin : line.end]
            at, gap = x, 0.0
            shy = first if line is lines[0] else 0
            if align == "center":
                at += (room - line.width * 20) / 2
            else:
                at += shy
                blanks = text.count(" ")
                if align == "both" and blanks and not line.last:
                    gap = ((room - shy) / 20 - line.width) / blanks
            if self.rich and "^" in text:
                self._draw_rich(pen, at, baseline, text)
            elif text:
                pen.text(at, baseline, text, self.size, self.bold, gap)
            baseline += self.pitch

    def _draw_rich(self, pen: Pen, x: float, baseline: float, text: str) -> None:
        cut = face(self.bold)
        for part, raised in rich_parts(text):
            size = self.size * SUPERSCRIPT_SCALE if raised else self.size
            rise = self.size * SUPERSCRIPT_RISE * 20 if raised else 0.0
            pen.text(x, baseline - rise, part, size, self.bold)
            x += cut.width(part) * size / 50
