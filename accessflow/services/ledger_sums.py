"""What stands around the ledger's list and matrix: sums, rights left behind, what is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Employment, Grant, Person, Request, RequestRow
from accessflow.services.actor import Actor
from accessflow.services.ledger_queries import Asked, Cell, conditions
from accessflow.services.offers import together
from accessflow.services.scope import within
from accessflow.workflow.states import OPEN


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one organisation: people and rights, and rights by system."""

    people: int
    rights: int
    systems: dict[str, int]


def sums(session: Session, actor: Actor, asked: Asked) -> Sums:
    """What an organisation's people hold, however it is narrowed within it."""
    seen = select(Grant.system, Grant.person_id).where(*conditions(actor, asked)).cte("own")
    own = seen.prefix_with("MATERIALIZED", dialect="postgresql")  # read once
    people = select(func.count(own.c.person_id.distinct())).scalar_subquery()
    rows = session.execute(select(own.c.system, func.count(), people).group_by(own.c.system)).all()
    systems = {slug: number for slug, number, _ in rows}
    return Sums(rows[0][2] if rows else 0, sum(systems.values()), systems)


def left_behind(session: Session, actor: Actor, asked: Asked, limit: int) -> list[Grant]:
    """Rights of one organisation that are held by people who have left, with their people: found
    by the jobs that are over, which are few."""
    jobs = select(Employment.id, Employment.person_id).where(
        within(actor, Employment.organization_id), Employment.until < asked.on
    )
    if asked.organization is not None:
        jobs = jobs.where(Employment.organization_id == asked.organization)
    over = session.execute(jobs).all()
    held = Asked(asked.on, asked.known_at, organization=asked.organization,
                 people=tuple({job.person_id for job in over}))  # fmt: skip
    query = select(Grant).where(
        *conditions(actor, held), Grant.employment_id.in_([job.id for job in over])
    )
    options = (joinedload(Grant.person), joinedload(Grant.employment))
    return list(session.scalars(query.options(*options).limit(limit)))


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
