"""The overview: how much comes, what is open and late, where the time goes, why it is refused.

Everything is grouped by the database and folded here; nothing is read request by request.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Integer, case, func, select, type_coerce
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Organization, Request, User
from accessflow.services.overview_figures import (
    CAUSES,
    NO_SYSTEM,
    NOBODY,
    ONE_DAY,
    Detail,
    Period,
    View,
    answered_in,
    common,
    conditions,
    is_overdue,
    moscow_day,
    refusals,
    steps,
)
from accessflow.workflow.states import OPEN, STATES

WEEKS_SHOWN = 16
"""A period of so many weeks is drawn by weeks, a longer one by months."""
WEEK = timedelta(days=7)


@dataclass
class Line:
    """One system, organisation or specialist. `days`: how long answers took -> how many."""

    key: str | int | None
    label: str
    received: int = 0
    open: int = 0
    overdue: int = 0
    in_term: int = 0
    late: int = 0
    days: Counter[int] = field(default_factory=Counter)

    @property
    def missed(self) -> int:
        return self.late + self.overdue

    @property
    def judged(self) -> int:
        return self.in_term + self.late

    @property
    def share(self) -> int | None:
        """Per cent answered in term."""
        return share(self.in_term, self.judged)

    @property
    def usual(self) -> int | None:
        return quantile(self.days, 0.5)


@dataclass
class Bucket:
    """A week or a month, cut to the period."""

    period: Period
    received: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Stay:
    """A state: how often it was left, by how many applications, after how many working days."""

    state: str
    label: str
    times: int
    requests: int
    median: int


@dataclass(frozen=True, slots=True)
class Refusal:
    cause: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of applications; days in calendar days but for `steps`."""

    view: View
    total: Line
    unassigned: int
    week: tuple[int, int]  # received and answered in the last seven days
    before: tuple[int, int]  # in term and judged in as many days before
    answered: int
    buckets: tuple[Bucket, ...]
    systems: tuple[Line, ...]
    organizations: tuple[Line, ...]
    people: tuple[Line, ...]
    refusals: tuple[Refusal, ...]
    refused: int
    steps: tuple[Stay, ...]

    @property
    def by_weeks(self) -> bool:
        return by_weeks(self.view.period)


def share(part: int, whole: int) -> int | None:
    """Per cent, rounded so that only all of it is 100."""
    if not whole:
        return None
    return 100 if part == whole else min(99, round(100 * part / whole))


def quantile(counts: Mapping[int, int], part: float) -> int | None:
    """The smallest value that at least this part of all does not exceed."""
    total = sum(counts.values())
    gone = 0
    for value in sorted(counts):
        gone += counts[value]
        if gone >= part * total:
            return value
    return None


def overview(session: Session, catalogue: Catalogue, view: View) -> Overview:
    lines = _Lines()
    _count_open(session, view, lines)
    _count_received(session, view, lines)
    _count_answered(session, view, lines)
    received, answered = _by_day(session, view), _answered_by_day(session, view)
    causes = _refusals(session, view)
    return Overview(
        view=view,
        total=lines.total,
        unassigned=_one(session, view, "unassigned"),
        week=_week(session, view),
        before=_judged_before(session, view),
        answered=sum(answered.values()),
        buckets=tuple(_buckets(view.period, received, answered)),
        systems=tuple(_systems(catalogue, lines)),
        organizations=tuple(_organizations(session, lines)),
        people=tuple(_people(session, lines)),
        refusals=causes,
        refused=_one(session, view, "refused") if causes else 0,
        steps=tuple(_steps(session, catalogue, view)),
    )


class _Lines:
    """The lines of all three tables while they are filled."""

    def __init__(self) -> None:
        self.total = Line(None, "")
        self.systems: dict[str, Line] = {}
        self.organizations: dict[int, Line] = {}
        self.people: dict[int, Line] = {}

    def of(self, system: str | None, organization: int) -> tuple[Line, Line, Line]:
        slug = system or NO_SYSTEM
        return (
            self.total,
            self.systems.setdefault(slug, Line(slug, slug)),
            self.organizations.setdefault(organization, Line(organization, "")),
        )

    def of_all(self, system: str | None, organization: int, who: int | None) -> tuple[Line, ...]:
        person = self.people.setdefault(who or NOBODY, Line(who or NOBODY, ""))
        return (*self.of(system, organization), person)


_WHOSE = (Request.system, Request.organization_id, Request.assignee_id)


def _count_open(session: Session, view: View, lines: _Lines) -> None:
    late = func.sum(case((is_overdue(view.today), 1), else_=0))
    query = (
        select(*_WHOSE, func.count(), type_coerce(late, Integer))
        .where(*conditions("open", view, Detail()))
        .group_by(*_WHOSE)
    )
    for system, organization, who, number, overdue in session.execute(query):
        for line in lines.of_all(system, organization, who):
            line.open += number
            line.overdue += int(overdue)


def _count_received(session: Session, view: View, lines: _Lines) -> None:
    query = (
        select(Request.system, Request.organization_id, func.count())
        .where(*conditions("received", view, Detail()))
        .group_by(Request.system, Request.organization_id)
    )
    for system, organization, number in session.execute(query):
        for line in lines.of(system, organization):
            line.received += number


