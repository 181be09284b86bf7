"""From a stored request to the plain application that is checked and printed."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, inspect, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import known, once
from accessflow.db.tables import Attestation, EmailClaim, Person, Request, RequestRow, User
from accessflow.db.tables import Organization as OrganizationRow
from accessflow.db.tables import Signatory as SignatoryRow
from accessflow.domain import email as emails
from accessflow.domain.errors import NotFound
from accessflow.domain.person_name import PersonName
from accessflow.forms.application import Application, Author, Organization, Row, Signatory
from accessflow.forms.check import Check, Facts
from accessflow.forms.row_people import digits_of
from accessflow.forms.spec import FormSpec
from accessflow.services.actor import Actor
from accessflow.services.scope import requests_seen


def find(session: Session, actor: Actor, request_id: int, *, deleted: bool = False) -> Request:
    """The request with its rows, organisation, author, signatory and link to a change.

    Raises NotFound, also for one that the actor may not see. `deleted` finds what can be restored.
    """
    row = session.execute(_seen_by(actor), {"request_id": request_id}).one_or_none()
    if row is None or (row[0].deleted_at is not None) != deleted:
        raise NotFound("Такой заявки нет.", request=request_id)
    found: Request = row[0]
    known(session, pointed_as(found.id), row[1])
    if "rows" in inspect(found).unloaded:  # `selectinload` of one takes thrice as long
        rows = session.scalars(_ROWS, {"request_id": found.id})
        set_committed_value(found, "rows", list(rows))
    return found


_OTHER = aliased(Request)
_POINTED_AT = (
    select(_OTHER.id)
    .where(
        or_(
            _OTHER.resubmission_of_id == Request.id,
            _OTHER.duplicate_of_id == Request.id,
            _OTHER.stage_of_id == Request.id,
        )
    )
    .exists()
)
AUTHOR = (User.name, User.position, User.phone, User.email, User.organization_id)
SIGNATORY = (SignatoryRow.position, SignatoryRow.last_name, SignatoryRow.first_name,
             SignatoryRow.middle_name)  # fmt: skip
"""What a card and a document say of them."""


_ROWS = (
    select(RequestRow)
    .where(RequestRow.request_id == bindparam("request_id"))
    .order_by(RequestRow.position)
)


@lru_cache(maxsize=256)
def _seen_by(actor: Actor) -> Select[Request, bool]:
    return (
        select(Request, _POINTED_AT)
        .where(Request.id == bindparam("request_id"), requests_seen(actor))
        .options(
            joinedload(Request.organization),
            joinedload(Request.author).load_only(*AUTHOR),
            joinedload(Request.signatory).load_only(*SIGNATORY),
            joinedload(Request.change_link),
        )
    )


def is_pointed_at(session: Session, request: Request) -> bool:
    """Whether another one may name it as what it copies, repeats or belongs to."""
    return once(session, pointed_as(request.id), lambda: True)


def pointed_as(request_id: int) -> tuple[object, ...]:
    return ("pointed at", request_id)


def locked(session: Session, actor: Actor, request_id: int) -> Request:
    """The same under its own lock, as it stands once the lock is held. Raises NotFound."""
    session.execute(select(Request.id).where(Request.id == request_id).with_for_update())
    return find(session, actor, request_id)


def form_of(catalogue: Catalogue, request: Request) -> FormSpec:
    """The form in the version that the request was made with."""
    return catalogue.form(request.form, version=request.form_version)


def application_of(request: Request) -> Application:
    """The stored request as plain data."""
    return Application(
        form=request.form,
        system=request.system,
        action=request.action,  # type: ignore[arg-type] # written from the form's own actions
        organization=organization_of(request.organization),
        signatory=signatory_of(request.signatory),
        author=author_of(request.author),
        rows=tuple(row.answers for row in request.rows),
        fields=request.fields,
        number=request.number,
        version=request.content_version,
        our_ref=request.our_ref,
        our_date=_day(request.our_date),
    )


def organization_of(row: OrganizationRow) -> Organization:
    return Organization(
        full_name=row.full_name,
        short_name=row.short_name,
        oid=row.oid or "",
        inn=row.inn,
        legal_address=row.legal_address,
        subject_rf=row.subject_rf,
        kind=row.kind,
    )


def signatory_of(row: SignatoryRow | None) -> Signatory:
    if row is None:
        return Signatory()
    return Signatory(row.position, PersonName(row.last_name, row.first_name, row.middle_name).short)


def author_of(row: User) -> Author:
    return Author(row.name, row.position, row.phone, row.email)


def _day(day: date | None) -> str:
    return day.strftime("%d.%m.%Y") if day else ""


def check_of(session: Session, catalogue: Catalogue, request: Request) -> Check:
    """Everything that `forms.answers.validate` and `documents.build` need."""
    spec = form_of(catalogue, request)
    application = application_of(request)
    return Check(
        spec=spec,
        application=application,
        target=catalogue.target_of(spec, application),
        region=catalogue.checks_region,
        facts=facts_of(session, catalogue, application.rows),
    )


_NOTHING = literal("")
_KNOWN: CompoundSelect[Any] = union_all(
    select(
        *(_NOTHING.label("email"), Person.snils),
        *(Person.last_name, Person.first_name, Person.middle_name, Attestation.kind),
    )
    .outerjoin(Attestation)
    .where(Person.snils.in_(bindparam("digits", expanding=True))),
    select(EmailClaim.email, EmailClaim.snils, *[_NOTHING] * 4).where(
        EmailClaim.email.in_(bindparam("emails", expanding=True))
    ),
)
"""Who a СНИЛС belongs to, and whose an address is: one statement for what every check asks."""


def facts_of(session: Session, catalogue: Catalogue, rows: tuple[Row, ...]) -> Facts:
    """What is known of the rows' people: holders of their addresses, names, prerequisites."""
    digits = {d for row in rows if (d := digits_of(row))}
    addresses = {
        address.normalized
        for row in rows
        if (address := emails.read(str(row.get("email", ""))).value)
    }
    found = session.execute(_KNOWN, {"emails": list(addresses), "digits": list(digits)}).all()
    people = [row for row in found if not row.email]
    return Facts(
        email_owners={row.email: row.snils for row in found if row.email},
        names={p.snils: PersonName(p.last_name, p.first_name, p.middle_name) for p in people},
        attested={d: frozenset(p.kind for p in people if p.snils == d and p.kind) for d in digits},
        prerequisites=catalogue.region.prerequisites,
    )


def new_row(position: int, answers: Row) -> RequestRow:
    """A row as it is stored: its СНИЛС beside the answers, where it can be read."""
    return RequestRow(position=position, answers=dict(answers), snils=digits_of(answers) or "")
