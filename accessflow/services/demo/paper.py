"""Paper of the demonstration: the printed form as it comes back from a scanner, signed and sealed.

Everything on it is made up: the signature is a curve, the seal a ring.
"""

from __future__ import annotations

import io
import math

import pypdfium2
from PIL import Image, ImageDraw

DPI = 200
INK, SEAL = (28, 48, 140), (60, 70, 170)
SEAL_MM, SIGNATURE_MM = 32, 45


def signed(pdf: bytes) -> bytes:
    """The pages as one PDF of pictures; signature and seal upon the line that asks for them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [_page(page) for page in document]
    finally:
        document.close()
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return out.getvalue()


def _page(page: pypdfium2.PdfPage) -> Image.Image:
    picture: Image.Image = page.render(scale=DPI / 72).to_pil().convert("RGB")
    line = _place(page, "_____")
    if line is not None:
        x, y = line[0] * DPI / 72, (page.get_height() - line[1]) * DPI / 72
        pen = ImageDraw.Draw(picture)
        _seal(pen, x + _mm(SEAL_MM), y + _mm(4))
        _signature(pen, x + _mm(3), y - _mm(3))
    return picture


def _place(page: pypdfium2.PdfPage, words: str) -> tuple[float, float] | None:
    """Where the words stand, in points from the lower left."""
    text = page.get_textpage()
    found = text.search(words).get_next()
    if found is None:
        return None
    left, bottom, _, _ = text.get_charbox(found[0])
    return left, bottom


def _mm(length: float) -> float:
    return length / 25.4 * DPI


def _seal(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    for share in (1, 0.93, 0.55):
        reach = _mm(SEAL_MM / 2) * share
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=SEAL, width=3)


def _signature(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    points = [
        (x + _mm(SIGNATURE_MM) * t / 60, y + _mm(5) * math.sin(t / 3) * math.cos(t / 17))
        for t in range(61)
    ]
    pen.line(points, fill=INK, width=4, joint="curve")
