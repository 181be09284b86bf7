"""The report on dismissals: what each figure counts, for the number and for its list alike.

The day of dismissal says which month one belongs to; those cancelled count nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from accessflow.db.tables import Dismissal, Employment, Organization
from accessflow.services import dismissal_lists
from accessflow.services.actor import Actor
from accessflow.services.dismissal_lists import STANDING, Counted
from accessflow.services.overview_figures import Period
from accessflow.services.scope import within

FILED = Dismissal.filed_at.is_not(None)
LATE = and_(FILED, Dismissal.late_days > 0)
NO_CAUSE = ""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    where: Callable[[date], ColumnElement[bool]]


def _missed(today: date) -> ColumnElement[bool]:
    return and_(~FILED, Dismissal.due_on < today)


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "total": Figure("Увольнения", lambda _: true()),
        "in_time": Figure("Отзыв подан в срок", lambda _: and_(FILED, Dismissal.late_days == 0)),
        "late": Figure("Отзыв подан с опозданием", lambda _: LATE),
        "waiting": Figure("Срок ещё идёт", lambda t: and_(~FILED, Dismissal.due_on >= t)),
        "missed": Figure("Срок прошёл, отзыв не подан", _missed),
        "overdue": Figure("Срок пропущен", lambda t: or_(LATE, _missed(t))),
    }
)
"""`overdue` is `late` and `missed` together: what has a cause."""


@dataclass(frozen=True, slots=True)
class View:
    """`organization`: one alone, None for all that the actor may see."""

    period: Period
    today: date
    organization: int | None = None


@dataclass(slots=True)
class Sum:
    """Of an organisation or a month, or of everything."""

    key: int | tuple[int, int] | None
    label: str
    total: int = 0
    in_time: int = 0
    late: int = 0
    late_days: int = 0
    waiting: int = 0
    missed: int = 0

    def add(self, one: Counted) -> None:
        for number in fields(self)[2:]:
            setattr(self, number.name, getattr(self, number.name) + getattr(one, number.name))

    @property
    def judged(self) -> int:
        return self.total - self.waiting

    @property
    def by_days(self) -> float | None:
        """Working days that a late one is late by, on average."""
        return self.late_days / self.late if self.late else None


@dataclass(frozen=True, slots=True)
class Report:
    total: Sum
    organizations: Sequence[Sum]
    months: Sequence[Sum]
    rows: Sequence[Counted]
    causes: Sequence[tuple[str, int]]


def report(session: Session, actor: Actor, view: View) -> Report:
    rows = [
        row
        for row in dismissal_lists.report(
            session, actor, since=view.period.since, until=view.period.until, today=view.today
        )
        if view.organization in (None, row.organization_id)
    ]
    organizations = _summed(rows, lambda row: (row.organization_id, row.organization))
    months = _summed(
        sorted(rows, key=lambda row: (row.year, row.month)),
        lambda row: ((row.year, row.month), f"{row.month:02}.{row.year}"),
    )
    everything = Sum(None, "Всего")
    for row in rows:
        everything.add(row)
    return Report(
        total=everything,
        organizations=sorted(organizations, key=lambda s: (-s.missed, -s.late, s.label)),
        months=months,
        rows=rows,
        causes=causes(session, actor, view),
    )


def listed(actor: Actor, figure: str, view: View, cause: str | None = None) -> Select[Dismissal]:
    """What the figure counts; `cause` "" for those that nobody has explained."""
    query = (
        select(Dismissal)
        .join(Dismissal.person)
        .join(Dismissal.organization)
        .where(*_conditions(actor, figure, view))
        .options(
            joinedload(Dismissal.person),
            joinedload(Dismissal.employment).joinedload(Employment.unit),
            joinedload(Dismissal.organization),
        )
    )
    return query if cause is None else query.where(Dismissal.late_cause == cause)


def causes(session: Session, actor: Actor, view: View) -> list[tuple[str, int]]:
    """Why terms were missed, as it was typed; the most frequent first, unexplained ones last."""
    query = (
        select(Dismissal.late_cause, func.count())
        .where(*_conditions(actor, "overdue", view))
        .group_by(Dismissal.late_cause)
    )
    found = [(cause, number) for cause, number in session.execute(query)]
    return sorted(found, key=lambda pair: (pair[0] == NO_CAUSE, -pair[1], pair[0]))


def organizations(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Those with any dismissal, by name."""
    query = (
        select(Organization.id, Organization.short_name)
        .where(
            Organization.id.in_(select(Dismissal.organization_id)),
            within(actor, Organization.id),
        )
        .order_by(Organization.short_name)
    )
    return [(key, name) for key, name in session.execute(query)]


def _conditions(actor: Actor, figure: str, view: View) -> list[ColumnElement[bool]]:
    found = [
        STANDING,
        within(actor, Dismissal.organization_id),
        Dismissal.dismissed_on.between(view.period.since, view.period.until),
        FIGURES[figure].where(view.today),
    ]
    if view.organization is not None:
        found.append(Dismissal.organization_id == view.organization)
    return found


def _summed(
    rows: Iterable[Counted], key_of: Callable[[Counted], tuple[int | tuple[int, int], str]]
) -> list[Sum]:
    found: dict[int | tuple[int, int], Sum] = {}
    for row in rows:
        key, label = key_of(row)
        found.setdefault(key, Sum(key, label)).add(row)
    return list(found.values())
