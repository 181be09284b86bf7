"""Paper on its way through a scanner: our own pages, drawn, turned, worn."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2
from PIL import Image

from accessflow.documents.model import DocumentModel, Paragraph, Stamp
from accessflow.documents.pdf import write_pdf

DIGEST = "0123456789ab"


def printed(number: str = "2026-00412", version: int = 3, pages: int = 1) -> bytes:
    """A PDF of so many pages, each with its code."""
    lines = tuple(
        Paragraph(f"Прошу предоставить доступ, строка {n}", "plain") for n in range(1, 12)
    )
    filler = tuple(Paragraph("Сведения о пользователе", "plain") for _ in range(28 * (pages - 1)))
    stamp = Stamp(DIGEST, number, version)
    return write_pdf(DocumentModel("Заявка", "landscape", lines + filler, stamp, "x"))


def drawn(pdf: bytes, dpi: int = 200) -> list[Image.Image]:
    """The pages as a scanner without any fault would see them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def worn(page: Image.Image, *, skew: float = 0, noise: int = 0, turned: int = 0) -> Image.Image:
    """A sheet laid askew (degrees), speckled, and turned counter-clockwise by a multiple of 90."""
    if skew:
        page = page.rotate(skew, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    if noise:
        page = Image.blend(page, Image.effect_noise(page.size, noise), 0.25)
    return page.rotate(turned, expand=True) if turned else page


def jpeg(page: Image.Image, quality: int = 40, dpi: int = 200) -> bytes:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()


def png(page: Image.Image, dpi: int = 200) -> bytes:
    out = io.BytesIO()
    page.save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def pdf(pages: Sequence[Image.Image], dpi: int = 200) -> bytes:
    """As a scanner that writes PDF has it."""
    out = io.BytesIO()
    first, *rest = pages
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=dpi)
    return out.getvalue()


def scanned(printed_pdf: bytes, dpi: int = 200, **wear: int) -> bytes:
    """A whole document through the scanner: a PDF of pictures."""
    return pdf([worn(page, **wear) for page in drawn(printed_pdf, dpi)], dpi)


def blank(dpi: int = 200, *, noise: int = 0) -> Image.Image:
    """An empty A4 sheet on its side, as paper is: not quite white."""
    size = (round(297 / 25.4 * dpi), round(210 / 25.4 * dpi))
    return worn(Image.new("L", size, 250), noise=noise)
