"""The set of one application: the same page as DOCX, PDF and XLSX, laid out once."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from accessflow.documents.docx import write_docx
from accessflow.documents.layout import lay_out
from accessflow.documents.model import DocumentModel
from accessflow.documents.pdf import write_pdf
from accessflow.documents.xlsx import write_xlsx

WRITERS = {".docx": write_docx, ".pdf": write_pdf, ".xlsx": write_xlsx}
"""Suffix to writer: `writer(model) -> bytes`, or with a layout of that model beside it."""

MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def write_set(model: DocumentModel) -> dict[str, bytes]:
    """Each file by its suffix. Raises `Invalid` on a control character in a text."""
    layout = lay_out(model)
    return {suffix: write(model, layout) for suffix, write in WRITERS.items()}


def zip_set(files: Mapping[str, bytes]) -> bytes:
    """One archive of named files, the same bytes for the same files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data, compresslevel=1)
    return out.getvalue()
