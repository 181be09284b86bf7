"""A scan as one PDF: its pages looked at, turned, taken apart. Bytes in, bytes out.

The code of a page stands at its lower right (`documents/stamp.py`), so the way it lies tells how to
turn the page upright.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot, sqrt

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageOps
from pypdfium2 import raw

from accessflow.documents import pdfium, scan_input, stamp
from accessflow.documents.model import Stamp
from accessflow.documents.scan_input import A4_MM, LIKELY_SHORT_MM, MM_PER_INCH, POINTS, assemble
from accessflow.domain.errors import Invalid, NotFound

__all__ = ["Sheet", "assemble", "look", "take", "turn", "upright"]

READ_DPI, RETRY = 200, 3
"""A code is looked for at this resolution and, if none is found, at so many times it."""
MAX_DRAWN = 60_000_000
"""Pixels that a page is drawn with at most."""
FEWEST_DARK = 0.0008
"""The share of dark specks from which on a page is not blank; dust is finer."""
DARK = 150
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SCANNED_SHARE = 0.5
"""A page is a scan where pictures cover so much of it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page (from 1) as it was found. `codes`: ours, other codes are passed over.

    `dpi` is None where the page is no picture; `askew`: clockwise degrees, a multiple of 90, that
    bring it upright, as far as a code tells.
    """

    number: int
    dpi: int | None
    blank: bool = False
    codes: tuple[Stamp, ...] = field(default=())
    askew: int = 0

    @property
    def code(self) -> Stamp | None:
        return self.codes[0] if self.codes else None


def look(pdf: bytes) -> tuple[Sheet, ...]:
    """Every page of a PDF that `assemble` made. Raises Invalid where a page cannot be drawn."""
    with pdfium.opened(pdf) as document:
        count = len(document)
    return tuple(_look(pdf, number) for number in range(1, count + 1))


def turn(pdf: bytes, turns: Mapping[int, int]) -> bytes:
    """Pages (from 1) turned clockwise by multiples of 90 degrees. Raises NotFound, Invalid."""
    document = scan_input.opened(pdf)
    for number, degrees in turns.items():
        if degrees % 90:
            raise Invalid("Страница поворачивается на 90, 180 или 270 градусов.")
        if not 1 <= number <= len(document.pages):
            raise NotFound("Такой страницы в скане нет.", page=number)
        document.pages[number - 1].rotate(degrees, relative=True)
    return scan_input.saved(document)


def upright(pdf: bytes, sheets: Sequence[Sheet]) -> bytes:
    """Every page turned as its code tells."""
    turns = {sheet.number: sheet.askew for sheet in sheets if sheet.askew}
    return turn(pdf, turns) if turns else pdf


def take(pdf: bytes, pages: Sequence[int]) -> bytes:
    """A PDF of these pages (from 1), in this order. Raises NotFound, Invalid without any."""
    if not pages:
        raise Invalid("В скане не осталось ни одной страницы.")
    source, made = scan_input.opened(pdf), pikepdf.new()
    for number in pages:
        if not 1 <= number <= len(source.pages):
            raise NotFound("Такой страницы в скане нет.", page=number)
        made.pages.append(source.pages[number - 1])
    return scan_input.saved(made)


def _look(pdf: bytes, number: int) -> Sheet:
    image, dpi = _drawn(pdf, number, READ_DPI)
    found = _codes(image)
    blank = not found and _is_blank(image)
    if not found and not blank:
        found = _codes(_drawn(pdf, number, READ_DPI * RETRY)[0])
    codes = tuple(dict.fromkeys(code for code, _ in found))
    return Sheet(number, dpi, blank, codes, found[0][1] if found else 0)


def _drawn(pdf: bytes, number: int, dpi: int) -> tuple[Image.Image, int | None]:
    """The page in grey, and the resolution that its picture has."""
    with pdfium.opened(pdf) as document:
        try:
            page = document[number - 1]
            area = page.get_width() * page.get_height()
            scale = min(dpi / POINTS, sqrt(MAX_DRAWN / area))
            image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
            return image, _resolution(page)
        except (pypdfium2.PdfiumError, ZeroDivisionError):
            raise Invalid(
                f"Страница {number} скана не открывается. Отсканируйте её заново.", page=number
            ) from None


def _resolution(page: pypdfium2.PdfPage) -> int | None:
    """Of the pictures that make the page; a sheet of unlikely size counts as A4."""
    sheet = page.get_width() * page.get_height()
    pictures = list(_pictures(page))
    whole = [(dots, area) for dots, area in pictures if area >= SCANNED_SHARE * sheet]
    if not whole:  # some scanners lay a page in strips
        dots, area = (sum(each) for each in zip(*pictures, strict=True)) if pictures else (0, 0)
        whole = [(dots, area)] if area >= SCANNED_SHARE * sheet else []
    if not whole:
        return None
    dpi = max(sqrt(dots / area) for dots, area in whole) * POINTS
    short = min(page.get_width(), page.get_height()) / POINTS * MM_PER_INCH
    if not LIKELY_SHORT_MM[0] <= short <= LIKELY_SHORT_MM[1]:
        dpi *= short / A4_MM[0]
    return round(dpi)


def _pictures(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float]]:
    """Dots and area (in points) of each picture of a page."""
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        width, height = picture.get_px_size()
        a, b, c, d, _, _ = picture.get_matrix().get()
        yield float(width * height), hypot(a, b) * hypot(c, d)


def _codes(image: Image.Image) -> list[tuple[Stamp, int]]:
    """Our codes on a page, and how the page is to be turned by each."""
    found = []
    for code in zxingcpp.read_barcodes(image, formats=_QR):
        try:
            known = stamp.parse(code.text)
        except Invalid:
            continue
        found.append((known, -round(code.orientation / 90) * 90 % 360))
    return found


def _is_blank(image: Image.Image) -> bool:
    """No writing within the margins; the dark rim and the dust of a scanner do not count."""
    rim = round(min(image.size) * 0.03)
    inner = ImageOps.crop(image, rim)
    # Averaged over squares of a third of a millimetre: dust fades, strokes stay.
    small = inner.reduce(3)
    histogram = small.histogram()
    return sum(histogram[:DARK]) / (small.width * small.height) < FEWEST_DARK
