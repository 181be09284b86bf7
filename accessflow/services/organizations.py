"""Organisations that file applications (Рег. 2.1, 2.2, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import RegionSpec
from accessflow.db.session import Database
from accessflow.db.tables import Organization
from accessflow.domain import email, inn, oid, phone
from accessflow.domain.errors import Invalid
from accessflow.services import history, scope, totals
from accessflow.services.actor import Actor
from accessflow.services.fields import Fields, searchable

KINDS = {
    "mo": "медицинская организация",
    "committee": "орган управления здравоохранением",
    "miac": "МИАЦ",
}
LABELS = {
    "kind": "Вид",
    "full_name": "Полное наименование",
    "short_name": "Сокращённое наименование",
    "oid": "OID",
    "inn": "ИНН",
    "legal_address": "Юридический адрес",
    "actual_address": "Фактический адрес",
    "subject_rf": "Субъект РФ",
    "phone": "Телефон",
    "mailbox": "Почтовый ящик",
    "vipnet_ready": "Разграничение для VipNet выполнено",
    "miac_outside": "МИАЦ работает вне системы",
}


@dataclass(frozen=True, slots=True)
class OrganizationData:
    """What is typed on the form of an organisation."""

    full_name: str = ""
    short_name: str = ""
    oid: str = ""
    inn: str = ""
    legal_address: str = ""
    actual_address: str = ""
    subject_rf: str = ""
    phone: str = ""
    mailbox: str = ""
    vipnet_ready: bool = False
    miac_outside: bool = False
    kind: str = "mo"


def listed(
    actor: Actor, *, query: str = "", kind: str = "", archived: bool = False
) -> Select[Organization]:
    """The organisations that the actor may see; `query` is looked for word by word."""
    found = select(Organization).where(scope.within(actor, Organization.id))
    found = found.where(
        Organization.archived_at.is_not(None) if archived else Organization.archived_at.is_(None)
    )
    for word in searchable(query).split():
        found = found.where(Organization.search_text.contains(word, autoescape=True))
    return found.where(Organization.kind == kind) if kind else found


def create(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    region: RegionSpec,
    data: OrganizationData,
    confirmed: bool = False,
) -> int:
    """The id. Raises Refused with flaws by field, Forbidden."""
    actor.require(*scope.EDITS_ANY_ORGANIZATION)
    with db.write() as session:
        values = _read(session, region, data, own_id=None, confirmed=confirmed)
        row = Organization(**values, created_at=now)
        session.add(row)
        session.flush()
        history.record(
            session, actor=actor, now=now, entity="organization", entity_id=row.id, event="created"
        )
        return row.id


def change(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    region: RegionSpec,
    organization_id: int,
    data: OrganizationData,
    confirmed: bool = False,
) -> None:
    """Raises Refused, NotFound, Forbidden."""
    scope.require_changed(actor, organization_id)
    with db.write() as session:
        row = scope.organization(session, actor, organization_id)
        values = _read(session, region, data, own_id=row.id, confirmed=confirmed)
        if not scope.sees_all(actor):
            values["kind"] = row.kind  # what it is, only those above it decide
        if actor.role not in scope.EDITS_ANY_ORGANIZATION:
            values["miac_outside"] = row.miac_outside  # how МИАЦ works with it, МИАЦ says
        renamed = values["short_name"] != row.short_name
        history.apply(
            session,
            actor=actor,
            now=now,
            entity="organization",
            row=row,
            values=values,
            labels=LABELS,
        )
        if renamed:
            totals.add_name(session, row.id, row.short_name)


def set_archived(
    db: Database, *, actor: Actor, now: datetime, organization_id: int, archived: bool
) -> None:
    """Out of the lists, or back; its applications and people stay. Raises NotFound, Forbidden."""
    actor.require(*scope.EDITS_ANY_ORGANIZATION)
    with db.write() as session:
        row = scope.organization(session, actor, organization_id)
        row.archived_at = now if archived else None
        event = "archived" if archived else "restored"
        history.record(
            session, actor=actor, now=now, entity="organization", entity_id=row.id, event=event
        )


def _read(
    session: Session,
    region: RegionSpec,
    data: OrganizationData,
    *,
    own_id: int | None,
    confirmed: bool,
) -> dict[str, object]:
    fields = Fields()
    full = fields.text("full_name", data.full_name, 500, required="Укажите полное наименование.")
    short = fields.text(
        "short_name", data.short_name, 255, required="Укажите сокращённое наименование."
    )
    number = _read_oid(session, region, fields, data, own_id)
    tax = fields.optional("inn", data.inn, inn.read)
    call = fields.optional("phone", data.phone, lambda text: phone.read(text, region.area_code))
    mailbox = fields.optional("mailbox", data.mailbox, email.read)
    subject = fields.text("subject_rf", data.subject_rf, 100)
    if subject and subject not in {known.name for known in region.subjects}:
        fields.error("subject_rf", "subject_rf", "Выберите субъект РФ из списка.")
    if data.kind not in KINDS:
        raise Invalid("Нет такого вида организации.", {"kind": "Выберите из списка."})
    values: dict[str, object] = {
        "kind": data.kind,
        "full_name": full,
        "short_name": short,
        "oid": number,
        "inn": str(tax or ""),
        "legal_address": fields.text("legal_address", data.legal_address, 500),
        "actual_address": fields.text("actual_address", data.actual_address, 500),
        "subject_rf": subject,
        "phone": call.formatted if call else "",
        "mailbox": str(mailbox or ""),
        "vipnet_ready": data.vipnet_ready,
        "miac_outside": data.miac_outside,
    }
    fields.check(confirmed=confirmed)
    values["search_text"] = searchable(full, short, number or "", str(tax or ""))
    return values


def _read_oid(
    session: Session,
    region: RegionSpec,
    fields: Fields,
    data: OrganizationData,
    own_id: int | None,
) -> str | None:
    read = fields.optional("oid", data.oid, oid.read)
    if read is None:
        return None
    if flaw := oid.check_region(read, int(region.subject_code)):
        fields.note("oid", flaw)
    taken = session.scalar(
        select(Organization.short_name).where(
            Organization.oid == read.text, Organization.id != (own_id or 0)
        )
    )
    if taken:
        fields.error("oid", "oid_taken", "Этот OID уже записан за другой организацией.")
    return read.text
