"""How a dismissal stands: filed, done, late. Kept up to date with every action on an application.

`follow` is called by `services/acting.py` after each; what it writes is a cache of the ledger and
of the revocations' states, so calling it once more changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Dismissal, DismissalRevocation, Person, Request
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_cover import Asking, Cover, covers_of
from accessflow.services.dismissal_reminders import call_off, plan_follow_up, plan_reminders
from accessflow.workflow.dismissal import late_days
from accessflow.workflow.terms import dismissal_due

CHUNK = 100
"""Of so many at once is held in memory what they hold and have been asked for."""
CONCERNED = ("access", "revocation")
"""Kinds of application that change what somebody holds."""


def follow(session: Session, catalogue: Catalogue, request: Request, now: datetime) -> None:
    """The dismissals that an application concerns, after something happened to it."""
    if request.kind not in CONCERNED:
        return
    digits = {row.snils for row in request.rows if row.snils}
    linked = select(DismissalRevocation.dismissal_id).where(
        DismissalRevocation.request_id == request.id
    )
    people = select(Person.id).where(Person.snils.in_(digits))
    session.flush()
    found = session.scalars(
        select(Dismissal)
        .where(
            Dismissal.organization_id == request.organization_id,
            Dismissal.cancelled_at.is_(None),
            or_(Dismissal.person_id.in_(people), Dismissal.id.in_(linked)),
        )
        .order_by(Dismissal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    refresh_all(session, catalogue, list(found), now)


def refresh_all(
    session: Session, catalogue: Catalogue, dismissals: list[Dismissal], now: datetime
) -> None:
    session.flush()
    for start in range(0, len(dismissals), CHUNK):
        part = dismissals[start : start + CHUNK]
        covers = covers_of(session, catalogue, part)
        for dismissal in part:
            refresh(session, catalogue, dismissal, covers[dismissal.id], now)


def refresh(
    session: Session, catalogue: Catalogue, dismissal: Dismissal, cover: Cover, now: datetime
) -> None:
    """Writes `filed_at`, `done_at`, `late_days`; reminders stop when the last revocation is sent
    and start again when one comes back."""
    was_filed, was_done = dismissal.filed_at, dismissal.done_at
    filed = not cover.unsent and not cover.waiting
    done = filed and not cover.held and not cover.undecided
    dismissal.filed_at = _filed_at(dismissal, cover, now) if filed else None
    dismissal.done_at = (was_done or now) if done else None
    dismissal.late_days = _late_days(catalogue, dismissal, cover)
    session.flush()
    if done:
        call_off(session, dismissal, now)
    elif filed and (was_filed is None or was_done is not None):
        plan_follow_up(session, catalogue, dismissal, now)
    elif was_filed is not None and not filed:
        plan_reminders(session, catalogue, dismissal, now, returned=True)


def set_term(catalogue: Catalogue, dismissal: Dismissal) -> None:
    """The last day, worked out anew from the day of dismissal."""
    due = dismissal_due(dismissal.dismissed_on, catalogue.working_calendar)
    dismissal.due_on, dismissal.due_tentative = due.day, due.tentative


def _filed_at(dismissal: Dismissal, cover: Cover, now: datetime) -> datetime:
    """When the last of what it takes was sent; nothing to send: when it was entered."""
    if dismissal.filed_at is not None:
        return dismissal.filed_at
    sent = [asking.request.sent_at or now for asking in _filed(dismissal, cover)]
    return max(sent, default=dismissal.entered_at)


def _filed(dismissal: Dismissal, cover: Cover) -> list[Asking]:
    """What was sent because of it: not what had been settled before anybody knew of it."""
    return [
        asking
        for asking in cover.asked
        if asking.open
        and asking.sent
        and (
            asking.request.id in cover.linked
            or asking.row.decided_at is None
            or asking.row.decided_at >= dismissal.entered_at
        )
    ]


def _late_days(catalogue: Catalogue, dismissal: Dismissal, cover: Cover) -> int:
    """Nobody is late with nothing: where nothing was held, nothing was to be filed."""
    if dismissal.filed_at is None or not _filed(dismissal, cover):
        return 0
    on = moscow_date(dismissal.filed_at)
    return late_days(dismissal.due_on, on, catalogue.working_calendar)
