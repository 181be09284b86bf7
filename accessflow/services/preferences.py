"""How a person wants letters: one by one or as a digest, and when not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from accessflow.db.tables import Preference
from accessflow.services.clock import MOSCOW
from accessflow.workflow.calendar import ONE_DAY, WorkingCalendar

MORNING = time(9)
"""When reminders and digests leave, Moscow."""
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Wishes:
    """`quiet_from` and `quiet_until`: «21:00», Moscow; both or none. `letters_keys`: the keys of
    one letter work on pages."""

    digest: bool = False
    quiet_from: str = ""
    quiet_until: str = ""
    letters_keys: bool = True


def wishes_of(session: Session, user_id: int | None) -> Wishes:
    return read(session.get(Preference, user_id) if user_id is not None else None)


def read(row: Preference | None) -> Wishes:
    """What is kept of somebody's wishes; None: nothing yet."""
    if row is None:
        return Wishes()
    return Wishes(row.digest, row.quiet_from, row.quiet_until, row.letters_keys)


def keep(session: Session, user_id: int, wishes: Wishes) -> None:
    """Writes them, in the caller's transaction; `flaws_of` has found nothing."""
    row = session.get(Preference, user_id) or Preference(user_id=user_id)
    row.digest, row.letters_keys = wishes.digest, wishes.letters_keys
    row.quiet_from, row.quiet_until = wishes.quiet_from, wishes.quiet_until
    session.add(row)


def flaws_of(wishes: Wishes) -> dict[str, str]:
    """What is wrong with the hours, by field; empty: nothing."""
    ends = {"quiet_from": wishes.quiet_from, "quiet_until": wishes.quiet_until}
    flaws = {
        name: "Время пишется так: 21:00."
        for name, text in ends.items()
        if text and not _TIME.fullmatch(text)
    }
    if flaws:
        return flaws
    if bool(wishes.quiet_from) != bool(wishes.quiet_until):
        empty = next(name for name, text in ends.items() if not text)
        return {empty: "Укажите и начало, и конец тихих часов, или оставьте оба поля пустыми."}
    if wishes.quiet_from and wishes.quiet_from == wishes.quiet_until:
        return {"quiet_until": "Начало и конец совпадают: тихих часов так нет."}
    return {}


def not_before(wishes: Wishes, now: datetime) -> datetime:
    """When a letter may leave: now, or when the quiet hours that run now are over."""
    if not wishes.quiet_from:
        return now
    local = now.astimezone(MOSCOW)
    begin, end = time.fromisoformat(wishes.quiet_from), time.fromisoformat(wishes.quiet_until)
    over_midnight = begin > end
    quiet = (
        (local.time() >= begin or local.time() < end)
        if over_midnight
        else begin <= local.time() < end
    )
    if not quiet:
        return now
    day = local.date() + (ONE_DAY if local.time() >= end else timedelta())
    return datetime.combine(day, end, MOSCOW)


def next_morning(calendar: WorkingCalendar, now: datetime) -> datetime:
    """The next 09:00 in Moscow of a working day, later than now."""
    local = now.astimezone(MOSCOW)
    today = datetime.combine(local.date(), MORNING, MOSCOW)
    first = local.date() if local < today else local.date() + ONE_DAY
    return datetime.combine(calendar.next_working(first), MORNING, MOSCOW)
