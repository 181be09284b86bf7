"""The time: one clock for the program, and Moscow, where the terms run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def moscow_date(moment: datetime) -> date:
    return moment.astimezone(MOSCOW).date()
