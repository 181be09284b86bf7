"""What the report on dismissals is asked for by its address: period, place, figure, cause."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from sqlalchemy import Select

from accessflow.db.tables import Dismissal, Organization
from accessflow.domain.errors import NotFound
from accessflow.services import dismissal_figures, scope
from accessflow.services.dismissal_figures import FIGURES, NO_CAUSE, Sum, View
from accessflow.services.overview_figures import Period
from accessflow.services.rights_of_gone import Narrowed
from accessflow.web import context
from accessflow.web.overview_asked import asked_period
from accessflow.web.words import day

PERIODS = {
    "month": "Этот месяц",
    "last_month": "Прошлый месяц",
    "quarter": "Этот квартал",
    "year": "Этот год",
    "last_year": "Прошлый год",
    "own": "Свой период",
}
DEFAULT = "year"
UNEXPLAINED = "-"
"""In place of a cause in an address: nobody has given one."""


def asked_view() -> View:
    today = context.today()
    return View(_period(period_name(), today), today, _organization())


def _organization() -> int | None:
    """Only those who see all may narrow to one: the others see their own at any rate."""
    if not scope.sees_all(context.actor()):
        return None
    return request.args.get("organization", type=int)


def period_name() -> str:
    name = request.args.get("period", DEFAULT)
    return name if name in PERIODS else DEFAULT


def _period(name: str, today: date) -> Period:
    """Whole months, quarters and years: the future belongs to them, for people leave ahead."""
    first = today.replace(day=1)
    match name:
        case "month":
            return _months(first, 1)
        case "last_month":
            return _months(_months_on(first, -1), 1)
        case "quarter":
            return _months(first.replace(month=(today.month - 1) // 3 * 3 + 1), 3)
        case "last_year":
            return _months(date(today.year - 1, 1, 1), 12)
        case "own":
            return asked_period(today) or _period(DEFAULT, today)
    return _months(date(today.year, 1, 1), 12)


def _months(first: date, number: int) -> Period:
    return Period(first, date.fromordinal(_months_on(first, number).toordinal() - 1))


def _months_on(first: date, number: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
    return date(year, month + 1, 1)


def of_month(view: View, one: Sum) -> dict[str, str]:
    """Arguments of an address that narrow to that month, as far as the view reaches."""
    year, month = one.key if isinstance(one.key, tuple) else (view.today.year, 1)
    period = _months(date(year, month, 1), 1)
    since, until = max(period.since, view.period.since), min(period.until, view.period.until)
    return {"since": since.isoformat(), "until": until.isoformat()}


def link_of(view: View, figure: str, **more: Any) -> str:
    own = {"since": view.period.since.isoformat(), "until": view.period.until.isoformat()}
    arguments = {"period": "own", **own, "organization": view.organization, "figure": figure}
    return url_for("dismissal_report.listed", **(arguments | more))


def asked_figure() -> str:
    """Raises NotFound."""
    figure = request.args.get("figure", "total")
    if figure not in FIGURES:
        raise NotFound("Такого показателя нет.", figure=figure)
    return figure


def asked_cause() -> str | None:
    """Of a missed term, as the address has it."""
    cause = request.args.get("cause")
    return NO_CAUSE if cause == UNEXPLAINED else cause


def listed_by(view: View, figure: str) -> Select[Dismissal]:
    return dismissal_figures.listed(context.actor(), figure, view, asked_cause())


def title_of(figure: str) -> str:
    label, cause = FIGURES[figure].label, asked_cause()
    if cause is None:
        return label
    return f"{label}: {cause}" if cause != NO_CAUSE else f"{label}: причина не указана"


def narrowed_to(view: View) -> list[str]:
    told = [f"уволены {days_of(view)}"]
    if view.organization:
        place = context.session().get(Organization, view.organization)
        told += [place.short_name] if place else []
    return told


def narrowed_rights() -> Narrowed:
    system = request.args.get("system", "")
    known = system in context.catalogue().systems
    return Narrowed(_organization(), system if known else None)


def days_of(view: View) -> str:
    return f"{day(view.period.since)}–{day(view.period.until)}"
