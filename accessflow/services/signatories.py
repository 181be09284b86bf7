"""Who may sign an organisation's applications: its head, or a deputy with a document (R35, X12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import Signatory
from accessflow.domain import person_name
from accessflow.domain.errors import NotFound
from accessflow.services import history, scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.fields import Fields

LABELS = {
    "position": "Должность",
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество",
    "is_head": "Руководитель организации",
    "basis": "Документ о праве подписи",
    "valid_from": "Действует с",
    "valid_until": "Действует по",
}


@dataclass(frozen=True, slots=True)
class SignatoryData:
    """What is typed on the form; the dates as texts."""

    position: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    is_head: bool = False
    basis: str = ""
    valid_from: str = ""
    valid_until: str = ""


def of_organization(
    session: Session, organization_id: int, *, archived: bool = False
) -> list[Signatory]:
    """The head first, then by name."""
    there = Signatory.archived_at.is_not(None) if archived else Signatory.archived_at.is_(None)
    return list(
        session.scalars(
            select(Signatory)
            .where(Signatory.organization_id == organization_id, there)
            .order_by(Signatory.is_head.desc(), Signatory.last_name, Signatory.id)
        )
    )


def may_sign(row: Signatory, on: date) -> bool:
    """Whether the right to sign is in force that day; both end days count."""
    if row.archived_at is not None:
        return False
    begun = row.valid_from is None or row.valid_from <= on
    return begun and (row.valid_until is None or on <= row.valid_until)


def signatory(session: Session, actor: Actor, signatory_id: int) -> Signatory:
    """Raises NotFound."""
    found = session.get(Signatory, signatory_id)
    if found is None or not scope.may_see(actor, found.organization_id):
        raise NotFound("Такого подписанта нет.", signatory=signatory_id)
    return found


def add(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    organization_id: int,
    data: SignatoryData,
    confirmed: bool = False,
) -> int:
    """The id. Raises Refused, NotFound, Forbidden."""
    scope.require_changed(actor, organization_id)
    with db.write() as session:
        scope.organization(session, actor, organization_id)
        head = _head(session, organization_id, but=None)
        values = _read(data, head, moscow_date(now), confirmed=confirmed)
        row = Signatory(organization_id=organization_id, **values)
        session.add(row)
        session.flush()
        history.record(
            session, actor=actor, now=now, entity="signatory", entity_id=row.id, event="created",
            what={"Подписант": ["—", full_name(row)]},
        )  # fmt: skip
        _replace(session, actor, now, head, row)
        return row.id


def change(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    signatory_id: int,
    data: SignatoryData,
    confirmed: bool = False,
) -> None:
    """Raises Refused, NotFound, Forbidden."""
    with db.write() as session:
        row = signatory(session, actor, signatory_id)
        scope.require_changed(actor, row.organization_id)
        head = _head(session, row.organization_id, but=row.id)
        values = _read(data, head, moscow_date(now), confirmed=confirmed)
        history.apply(
            session,
            actor=actor,
            now=now,
            entity="signatory",
            row=row,
            values=values,
            labels=LABELS,
        )
        _replace(session, actor, now, head, row)


def set_archived(
    db: Database, *, actor: Actor, now: datetime, signatory_id: int, archived: bool
) -> Signatory:
    """Ends the right to sign, or gives it back. Raises NotFound, Forbidden."""
    with db.write() as session:
        row = signatory(session, actor, signatory_id)
        scope.require_changed(actor, row.organization_id)
        _archive(session, actor, now, row, archived=archived)
        if not archived and row.is_head and _head(session, row.organization_id, but=row.id):
            row.is_head = False  # there is another head meanwhile
        return row


def full_name(row: Signatory) -> str:
    return " ".join(part for part in (row.last_name, row.first_name, row.middle_name) if part)


def _archive(
    session: Session, actor: Actor, now: datetime, row: Signatory, *, archived: bool
) -> None:
    row.archived_at = now if archived else None
    event = "archived" if archived else "restored"
    history.record(
        session, actor=actor, now=now, entity="signatory", entity_id=row.id, event=event,
        what={"Подписант": [full_name(row), full_name(row)]},
    )  # fmt: skip


def _head(session: Session, organization_id: int, *, but: int | None) -> Signatory | None:
    return session.scalar(
        select(Signatory).where(
            Signatory.organization_id == organization_id,
            Signatory.is_head,
            Signatory.archived_at.is_(None),
            Signatory.id != (but or 0),
        )
    )


def _replace(
    session: Session, actor: Actor, now: datetime, former: Signatory | None, row: Signatory
) -> None:
    """An organisation has one head: a new one ends the former one's right to sign."""
    if former is not None and row.is_head:
        _archive(session, actor, now, former, archived=True)


def _read(
    data: SignatoryData, head: Signatory | None, today: date, *, confirmed: bool
) -> dict[str, object]:
    fields = Fields()
    since, until = (
        fields.day("valid_from", data.valid_from),
        fields.day("valid_until", data.valid_until),
    )
    position = fields.text("position", data.position, 255, required="Укажите должность.")
    last = fields.take("last_name", person_name.read_part(data.last_name, "last"))
    first = fields.take("first_name", person_name.read_part(data.first_name, "first"))
    middle = fields.optional(
        "middle_name", data.middle_name, lambda text: person_name.read_part(text, "middle")
    )
    values: dict[str, object] = {
        "position": position,
        "last_name": last,
        "first_name": first,
        "middle_name": middle or "",
        "is_head": data.is_head,
        "basis": fields.text("basis", data.basis, 255),
        "valid_from": since,
        "valid_until": until,
    }
    if not data.is_head and not values["basis"]:
        fields.error(
            "basis",
            "required",
            "Укажите приказ или доверенность: без них заместитель не подписывает.",
        )
    if since and until and until < since:
        fields.error("valid_until", "order", "Срок кончается раньше, чем начинается.")
    elif until and until < today:
        fields.warn(
            "valid_until", "expired", "Срок уже прошёл: подписывать этот человек не сможет."
        )
    if head is not None and data.is_head:
        fields.warn(
            "is_head", "head", f"Сейчас руководителем записан {full_name(head)}: он уйдёт в архив."
        )
    fields.check(confirmed=confirmed)
    return values
