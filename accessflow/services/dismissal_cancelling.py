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
from accessflow.domain.errors import Conflict, Invalid
from accessflow.domain.text import clean
from accessflow.services import history, scope, totals
from accessflow.services.actor import Actor
from accessflow.services.dismissal_reminders import call_off, plan_reminders
from accessflow.services.dismissal_standing import refresh_all
from accessflow.services.dismissals import end_job, find, locked, note, standing_of
from accessflow.services.ledger_settling import lock_jobs


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


def restore(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, dismissal_id: int
) -> tuple[str, ...]:
    """Takes a cancelling back: the term runs again; the numbers of drafts that are there again.

    A person taken out of a draft of several is asked for anew by «Сформировать».
    Raises Conflict where it stands, or where another was entered since, NotFound, Forbidden.
    """
    with db.write() as session:
        jobs = select(Dismissal.employment_id).where(Dismissal.id == dismissal_id)
        lock_jobs(session, session.scalars(jobs))
        dismissal = find(session, actor, dismissal_id)
        scope.require_people_changed(actor, dismissal.organization_id)
        if dismissal.cancelled_at is None:
            raise Conflict("Это увольнение не отменено.", dismissal=dismissal_id)
        if other := standing_of(session, dismissal.employment_id):
            raise Conflict("Записано уже другое увольнение.", dismissal=other.id)
        brought_back = _put_away_with_it(session, dismissal)
        for request in brought_back:
            request.deleted_at = None
        dismissal.cancelled_at = dismissal.cancelled_by_id = None
        dismissal.cancel_reason = ""
        end_job(session, actor, now, dismissal.employment, dismissal.dismissed_on)
        note(
            session, actor, now, dismissal, "restored", ["—", f"{dismissal.dismissed_on:%d.%m.%Y}"]
        )
        refresh_all(session, catalogue, [dismissal], now)
        if dismissal.filed_at is None:
            plan_reminders(session, catalogue, dismissal, now)
        return tuple(request.number for request in brought_back)


def _put_away_with_it(session: Session, dismissal: Dismissal) -> list[Request]:
    query = (
        select(Request)
        .join(DismissalRevocation, DismissalRevocation.request_id == Request.id)
        .where(
            DismissalRevocation.dismissal_id == dismissal.id,
            Request.deleted_at == dismissal.cancelled_at,
            Request.state == "draft",
        )
    )
    return list(session.scalars(query.order_by(Request.id)))


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
