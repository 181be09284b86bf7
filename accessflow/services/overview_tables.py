"""The overview's tables: each system, organisation and specialist with what they had and have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Integer, case, func, select, type_coerce
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Organization, Request, User
from accessflow.domain.shares import quantile, share
from accessflow.services.overview_figures import (
    NO_SYSTEM,
    NOBODY,
    Detail,
    View,
    conditions,
    is_overdue,
)

WITHOUT_SYSTEM = "без системы"
UNASSIGNED = "не назначено"


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


@dataclass(frozen=True, slots=True)
class Tables:
    """What there is in all, and of it by system, organisation and specialist."""

    total: Line
    systems: tuple[Line, ...]
    organizations: tuple[Line, ...]
    people: tuple[Line, ...]


def tables_of(session: Session, catalogue: Catalogue, view: View) -> Tables:
    lines = _Lines()
    _count_open(session, view, lines)
    _count_received(session, view, lines)
    _count_answered(session, view, lines)
    return Tables(
        total=lines.total,
        systems=tuple(_systems(catalogue, lines)),
        organizations=tuple(_organizations(session, lines)),
        people=tuple(_people(session, lines)),
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
