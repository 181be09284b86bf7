"""Lines, rows and pages of a document: the one layout that PDF and DOCX follow.

Line breaks by the typeface's widths, lines of exact height, rows that never split, what belongs
together on one page: so a program that lays out the DOCX comes to the pages of the PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from accessflow.documents.model import DocumentModel, Paragraph, Table
from accessflow.documents.pages import Laid, Placed, paginate
from accessflow.documents.paragraphs import LaidParagraph, lay_paragraph, lay_signature, lay_spacer
from accessflow.documents.styles import AFTER_TABLE, BEFORE_TABLE, Page
from accessflow.documents.tables import LaidTable, lay_table


@dataclass(frozen=True, slots=True)
class Layout:
    """`blocks` in order, a signature as its paragraphs; `pages`: where each line and row stands."""

    page: Page
    blocks: Sequence[Laid]
    pages: Sequence[Sequence[Placed]]


def lay_out(model: DocumentModel) -> Layout:
    """Set and place a whole document. Raises `Invalid` on a control character in a text."""
    page = Page.of(model)
    blocks: list[Laid] = []
    for block in model.blocks:
        if isinstance(block, Table) and blocks and isinstance(blocks[-1], LaidTable):
            blocks.append(lay_spacer(page.text_width))
        if isinstance(block, Paragraph):
            blocks.append(lay_paragraph(block, page.text_width))
        elif isinstance(block, Table):
            blocks.append(lay_table(block, page.text_width, page.body_height))
        else:
            signature = lay_signature(block, page.text_width)
            _keep_with(blocks, page.body_height // 3)
            blocks += signature
    if blocks and isinstance(blocks[-1], LaidTable):
        blocks[-1].keep_next = True
        blocks.append(lay_spacer(page.text_width))
    _space(blocks)
    return Layout(page, blocks, paginate(blocks, page.body_height))


def _space(blocks: Sequence[Laid]) -> None:
    """The white between blocks where it hangs on both."""
    for above, below in pairwise(blocks):
        if isinstance(below, LaidTable):
            if isinstance(above, LaidParagraph) and not above.style.keep_next:
                above.after = max(above.after, BEFORE_TABLE)
        elif isinstance(above, LaidTable):
            if below.text:
                below.before = max(below.before, AFTER_TABLE)
        else:
            below.before = max(below.before, below.style.before)


def _keep_with(blocks: Sequence[Laid], most: int) -> None:
    """Keep what stands above a signature with it: up to a table's last row, where that is near."""
    height = 0
    for block in reversed(blocks):
        block.keep_next = True
        if isinstance(block, LaidTable):
            break
        height += block.height
        if height > most:
            break
        block.keep_lines = True
