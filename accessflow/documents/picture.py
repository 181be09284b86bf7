"""A page of a PDF as a picture, for the eye beside the form."""

from __future__ import annotations

import io

from accessflow.documents.pdfium import opened
from accessflow.domain.errors import NotFound


def page_picture(pdf: bytes, page: int, width: int) -> bytes:
    """A PNG of the page (from 1), in grey, `width` pixels wide. Raises NotFound past the end."""
    with opened(pdf) as document:
        pages = len(document)
        if not 1 <= page <= pages:
            raise NotFound("Такой страницы в заявке нет.", page=page, pages=pages)
        sheet = document[page - 1]
        scale = width / sheet.get_width()
        image = sheet.render(scale=scale, grayscale=True).to_pil()
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=3)
    return stream.getvalue()
