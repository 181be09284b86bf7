"""Widths of text in Tinos, and so in Times New Roman. The unit is 1/1000 of the type size."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFont

from accessflow.documents.styles import SUPERSCRIPT_SCALE

FONTS = Path(__file__).parent / "fonts"
REPLACEMENT = "□"
"""Printed in the PDF for a character that Tinos lacks: PDF/A forbids the empty glyph."""

ASCENT, DESCENT = 1007.0, -303.0
"""What the PDF says of the letters' reach, accents included. By it programs that extract text tell
which words stand in one line: with reportlab's figures, of plain capitals, a raised mark came out
before its word."""

Width = Callable[[str], float]

_KEPT = 50_000


class _Kept(dict[str, float]):
    """Widths by text, measured when first asked for."""

    def __init__(self, measure: Width) -> None:
        super().__init__()
        self._measure = measure

    def __missing__(self, text: str) -> float:
        if len(self) > _KEPT:
            self.clear()
        width = self[text] = self._measure(text)
        return width


class Face:
    """One cut of the typeface with its advance widths.

    `width(text)` is the width of a text as it stands, `rich_width(text)` of one in which `^x` prints
    x as superscript.
    """

    def __init__(self, font: TTFont) -> None:
        self.font = font
        glyphs = font.face.charWidths
        missing = float(glyphs[ord(REPLACEMENT)])
        self.chars = _Kept(lambda char: float(glyphs.get(ord(char), missing)))
        self.width: Width = _Kept(self._measure).__getitem__
        self.rich_width: Width = _Kept(self._measure_rich).__getitem__

    def __contains__(self, char: str) -> bool:
        return ord(char) in self.font.face.charToGlyph

    def _measure(self, text: str) -> float:
        return sum(map(self.chars.__getitem__, text))

    def _measure_rich(self, text: str) -> float:
        return sum(
            self._measure(part) * (SUPERSCRIPT_SCALE if raised else 1.0)
            for part, raised in rich_parts(text)
        )


@cache
def face(bold: bool) -> Face:
    """Tinos Regular or Bold, read once (some 10 ms)."""
    cut = "Bold" if bold else "Regular"
    font = TTFont(f"Tinos-{cut}", str(FONTS / f"Tinos-{cut}.ttf"), asciiReadable=False)
    font.face.ascent, font.face.descent = ASCENT, DESCENT
    return Face(font)


def width_of(bold: bool, rich: bool) -> Width:
    """How wide a text is in this cut."""
    cut = face(bold)
    return cut.rich_width if rich else cut.width


def rich_parts(text: str) -> list[tuple[str, bool]]:
    """«СНИЛС^*» -> [("СНИЛС", False), ("*", True)]; a caret that raises nothing is itself."""
    head, *rest = text.split("^")
    parts = [(head, False)] if head else []
    for piece in rest:
        if not piece:
            parts.append(("^", False))
            continue
        if parts and parts[-1][1]:
            parts[-1] = (parts[-1][0] + piece[0], True)
        else:
            parts.append((piece[0], True))
        if piece[1:]:
            parts.append((piece[1:], False))
    return parts
