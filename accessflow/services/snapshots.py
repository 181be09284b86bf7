"""From a stored request to what a decision looks at."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.services import sending
from accessflow.services.actor import Actor
from accessflow.services.facts import facts_of
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.snapshot import Acting, RowState, Snapshot
from accessflow.workflow.spec import Kind


def snapshot_of(session: Session, catalogue: Catalogue, request: Request, on: date) -> Snapshot:
    """With everything that guards ask for; `on` is the day in Moscow."""
    kind: Kind = request.kind  # type: ignore[assignment] # written from the kinds alone
    return Snapshot(
        kind=kind,
        state=request.state,
        outside=request.outside or (request.sent_at is None and request.organization.miac_outside),
        rows=tuple(RowState(row.id, row.outcome) for row in request.rows),
        errors=request.error_count,
        missing=_missing(session, catalogue, request, on),
        facts=facts_of(session, catalogue, request),
        state_at=request.state_at,
        reopen_within=timedelta(days=catalogue.region.limits.reopen_days),
    )


def acting(actor: Actor, request: Request) -> Acting:
    return Acting(actor.role, owns=actor.organization_id == request.organization_id)


def _missing(session: Session, catalogue: Catalogue, request: Request, on: date) -> tuple[str, ...]:
    """Only where it could be sent from here: it takes a whole check."""
    machine = MACHINES[request.kind]  # type: ignore[index] # written from the kinds alone
    if not any(t.action == "send" and t.source == request.state for t in machine.transitions):
        return ()
    return tuple(one.text for one in sending.missing(session, catalogue, request, on))
