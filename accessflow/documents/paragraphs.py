"""Paragraphs with their lines: those of the model, and those that a signature is made of."""

from __future__ import annotations

from dataclasses import dataclass

from accessflow.documents.breaking import Filled, fill, fill_shape
from accessflow.documents.model import Paragraph, SignatureBlock
from accessflow.documents.styles import (
    SIGNATURE,
    SIGNATURE_GAP,
    SIGNATURE_RULE,
    SPACER,
    STYLES,
    TextStyle,
)

_SPLITS_ABOVE = 4
"""A paragraph of more lines may go on over the page's end."""


@dataclass(slots=True, eq=False)
class LaidParagraph:
    """`left` and `width` in twips from the page's left margin; the first line's indent is the
    style's."""

    text: str
    style: TextStyle
    filled: Filled
    left: int
    width: int
    before: int = 0
    after: int = 0
    keep_next: bool = False
    keep_lines: bool = False

    @property
    def height(self) -> int:
        return len(self.filled.lines) * self.style.pitch


def lay_paragraph(paragraph: Paragraph, total: int) -> LaidParagraph:
    style = STYLES[paragraph.style]
    return _lay(paragraph.text, style, total, style.keep_next)


def lay_signature(block: SignatureBlock, total: int) -> list[LaidParagraph]:
    """«{position} ____/{name}/», «М.П.» beneath; all of it stays on one page."""
    lines = [block.before, _signed(block, total), block.seal]
    laid = [_lay(line, SIGNATURE, total, keep_next=True) for line in lines if line]
    for paragraph in laid:
        paragraph.keep_lines = True
    laid[0].before = SIGNATURE_GAP
    laid[-1].keep_next = False
    return laid


def lay_spacer(total: int) -> LaidParagraph:
    """An empty paragraph: Word wants one between two tables and below the last."""
    return _lay("", SPACER, total, keep_next=False)


def _signed(block: SignatureBlock, total: int) -> str:
    """In one line, else the rule and the name in a line of their own."""
    rule = f"{SIGNATURE_RULE}/{block.name}/"
    line = f"{block.position} {rule}".lstrip()
    if len(fill(line, total, SIGNATURE.size).lines) == 1:
        return line
    return f"{block.position}\n{rule}"


def _lay(text: str, style: TextStyle, total: int, keep_next: bool) -> LaidParagraph:
    left = total - style.right_block if style.right_block else style.left
    width = total - left
    nice = style.align == "left"
    # By the text itself, not by its shape: most are a form's own words and met again.
    filled = fill_shape(text, width, style.size, style.bold, style.rich, style.first, nice)
    keep_lines = keep_next or len(filled.lines) <= _SPLITS_ABOVE
    return LaidParagraph(text, style, filled, left, width, 0, style.after, keep_next, keep_lines)
