"""What an address of the overview asks for: period, narrowing, figure and its detail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request

from accessflow.db.tables import Organization
from accessflow.domain.dates import read_date
from accessflow.domain.errors import NotFound
from accessflow.services.overview_figures import CAUSES, FIGURES, NO_SYSTEM, Detail, Period, View
from accessflow.services.overview_tables import WITHOUT_SYSTEM
from accessflow.web import context
from accessflow.web.request_words import STATES
from accessflow.web.words import day

PERIODS = {
    "4w": "4 недели",
    "12w": "12 недель",
    "month": "Этот месяц",
    "year": "Этот год",
    "last_year": "Прошлый год",
    "own": "Свой период",
}
DEFAULT = "12w"
LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the view, and how its period was called."""

    view: View
    period: str
    organization: Organization | None

    @property
    def arguments(self) -> dict[str, Any]:
        """Of an address with the same period and narrowing."""
        period = self.view.period
        own = {"since": period.since.isoformat(), "until": period.until.isoformat()}
        return {
            "period": self.period,
            **(own if self.period == "own" else {}),
            "organization": self.view.organization,
            "system": self.view.system,
        }


def asked_view() -> Asked:
    args, today = request.args, context.today()
    name = args.get("period", DEFAULT)
    if name not in PERIODS:
        name = DEFAULT
    organization = args.get("organization", type=int)
    system = args.get("system", "")
    known = system == NO_SYSTEM or system in context.catalogue().systems
    row = context.session().get(Organization, organization) if organization else None
    view = View(_period(name, today), today, row.id if row else None, system if known else None)
    return Asked(view, name, row)


def _period(name: str, today: date) -> Period:
    monday = today - timedelta(days=today.weekday())
    match name:
        case "4w":
            return Period(monday - timedelta(weeks=3), today)
        case "month":
            return Period(today.replace(day=1), today)
        case "year":
            return Period(today.replace(month=1, day=1), today)
        case "last_year":
            return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
        case "own":
            return asked_period(today) or _period(DEFAULT, today)
    return Period(monday - timedelta(weeks=11), today)


def asked_period(today: date) -> Period | None:
    """The days of the address; None where they are none, or in the wrong order, or too many."""
    since = read_date(request.args.get("since", ""))
    until = read_date(request.args.get("until", "")) or today
    if since is None or not timedelta(0) <= until - since <= LONGEST:
        return None
    return Period(since, until)


def asked_figure() -> str:
    """Raises NotFound."""
    figure = request.args.get("figure", "open")
    if figure not in FIGURES:
        raise NotFound("Такого показателя нет.", figure=figure)
    return figure


def asked_detail() -> Detail:
    cause, state = request.args.get("cause", ""), request.args.get("state", "")
    return Detail(
        assignee=request.args.get("assignee", type=int),
        cause=cause if cause in CAUSES else "",
        state=state if state in STATES else "",
    )


def title_of(figure: str) -> str:
    detail, label = asked_detail(), FIGURES[figure].label
    if detail.cause:
        return f"{label}: {CAUSES[detail.cause]}"
    if detail.state:
        return f"{label} «{STATES[detail.state].label}»"
    return label


NOW = frozenset({"open", "unassigned", "overdue"})
"""Figures of this moment: the period does not narrow them."""


def narrowed_to(asked: Asked, figure: str) -> list[str]:
    """In words, what the list is narrowed to."""
    period, system = asked.view.period, asked.view.system
    told = [] if figure in NOW else [f"с {day(period.since)} по {day(period.until)}"]
    if asked.organization:
        told.append(asked.organization.short_name)
    if system:
        known = context.catalogue().systems
        told.append(WITHOUT_SYSTEM if system == NO_SYSTEM else known[system].label)
    if (who := asked_detail().assignee) is not None:
        told.append("один исполнитель" if who else "исполнитель не назначен")
    return told
