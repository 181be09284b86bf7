"""Whom the ledger's search finds by name, present and past, as far as the actor may see them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, Person
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.fields import searchable
from accessflow.services.people import MOST_FOUND


@dataclass(frozen=True, slots=True)
class Found:
    """The first MOST_FOUND persons by name; `more`: there are others."""

    ids: tuple[int, ...]
    more: bool = False


def found(session: Session, actor: Actor, text: str, *, organization: int | None = None) -> Found:
    """Every word of `text` must stand in the name."""
    job = select(Employment.id).where(
        Employment.person_id == Person.id, scope.within(actor, Employment.organization_id)
    )
    if organization is not None:
        job = job.where(Employment.organization_id == organization)
    query = select(Person.id).where(job.exists())
    words = searchable(text).replace(".", " ").split()
    if not words:
        return Found(())
    for word in words:
        query = query.where(Person.search_name.contains(word, autoescape=True))
    ordered = query.order_by(Person.search_name, Person.id).limit(MOST_FOUND + 1)
    ids = tuple(session.scalars(ordered))
    return Found(ids[:MOST_FOUND], len(ids) > MOST_FOUND)
