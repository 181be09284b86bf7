"""Where a text may break, and how wide its pieces are: the same places as in LibreOffice and Word.

Both break after a blank, a hyphen or a dash, and inside a word only where it is wider than the
whole line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from accessflow.documents.metrics import width_of
from accessflow.domain.errors import Invalid

_NEVER_FIRST = r"-–—.,;:!?…/)\]}»\"'’“”\\"
_BREAK = re.compile(
    rf"(?<=[-–!?…\\|])(?![{_NEVER_FIRST}«₽ ]|$)"  # after a hyphen, a dash, an exclamation mark
    r"|(?<=—)(?![-–—!?/.,;:)\]}«»\"'’“”₽\\ ]|$)"
    r"|(?<=[^\s(\[{„])(?=—)"
    r"|(?<=[.,;:)\]}%№+$−₽])(?=[$%(+\[{„№−|])"
    r"|(?<=[^\s(\[{„] )(?![ .,;:!?)\]}]|$)"
)
_NUMBER = re.compile(r"[0+() -]{8,20}")
MAY_BREAK = re.compile(r"[-–—!?…\\|%№+$−₽(){}\[\],;: /]")
_SLASH = re.compile(rf"(?<=\D/)(?![{_NEVER_FIRST}«₽ ]|$)|(?<=\d/)(?![{_NEVER_FIRST}«₽\d ]|$)")
_PATH = 66
"""LibreOffice breaks after a slash only where no blank stands so many characters before it."""
NICE = re.compile(r"[@._/,;:)-]")
"""A word too long for its line had better be cut after one of these."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DIGIT = re.compile("[1-9]")
_ZEROS = str.maketrans("123456789", "000000000")


class Measured(NamedTuple):
    """A text without line breaks, cut where it may break; widths in 1/1000 of the type size.

    `ink` leaves out the blanks at a piece's end, which may hang over the limit. `needs` is the room
    that a piece must find to end a line: after a slash LibreOffice wants one character more.
    """

    pieces: tuple[str, ...]
    needs: tuple[float, ...]
    ink: tuple[float, ...]
    advance: tuple[float, ...]
    natural: float
    longest: float


@lru_cache(maxsize=20_000)
def measured(text: str, bold: bool, rich: bool, opening: bool = True) -> Measured:
    """Cut and measure one line of a paragraph (no «\\n» in it), given by its shape.

    `opening`: it begins its paragraph, so that no blank stands before it.
    Raises `Invalid` where it holds a control character, which no document can.
    """
    if not text:
        return Measured((), (), (), (), 0.0, 0.0)
    if _CONTROL.search(text):
        raise Invalid("В тексте есть невидимый управляющий знак: наберите это место заново.")
    width = width_of(bold, rich)
    if MAY_BREAK.search(text) is None:
        whole = width(text)
        return Measured((text,), (whole,), (whole,), (whole,), whole, whole)
    blank = width(" ")
    pieces = _pieces(text, opening) if "/" in text else _BREAK.split(text)
    ink = []
    advance = []
    for piece in pieces:
        bare = piece.rstrip(" ")
        inked = width(bare)
        ink.append(inked)
        advance.append(inked + blank * (len(piece) - len(bare)))
    natural = sum(advance) - advance[-1] + ink[-1]
    needs = tuple(ink)
    if "/" in text:
        needs = tuple(
            inked + (width(after[0]) if piece[-1] == "/" and after else 0.0)
            for inked, piece, after in zip(ink, pieces, [*pieces[1:], ""], strict=True)
        )
    return Measured(tuple(pieces), needs, tuple(ink), tuple(advance), natural, max(ink))


def _pieces(text: str, opening: bool) -> list[str]:
    """`text` cut where it may break, slashes among it."""
    cuts = {found.start() for found in _BREAK.finditer(text)}
    for found in _SLASH.finditer(text):
        at = found.start()
        path = text[max(0, at - _PATH) : at]
        if " " not in path and (opening or at > _PATH):
            cuts.add(at)
    return [text[begin:end] for begin, end in pairwise([0, *sorted(cuts), len(text)])]


def is_number(text: str) -> bool:
    """Whether a shape is that of a СНИЛС or a telephone, which had better not break at a hyphen."""
    return _NUMBER.fullmatch(text) is not None


def shape(text: str) -> str:
    """All digits are equally wide and break alike: what is known of a text is kept by its shape."""
    return text.translate(_ZEROS) if _DIGIT.search(text) else text


def nice_cuts(word: str) -> list[int]:
    """After which characters a word that must be cut had better be, from the last on."""
    return [found.end() for found in NICE.finditer(word)][::-1]
