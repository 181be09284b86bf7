"""What waits for КЗ: applications at its own stages, letters addressed to it (R29, R37, R41)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, defer, joinedload

from accessflow.db.tables import Request
from accessflow.services.actor import Actor

MOST = 200
"""So many of each are listed, the longest waiting first."""
ARRIVED = ("registered", "in_review")


@dataclass(frozen=True, slots=True)
class Desk:
    """`stage`: to sign and send; `arrived`: letters on ЭМД that КЗ may accept; `sent`: forwarded,
    a notice of deletion is awaited."""

    stage: Sequence[Request]
    arrived: Sequence[Request]
    sent: Sequence[Request]


def desk(session: Session, actor: Actor) -> Desk:
    """Raises Forbidden for anybody but КЗ."""
    actor.require("committee")
    return Desk(
        stage=_listed(session, _at_stage()),
        arrived=_listed(session, _arrived()),
        sent=_listed(session, and_(Request.kind == "emd_deletion", Request.state == "forwarded")),
    )


def _at_stage() -> ColumnElement[bool]:
    return Request.state == "at_committee"


AT_STAGE = (
    select(func.count()).select_from(Request).where(Request.deleted_at.is_(None), _at_stage())
)
"""Counts what is at КЗ's own stage: on every page, so read off the index of states alone."""


def _arrived() -> ColumnElement[bool]:
    """Where МИАЦ works in accessflow; else МИАЦ passes it on by letter."""
    addressed = and_(Request.kind == "emd_deletion", Request.state.in_(ARRIVED))
    return and_(addressed, Request.outside.is_(False))


def _listed(session: Session, condition: ColumnElement[bool]) -> Sequence[Request]:
    return session.scalars(
        select(Request)
        .where(condition, Request.deleted_at.is_(None))
        .options(
            joinedload(Request.organization), defer(Request.search_text), defer(Request.fields)
        )
        .order_by(Request.state_at, Request.id)
        .limit(MOST)
    ).all()
