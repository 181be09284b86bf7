"""The person stays: what becomes of each revocation that was made for the dismissal.

A draft loses the person's rows. What was sent for this person alone is withdrawn wherever the
machine of the application has that step for the actor; of the rest МИАЦ is told by a message, and
what was taken away already is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import (
    Dismissal,
    DismissalRevocation,
    Grant,
    LedgerEntry,
    Request,
    RequestRow,
)
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import dismissals, objects, scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_cover import DEAD
from accessflow.services.dismissal_picture import under_way
from accessflow.services.granting import Granted, grants_of
from accessflow.services.ledger import role_of
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import Maker, maker_of
from accessflow.services.offers import together
from accessflow.services.requests import create_planned
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.decide import allowed, refusals
from accessflow.workflow.holding import role_key
from accessflow.workflow.states import UNFILED

Way = Literal["drop", "withdraw", "tell", "past"]


@dataclass(frozen=True, slots=True)
class Fate:
    """The rows of one person in one revocation. `way`: drop (not sent), withdraw (the machine lets
    the actor), tell (МИАЦ decides on the row: only a message helps), past (taken away)."""

    request: Request
    rows: tuple[RequestRow, ...]
    way: Way

    @property
    def others(self) -> int:
        """Rows of other people in it."""
        return sum(row.employment_id != self.rows[0].employment_id for row in self.request.rows)

    @property
    def elsewhere(self) -> bool:
        """Whether МИАЦ has passed it on, so that withdrawing it here does not stop it there."""
        return self.request.state == "forwarded"

    @property
    def written_about(self) -> bool:
        """Whether МИАЦ is to be told in words."""
        return self.way == "tell" or (self.way == "withdraw" and self.elsewhere)


@dataclass(frozen=True, slots=True)
class Staying:
    """What is to be done along with the cancelling, by applications' ids: withdrawn; told of with
    `message`. `again`: what was taken away is asked for in new drafts."""

    withdraw: tuple[int, ...] = ()
    tell: tuple[int, ...] = ()
    message: str = ""
    again: bool = False


def fates(
    session: Session, actor: Actor, catalogue: Catalogue, dismissal: Dismissal, now: datetime
) -> tuple[Fate, ...]:
    """Of everything made for it, in the order of the applications; refused rows are left out."""
    linked = select(DismissalRevocation.request_id).where(
        DismissalRevocation.dismissal_id == dismissal.id
    )
    query = select(Request).where(Request.id.in_(linked), Request.deleted_at.is_(None))
    return tuple(
        fate
        for request in session.scalars(query.order_by(Request.id))
        for fate in _fates_of(session, actor, catalogue, dismissal, request, now)
    )


def _fates_of(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    dismissal: Dismissal,
    request: Request,
    now: datetime,
) -> Iterator[Fate]:
    theirs = tuple(row for row in request.rows if row.employment_id == dismissal.employment_id)
    waiting = tuple(row for row in theirs if not row.outcome)
    gone = tuple(row for row in theirs if row.outcome == "revoked")
    if waiting and request.state in UNFILED:
        yield Fate(request, waiting, "drop")
    elif waiting and request.state not in DEAD:
        alone = len(theirs) == len(request.rows)
        possible = alone and may(session, actor, catalogue, request, "withdraw", now)
        yield Fate(request, waiting, "withdraw" if possible else "tell")
    if gone:
        yield Fate(request, gone, "past")


def may(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    request: Request,
    action: str,
    now: datetime,
) -> bool:
    """Whether the machine lets the actor do that to it as it stands, guards and all."""
    snapshot = snapshot_of(session, catalogue, request, moscow_date(now))
    return any(
        step.action == action and not refusals(step, snapshot, now)
        for step in allowed(snapshot, acting(actor, request))
    )


def require_as_shown(found: Iterable[Fate], choice: Staying) -> None:
    """Raises Conflict where an application has moved on since it was offered, Invalid where МИАЦ is
    to be told and no words are there."""
    offered = {(fate.way, fate.request.id): fate for fate in found}
    chosen: list[tuple[Way, int]] = [("withdraw", i) for i in choice.withdraw]
    chosen += [("tell", i) for i in choice.tell]
    if any(one not in offered for one in chosen):
        raise Conflict(
            "Пока вы смотрели, по заявкам на отзыв что-то изменилось. Список обновлён: проверьте"
            " его и подтвердите ещё раз."
        )
    written = any(offered[way, i].written_about for way, i in chosen)
    if written and not choice.message.strip():
        words = "Напишите МИАЦ, что доступ отзывать не нужно."
        raise Invalid(words, {"message": words})


def lost(session: Session, catalogue: Catalogue, dismissal: Dismissal) -> tuple[Grant, ...]:
    """Rights that its revocations took away, that are not open again, and that nothing asks for."""
    linked = select(DismissalRevocation.request_id).where(
        DismissalRevocation.dismissal_id == dismissal.id
    )
    closed = (
        select(Grant)
        .join(LedgerEntry, LedgerEntry.id == Grant.closed_id)
        .join(RequestRow, RequestRow.id == LedgerEntry.request_row_id)
        .where(
            Grant.employment_id == dismissal.employment_id,
            Grant.voided_at.is_(None),
            RequestRow.request_id.in_(linked),
        )
        .order_by(Grant.id)
    )
    here = _held(session, dismissal) | _asked(session, catalogue, dismissal)
    return tuple(g for g in session.scalars(closed) if (g.system, role_key(g.role)) not in here)


def _held(session: Session, dismissal: Dismissal) -> set[tuple[str, str]]:
    query = select(Grant.system, Grant.role).where(
        Grant.employment_id == dismissal.employment_id,
        Grant.until.is_(None),
        Grant.voided_at.is_(None),
    )
    return {(system, role_key(role)) for system, role in session.execute(query)}


def _asked(session: Session, catalogue: Catalogue, dismissal: Dismissal) -> set[tuple[str, str]]:
    found = set()
    for one in under_way(session, dismissal):
        if one.request.system is not None:
            systems = together(catalogue, one.request.system)
            role = role_key(role_of(catalogue, systems[0], one.row, "open"))
            found |= {(system.slug, role) for system in systems}
    return found


def ask_again(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, dismissal_id: int
) -> list[int]:
    """Drafts that ask for what a cancelled dismissal took away, one a system; their ids.

    Raises Conflict where it is not cancelled or nothing is left to ask for, NotFound, Forbidden.
    """
    with db.write() as session:
        jobs = select(Dismissal.employment_id).where(Dismissal.id == dismissal_id)
        lock_jobs(session, session.scalars(jobs))
        dismissal = dismissals.find(session, actor, dismissal_id)
        scope.require_people_changed(actor, dismissal.organization_id)
        if dismissal.cancelled_at is None:
            raise Conflict("Увольнение не отменено: доступы не запрашивают.", id=dismissal_id)
        made = again_within(maker_of(session, actor, now, catalogue), dismissal)
        if not made:
            raise Conflict("Всё отозванное уже действует или запрошено снова.", id=dismissal_id)
        return made


def again_within(maker: Maker, dismissal: Dismissal) -> list[int]:
    """The same inside a transaction of the caller."""
    gone = lost(maker.session, maker.catalogue, dismissal)
    named = objects.of_grants(maker.session, gone)
    wanted = [
        Granted(
            g.employment_id, g.system, g.role, _still(g.expires_on, maker.today),
            named.get(g.id, ""),
        )
        for g in gone
    ]  # fmt: skip
    planned = grants_of(maker.session, maker.catalogue, dismissal.organization, wanted, maker.today)
    return create_planned(maker, planned) if planned else []


def _still(expires_on: date | None, today: date) -> date | None:
    """A term that is over is not asked for again."""
    return expires_on if expires_on and expires_on > today else None
