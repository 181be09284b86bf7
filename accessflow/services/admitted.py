"""The list of those admitted to personal data, per organisation and system, for its head to sign.

Who holds a right on the day and works there; who has left is not admitted any more, whatever a
system still lets them do.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Employment, Grant, Organization, Person
from accessflow.documents.admitted import Admitted, admitted_list
from accessflow.documents.model import DocumentModel
from accessflow.domain.person_name import PersonName
from accessflow.services import scope, signatories
from accessflow.services.actor import Actor
from accessflow.services.ledger_queries import Asked, conditions, with_applications
from accessflow.services.people import name_of


def admitted_model(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    *,
    organization_id: int,
    system: str,
    on: date,
) -> DocumentModel:
    """`system`: a slug, "" for all. Raises NotFound for what the actor may not see."""
    organization = scope.organization(session, actor, organization_id)
    label = catalogue.system(system).label if system else ""
    rights = admitted(session, actor, catalogue, organization_id, system, on)
    return admitted_list(
        (organization.full_name, organization.short_name),
        label,
        on,
        [_line(catalogue, right) for right in rights],
        head_of(session, organization, on),
        margin_left_mm=catalogue.region.printing.left_margin_mm,
    )


def admitted(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    organization_id: int,
    system: str,
    on: date,
) -> list[Grant]:
    """System by system, by name."""
    asked = Asked(on, organization=organization_id, system=system or None)
    working = select(Employment.id).where(
        Employment.organization_id == organization_id,
        or_(Employment.until.is_(None), Employment.until >= on),
    )
    query = (
        select(Grant)
        .join(Person, Person.id == Grant.person_id)
        .where(*conditions(actor, asked), Grant.employment_id.in_(working))
        .order_by(Person.search_name, Person.id, Grant.id)
    )
    found = session.scalars(with_applications(query)).all()
    return sorted(found, key=lambda right: label_of(catalogue, right.system).casefold())


def label_of(catalogue: Catalogue, slug: str) -> str:
    """The system's name; its slug where the catalogue has dropped it."""
    found = catalogue.systems.get(slug)
    return found.label if found else slug


def ground_of(right: Grant) -> str:
    """By what it was given: an application's number, or the list of the first fill."""
    row = right.opened.request_row
    if row is None:
        return "первичный ввод"
    return row.request.number


def _line(catalogue: Catalogue, right: Grant) -> Admitted:
    number = ground_of(right)
    return Admitted(
        name=name_of(right.person).full,
        position=right.employment.position,
        system=label_of(catalogue, right.system),
        role=right.role,
        since=right.since,
        ground=f"заявка {number}" if right.provenance == "request" else number,
    )


def head_of(session: Session, organization: Organization, on: date) -> tuple[str, str]:
    """Who signs: the head, else a deputy entitled to on that day."""
    for row in signatories.of_organization(session, organization.id):
        if signatories.may_sign(row, on):
            return row.position, PersonName(row.last_name, row.first_name, row.middle_name).short
    return "", ""
