"""Widths of text in Tinos, and so in Times New Roman. The unit is 1/1000 of the type size."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import accumulate
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


class Face:
    """One cut of the typeface with its advance widths; those of words are kept."""

    def __init__(self, font: TTFont) -> None:
        self.font = font
        widths = font.face.charWidths
        self._chars = {chr(code): float(width) for code, width in widths.items()}
        self._plain: dict[str, float] = {}
        self._rich: dict[str, float] = {}

    def __contains__(self, char: str) -> bool:
        return ord(char) in self.font.face.charToGlyph

    def advances(self, text: str) -> list[float]:
        """Where each character of a text begins and the last one ends."""
        try:
            return list(accumulate(map(self._chars.__getitem__, text), initial=0.0))
        except KeyError:
            self._learn(text)
            return self.advances(text)

    def width(self, text: str) -> float:
        """The width of a text as it stands."""
        known = self._plain.get(text)
        if known is None:
            try:
                known = sum(map(self._chars.__getitem__, text))
            except KeyError:
                self._learn(text)
                return self.width(text)
            _keep(self._plain, text, known)
        return known

    def rich_width(self, text: str) -> float:
        """The width of a text in which `^x` prints x as superscript."""
        known = self._rich.get(text)
        if known is None:
            known = sum(
                self.width(part) * (SUPERSCRIPT_SCALE if raised else 1.0)
                for part, raised in rich_parts(text)
            )
            _keep(self._rich, text, known)
        return known

    def _learn(self, text: str) -> None:
        """A character that the typeface lacks is as wide as what is printed for it."""
        for char in text:
            self._chars.setdefault(char, self._chars[REPLACEMENT])


def _keep(widths: dict[str, float], text: str, width: float) -> None:
    if len(widths) > _KEPT:
        widths.clear()
    widths[text] = width


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
