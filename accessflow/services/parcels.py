"""The parcel: what is sent, where, and what to mind (Рег. 3.4, 3.4.1, IV; R11-R17, R29, R37-R41).

Cover (App. 2), form as .xlsx and .docx, signed .pdf, attachments. A file that may hold patients'
data leaves only encrypted; its password goes by another way (X31).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue, Recipients
from accessflow.db.tables import Request, RequestFile
from accessflow.documents.writers import zip_set
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.files import FileStore, attach
from accessflow.services.parcel_files import (
    ENCRYPTED,
    Packing,
    ParcelFile,
    Stage,
    matter_of,
    stem_of,
)
from accessflow.services.routes import channel_of, route_of


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
    packing = Packing(session, catalogue, files, on)
    taken = channel_of(catalogue, request, channel) if stage == "filing" else "mail"
    route = route_at(catalogue, request, stage)
    made = packing.everything(request, stage)
    by_mail = taken == "mail"
    return Parcel(
        files=made,
        channel=taken,
        recipients=route.to if by_mail else (),
        cc=route.cc if by_mail else (),
        subject=subject_of(catalogue, request),
        archive_name=stem_of(catalogue, request, "Комплект", on) + ".zip",
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
    parts = (number, matter_of(catalogue, request), revoking, request.organization.short_name)
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
