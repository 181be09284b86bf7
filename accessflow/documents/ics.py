"""Terms as a calendar that mail programs and telephones subscribe to (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

MEDIA_TYPE = "text/calendar"
REFRESHED = timedelta(hours=1)
LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """`uid` is the same each time for the same thing; `at` a day, or a moment with its zone.

    `changed`: when what it tells was last changed, so that the same terms make the same bytes.
    """

    uid: str
    at: date | datetime
    summary: str
    description: str
    url: str
    changed: datetime


def write_calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """The whole feed. The same entries, the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//accessflow//terms//RU")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Moscow")
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("dtstart", entry.at)
    timed = isinstance(entry.at, datetime)
    event.add("dtend", entry.at + (LASTS if timed else timedelta(days=1)))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("transp", "TRANSPARENT")  # nobody is busy because of a term
    if timed:
        event.add_component(_alarm(entry.summary))
    return event


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", timedelta())
    return alarm
