"""A request's files: what is downloaded, and the pictures of its pages."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from threading import Lock

from accessflow.catalogue.spec import Catalogue
from accessflow.documents.build import Rendering, build
from accessflow.documents.layout import lay_out
from accessflow.documents.model import DocumentModel
from accessflow.documents.pdf import write_pdf
from accessflow.documents.picture import page_picture
from accessflow.documents.writers import MEDIA_TYPES, WRITERS, write_set, zip_set
from accessflow.forms.check import Check

MIME = {suffix.removeprefix("."): mime for suffix, mime in MEDIA_TYPES.items()}
"""The kinds of files: pdf, docx, xlsx, and zip for all of them."""
PICTURE_WIDTH = 1122
"""Pixels: an A4 sheet on its side at 96 dpi."""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    mime: str
    data: bytes


def model_of(
    check: Check, catalogue: Catalogue, on: date, rendering: Rendering = "organization"
) -> DocumentModel:
    return build(check, catalogue.region, rendering=rendering, on=on)


def file_of(model: DocumentModel, kind: str) -> File:
    """One file, or all three in an archive. `kind` is one of MIME."""
    suffix = f".{kind}"
    if kind == "zip":
        named = {f"{model.file_stem}{s}": data for s, data in write_set(model).items()}
        data = zip_set(named)
    else:
        data = WRITERS[suffix](model)
    return File(f"{model.file_stem}{suffix}", MEDIA_TYPES[suffix], data)


def page_count(model: DocumentModel) -> int:
    return len(lay_out(model).pages)


def fingerprint(model: DocumentModel) -> str:
    """Tells one printed content from another."""
    stamp = model.stamp
    if stamp is None:
        return "blank"
    return f"{stamp.digest}-{stamp.number}-{stamp.version}-{model.margin_left_mm:g}"


class Pictures:
    """Pages as pictures, the last ones kept: many look at the same page. Thread-safe."""

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, model: DocumentModel, page: int) -> bytes:
        """The page (from 1) as the PDF has it, a PNG. Raises NotFound past the last one."""
        key = (fingerprint(model), page)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        picture = page_picture(write_pdf(model), page, PICTURE_WIDTH)
        with self._lock:
            self._kept[key] = picture
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return picture
