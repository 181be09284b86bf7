"""Organisations that file applications, their units and those who sign for them (Рег. 2.1-3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import RegionSpec
from accessflow.db.session import Database
from accessflow.db.tables import Organization, Unit
from accessflow.domain import email, inn, oid, phone
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services import history, scope
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
}
UNIT_LABELS = {"name": "Наименование", "oid": "OID"}


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
        _apply(session, actor, now, "organization", row, values, LABELS)


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


def units(session: Session, organization_id: int, *, archived: bool = False) -> list[Unit]:
    there = Unit.archived_at.is_not(None) if archived else Unit.archived_at.is_(None)
    query = select(Unit).where(Unit.organization_id == organization_id, there)
    return list(session.scalars(query.order_by(Unit.name)))


def unit(session: Session, actor: Actor, unit_id: int) -> Unit:
    """Raises NotFound."""
    found = session.get(Unit, unit_id)
    if found is None or not scope.may_see(actor, found.organization_id):
        raise NotFound("Такого подразделения нет.", unit=unit_id)
    return found


def add_unit(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    organization_id: int,
    name: str,
    unit_oid: str = "",
    confirmed: bool = False,
) -> int:
    """The id. Raises Refused, NotFound, Forbidden."""
    scope.require_changed(actor, organization_id)
    with db.write() as session:
        owner = scope.organization(session, actor, organization_id)
        values = _read_unit(session, owner, name, unit_oid, own_id=None, confirmed=confirmed)
        row = Unit(organization_id=organization_id, **values)
        session.add(row)
        session.flush()
        history.record(
            session, actor=actor, now=now, entity="unit", entity_id=row.id, event="created",
            what={"Подразделение": ["—", row.name]},
        )  # fmt: skip
        return row.id


def change_unit(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    unit_id: int,
    name: str,
    unit_oid: str,
    confirmed: bool = False,
) -> None:
    """Raises Refused, NotFound, Forbidden."""
    with db.write() as session:
        row = unit(session, actor, unit_id)
        scope.require_changed(actor, row.organization_id)
        owner = scope.organization(session, actor, row.organization_id)
        values = _read_unit(session, owner, name, unit_oid, own_id=row.id, confirmed=confirmed)
        _apply(session, actor, now, "unit", row, values, UNIT_LABELS)


def archive_unit(
    db: Database, *, actor: Actor, now: datetime, unit_id: int, archived: bool
) -> Unit:
    """Closes a unit or brings it back; the people keep it. Raises NotFound, Forbidden."""
    with db.write() as session:
        row = unit(session, actor, unit_id)
        scope.require_changed(actor, row.organization_id)
        row.archived_at = now if archived else None
        event = "archived" if archived else "restored"
        history.record(
            session, actor=actor, now=now, entity="unit", entity_id=row.id, event=event,
            what={"Подразделение": [row.name, row.name]},
        )  # fmt: skip
        return row


def _apply(
    session: Session,
    actor: Actor,
    now: datetime,
    entity: str,
    row: Organization | Unit,
    values: dict[str, object],
    labels: dict[str, str],
) -> None:
    named = {name: value for name, value in values.items() if name in labels}
    what = history.difference(row, named, labels)
    for name, value in values.items():
        setattr(row, name, value)
    if what:
        history.record(
            session, actor=actor, now=now, entity=entity, entity_id=row.id, event="changed",
            what=what,
        )  # fmt: skip


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


def _read_unit(
    session: Session,
    owner: Organization,
    name: str,
    unit_oid: str,
    *,
    own_id: int | None,
    confirmed: bool,
) -> dict[str, object]:
    fields = Fields()
    name = fields.text("name", name, 255, required="Укажите наименование подразделения.")
    same = select(Unit.id).where(
        Unit.organization_id == owner.id, Unit.name == name, Unit.id != (own_id or 0)
    )
    if name and session.scalar(same):
        fields.error("name", "taken", "Такое подразделение уже есть (возможно, в архиве).")
    read = fields.optional("oid", unit_oid, oid.read_any)
    if read and read.parent is None:
        fields.error("oid", "oid", "Это OID самой организации; у подразделения есть часть «.0.»")
    elif read and read.parent and owner.oid and read.parent.text != owner.oid:
        fields.warn("oid", "oid_parent", f"Этот OID не начинается с OID организации {owner.oid}.")
    fields.check(confirmed=confirmed)
    return {"name": name, "oid": read.text if read else ""}
