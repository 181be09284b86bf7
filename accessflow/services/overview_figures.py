"""What each figure of the overview counts: one condition a figure, for the number and its list.

So a list holds exactly what was counted. Only applications that have left their organisation count,
and of КЗ's own letters none: they are stages of others' applications (R37, R41).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, type_coerce
from sqlalchemy import Date as SqlDate
from sqlalchemy.orm import InstrumentedAttribute, Session

from accessflow.db.request_tables import is_open, is_refused
from accessflow.db.tables import Request, RequestEvent, RequestRow
from accessflow.services.clock import MOSCOW
from accessflow.workflow.asks import ANNULMENT_CAUSES, REFUSAL_CAUSES
from accessflow.workflow.states import OPEN, UNFILED

ONE_DAY = timedelta(days=1)
CAUSES: Mapping[str, str] = MappingProxyType({**ANNULMENT_CAUSES, **REFUSAL_CAUSES})
"""Why something was refused or annulled: slug -> words."""
OTHER = "other"
NOBODY = 0
"""In place of an assignee's id: those without one."""
NO_SYSTEM = "-"
"""In place of a system's slug: applications of no system."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Moscow, both included."""

    since: date
    until: date

    @property
    def before(self) -> Period:
        """As many days right before."""
        days = self.until - self.since + ONE_DAY
        return Period(self.since - days, self.until - days)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first moment until the one after the last."""
        start = datetime.combine(self.since, time(), MOSCOW)
        return start, datetime.combine(self.until + ONE_DAY, time(), MOSCOW)


@dataclass(frozen=True, slots=True)
class View:
    """What the overview is narrowed to."""

    period: Period
    today: date
    organization: int | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """What a figure is broken down by, where it is."""

    assignee: int | None = None
    cause: str = ""
    state: str = ""


Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """`where`: what the figure counts of what is looked at."""

    label: str
    where: Callable[[View, Detail], Conditions]


def _open(*more: Callable[[View], ColumnElement[bool]]) -> Callable[[View, Detail], Conditions]:
    return lambda view, _: (is_open(), *(condition(view) for condition in more))


def _answered(*more: ColumnElement[bool]) -> Callable[[View, Detail], Conditions]:
    return lambda view, _: (answered_in(view.period), *more)


def _missed(view: View, _: Detail) -> Conditions:
    late = and_(answered_in(view.period), Request.answered_late.is_(True))
    return (or_(late, and_(Request.state.in_(OPEN), is_overdue(view.today))),)


def _refused(view: View, detail: Detail) -> Conditions:
    return (Request.id.in_(select(refusals(view, detail.cause).subquery().c.request_id)),)


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "received": Figure("Поступило", lambda v, _: (within(Request.sent_at, v.period),)),
        "open": Figure("В работе сейчас", _open()),
        "unassigned": Figure(
            "В работе без исполнителя", _open(lambda _: Request.assignee_id.is_(None))
        ),
        "overdue": Figure("Просрочено сейчас", _open(lambda view: is_overdue(view.today))),
        "answered": Figure("Закрыто", _answered()),
        "judged": Figure("Закрыто, со сроком", _answered(Request.answered_late.is_not(None))),
        "in_term": Figure("Закрыто в срок", _answered(Request.answered_late.is_(False))),
        "late": Figure("Закрыто позже срока", _answered(Request.answered_late.is_(True))),
        "missed": Figure("Закрыто позже срока или просрочено сейчас", _missed),
        "refused": Figure("Отказы и аннулирования", _refused),
        "step": Figure(
            "Прошли шаг", lambda view, detail: (Request.id.in_(_left(view, detail.state)),)
        ),
    }
)


def listed(figure: str, view: View, detail: Detail | None = None) -> Select[Request]:
    """The applications that the figure counts, in no order."""
    return select(Request).where(*conditions(figure, view, detail or Detail()))


def conditions(figure: str, view: View, detail: Detail) -> Iterator[ColumnElement[bool]]:
    yield from common(view)
    yield from FIGURES[figure].where(view, detail)
    if detail.assignee is not None:
        nobody = Request.assignee_id.is_(None)
        yield nobody if detail.assignee == NOBODY else Request.assignee_id == detail.assignee


def common(view: View) -> Iterator[ColumnElement[bool]]:
    """Filed, there, and within what is looked at."""
    yield Request.deleted_at.is_(None)
    yield Request.state.not_in(UNFILED)  # of which no index leads
    yield Request.kind != "authority"
    if view.organization is not None:
        yield Request.organization_id == view.organization
    if view.system is not None:
        none = Request.system.is_(None)
        yield none if view.system == NO_SYSTEM else Request.system == view.system


def within(column: InstrumentedAttribute[Any], period: Period) -> ColumnElement[bool]:
    start, end = period.moments
    return and_(column >= start, column < end)


def answered_in(period: Period) -> ColumnElement[bool]:
    return Request.answered_on.between(period.since, period.until)


def is_overdue(today: date) -> ColumnElement[bool]:
    """The last day has passed, and no pause has begun by it."""
    running = or_(Request.paused_since.is_(None), Request.paused_since > Request.due_on)
    return and_(Request.due_on < today, running)


def is_paused() -> ColumnElement[bool]:
    return Request.paused_since.is_not(None)


def refusals(view: View, cause: str = "") -> Any:
    """Each (request_id, cause) once: rows refused and whole applications refused or annulled."""
    rows = (
        select(RequestRow.request_id.label("request_id"), _cause(RequestRow.cause).label("cause"))
        .join(Request, Request.id == RequestRow.request_id)
        .where(is_refused(), within(RequestRow.decided_at, view.period))
        .where(*common(view))
    )
    whole = select(Request.id.label("request_id"), _cause(Request.cause).label("cause")).where(
        Request.state.in_(("refused", "annulled")),
        answered_in(view.period),
        *common(view),
        # Whose rows were refused one by one is counted by them.
        or_(Request.state == "annulled", Request.row_count == 0),
    )
    both = rows.union(whole).subquery()
    found = select(both.c.request_id, both.c.cause)
    return found.where(both.c.cause == cause) if cause else found


def _cause(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The slug; what was written in words of its own is «иное»."""
    known = {slug: slug for slug in CAUSES} | {words: slug for slug, words in CAUSES.items()}
    return case(known, value=column, else_=OTHER)


def steps(view: View) -> Any:
    """Each time that a state was left in the period: request_id, state, came_at, left_at."""
    event = RequestEvent
    return (
        select(
            event.request_id.label("request_id"),
            event.source.label("state"),
            event.came_at.label("came_at"),
            event.at.label("left_at"),
        )
        .join(Request, Request.id == event.request_id)
        .where(event.source.in_(OPEN), *_leaves(view), *common(view))
    )


def _leaves(view: View) -> Conditions:
    event = RequestEvent
    return event.source != event.target, event.came_at.is_not(None), within(event.at, view.period)


def _left(view: View, state: str) -> Any:
    ids = select(RequestEvent.request_id)
    return ids.where(RequestEvent.source == state, *_leaves(view))


def moscow_day(session: Session, column: Any) -> ColumnElement[date]:
    """The day in Moscow of a moment. SQLite knows no zones; Moscow has had UTC+3 since 2014."""
    if session.get_bind().dialect.name == "postgresql":
        return type_coerce(func.date(func.timezone("Europe/Moscow", column)), SqlDate)
    return type_coerce(func.date(column, "+3 hours"), SqlDate)
