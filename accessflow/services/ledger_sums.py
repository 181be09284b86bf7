"""What stands around the ledger's list and matrix: sums, rights left behind, what is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Grant, Person, Request, RequestRow
from accessflow.services.actor import Actor
from accessflow.services.ledger_queries import Asked, Cell, conditions
from accessflow.services.offers import together
from accessflow.workflow.states import OPEN


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one organisation: people and rights, and rights by system."""

    people: int
    rights: int
    systems: dict[str, int]


def sums(session: Session, actor: Actor, asked: Asked) -> Sums:
    """What an organisation's people hold, however it is narrowed within it."""
    own = tuple(conditions(actor, asked))
    by_system = session.execute(
        select(Grant.system, func.count()).where(*own).group_by(Grant.system)
    )
    systems = {slug: number for slug, number in by_system}  # noqa: C416 # rows are no pairs
    people = session.scalar(select(func.count(Grant.person_id.distinct())).where(*own)) or 0
    return Sums(people, sum(systems.values()), systems)


def left_behind(session: Session, actor: Actor, asked: Asked, limit: int) -> list[Grant]:
    """Rights that are held by people who have left, with their people."""
    gone = replace(asked, state="gone", people=None, system=None, systems=None, role=None)
    query = select(Grant).where(*conditions(actor, gone)).limit(limit)
    options = (joinedload(Grant.person), joinedload(Grant.employment))
    return list(session.scalars(query.options(*options)))


def under_way(session: Session, catalogue: Catalogue, organization_id: int) -> dict[Cell, Request]:
    """By person and system: the application for access that was sent and is not answered yet."""
    query = (
        select(Person.id, Request)
        .join(RequestRow, RequestRow.request_id == Request.id)
        .join(Person, Person.snils == RequestRow.snils)
        .where(
            Request.organization_id == organization_id,
            Request.kind == "access",
            Request.state.in_(OPEN),
            Request.deleted_at.is_(None),
            RequestRow.outcome == "",
        )
        .order_by(Request.id)
    )
    found: dict[Cell, Request] = {}
    for person_id, request in session.execute(query):
        for system in together(catalogue, request.system) if request.system else ():
            found[person_id, system.slug] = request
    return found
