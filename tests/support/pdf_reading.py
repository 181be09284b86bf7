"""What a PDF says and shows: its words page by page, its pages as pictures, the code on them."""

from __future__ import annotations

from typing import NamedTuple

import pypdfium2
import zxingcpp
from PIL import Image

SCAN_DPI = 200


class Code(NamedTuple):
    """A QR code found on a page; its edges in millimetres from the sheet's left, top."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


_LINE_HYPHEN = "\ufffe"
"""PDFium's mark for a hyphen at a line's end."""


def texts(pdf: bytes) -> list[str]:
    """The text of each page in the order in which it stands in the file."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace(_LINE_HYPHEN, "-") for page in document]


def words(pdf: bytes) -> list[list[str]]:
    """The words of each page; what a hyphen parts at a line's end is one."""
    return [text.split() for text in texts(pdf)]


def pictures(pdf: bytes, dpi: int = SCAN_DPI) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]


def codes(picture: Image.Image, dpi: int = SCAN_DPI) -> list[Code]:
    found = []
    for code in zxingcpp.read_barcodes(picture):
        if code.format != zxingcpp.BarcodeFormat.QRCode:
            continue
        corners = (
            code.position.top_left,
            code.position.top_right,
            code.position.bottom_right,
            code.position.bottom_left,
        )
        mm = 25.4 / dpi
        xs, ys = [c.x * mm for c in corners], [c.y * mm for c in corners]
        found.append(Code(code.text, min(xs), min(ys), max(xs), max(ys)))
    return found
