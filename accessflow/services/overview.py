"""The overview: how much comes, what is open and late, where the time goes, why it is refused.

Everything is grouped by the database and folded here; nothing is read request by request.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.services.overview_figures import (
    CAUSES,
    ONE_DAY,
    Detail,
    Period,
    View,
    answered_in,
    common,
    conditions,
    refusals,
)
from accessflow.services.overview_tables import Line, tables_of
from accessflow.services.overview_times import WEEK, Bucket, Stay, buckets_of, by_weeks, stays_of


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


def overview(session: Session, catalogue: Catalogue, view: View) -> Overview:
    tables = tables_of(session, catalogue, view)
    buckets = tuple(buckets_of(session, view))
    causes = _refusals(session, view)
    return Overview(
        view=view,
        total=tables.total,
        unassigned=_one(session, view, "unassigned"),
        week=_week(session, view),
        before=_judged_before(session, view),
        answered=sum(bucket.answered for bucket in buckets),
        buckets=buckets,
        systems=tables.systems,
        organizations=tables.organizations,
        people=tables.people,
        refusals=causes,
        refused=_one(session, view, "refused") if causes else 0,
        steps=tuple(stays_of(session, catalogue, view)),
    )


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


def _refusals(session: Session, view: View) -> tuple[Refusal, ...]:
    each = refusals(view).subquery()
    query = select(each.c.cause, func.count()).group_by(each.c.cause)
    found = [Refusal(cause, CAUSES[cause], number) for cause, number in session.execute(query)]
    return tuple(sorted(found, key=lambda refusal: (-refusal.count, refusal.label)))
