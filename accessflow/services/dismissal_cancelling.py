"""A dismissal is cancelled: the person stays, and what was made for it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, DismissalRevocation, Request, RequestRow
from accessflow.domain.errors import Conflict, Invalid
from accessflow.domain.text import clean
from accessflow.services import acting, history, messages, pairs, scope, totals
from accessflow.services.actor import Actor
from accessflow.services.dismissal_reminders import call_off, plan_reminders
from accessflow.services.dismissal_standing import refresh_all
from accessflow.services.dismissal_staying import (
    Fate,
    Staying,
    again_within,
    fates,
    may,
    require_as_shown,
)
from accessflow.services.dismissals import end_job, find, locked, note, standing_of
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import maker_of

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

NOTHING = Staying()


@dataclass(frozen=True, slots=True)
class Left:
    """After a cancelling, numbers of applications: drafts put away or relieved of the row, what was
    withdrawn, of what МИАЦ was told, drafts that ask again, and what is still on its way."""

    put_away: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    filed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """After that was taken back, numbers: drafts that are there again, what had been withdrawn and
    is under way again, and what stays withdrawn and is to be asked for anew."""

    drafts: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Doing:
    """What every step of one cancelling or restoring needs."""

    session: Session
    actor: Actor
    now: datetime
    catalogue: Catalogue
    files: FileStore

    def act(self, request: Request, action: str, **given: str) -> None:
        acting.act_within(
            self.session, self.actor, self.now, self.catalogue, self.files, request, action, given
        )

    def write(self, request: Request, text: str) -> None:
        messages.write_within(
            self.session, self.actor, self.now, self.catalogue, self.files, request, text=text
        )


def cancel(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    dismissal_id: int,
    reason: str,
    choice: Staying = NOTHING,
) -> Left:
    """The person stays: no term, no reminders; drafts made for it lose the person's rows, and with
    what was sent is done as chosen.

    Raises Invalid without a reason, Conflict, also where what was chosen is not possible any more,
    NotFound, Forbidden.
    """
    if not clean(reason):
        message = "Напишите, почему увольнение отменено: это останется в истории."
        raise Invalid(message, {"reason": message})
    with db.write() as session:
        _lock_linked(session, dismissal_id)
        dismissal = locked(session, actor, dismissal_id)
        found = fates(session, actor, catalogue, dismissal, now)
        require_as_shown(found, choice)
        dismissal.cancelled_at, dismissal.cancelled_by_id = now, actor.user_id
        dismissal.cancel_reason = clean(reason)[:255]
        call_off(session, dismissal, now)
        end_job(session, actor, now, dismissal.employment, None)
        note(session, actor, now, dismissal, "withdrawn", ["—", dismissal.cancel_reason])
        session.flush()
        return _relieve(_Doing(session, actor, now, catalogue, files), dismissal, found, choice)


def restore(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    dismissal_id: int,
) -> Restored:
    """Takes a cancelling back: the term runs again, and what was withdrawn with it goes on where
    its machine lets it.

    A person taken out of a draft of several is asked for anew by «Сформировать».
    Raises Conflict where it stands, or where another was entered since, NotFound, Forbidden.
    """
    with db.write() as session:
        _lock_linked(session, dismissal_id)
        jobs = select(Dismissal.employment_id).where(Dismissal.id == dismissal_id)
        lock_jobs(session, session.scalars(jobs))
        dismissal = find(session, actor, dismissal_id)
        scope.require_people_changed(actor, dismissal.organization_id)
        if dismissal.cancelled_at is None:
            raise Conflict("Это увольнение не отменено.", dismissal=dismissal_id)
        if other := standing_of(session, dismissal.employment_id):
            raise Conflict("Записано уже другое увольнение.", dismissal=other.id)
        drafts = _ended_with_it(session, dismissal, Request.deleted_at, "draft")
        withdrawn = _ended_with_it(session, dismissal, Request.state_at, "withdrawn")
        for request in drafts:
            request.deleted_at = None
        dismissal.cancelled_at = dismissal.cancelled_by_id = None
        dismissal.cancel_reason = ""
        end_job(session, actor, now, dismissal.employment, dismissal.dismissed_on)
        note(
            session, actor, now, dismissal, "restored", ["—", f"{dismissal.dismissed_on:%d.%m.%Y}"]
        )
        session.flush()
        reopened = _reopen(_Doing(session, actor, now, catalogue, files), withdrawn)
        refresh_all(session, catalogue, [dismissal], now)
        if dismissal.filed_at is None:
            plan_reminders(session, catalogue, dismissal, now)
        ended = [r for r in withdrawn if r not in reopened]
        return Restored(_numbers(drafts), _numbers(reopened), _numbers(ended))


def _ended_with_it(
    session: Session,
    dismissal: Dismissal,
    moment: InstrumentedAttribute[Any],
    state: str,
) -> list[Request]:
    """What the cancelling itself brought into that state, told by its moment."""
    query = (
        select(Request)
        .join(DismissalRevocation, DismissalRevocation.request_id == Request.id)
        .where(
            DismissalRevocation.dismissal_id == dismissal.id,
            moment == dismissal.cancelled_at,
            Request.state == state,
        )
    )
    return list(session.scalars(query.order_by(Request.id)))


def _reopen(doing: _Doing, withdrawn: Iterable[Request]) -> list[Request]:
    """As many as the machine lets: what МИАЦ had registered, for some days."""
    found = []
    for request in withdrawn:
        if may(doing.session, doing.actor, doing.catalogue, request, "reopen", doing.now):
            doing.act(request, "reopen", note="Увольнение всё же состоится.")
            found.append(request)
    return found


def _lock_linked(session: Session, dismissal_id: int) -> None:
    """Before the dismissal, with the other halves of pairs: whoever acts on an application locks in
    that order, too."""
    linked = select(DismissalRevocation.request_id).where(
        DismissalRevocation.dismissal_id == dismissal_id
    )
    ids = pairs.ids_of(session, session.scalars(linked).all())
    session.execute(
        select(Request.id).where(Request.id.in_(ids)).order_by(Request.id).with_for_update()
    )


def _relieve(doing: _Doing, dismissal: Dismissal, found: Sequence[Fate], choice: Staying) -> Left:
    put_away, withdrawn, told, filed = [], [], [], []
    for fate in found:
        request = fate.request
        if fate.way == "drop":
            if request.state == "ready":
                doing.act(request, "rework")
            drop_rows(doing.session, doing.actor, doing.now, doing.catalogue, request, fate.rows)
            put_away.append(request)
        elif fate.way == "withdraw" and request.id in choice.withdraw:
            if fate.written_about:
                doing.write(request, choice.message)
                told.append(request)
            doing.act(request, "withdraw", note=f"Увольнение отменено: {dismissal.cancel_reason}")
            withdrawn.append(request)
        elif fate.way == "tell" and request.id in choice.tell:
            doing.write(request, choice.message)
            told.append(request)
        elif fate.way != "past":
            filed.append(request)
    again: list[int] = []
    if choice.again:
        maker = maker_of(doing.session, doing.actor, doing.now, doing.catalogue)
        again = again_within(maker, dismissal)
    made = [doing.session.get_one(Request, request_id) for request_id in again]
    return Left(*map(_numbers, (put_away, withdrawn, told, made, filed)))


def _numbers(requests: Iterable[Request]) -> tuple[str, ...]:
    return tuple(request.number for request in requests)


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
