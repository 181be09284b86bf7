"""A dismissal is cancelled: the person stays, and what was made for it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, DismissalRevocation, Request, RequestRow
from accessflow.domain.errors import Invalid
from accessflow.domain.text import clean
from accessflow.services import history, totals
from accessflow.services.actor import Actor
from accessflow.services.dismissal_reminders import call_off
from accessflow.services.dismissals import end_job, locked, note


@dataclass(frozen=True, slots=True)
class Left:
    """After a cancelling: drafts put away or relieved of the row, and numbers of what was filed
    already and is to be withdrawn by hand."""

    put_away: tuple[str, ...]
    filed: tuple[str, ...]


def cancel(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    dismissal_id: int,
    reason: str,
) -> Left:
    """The person stays: no term, no reminders; drafts made for it lose the person's rows.

    Raises Invalid without a reason, Conflict, NotFound, Forbidden.
    """
    if not clean(reason):
        message = "Напишите, почему увольнение отменено: это останется в истории."
        raise Invalid(message, {"reason": message})
    with db.write() as session:
        requests = _linked_locked(session, dismissal_id)
        dismissal = locked(session, actor, dismissal_id)
        dismissal.cancelled_at, dismissal.cancelled_by_id = now, actor.user_id
        dismissal.cancel_reason = clean(reason)[:255]
        call_off(session, dismissal, now)
        end_job(session, actor, now, dismissal.employment, None)
        note(session, actor, now, dismissal, "withdrawn", ["—", dismissal.cancel_reason])
        return _relieve(session, actor, now, catalogue, dismissal, requests)


def _linked_locked(session: Session, dismissal_id: int) -> list[Request]:
    """Before the dismissal: whoever acts on an application locks in that order, too."""
    linked = select(DismissalRevocation.request_id).where(
        DismissalRevocation.dismissal_id == dismissal_id
    )
    query = select(Request).where(Request.id.in_(linked), Request.deleted_at.is_(None))
    return list(session.scalars(query.order_by(Request.id).with_for_update()))


def _relieve(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    dismissal: Dismissal,
    requests: Iterable[Request],
) -> Left:
    put_away: list[str] = []
    filed: list[str] = []
    for request in requests:
        theirs = [row for row in request.rows if row.employment_id == dismissal.employment_id]
        if request.state == "draft" and theirs:
            drop_rows(session, actor, now, catalogue, request, theirs)
            put_away.append(request.number)
        elif theirs and any(not row.outcome for row in theirs):
            filed.append(request.number)
    return Left(tuple(put_away), tuple(filed))


def drop_rows(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    request: Request,
    rows: Sequence[RequestRow],
) -> None:
    """Of a draft that the caller has locked; without any row left it is put away."""
    if len(rows) == len(request.rows):
        request.deleted_at = now
        event = "deleted"
    else:
        for row in rows:
            request.rows.remove(row)
        for position, row in enumerate(request.rows, 1):
            row.position = position
        request.content_version += 1
        request.updated_at = now
        session.flush()
        totals.refresh(session, catalogue, request)
        event = "edited"
    history.record(
        session, actor=actor, now=now, entity="request", entity_id=request.id, event=event,
        what={"Убрано строк": ["—", str(len(rows))]},
    )  # fmt: skip
