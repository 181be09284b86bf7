"""The kept terms of all open applications, worked out anew when the calendar itself has changed."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.services import terms

CHUNK = 500


def recount(session: Session, catalogue: Catalogue) -> int:
    """How many last days have moved. Nobody's page is made old by it: no version is raised."""
    due = select(Request.id).where(Request.due_on.is_not(None)).order_by(Request.id)
    ids = list(session.scalars(due))
    moved = 0
    for start in range(0, len(ids), CHUNK):
        moved += _recount(session, catalogue, ids[start : start + CHUNK])
    return moved


def _recount(session: Session, catalogue: Catalogue, ids: list[int]) -> int:
    requests = session.scalars(select(Request).where(Request.id.in_(ids))).all()
    events = terms.histories(session, ids)
    moved = 0
    for request in requests:
        due_on, _ = terms.cached(events[request.id], request, catalogue)
        if request.due_on != due_on:
            session.execute(update(Request).where(Request.id == request.id).values(due_on=due_on))
            moved += 1
    session.expunge_all()
    return moved
