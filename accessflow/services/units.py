"""The units of an organisation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import Organization, Unit
from accessflow.domain import oid
from accessflow.domain.errors import NotFound
from accessflow.services import history, scope
from accessflow.services.actor import Actor
from accessflow.services.fields import Fields

LABELS = {"name": "Наименование", "oid": "OID"}


def of_organization(
    session: Session, organization_id: int, *, archived: bool = False
) -> list[Unit]:
    there = Unit.archived_at.is_not(None) if archived else Unit.archived_at.is_(None)
    query = select(Unit).where(Unit.organization_id == organization_id, there)
    return list(session.scalars(query.order_by(Unit.name)))


def unit(session: Session, actor: Actor, unit_id: int) -> Unit:
    """Raises NotFound."""
    found = session.get(Unit, unit_id)
    if found is None or not scope.may_see(actor, found.organization_id):
        raise NotFound("Такого подразделения нет.", unit=unit_id)
    return found


def add(
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
        values = _read(session, owner, name, unit_oid, own_id=None, confirmed=confirmed)
        row = Unit(organization_id=organization_id, **values)
        session.add(row)
        session.flush()
        history.record(
            session, actor=actor, now=now, entity="unit", entity_id=row.id, event="created",
            what={"Подразделение": ["—", row.name]},
        )  # fmt: skip
        return row.id


def change(
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
        values = _read(session, owner, name, unit_oid, own_id=row.id, confirmed=confirmed)
        history.apply(
            session, actor=actor, now=now, entity="unit", row=row, values=values, labels=LABELS
        )


def set_archived(
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


def _read(
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
