"""A request for data: to which rows, by which day, and what of it is open (Рег. 3.5, R8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request, RequestEvent, RequestRow
from accessflow.domain.errors import Invalid
from accessflow.domain.positions import told_positions
from accessflow.domain.text import counted, noun
from accessflow.services.clock import moscow_date
from accessflow.services.letter_words import row_labels
from accessflow.workflow.asking import answer_day

if TYPE_CHECKING:
    from accessflow.services.acting import Applying

STATE = "needs_info"
LISTED = 50
"""So many rows of a letter are read at most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The request for data that waits for its answer. `rows`: ids of the rows that it is about,
    none where it is about the whole; `answer_by` None: no day was named."""

    on: date
    text: str
    rows: frozenset[int] = frozenset()
    answer_by: date | None = None

    def of(self, request: Request) -> list[RequestRow]:
        """The rows that are still there, in their order."""
        return [row for row in request.rows if row.id in self.rows]


def ask(moment: Applying) -> dict[str, Any]:
    """The effect: the day is moved to a working one, rows are kept by id and number.

    Raises Invalid for a day that does not lie ahead, for rows that are not there or are decided.
    """
    given, flaws = moment.step.given, {}
    kept: dict[str, Any] = {}
    if day := given.get("answer_by"):
        try:
            kept["answer_by"] = first_day(moment.catalogue, day, moscow_date(moment.now))
        except ValueError as error:
            flaws["answer_by"] = str(error)
    if numbers := given.get("about_rows"):
        flaw = wrong_rows(moment.request, numbers)
        flaws |= {"about_rows": flaw} if flaw else {}
        kept["about_rows"] = [
            {"row": row.id, "position": row.position}
            for row in moment.request.rows
            if row.position in numbers
        ]
    if flaws:
        raise Invalid("Исправьте то, что отмечено.", flaws, request=moment.request.id)
    return kept


def first_day(catalogue: Catalogue, day: date, today: date) -> date:
    """Raises ValueError in Russian."""
    return answer_day(catalogue.working_calendar, day, today)


def usual_day(catalogue: Catalogue, today: date) -> date:
    """When the organisation is reminded first if nobody names another day."""
    first = catalogue.region.limits.info_reminder_days[0]
    return catalogue.working_calendar.add_working(today, first)


def wrong_rows(request: Request, numbers: Iterable[int]) -> str:
    """What is wrong with these numbers, in a sentence; "" for nothing."""
    wanted, there = set(numbers), {row.position for row in request.rows}
    if strange := wanted - there:
        return f"{_told('Строки', 'Строк', strange)} в заявке нет: {_there(there)}."
    decided = {row.position for row in request.rows if row.position in wanted and row.outcome}
    if decided:
        words = _told("По строке", "По строкам", decided)
        return f"{words} решение уже записано: уберите из запроса или отмените решение."
    return ""


def _told(one: str, many: str, numbers: set[int]) -> str:
    return f"{noun(len(numbers), one, many, many)} {told_positions(numbers)}"


def _there(positions: set[int]) -> str:
    return f"строки {told_positions(positions)}" if positions else "строк у неё нет совсем"


def open_one(request: Request, events: Sequence[RequestEvent]) -> Asked | None:
    """Of what waits for an answer; `events` oldest first."""
    if request.state != STATE:
        return None
    asking = (e for e in reversed(events) if e.target == STATE and e.source != STATE)
    return next((asked_by(event) for event in asking), None)


def find(session: Session, request: Request) -> Asked | None:
    """The same for who has no events at hand."""
    query = (
        select(RequestEvent)
        .where(RequestEvent.request_id == request.id, RequestEvent.target == STATE)
        .where(RequestEvent.source != STATE)
        .order_by(RequestEvent.seq.desc())
        .limit(1)
    )
    return open_one(request, session.scalars(query).all())


def days_of(session: Session, requests: Iterable[Request]) -> Mapping[int, date]:
    """By which day an answer is asked for, by id, of those that wait for one by a day."""
    waiting = [request.id for request in requests if request.state == STATE]
    query = (
        select(RequestEvent)
        .where(RequestEvent.request_id.in_(waiting), RequestEvent.target == STATE)
        .where(RequestEvent.source != STATE)
        .order_by(RequestEvent.seq)
    )
    events = session.scalars(query) if waiting else ()
    last = {event.request_id: asked_by(event).answer_by for event in events}
    return {request_id: day for request_id, day in last.items() if day}


def asked_by(event: RequestEvent) -> Asked:
    """What the request for data of this event asks."""
    data, day = event.data, event.data.get("answer_by")
    return Asked(
        on=moscow_date(event.at),
        text=str(data.get("text", "")),
        rows=frozenset(one["row"] for one in data.get("about_rows", ())),
        answer_by=date.fromisoformat(day) if day else None,
    )


def in_words(request: Request, asked: Asked) -> list[str]:
    """Whom it is about, by name and row, for a letter: its page has them all."""
    called, rows = row_labels(request), asked.of(request)
    told = [_in_words(row, called[row.id]) for row in rows[:LISTED]]
    left = len(rows) - len(told)
    return [*told, f"и ещё {counted(left, 'строка', 'строки', 'строк')}"] if left else told


def _in_words(row: RequestRow, name: str) -> str:
    return f"{name}, строка {row.position}" if row.answers.get("last_name") else name
