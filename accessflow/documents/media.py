"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import io
import zipfile

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
TEXT = "text/plain"

SUFFIXES = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", DOCX: ".docx", XLSX: ".xlsx", ZIP: ".zip"}
LABELS = {PDF: "PDF", PNG: "PNG", JPEG: "JPEG", DOCX: "DOCX", XLSX: "XLSX", ZIP: "ZIP", TEXT: "TXT"}
TEXT_SUFFIXES = frozenset({".txt", ".xml", ".json", ".csv", ".log"})
"""A text keeps its own suffix if it is one of these."""
PDF_HEAD = 1024
"""A PDF's mark stands within so many bytes; what comes before it is ignored by readers."""
_OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


def media_type(content: bytes) -> str:
    """One of LABELS, or "" for anything else: macros, programs, pages of the web, no bytes."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if b"%PDF-" in content[:PDF_HEAD]:
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    return TEXT if _is_text(content) else ""


def _archive(content: bytes) -> str:
    """Only the list of names is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return ""
    if any(name.endswith("vbaProject.bin") for name in names):
        return ""
    office = "[Content_Types].xml" in names
    return next((kind for name, kind in _OFFICE.items() if office and name in names), ZIP)


def _is_text(content: bytes) -> bool:
    if not content.strip() or b"\0" in content:
        return False
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(sign.isprintable() or sign in "\r\n\t\x0c" for sign in text[:10_000])
    return False
