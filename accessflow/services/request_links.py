"""How applications hang together: made in one go, or asking for what another already asks for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Request, RequestRow
from accessflow.forms.spec import Action
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.candidates import Candidate
from accessflow.services.offers import Offer
from accessflow.services.picks import Pair

FINISHED = (
    "executed", "closed", "refused", "annulled", "duplicate", "withdrawn", "reuploaded",
)  # fmt: skip


def made_with(session: Session, actor: Actor, request: Request) -> list[Request]:
    """What was made in one go with the request, itself among it, as far as it is left."""
    if not request.batch:
        return [request]
    together = session.scalars(
        select(Request)
        .where(
            Request.batch == request.batch,
            Request.organization_id == request.organization_id,
            Request.deleted_at.is_(None),
            scope.requests_seen(actor),
        )
        .order_by(Request.id)
    )
    return list(together)


def last_made(session: Session, actor: Actor) -> int | None:
    """The first application of those that the actor made last in one go."""
    newest = session.scalar(
        select(Request)
        .where(Request.author_id == actor.user_id, Request.deleted_at.is_(None))
        .order_by(Request.id.desc())
        .limit(1)
    )
    return None if newest is None else made_with(session, actor, newest)[0].id


def open_pairs(
    session: Session,
    actor: Actor,
    action: Action,
    people: Iterable[Candidate],
    chosen: Iterable[Offer],
) -> dict[Pair, str]:
    """Pairs that an unfinished application already holds, and its number (R7 filters repeats)."""
    jobs = {c.snils: c.employment for c in people}
    slugs = {system.slug: offer.slug for offer in chosen for system in offer.systems}
    if not jobs or not slugs:
        return {}
    rows = session.execute(
        select(RequestRow.snils, Request.system, Request.number)
        .join(RequestRow.request)
        .where(
            Request.organization_id == actor.organization_id,
            Request.system.in_(slugs),
            Request.action == action,
            Request.state.not_in(FINISHED),
            Request.deleted_at.is_(None),
            RequestRow.snils.in_(jobs),
        )
        .order_by(Request.id)
    )
    return {(jobs[digits], slugs[system]): number for digits, system, number in rows if system}
