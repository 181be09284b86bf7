"""The files of a parcel: cover, form, scan, what was put to it; each made or read as it leaves."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pikepdf
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.documents import media, scan_input
from accessflow.documents.build import Rendering
from accessflow.documents.docx import write_docx
from accessflow.documents.model import DocumentModel
from accessflow.documents.names import file_stem
from accessflow.documents.scan import assemble
from accessflow.documents.writers import WRITERS
from accessflow.services import attachments, scans, stages
from accessflow.services.applications import check_of, form_of
from accessflow.services.cover import cover_of, needs_cover
from accessflow.services.files import FileStore
from accessflow.services.live_catalogue import for_paper
from accessflow.services.offers import system_label
from accessflow.services.printing import model_of

Stage = Literal["filing", "forwarding", "committee"]
ATTACHED = ("screenshot", "sent_file", "answer_file", "attachment")
ENCRYPTED = "«Статус свидетельств», зашифрован"
LABELS = {
    "cover": "обращение по приложению 2",
    "xlsx": "форма, .xlsx",
    "docx": "форма, .docx",
    "scan": "скан с подписью, .pdf",
    "certificate_status": ENCRYPTED,
    "screenshot": "снимок экрана",
    "sent_file": "отправленный файл",
    "answer_file": "файл ответа",
    "attachment": "приложение",
}


@dataclass(frozen=True, slots=True)
class ParcelFile:
    """`label` says what it is; `name` is safe on Windows and holds no СНИЛС; `form` of which КЗ's
    document it is, "" for the application's own."""

    name: str
    media_type: str
    content: bytes
    label: str
    form: str = ""


def matter_of(catalogue: Catalogue, request: Request) -> str:
    """What the application is about, in a few words."""
    if request.system in catalogue.systems:
        return system_label(catalogue, str(request.system))
    return form_of(catalogue, request).summary


def stem_of(catalogue: Catalogue, request: Request, what: str, on: date) -> str:
    matter = matter_of(catalogue, request)
    organization = request.organization.short_name
    return file_stem(what, matter, organization, request.number, f"{on:%d.%m.%Y}")


@dataclass
class Packing:
    """`password`: of what was encrypted on the way, "" where nothing was."""

    session: Session
    catalogue: Catalogue
    store: FileStore
    on: date
    password: str = ""

    def everything(self, request: Request, stage: Stage) -> tuple[ParcelFile, ...]:
        return tuple(_unique(self._everything(request, stage)))

    def _everything(self, request: Request, stage: Stage) -> Iterator[ParcelFile]:
        if stage == "committee" and request.kind == "emd_deletion":
            for document in stages.documents_of(self.session, request):
                for file in self._form(document, "organization", "scan"):
                    yield replace(file, form=document.form)
            return
        if stage == "filing" and needs_cover(request):
            yield self._cover(request)
        yield from self._form(request, *_signed_by(self.catalogue, request, stage))
        yield from self._attached(request)

    def _cover(self, request: Request) -> ParcelFile:
        made = write_docx(cover_of(self.catalogue, request, self.on))
        name = stem_of(self.catalogue, request, "Обращение", self.on)
        return ParcelFile(f"{name}.docx", media.DOCX, made, LABELS["cover"])

    def _form(self, request: Request, rendering: Rendering, scan: str) -> Iterator[ParcelFile]:
        check = check_of(self.session, self.catalogue, request)
        paper = for_paper(self.session, self.catalogue, request, self.on)
        model = model_of(check, paper, self.on, rendering)
        for suffix, kind in ((".xlsx", media.XLSX), (".docx", media.DOCX)):
            content = WRITERS[suffix](model)
            yield ParcelFile(model.file_stem + suffix, kind, content, LABELS[suffix[1:]])
        yield from self._scan(request, model, scan)

    def _scan(self, request: Request, model: DocumentModel, kind: str) -> Iterator[ParcelFile]:
        found = scans.current(self.session, request, kind)
        if found is not None:
            content = self.store.read(found.sha256)
            yield ParcelFile(f"{model.file_stem}.pdf", media.PDF, content, LABELS["scan"])

    def _attached(self, request: Request) -> Iterator[ParcelFile]:
        for row in attachments.of(self.session, request, ATTACHED):
            content = self.store.read(row.sha256)
            yield ParcelFile(row.name, row.stored.media_type, content, LABELS[row.kind])
        for row in attachments.of(self.session, request, ["certificate_status"]):
            self.password = str(row.checks.get("password", ""))
            content = encrypted(row.name, self.store.read(row.sha256), self.password)
            name = file_stem("Статус свидетельств", request.number) + ".pdf"
            yield ParcelFile(name, media.PDF, content, LABELS[row.kind])


def encrypted(name: str, content: bytes, password: str) -> bytes:
    """The scan as a PDF under AES-256: opens in every reader with the password alone.

    Raises ValueError without a password: nothing leaves as if it were encrypted.
    """
    if not password:
        raise ValueError("an encrypted file needs a password")
    out = io.BytesIO()
    with scan_input.opened(assemble([(name, content)])) as document:
        document.save(out, encryption=pikepdf.Encryption(owner=password, user=password, R=6))
    return out.getvalue()


def _signed_by(catalogue: Catalogue, request: Request, stage: Stage) -> tuple[Rendering, str]:
    """The page and whose scan of it leave: App. 5 leaves МИАЦ under its director's signature (X14),
    КЗ signs itself (R37), all else leaves as it came."""
    if stage == "committee":
        return "organization", "committee_scan"
    if stage == "forwarding" and form_of(catalogue, request).signature.signer == "miac":
        return "miac", "director_scan"
    return "organization", "scan"


def _unique(found: Iterator[ParcelFile]) -> Iterator[ParcelFile]:
    """Two files of one name would be one in an archive; case does not tell them on Windows."""
    taken: set[str] = set()
    for file in found:
        stem, dot, suffix = file.name.rpartition(".")
        name, n = file.name, 2
        while name.casefold() in taken:
            name, n = f"{stem} ({n}){dot}{suffix}", n + 1
        taken.add(name.casefold())
        yield replace(file, name=name)
