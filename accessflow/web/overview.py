"""«Обзор»: figures and charts; every figure, bar and name opens the list that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from accessflow.db.tables import Organization, Request
from accessflow.documents.sheet_out import write_book
from accessflow.domain.dates import read_date
from accessflow.domain.errors import NotFound
from accessflow.services import overview as figures
from accessflow.services import rights_of_gone, terms
from accessflow.services.overview import Bucket, Line, Overview, quantile, share
from accessflow.services.overview_figures import (
    CAUSES,
    FIGURES,
    NO_SYSTEM,
    Detail,
    Period,
    View,
    listed,
)
from accessflow.services.rights_of_gone import Narrowed
from accessflow.web import charts, context
from accessflow.web.downloads import download
from accessflow.web.exports import XLSX, sheet
from accessflow.web.lists import Order, asked_sort, ordered, page_of
from accessflow.web.overview_sheets import days_of, exported, sheets
from accessflow.web.request_words import STATES, subject
from accessflow.web.words import day

blueprint = Blueprint("overview", __name__, url_prefix="/overview")

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
SHOWN = 6
"""So many systems and organisations until all are asked for."""
ORDER: Order = {
    "number": [Request.id],
    "sent": [Request.sent_at, Request.id],
    "due": [Request.due_on, Request.id],
    "answered": [Request.answered_on, Request.id],
}


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


@blueprint.get("")
def index() -> ResponseReturnValue:
    asked = _asked()
    found = figures.overview(context.session(), context.catalogue(), asked.view)
    everything = request.args.get("all", "")
    return render_template(
        "overview/index.html",
        found=found,
        asked=asked,
        left=_rights_of_gone(asked),
        periods=PERIODS,
        organizations=_organizations(),
        systems=context.catalogue().systems.values(),
        links=Links(asked),
        weeks=charts.columns([_pair(asked, bucket) for bucket in found.buckets]),
        missed=_missed(asked, found),
        refusals=_refusals(asked, found),
        steps=_steps(asked, found),
        shown=SHOWN,
        everything=everything,
        share=share,
        usual=quantile(found.total.days, 0.5),
        most=quantile(found.total.days, 0.9),
        bucket_label=lambda bucket: _bucket_label(asked, bucket),
    )


@blueprint.get("/list")
def requests() -> ResponseReturnValue:
    """The applications that one figure counts."""
    asked, figure = _asked(), _figure()
    page = page_of(context.session(), _listed(asked, figure), order=ORDER, default="-number")
    session, catalogue, today = context.session(), context.catalogue(), context.today()
    return render_template(
        "overview/list.html",
        asked=asked,
        title=_title(figure),
        narrowed=_narrowed(asked, figure),
        page=page,
        subject=lambda row: subject(catalogue, row),
        terms=terms.shown_of(session, catalogue, page.items, today, short=True),
    )


@blueprint.get("/list.xlsx")
def export_list() -> ResponseReturnValue:
    asked, figure = _asked(), _figure()
    query = ordered(_listed(asked, figure), ORDER, asked_sort(ORDER, "-number"))
    rows = context.session().scalars(query).unique()
    headers = ["Номер", "Номер МИАЦ", "Система", "Организация", "Состояние", "Отправлена",
               "Срок", "Закрыта", "В срок", "Исполнитель"]  # fmt: skip
    return sheet(_title(figure), headers, [exported(row) for row in rows])


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    """All tables of the overview, a sheet each."""
    asked = _asked()
    found = figures.overview(context.session(), context.catalogue(), asked.view)
    left = _rights_of_gone(asked)
    where = asked.organization.short_name if asked.organization else "все"
    name = f"Обзор_{asked.view.period.since:%Y-%m-%d}_{asked.view.period.until:%Y-%m-%d}.xlsx"
    return download(write_book("Обзор", sheets(asked.view, where, found, left)), XLSX, name)


class Links:
    """Addresses of lists, under the period and narrowing of the page."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def __call__(self, figure: str, **more: Any) -> str:
        arguments = {**self._asked.arguments, "figure": figure, **more}
        return url_for("overview.requests", **{k: v for k, v in arguments.items() if v != ""})

    def of_days(self, figure: str, period: Period) -> str:
        own = {"period": "own", "since": period.since.isoformat(),
               "until": period.until.isoformat()}  # fmt: skip
        return self(figure, **own)


