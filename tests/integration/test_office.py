"""LibreOffice must be there and must read, else a comparison with it says nothing."""

from __future__ import annotations

import io

import docx
import pypdfium2
import pytest

from tests.support.office import Convert


def document(text: str) -> bytes:
    stream = io.BytesIO()
    made = docx.Document()
    made.add_paragraph(text)
    made.save(stream)
    return stream.getvalue()


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return str(opened[0].get_textpage().get_text_range()).strip()


def test_each_file_comes_back_as_its_own_pdf(office_pdfs: Convert) -> None:
    words = {"a.docx": "Заявка первая", "b.docx": "Заявка вторая"}
    pdfs = office_pdfs({name: document(text) for name, text in words.items()})
    assert {name: text_of(pdf) for name, pdf in pdfs.items()} == words


def test_a_file_that_cannot_be_read_is_told_by_name(office_pdfs: Convert) -> None:
    with pytest.raises(RuntimeError, match=r"broken\.docx"):
        office_pdfs({"broken.docx": b"PK\x03\x04 nothing of a document"})
