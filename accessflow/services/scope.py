"""What an actor may see and change, in one place: pages, exports and the API all ask here.

An organisation's people see their own organisation alone, and cannot tell another's number from one
that does not exist. МИАЦ, the committee, admin and auditor see all. Who may call an endpoint at all
is a matter of `web/access.py`.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from accessflow.db.fixed_list import among
from accessflow.db.tables import Employment, Organization, Person, Request
from accessflow.domain.errors import Forbidden, NotFound
from accessflow.domain.roles import OF_ORGANIZATION, Role
from accessflow.services.actor import Actor
from accessflow.workflow.states import UNFILED

EDITS_ANY_ORGANIZATION: frozenset[Role] = frozenset({"miac_specialist", "miac_lead", "admin"})
EDITS_OWN_ORGANIZATION: frozenset[Role] = frozenset({"secretary", "hr", "committee"})


def sees_all(actor: Actor) -> bool:
    return actor.role not in OF_ORGANIZATION


def within(
    actor: Actor, column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    """The condition on a column of organisation ids that keeps a query to what may be seen."""
    return true() if sees_all(actor) else column == (actor.organization_id or 0)


def may_see(actor: Actor, organization_id: int) -> bool:
    return sees_all(actor) or actor.organization_id == organization_id


def require_seen(actor: Actor, organization_id: int) -> None:
    """Raises NotFound: another organisation's things are not there."""
    if not may_see(actor, organization_id):
        raise NotFound("Такой страницы нет.", organization=organization_id)


def may_change(actor: Actor, organization_id: int) -> bool:
    """Whether the actor may change the organisation's own data: card, units, signatories."""
    if actor.role in EDITS_ANY_ORGANIZATION:
        return True
    return actor.role in EDITS_OWN_ORGANIZATION and actor.organization_id == organization_id


def may_change_people(actor: Actor, organization_id: int) -> bool:
    """Whether the actor may enter and edit the organisation's people: only its own staff may."""
    return actor.role in EDITS_OWN_ORGANIZATION and actor.organization_id == organization_id


def require_changed(actor: Actor, organization_id: int) -> None:
    """Raises NotFound for what the actor may not see, Forbidden for what is read only to them."""
    require_seen(actor, organization_id)
    if not may_change(actor, organization_id):
        raise Forbidden(
            "Данные этой организации вы можете только читать.", organization=organization_id
        )


def require_people_changed(actor: Actor, organization_id: int) -> None:
    require_seen(actor, organization_id)
    if not may_change_people(actor, organization_id):
        raise Forbidden(
            "Сотрудников этой организации ведёт она сама, вы можете только читать.",
            organization=organization_id,
        )


FILED = ~among(Request.state, UNFILED)
"""What is not filed is not yet МИАЦ's business, but the organisation's own."""


def requests_seen(
    actor: Actor, organization_id: SQLColumnExpression[int] | None = None
) -> ColumnElement[bool]:
    """Applications of the own organisation, and filed ones of every other for those who see all.

    `organization_id` may stand for the column, where a query is not to be led by its index.
    """
    owner = Request.organization_id if organization_id is None else organization_id
    own = owner == (actor.organization_id or 0)
    if not sees_all(actor):
        return own
    return FILED if actor.organization_id is None else or_(own, FILED)


def may_file(actor: Actor, organization_id: int | None) -> bool:
    """Whether the actor may write applications for the organisation: its own staff, КЗ's too."""
    own = organization_id is not None and actor.organization_id == organization_id
    return own and actor.role in EDITS_OWN_ORGANIZATION


def require_filer(actor: Actor, organization_id: int | None) -> None:
    """Raises Forbidden."""
    if not may_file(actor, organization_id):
        raise Forbidden(
            "Заявки организации ведут её секретарь и кадры, вы можете только читать.",
            organization=organization_id,
            user=actor.user_id,
        )


def organization(session: Session, actor: Actor, organization_id: int) -> Organization:
    """Raises NotFound, also for one that the actor may not see."""
    found = session.get(Organization, organization_id)
    if found is None or not may_see(actor, found.id):
        raise NotFound("Такой организации нет.", organization=organization_id)
    return found


def person(session: Session, actor: Actor, person_id: int) -> Person:
    """A person with a job, present or past, in an organisation that the actor may see.

    Raises NotFound.
    """
    found = session.scalar(
        select(Person).where(
            Person.id == person_id,
            select(Employment.id)
            .where(Employment.person_id == Person.id, within(actor, Employment.organization_id))
            .exists(),
        )
    )
    if found is None:
        raise NotFound("Такого сотрудника нет.", person=person_id)
    return found
