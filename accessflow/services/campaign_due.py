"""When a recertification is to be reminded of: due rows, laid with it and called off with it.

Who hears what: `services/campaign_reminders.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Campaign
from accessflow.services import due_rows
from accessflow.services.clock import moscow_date
from accessflow.services.due_rows import Due, morning
from accessflow.workflow.calendar import ONE_DAY, WorkingCalendar

ENTITY = "campaign"
KINDS = ("campaign_started", "campaign_reminder", "campaign_late")
BEFORE = (5, 1)
"""Working days before the last one on which it is reminded of, and on that day itself."""
AFTER = (1, 6, 11)
"""Working days after it."""


def plan(session: Session, catalogue: Catalogue, campaign: Campaign, now: datetime) -> None:
    """The rows that are due from now on."""
    due = _wanted(catalogue.working_calendar, campaign, now)
    due_rows.plan(session, ENTITY, campaign.id, KINDS, due, now)


def call_off(session: Session, campaign: Campaign, now: datetime) -> None:
    """What has not fired yet, does not any more."""
    due_rows.call_off(session, ENTITY, campaign.id, KINDS, now)


def _wanted(calendar: WorkingCalendar, campaign: Campaign, now: datetime) -> Iterator[Due]:
    yield "campaign_started", campaign.started_at
    days = [back(calendar, campaign, number) for number in BEFORE]
    for on in (*days, campaign.due_on):
        # On the day of its beginning one letter is enough.
        if on > moscow_date(campaign.started_at) and morning(on) > now:
            yield "campaign_reminder", morning(on)
    for number in AFTER:
        due_at = morning(calendar.add_working(campaign.due_on, number))
        if due_at > now:
            yield "campaign_late", due_at


def back(calendar: WorkingCalendar, campaign: Campaign, number: int) -> date:
    """So many working days before the last one."""
    on = campaign.due_on
    while number:
        on -= ONE_DAY
        number -= calendar.is_working(on)
    return on
