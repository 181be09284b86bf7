"""«Обзор»: figures and charts; every figure, bar and name opens the list that it counts."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from accessflow.db.tables import Organization, Request
from accessflow.documents.sheet_out import write_book
from accessflow.domain.shares import quantile, share
from accessflow.services import overview as figures
from accessflow.services import rights_of_gone, terms
from accessflow.services.overview_figures import listed
from accessflow.services.rights_of_gone import Narrowed
from accessflow.web import context, overview_charts
from accessflow.web.downloads import download
from accessflow.web.exports import XLSX, long_sheet
from accessflow.web.lists import Order, chunks_of, page_of
from accessflow.web.overview_asked import (
    PERIODS,
    Asked,
    asked_detail,
    asked_figure,
    asked_view,
    narrowed_to,
    title_of,
)
from accessflow.web.overview_charts import SHOWN, Links
from accessflow.web.overview_sheets import HEADERS, WIDTHS, exported, sheets
from accessflow.web.request_words import subject

blueprint = Blueprint("overview", __name__, url_prefix="/overview")

ORDER: Order = {
    "number": [Request.id],
    "sent": [Request.sent_at, Request.id],
    "due": [Request.due_on, Request.id],
    "answered": [Request.answered_on, Request.id],
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    asked = asked_view()
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
        weeks=overview_charts.weeks(asked, found),
        missed=overview_charts.missed(asked, found),
        refusals=overview_charts.refusals(asked, found),
        steps=overview_charts.steps(asked, found),
        shown=SHOWN,
        everything=everything,
        share=share,
        usual=quantile(found.total.days, 0.5),
        most=quantile(found.total.days, 0.9),
        bucket_label=lambda bucket: overview_charts.bucket_label(asked, bucket),
    )


@blueprint.get("/list")
def requests() -> ResponseReturnValue:
    """The applications that one figure counts."""
    asked, figure = asked_view(), asked_figure()
    page = page_of(context.session(), _listed(asked, figure), order=ORDER, default="-number")
    session, catalogue, today = context.session(), context.catalogue(), context.today()
    return render_template(
        "overview/list.html",
        asked=asked,
        title=title_of(figure),
        narrowed=narrowed_to(asked, figure),
        page=page,
        subject=lambda row: subject(catalogue, row),
        terms=terms.shown_of(session, catalogue, page.items, today, short=True),
    )


@blueprint.get("/list.xlsx")
def export_list() -> ResponseReturnValue:
    asked, figure = asked_view(), asked_figure()
    query = _listed(asked, figure)
    chunks = chunks_of(context.session(), query, order=ORDER, default="-number")
    rows = (exported(row) for chunk in chunks for row in chunk)
    return long_sheet(title_of(figure), HEADERS, WIDTHS, rows)


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    """All tables of the overview, a sheet each."""
    asked = asked_view()
    found = figures.overview(context.session(), context.catalogue(), asked.view)
    left = _rights_of_gone(asked)
    where = asked.organization.short_name if asked.organization else "все"
    name = f"Обзор_{asked.view.period.since:%Y-%m-%d}_{asked.view.period.until:%Y-%m-%d}.xlsx"
    return download(write_book("Обзор", sheets(asked.view, where, found, left)), XLSX, name)


def _rights_of_gone(asked: Asked) -> int:
    """Rights still open of people who have left: must be none."""
    narrowed = Narrowed(asked.view.organization, asked.view.system)
    return rights_of_gone.count(context.session(), context.actor(), asked.view.today, narrowed)


def _organizations() -> Sequence[tuple[int, str]]:
    query = select(Organization.id, Organization.short_name).order_by(Organization.short_name)
    return [(key, name) for key, name in context.session().execute(query)]


def _listed(asked: Asked, figure: str) -> Select[Request]:
    return listed(figure, asked.view, asked_detail()).options(
        joinedload(Request.organization),
        joinedload(Request.assignee),
        defer(Request.search_text),
        defer(Request.fields),
    )