def _count_answered(session: Session, view: View, lines: _Lines) -> None:
    parts = (*_WHOSE, Request.answered_late, Request.answered_days)
    query = (
        select(*parts, func.count()).where(*conditions("judged", view, Detail())).group_by(*parts)
    )
    for system, organization, who, late, days, number in session.execute(query):
        for line in lines.of_all(system, organization, who):
            line.late += number if late else 0
            line.in_term += 0 if late else number
            line.days[days or 0] += number


def _by_day(session: Session, view: View) -> dict[date, int]:
    day = moscow_day(session, Request.sent_at).label("day")
    query = select(day, func.count()).where(*conditions("received", view, Detail())).group_by(day)
    return dict(session.execute(query).all())


def _answered_by_day(session: Session, view: View) -> dict[date, int]:
    query = (
        select(Request.answered_on, func.count())
        .where(*conditions("answered", view, Detail()))
        .group_by(Request.answered_on)
    )
    return {day: number for day, number in session.execute(query) if day}


def _one(session: Session, view: View, figure: str) -> int:
    query = select(func.count()).select_from(Request).where(*conditions(figure, view, Detail()))
    return session.scalar(query) or 0


def _week(session: Session, view: View) -> tuple[int, int]:
    last = Period(view.today - WEEK + ONE_DAY, view.today)
    lately = View(last, view.today, view.organization, view.system)
    return _one(session, lately, "received"), _one(session, lately, "answered")


def _judged_before(session: Session, view: View) -> tuple[int, int]:
    query = (
        select(Request.answered_late, func.count())
        .where(*common(view), answered_in(view.period.before), Request.answered_late.is_not(None))
        .group_by(Request.answered_late)
    )
    found = dict(session.execute(query).all())
    return found.get(False, 0), sum(found.values())


def by_weeks(period: Period) -> bool:
    """Whether it is told week by week; else by months."""
    return period.until - period.since < WEEKS_SHOWN * WEEK


def _buckets(
    period: Period, received: Mapping[date, int], answered: Mapping[date, int]
) -> Iterator[Bucket]:
    for part in _parts(period):
        bucket = Bucket(part)
        for n in range((part.until - part.since).days + 1):
            day = part.since + n * ONE_DAY
            bucket.received += received.get(day, 0)
            bucket.answered += answered.get(day, 0)
        yield bucket


def _parts(period: Period) -> Iterator[Period]:
    since = period.since
    while since <= period.until:
        if by_weeks(period):
            end = since + (7 - since.isoweekday()) * ONE_DAY
        else:
            end = (since.replace(day=1) + timedelta(days=31)).replace(day=1) - ONE_DAY
        yield Period(since, min(end, period.until))
        since = end + ONE_DAY


WITHOUT_SYSTEM = "без системы"
UNASSIGNED = "не назначено"


def _systems(catalogue: Catalogue, lines: _Lines) -> list[Line]:
    for slug, line in lines.systems.items():
        system = catalogue.systems.get(slug)
        line.label = WITHOUT_SYSTEM if slug == NO_SYSTEM else system.label if system else slug
    return sorted(
        lines.systems.values(), key=lambda line: (-line.missed, -line.received, line.label)
    )


def _organizations(session: Session, lines: _Lines) -> list[Line]:
    """Those with the most open ones first."""
    ids = Organization.id.in_(lines.organizations)
    for key, name in session.execute(select(Organization.id, Organization.short_name).where(ids)):
        lines.organizations[key].label = name
    return sorted(
        lines.organizations.values(), key=lambda line: (-line.open, -line.received, line.label)
    )


def _people(session: Session, lines: _Lines) -> list[Line]:
    """The specialists who have or had something, last what nobody has."""
    for key, name in session.execute(select(User.id, User.name).where(User.id.in_(lines.people))):
        lines.people[key].label = name
    if NOBODY in lines.people:
        lines.people[NOBODY].label = UNASSIGNED
    return sorted(
        lines.people.values(), key=lambda line: (line.key == NOBODY, -line.open, line.label)
    )


def _refusals(session: Session, view: View) -> tuple[Refusal, ...]:
    each = refusals(view).subquery()
    query = select(each.c.cause, func.count()).group_by(each.c.cause)
    found = [Refusal(cause, CAUSES[cause], number) for cause, number in session.execute(query)]
    return tuple(sorted(found, key=lambda refusal: (-refusal.count, refusal.label)))


def _steps(session: Session, catalogue: Catalogue, view: View) -> Iterator[Stay]:
    """Working days from the day of coming into a state to the day of leaving it."""
    each = steps(view).subquery()
    came, left = moscow_day(session, each.c.came_at), moscow_day(session, each.c.left_at)
    days = select(each.c.state, came.label("came"), left.label("gone"), func.count()).group_by(
        each.c.state, came, left
    )
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    calendar = catalogue.working_calendar
    for state, first, last, number in session.execute(days):
        counts[state][calendar.working_days(first, last)] += number
    distinct = func.count(each.c.request_id.distinct())
    number_of = select(each.c.state, distinct).group_by(each.c.state)
    requests: dict[str, int] = dict(session.execute(number_of).all())
    for state in OPEN:
        if found := counts.get(state):
            label, median = STATES[state].label, quantile(found, 0.5) or 0
            yield Stay(state, label, sum(found.values()), requests[state], median)
