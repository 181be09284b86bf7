"""The due rows of a dismissal's reminders: planned, planned anew, called off.

Whoever claims them (`services/dismissal_letters.py`) finds the kind by `KINDS` and the roles by
`readers_of`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Dismissal
from accessflow.domain.roles import Role
from accessflow.services import due_rows
from accessflow.services.clock import moscow_date
from accessflow.workflow.dismissal import MORNING, OCCASIONS, readers, reminders

ENTITY = "dismissal"
PREFIX = "dismissal_"
RETURNED = f"{PREFIX}returned"
"""In place of the one on entry, where a revocation has come back."""
STUCK = f"{PREFIX}stuck"
"""Sent in time or not, but МИАЦ or another has not carried it out yet."""
KINDS = (*(f"{PREFIX}{occasion}" for occasion in OCCASIONS), RETURNED, STUCK)
STUCK_AFTER = (5, 10, 15, 20)
"""Working days after filing on which those who carry it out are reminded."""
STUCK_TO: frozenset[Role] = frozenset({"miac_specialist", "miac_lead"})


def plan_reminders(
    session: Session,
    catalogue: Catalogue,
    dismissal: Dismissal,
    now: datetime,
    *,
    returned: bool = False,
) -> None:
    """The rows that are due from now on, in place of those planned before."""
    due = [
        (RETURNED if one.occasion == "entry" and returned else f"{PREFIX}{one.occasion}", one.at)
        for one in reminders(dismissal.dismissed_on, now, catalogue.working_calendar)
    ]
    due_rows.plan(session, ENTITY, dismissal.id, KINDS, due, now)


def plan_follow_up(
    session: Session, catalogue: Catalogue, dismissal: Dismissal, now: datetime
) -> None:
    """Everything is sent: only those who are to carry it out are reminded."""
    calendar, filed = catalogue.working_calendar, moscow_date(dismissal.filed_at or now)
    days = (calendar.add_working(filed, number) for number in STUCK_AFTER)
    moments = (calendar.moment(day, MORNING) for day in days)
    due = [(STUCK, at) for at in moments if at > now]
    due_rows.plan(session, ENTITY, dismissal.id, KINDS, due, now)


def call_off(session: Session, dismissal: Dismissal, now: datetime) -> None:
    """What has not fired yet, does not any more."""
    due_rows.call_off(session, ENTITY, dismissal.id, KINDS, now)


def readers_of(
    catalogue: Catalogue, dismissal: Dismissal, kind: str, due_at: datetime
) -> frozenset[Role]:
    """The roles that a row is for: the organisation's own, but for those of МИАЦ and КЗ."""
    if kind == STUCK:
        return STUCK_TO
    told = "entry" if kind == RETURNED else kind.removeprefix(PREFIX)
    [occasion] = [known for known in OCCASIONS if known == told]
    day = moscow_date(due_at)
    return readers(occasion, day, dismissal.dismissed_on, catalogue.working_calendar)
