"""A person and a job as typed on a form or told by a sheet: read, checked, not yet written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.db.tables import EmailClaim, Employment, Person, Unit
from accessflow.domain import email, person_name, phone, snils
from accessflow.domain.email import Email
from accessflow.domain.person_name import PersonName
from accessflow.services import people
from accessflow.services.fields import Fields


@dataclass(frozen=True, slots=True)
class PersonData:
    """What is typed on the form of a person; dates and the unit's id as texts."""

    snils: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    no_middle_name: bool = False
    unit_id: str = ""
    position: str = ""
    personnel_no: str = ""
    email: str = ""
    work_phone: str = ""
    contact_phone: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as read."""

    digits: str
    name: PersonName
    no_middle_name: bool

    @property
    def values(self) -> dict[str, Any]:
        return {
            "last_name": self.name.last,
            "first_name": self.name.first,
            "middle_name": self.name.middle,
            "no_middle_name": self.no_middle_name,
        }


def read_identity(fields: Fields, data: PersonData) -> Identity | None:
    """None where the СНИЛС or the name cannot be read; the reasons are in `fields`."""
    number = fields.take("snils", snils.read(data.snils))
    last = fields.take("last_name", person_name.read_part(data.last_name, "last"))
    first = fields.take("first_name", person_name.read_part(data.first_name, "first"))
    middle: str | None = ""
    none = data.no_middle_name or person_name.is_absent(data.middle_name)
    if none and data.middle_name.strip() and not person_name.is_absent(data.middle_name):
        fields.error(
            "middle_name", "middle_name", "Либо впишите отчество, либо отметьте, что его нет."
        )
    elif not none:
        middle = fields.take("middle_name", person_name.read_part(data.middle_name, "middle"))
    if not (number and last and first) or middle is None:
        return None
    name = PersonName(last, first, middle)
    if flaw := person_name.same_script(name):
        fields.note("last_name", flaw)
    return Identity(number.digits, name, none)


def read_job(
    session: Session,
    fields: Fields,
    organization_id: int,
    data: PersonData,
    area_code: str | None,
    who: Identity | None,
    row: Employment | None = None,
) -> dict[str, Any]:
    """The columns of a job; `row` is the one that is being changed."""
    address = fields.optional("email", data.email, email.read)
    if address and who and (row is None or address.text != row.email):
        _check_email(session, fields, organization_id, address, who)
    work = fields.optional("work_phone", data.work_phone, lambda text: phone.read(text, area_code))
    own = fields.optional(
        "contact_phone", data.contact_phone, lambda text: phone.read(text, area_code)
    )
    since, until = fields.day("since", data.since), fields.day("until", data.until)
    if since and until and until < since:
        fields.error("until", "order", "Уволен раньше, чем принят: проверьте даты.")
    return {
        "unit": _unit(session, fields, organization_id, data.unit_id),
        "position": fields.text("position", data.position, 255, required="Укажите должность."),
        "personnel_no": fields.text("personnel_no", data.personnel_no, 32),
        "email": str(address or ""),
        "work_phone": work.formatted if work else "",
        "contact_phone": own.formatted if own else "",
        "since": since,
        "until": until,
    }


def _check_email(
    session: Session, fields: Fields, organization_id: int, address: Email, who: Identity
) -> None:
    """An address belongs to one person (R34): a warning here, held for good at sending."""
    claimed = session.get(EmailClaim, address.normalized)
    other = session.scalar(
        select(Employment)
        .join(Employment.person)
        .where(func.lower(Employment.email) == address.normalized, Person.snils != who.digits)
        .order_by(Employment.organization_id != organization_id)
        .limit(1)
    )
    if other is not None and other.organization_id == organization_id:
        whose = f"у сотрудника {people.name_of(other.person).short}"
    elif other is not None or (claimed and claimed.snils != who.digits):
        whose = "у другого человека"
    else:
        return
    message = (
        f"Этот адрес уже записан {whose}. Для доступа нужен личный, ни у кого не повторяющийся."
    )
    fields.warn("email", "email_not_unique", message)


def _unit(session: Session, fields: Fields, organization_id: int, unit_id: str) -> Unit | None:
    if not unit_id:
        return None
    found = session.get(Unit, int(unit_id)) if unit_id.isdecimal() else None
    if found is None or found.organization_id != organization_id:
        fields.error("unit_id", "unit", "Выберите подразделение из списка.")
        return None
    return found