def _asked() -> Asked:
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


def _rights_of_gone(asked: Asked) -> int:
    """Rights still open of people who have left: must be none."""
    narrowed = Narrowed(asked.view.organization, asked.view.system)
    return rights_of_gone.count(context.session(), context.actor(), asked.view.today, narrowed)


def _organizations() -> Sequence[tuple[int, str]]:
    query = select(Organization.id, Organization.short_name).order_by(Organization.short_name)
    return [(key, name) for key, name in context.session().execute(query)]


def _figure() -> str:
    """Raises NotFound."""
    figure = request.args.get("figure", "open")
    if figure not in FIGURES:
        raise NotFound("Такого показателя нет.", figure=figure)
    return figure


def _detail() -> Detail:
    cause, state = request.args.get("cause", ""), request.args.get("state", "")
    return Detail(
        assignee=request.args.get("assignee", type=int),
        cause=cause if cause in CAUSES else "",
        state=state if state in STATES else "",
    )


def _listed(asked: Asked, figure: str) -> Select[Request]:
    return listed(figure, asked.view, _detail()).options(
        joinedload(Request.organization),
        joinedload(Request.assignee),
        defer(Request.search_text),
        defer(Request.fields),
    )


def _title(figure: str) -> str:
    detail, label = _detail(), FIGURES[figure].label
    if detail.cause:
        return f"{label}: {CAUSES[detail.cause]}"
    if detail.state:
        return f"{label} «{STATES[detail.state].label}»"
    return label


NOW = frozenset({"open", "unassigned", "overdue"})
"""Figures of this moment: the period does not narrow them."""


def _narrowed(asked: Asked, figure: str) -> list[str]:
    """In words, what the list is narrowed to."""
    period, system = asked.view.period, asked.view.system
    told = [] if figure in NOW else [f"с {day(period.since)} по {day(period.until)}"]
    if asked.organization:
        told.append(asked.organization.short_name)
    if system:
        known = context.catalogue().systems
        told.append(figures.WITHOUT_SYSTEM if system == NO_SYSTEM else known[system].label)
    if (who := _detail().assignee) is not None:
        told.append("один исполнитель" if who else "исполнитель не назначен")
    return told


def _pair(asked: Asked, bucket: Bucket) -> charts.Pair:
    links, period = Links(asked), bucket.period
    return charts.Pair(
        _bucket_label(asked, bucket),
        (bucket.received, bucket.answered),
        (links.of_days("received", period), links.of_days("answered", period)),
        (f"{days_of(period)}: поступило {bucket.received}",
         f"{days_of(period)}: закрыто {bucket.answered}"),
    )  # fmt: skip


def _bucket_label(asked: Asked, bucket: Bucket) -> str:
    """The day that a week begins with, or the month."""
    weeks = figures.by_weeks(asked.view.period)
    return f"{bucket.period.since:%d.%m}" if weeks else f"{bucket.period.since:%m.%y}"


def _missed(asked: Asked, found: Overview) -> charts.Bars:
    lines = [line for line in found.systems if line.missed]
    return charts.bars([_system(asked, line) for line in lines[: SHOWN + 1]], 160)


def _system(asked: Asked, line: Line) -> charts.Item:
    links, slug = Links(asked), line.key
    late = charts.Segment("b1", line.late, links("late", system=slug),
                          f"{line.label}: закрыто поздно {line.late}")  # fmt: skip
    now = charts.Segment("bd", line.overdue, links("overdue", system=slug),
                         f"{line.label}: просрочено сейчас {line.overdue}")  # fmt: skip
    words = f"{line.label}: всего {line.missed}"
    return charts.Item(line.label, links("missed", system=slug), words, (late, now))


def _refusals(asked: Asked, found: Overview) -> charts.Bars:
    links = Links(asked)
    return charts.bars(
        [
            charts.Item(
                refusal.label,
                (href := links("refused", cause=refusal.cause)),
                (words := f"{refusal.label}: {refusal.count}"),
                (charts.Segment("b1", refusal.count, href, words),),
            )
            for refusal in found.refusals[: SHOWN + 1]
        ],
        235,
    )


def _steps(asked: Asked, found: Overview) -> list[tuple[figures.Stay, str]]:
    links = Links(asked)
    return [(stay, links("step", state=stay.state)) for stay in found.steps]
