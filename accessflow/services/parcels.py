"""The parcel: what is sent, where, and what to mind (Рег. 3.4, 3.4.1, IV; R11-R17, R29, R37-R41).

Cover (App. 2), form as .xlsx and .docx, signed .pdf, attachments. A file that may hold patients'
data leaves only encrypted; its password goes by another way (X31).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue, Recipients
from accessflow.db.tables import Request, RequestFile
from accessflow.documents import media, scan_input
from accessflow.documents.build import Rendering
from accessflow.documents.docx import write_docx
from accessflow.documents.model import DocumentModel
from accessflow.documents.names import file_stem
from accessflow.documents.scan import assemble
from accessflow.documents.writers import WRITERS, zip_set
from accessflow.services import scans, stages
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of, form_of
from accessflow.services.clock import moscow_date
from accessflow.services.cover import cover_of, needs_cover
from accessflow.services.files import FileStore, attach
from accessflow.services.live_catalogue import for_paper
from accessflow.services.offers import system_label
from accessflow.services.printing import model_of
from accessflow.services.routes import channel_of, route_of

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


@dataclass(frozen=True, slots=True)
class Parcel:
    """`channel` as in `routes.CHANNELS`: in accessflow and by «Деловая почта» there are no
    recipients of a letter. `vipnet`: the node that the archive goes to. `warning`: X16.
    `password` opens what is encrypted, and stands in no letter."""

    files: tuple[ParcelFile, ...]
    channel: str
    recipients: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    archive_name: str
    vipnet: str = ""
    warning: str = ""
    password: str = ""


def build(
    session: Session,
    catalogue: Catalogue,
    files: FileStore,
    request: Request,
    now: datetime,
    *,
    channel: str = "",
    stage: Stage = "filing",
) -> Parcel:
    """What leaves: from the organisation; from МИАЦ to the next one; from КЗ (R37, R41).

    As it is by now: without a signed scan the parcel has none. Raises Invalid for a channel that is
    not open, NotFound where a file is not in the store.
    """
    on = moscow_date(now)
    packing = _Packing(session, catalogue, files, on)
    taken = channel_of(catalogue, request, channel) if stage == "filing" else "mail"
    route = route_at(catalogue, request, stage)
    made = tuple(_unique(packing.everything(request, stage)))
    by_mail = taken == "mail"
    return Parcel(
        files=made,
        channel=taken,
        recipients=route.to if by_mail else (),
        cc=route.cc if by_mail else (),
        subject=subject_of(catalogue, request),
        archive_name=_stem(catalogue, request, "Комплект", on) + ".zip",
        vipnet=catalogue.region.default_recipients.vipnet if taken == "vipnet" else "",
        warning=route.warning if by_mail else "",
        password=packing.password,
    )


def keep(
    session: Session,
    store: FileStore,
    request: Request,
    parcel: Parcel,
    *,
    actor: Actor,
    now: datetime,
    stage: Stage = "filing",
) -> tuple[RequestFile, ...]:
    """What leaves, byte for byte, among the files of the request; in the caller's transaction."""
    kept = []
    for file in parcel.files:
        row = attach(
            session, store, request, file.content,
            name=file.name, kind="parcel", actor=actor, now=now,
        )  # fmt: skip
        secret = {"password": parcel.password} if file.label == ENCRYPTED else {}
        of_form = {"form": file.form} if file.form else {}
        row.checks = {"stage": stage, "label": file.label, **of_form, **secret}
        kept.append(row)
    return tuple(kept)


def kept(session: Session, request: Request, stage: Stage = "filing") -> tuple[RequestFile, ...]:
    """What left last at that stage, in the order of the parcel; empty where nothing has."""
    found = session.scalars(
        select(RequestFile)
        .where(RequestFile.request_id == request.id, RequestFile.kind == "parcel")
        .options(joinedload(RequestFile.stored))
        .order_by(RequestFile.id)
    ).all()
    of_stage = [row for row in found if row.checks.get("stage") == stage]
    return tuple(row for row in of_stage if row.at == of_stage[-1].at)


def as_sent(
    session: Session, catalogue: Catalogue, files: FileStore, request: Request, now: datetime
) -> Parcel:
    """What has left, byte for byte; before that, what would leave now."""
    parcel = build(session, catalogue, files, request, now)
    left = tuple(
        ParcelFile(row.name, row.stored.media_type, files.read(row.sha256), row.checks["label"])
        for row in kept(session, request)
    )
    return replace(parcel, files=left) if left else parcel


def archive(parcel: Parcel) -> bytes:
    """All files as one ZIP for «Деловая почта»: names under which Windows unpacks them."""
    return zip_set({file.name: file.content for file in parcel.files})


def subject_of(catalogue: Catalogue, request: Request) -> str:
    """Number, what it is about, «УДАЛЕНИЕ ДОСТУПА» where it revokes (X4), organisation."""
    number = request.registration_no or request.number
    revoking = "УДАЛЕНИЕ ДОСТУПА" if request.action == "revoke" else ""
    parts = (number, _about(catalogue, request), revoking, request.organization.short_name)
    return ". ".join(part for part in parts if part)


def route_at(catalogue: Catalogue, request: Request, stage: Stage) -> Recipients:
    """Of a later stage: the owner that the catalogue knows; else СТП ЕГИСЗ. Of the deletion of an
    ЭМД the copy is one of the act alone (R41)."""
    if stage == "filing":
        return route_of(catalogue, request)
    system = catalogue.systems.get(request.system or "")
    if stage == "committee" and system and system.outbound:
        return system.outbound
    support = catalogue.region.contacts["support_email"]
    if stage == "committee" and request.kind == "emd_deletion":
        return Recipients(to=(support,), cc=catalogue.region.routes["emd_act_copy"].to)
    return Recipients(to=(support,))


def _about(catalogue: Catalogue, request: Request) -> str:
    if request.system in catalogue.systems:
        return system_label(catalogue, str(request.system))
    return form_of(catalogue, request).summary


def _stem(catalogue: Catalogue, request: Request, what: str, on: date) -> str:
    about = _about(catalogue, request)
    organization = request.organization.short_name
    return file_stem(what, about, organization, request.number, f"{on:%d.%m.%Y}")


@dataclass
class _Packing:
    session: Session
    catalogue: Catalogue
    store: FileStore
    on: date
    password: str = ""

    def everything(self, request: Request, stage: Stage) -> Iterator[ParcelFile]:
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
        name = _stem(self.catalogue, request, "Обращение", self.on)
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
        for row in attached(self.session, request):
            content = self.store.read(row.sha256)
            yield ParcelFile(row.name, row.stored.media_type, content, LABELS[row.kind])
        for row in attached(self.session, request, ("certificate_status",)):
            self.password = str(row.checks.get("password", ""))
            content = encrypted(row.name, self.store.read(row.sha256), self.password)
            name = file_stem("Статус свидетельств", request.number) + ".pdf"
            yield ParcelFile(name, media.PDF, content, LABELS[row.kind])


def attached(
    session: Session, request: Request, kinds: Sequence[str] = ATTACHED
) -> Sequence[RequestFile]:
    """What was put to the application itself, not to a message on its card; the oldest first."""
    return session.scalars(
        select(RequestFile)
        .where(
            RequestFile.request_id == request.id,
            RequestFile.kind.in_(kinds),
            RequestFile.voided_at.is_(None),
            RequestFile.message_id.is_(None),
        )
        .order_by(RequestFile.id)
    ).all()


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
