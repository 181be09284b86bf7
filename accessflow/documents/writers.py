"""The set of one application: the same page as DOCX, PDF and XLSX, laid out once."""

from __future__ import annotations

from accessflow.documents.docx import write_docx
from accessflow.documents.layout import lay_out
from accessflow.documents.model import DocumentModel
from accessflow.documents.pdf import write_pdf
from accessflow.documents.xlsx import write_xlsx

WRITERS = {".docx": write_docx, ".pdf": write_pdf, ".xlsx": write_xlsx}
"""Suffix to writer: `writer(model) -> bytes`, or with a layout of that model beside it."""


def write_set(model: DocumentModel) -> dict[str, bytes]:
    """Each file by its suffix. Raises `Invalid` on a control character in a text."""
    layout = lay_out(model)
    return {suffix: write(model, layout) for suffix, write in WRITERS.items()}
