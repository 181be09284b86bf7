"""«Пересмотр прав»: the campaigns, a new one, how far each organisation is, its end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Campaign
from accessflow.documents.writers import MEDIA_TYPES, WRITERS
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.services import campaign_progress, campaign_report, campaigns, history, scope
from accessflow.services.campaign_progress import Part, Progress
from accessflow.services.clock import moscow_date
from accessflow.web import context
from accessflow.web.downloads import download
from accessflow.web.errors import STATUS
from accessflow.web.exports import sheet
from accessflow.web.lists import Order, Page, asked_page, asked_sort, ordered, page_of
from accessflow.web.signing_blueprint import uploads
from accessflow.web.timeline import Moment, timeline
from accessflow.web.toasts import toast
from accessflow.web.words import day
from accessflow.workflow.term_words import InWords, filing_left_in_words
from accessflow.workflow.terms import Due

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")

ORDER: Order = {
    "due": [Campaign.due_on, Campaign.id],
    "title": [Campaign.title, Campaign.id],
    "started": [Campaign.started_at, Campaign.id],
}
TABS = {"open": "Идут", "closed": "Закрыты", "all": "Все"}
PARTS: dict[Part, str] = {"": "Все", "unfinished": "Не закончили", "finished": "Закончили"}
PAGE_SIZE = 50


@blueprint.get("")
def index() -> ResponseReturnValue:
    actor, show = context.actor(), _show()
    found = page_of(
        context.session(), campaigns.listed(actor, show, _text()), order=ORDER, default=_usual(show)
    )
    return render_template(
        "campaigns/index.html",
        page=found,
        show=show,
        q=_text(),
        tabs=TABS,
        sums=campaign_progress.sums(context.session(), actor, [row.id for row in found.items]),
        term=term_of,
        systems=_systems_in_words,
        may_start=actor.role in campaigns.STARTERS,
    )


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    show = _show()
    query = campaigns.listed(context.actor(), show, _text())
    query = ordered(query, ORDER, asked_sort(ORDER, _usual(show)))
    headers = ["Название", "Чей", "Начат", "Срок", "Закрыт", "Системы", "Прав", "Оставлено",
               "Отозвать", "Закрыто за время пересмотра", "Не решено"]  # fmt: skip
    found = context.session().scalars(query).unique().all()
    sums = campaign_progress.sums(context.session(), context.actor(), [row.id for row in found])
    rows = [_exported(row, sums[row.id]) for row in found]
    return sheet("Пересмотр прав", headers, rows)


@blueprint.get("/<int:campaign_id>")
def show(campaign_id: int) -> ResponseReturnValue:
    """How far each organisation is; an organisation goes to its own lines at once."""
    session, actor = context.session(), context.actor()
    campaign = campaigns.find(session, actor, campaign_id)
    if campaign.organization_id is not None or not scope.sees_all(actor):
        found = campaign_progress.progress(session, actor, campaign_id)
        if found:
            own = found[0].organization_id
            return redirect(url_for(".lines", campaign_id=campaign_id, organization_id=own))
    return _show_page(campaign)


@blueprint.post("/<int:campaign_id>/<any(close, reopen):act>")
def close(campaign_id: int, act: str) -> ResponseReturnValue:
    called: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    called["campaign_id"] = campaign_id
    if act == "close":
        campaigns.close(context.db(), **called)
        undo = url_for(".close", campaign_id=campaign_id, act="reopen")
        toast("Пересмотр закрыт. Напечатайте отчёт на подпись.", undo=undo,
              undo_text="Открыть снова")  # fmt: skip
    else:
        campaigns.reopen(context.db(), catalogue=context.catalogue(), **called)
        toast("Пересмотр снова открыт.")
    return redirect(url_for(".show", campaign_id=campaign_id), code=303)


@blueprint.get("/<int:campaign_id>/report.<any(pdf, docx):kind>")
def report(campaign_id: int, kind: str) -> ResponseReturnValue:
    """Of the argument `organization`, without it of the whole."""
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    campaign = campaigns.find(session, actor, campaign_id)
    place = request.args.get("organization", type=int)
    if place is None:
        model = campaign_report.whole(session, actor, catalogue, campaign, context.now())
    else:
        model = campaign_report.of_organization(
            session, actor, catalogue, campaign, place, context.now()
        )
    suffix = f".{kind}"
    return download(WRITERS[suffix](model), MEDIA_TYPES[suffix], model.file_stem + suffix)


@blueprint.post("/<int:campaign_id>/signed")
def lay(campaign_id: int) -> ResponseReturnValue:
    """The signed report of the field `organization`, without it of the whole."""
    session, actor = context.session(), context.actor()
    campaign = campaigns.find(session, actor, campaign_id)
    place = request.form.get("organization", type=int)
    back = url_for(".show", campaign_id=campaign.id)
    if place is not None:
        back = url_for(".lines", campaign_id=campaign.id, organization_id=place)
    try:
        campaign_report.lay(
            context.db(), actor=actor, now=context.now(), store=context.files(),
            campaign_id=campaign_id, organization_id=place, uploads=uploads(),
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        if place is not None:
            toast(refusal.message, kind="danger")
            return redirect(back, code=303)
        return _show_page(campaign, refusal.message), STATUS[type(refusal)]
    toast("Подписанный отчёт загружен.")
    return redirect(back, code=303)


@blueprint.get("/<int:campaign_id>/signed.pdf")
def signed(campaign_id: int) -> Response:
    session, actor = context.session(), context.actor()
    campaign = campaigns.find(session, actor, campaign_id)
    place = request.args.get("organization", type=int)
    content = campaign_report.signed(session, actor, context.files(), campaign, place)
    return download(content, MEDIA_TYPES[".pdf"], f"Отчёт_подписанный_{campaign.id}.pdf")


def term_of(campaign: Campaign) -> InWords:
    """In working days; of a closed one, when it was closed."""
    if campaign.closed_at is not None:
        return InWords("закрыт", "none")
    calendar = context.catalogue().working_calendar
    due = Due(campaign.due_on, not calendar.is_known(campaign.due_on))
    return filing_left_in_words(due, context.today(), calendar)


def _show() -> str:
    show = request.args.get("show", "open")
    return show if show in campaigns.SHOWS else "open"


def _text() -> str:
    return request.args.get("q", "").strip()


def _usual(show: str) -> str:
    return "due" if show == "open" else "-due"


def _systems_in_words(campaign: Campaign) -> str:
    known = context.catalogue().systems
    labels = [known[slug].label for slug in campaign.systems if slug in known]
    return ", ".join(labels) or "все системы"


def _exported(campaign: Campaign, counted: Progress) -> list[str]:
    return [
        campaign.title,
        campaign.organization.short_name if campaign.organization else "МИАЦ",
        day(moscow_date(campaign.started_at)), day(campaign.due_on),
        day(moscow_date(campaign.closed_at)) if campaign.closed_at else "—",
        _systems_in_words(campaign),
        *map(str, (counted.total, counted.keep, counted.revoke, counted.gone, counted.open)),
    ]  # fmt: skip


def _show_page(campaign: Campaign, message: str = "") -> str:
    session, actor = context.session(), context.actor()
    asked, text = request.args.get("part", ""), request.args.get("q", "").strip()
    part = next((known for known in PARTS if known == asked), None)
    if part is None:
        raise NotFound("Такого отбора нет.", part=asked)
    found = campaign_progress.region(
        session, actor, campaign.id, part=part, text=text,
        first=(asked_page() - 1) * PAGE_SIZE, size=PAGE_SIZE,
    )  # fmt: skip
    number = found.first // PAGE_SIZE + 1
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        term=term_of(campaign),
        total=found.whole,
        page=Page(found.items, found.found, number, PAGE_SIZE, ""),
        tabs=[(key, label, found.parts[key]) for key, label in PARTS.items()],
        part=part,
        q=text,
        signed=campaign_report.laid_by(session, campaign),
        whole_signed=campaign_report.laid(session, actor, campaign, None),
        systems=_systems_in_words(campaign),
        may_run=campaigns.may_run(actor, campaign),
        may_lay=campaign_report.may_lay(actor, campaign, None),
        history=story_of(campaign),
        message=message,
    )


def story_of(campaign: Campaign) -> list[Moment]:
    """What has happened to it as a whole, newest first."""
    changes = history.changes_of(context.session(), [("campaign", campaign.id)])
    return timeline(context.actor(), changes)
