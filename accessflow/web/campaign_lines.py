"""The lines of one organisation in a recertification: looked through, kept or taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accessflow.db.tables import CampaignLine, Grant, Organization, Person
from accessflow.domain.errors import Invalid
from accessflow.domain.text import counted
from accessflow.services import (
    campaign_lines,
    campaign_making,
    campaign_progress,
    campaign_report,
    campaigns,
    people,
    scope,
)
from accessflow.services.campaign_lines import DECISIONS, SHOWS, Chosen, Filter
from accessflow.services.campaign_report import decision_in_words
from accessflow.web import campaign_move, campaign_new, context
from accessflow.web.campaigns import blueprint, story_of, term_of
from accessflow.web.exports import long_sheet
from accessflow.web.keys import keys_in
from accessflow.web.lists import Order, page_of
from accessflow.web.searches import kept, snils_in
from accessflow.web.toasts import toast
from accessflow.web.words import day, moment

__all__ = ["blueprint", "campaign_move", "campaign_new"]  # their pages belong to the blueprint

PLACE = "/<int:campaign_id>/organizations/<int:organization_id>"
PAGE_SIZE = 50
ORDER: Order = {
    "name": [Person.search_name, Person.id, Grant.system, CampaignLine.id],
    "system": [Grant.system, Person.search_name, CampaignLine.id],
    "since": [Grant.since, CampaignLine.id],
    "seen": [Grant.last_seen_on, CampaignLine.id],
}
TABS = {
    "open": "Решить",
    "keep": "Оставить",
    "revoke": "Отозвать",
    "gone": "Закрыты сами",
    "all": "Все",
}
KEPT = ("show", "system", "person", "q", "sort", "page")
DONE = {"keep": "Оставлено", "revoke": "К отзыву", "": "Возвращено в нерешённые"}
RIGHTS = ("право", "права", "прав")


@blueprint.get(PLACE)
def lines(campaign_id: int, organization_id: int) -> ResponseReturnValue:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    campaign = campaigns.find(session, actor, campaign_id)
    progress = campaign_progress.progress_of(session, actor, campaign_id, organization_id)
    wanted = _wanted(request.args)
    query = campaign_lines.lines(campaign_id, organization_id, wanted).order_by(None)
    own = actor.organization_id == organization_id
    files = own and scope.may_file(actor, organization_id)
    return render_template(
        "campaigns/lines.html",
        campaign=campaign,
        place=session.get_one(Organization, organization_id),
        term=term_of(campaign),
        progress=progress,
        page=page_of(session, query, order=ORDER, default="name", size=PAGE_SIZE),
        wanted=wanted,
        narrowed=bool(wanted.system or wanted.person is not None or wanted.text),
        person=session.get(Person, wanted.person) if wanted.person else None,
        tabs=[(key, label, _number(progress, key)) for key, label in TABS.items()],
        systems=_systems(campaign_id, organization_id),
        labels={slug: system.label for slug, system in catalogue.systems.items()},
        words=decision_in_words,
        history=story_of(campaign),
        may_decide=campaign.closed_at is None and campaign_lines.may_decide(actor, organization_id),
        planned=campaign_making.plan(session, actor, catalogue, campaign, context.today())
        if files and progress.unmade else (),
        files=files,
        drafts=campaign_making.drafts(session, campaign_id, organization_id) if files else (),
        may_run=campaigns.may_run(actor, campaign),
        may_lay=campaign_report.may_lay(actor, campaign, organization_id),
        signed=campaign_report.laid(session, actor, campaign, organization_id),
        alone=campaign.organization_id == organization_id,
        overseer=scope.sees_all(actor),
    )  # fmt: skip


@blueprint.post(f"{PLACE}/search")
def search(campaign_id: int, organization_id: int) -> ResponseReturnValue:
    """From the form to an address that may be shared: a СНИЛС never stands in it."""
    session = context.session()
    campaign_progress.progress_of(session, context.actor(), campaign_id, organization_id)
    text = request.form.get("q", "").strip()
    person = None
    if digits := snils_in(text):
        person = session.scalar(select(Person.id).where(Person.snils == digits)) or 0
        text = ""
    return redirect(
        url_for(
            ".lines", campaign_id=campaign_id, organization_id=organization_id,
            q=text or None, person=person, **kept(("show", "system")),
        )
    )  # fmt: skip


@blueprint.post(f"{PLACE}/decide")
def decide(campaign_id: int, organization_id: int) -> ResponseReturnValue:
    """`one` is «keep:12»; else `many` is «keep» for the lines of `pick`, «all:keep» for all of the
    filter that the page stands on."""
    campaign_progress.progress_of(context.session(), context.actor(), campaign_id, organization_id)
    decision, chosen = _asked()
    told = campaign_lines.decide(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        campaign_id=campaign_id, organization_id=organization_id, chosen=chosen,
        decision=decision,
    )  # fmt: skip
    place: dict[str, Any] = {"campaign_id": campaign_id, "organization_id": organization_id}
    if told.count:
        undo = url_for(".undo", **place, at=context.now().isoformat()) if decision else ""
        words = f"{DONE[decision]}: {counted(told.count, *RIGHTS)}."
        toast(words, undo=undo, undo_text="Вернуть в нерешённые")
    if told.filed:
        toast(
            f"Заявки {', '.join(told.filed)} уже не черновики: чтобы изменить решение, "
            "сначала отзовите их.",
            kind="warn",
        )
    return redirect(url_for(".lines", **place, **kept(KEPT)), code=303)


@blueprint.post(f"{PLACE}/undo")
def undo(campaign_id: int, organization_id: int) -> ResponseReturnValue:
    """What was decided at the moment `at` is open again."""
    campaign_progress.progress_of(context.session(), context.actor(), campaign_id, organization_id)
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        raise Invalid("Отменять нечего.") from None
    if at.tzinfo is None:
        raise Invalid("Отменять нечего.")
    told = campaign_lines.decide(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        campaign_id=campaign_id, organization_id=organization_id,
        chosen=Chosen(decided_at=at), decision="",
    )  # fmt: skip
    toast(f"{DONE['']}: {counted(told.count, *RIGHTS)}.")
    return redirect(
        url_for(".lines", campaign_id=campaign_id, organization_id=organization_id), code=303
    )


@blueprint.post("/<int:campaign_id>/make")
def make(campaign_id: int) -> ResponseReturnValue:
    """Drafts of what is to be taken away; they go on as any revocation does."""
    made = campaign_making.make(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        campaign_id=campaign_id,
    )  # fmt: skip
    joined = f" Уже просят об этом: {', '.join(made.joined)}." if made.joined else ""
    if made.drafts:
        words = counted(len(made.drafts), "заявка", "заявки", "заявок")
        toast(f"Сформировано: {words} на отзыв. Дальше — «На подпись».{joined}")
    else:
        toast(f"Новых заявок не нужно.{joined}", kind="info")
    return redirect(url_for(".show", campaign_id=campaign_id), code=303)


@blueprint.post("/<int:campaign_id>/sign")
def sign(campaign_id: int) -> ResponseReturnValue:
    """The drafts go to «На подпись», to be printed in one go."""
    done = campaign_making.sign(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        files=context.files(), campaign_id=campaign_id,
    )  # fmt: skip
    for _, number, why in done.kept[:3]:
        toast(f"Заявка {number} ещё не готова к подписи: {why}", kind="warn")
    if not done.ready:
        if done.kept:
            return redirect(url_for("editor.edit", request_id=done.kept[0][0]), code=303)
        toast("Черновиков на отзыв нет.", kind="info")
        return redirect(url_for(".show", campaign_id=campaign_id), code=303)
    words = counted(len(done.ready), "заявка", "заявки", "заявок")
    toast(f"На подписи: {words}. Напечатайте их одним файлом, сканы примем тоже одним.")
    return redirect(url_for("signing.index"), code=303)


@blueprint.get(f"{PLACE}/export.xlsx")
def export_lines(campaign_id: int, organization_id: int) -> Response:
    session, actor = context.session(), context.actor()
    campaign = campaigns.find(session, actor, campaign_id)
    campaign_progress.progress_of(session, actor, campaign_id, organization_id)
    query = campaign_lines.lines(campaign_id, organization_id, _wanted(request.args))
    headers = ("ФИО", "Должность", "Подразделение", "Система", "Роль", "Доступ с", "Заходил(а)",
               "Чем дан", "Решение", "Кто решил", "Когда", "Заявка на отзыв")  # fmt: skip
    widths = (36, 30, 30, 24, 30, 12, 12, 24, 26, 28, 18, 16)
    return long_sheet(f"Пересмотр прав {campaign.id}", headers, widths,
                      _exported(session.scalars(query).unique()))  # fmt: skip


def _exported(found: Iterator[CampaignLine] | Sequence[CampaignLine]) -> Iterator[list[str]]:
    known = context.catalogue().systems
    for line in found:
        grant, job = line.grant, line.grant.employment
        system = known.get(grant.system)
        yield [
            people.name_of(grant.person).full, job.position, job.unit.name if job.unit else "—",
            system.label if system else grant.system, grant.role or "—", day(grant.since),
            day(grant.last_seen_on), grant.reference or "—", decision_in_words(line),
            line.decided_by.name if line.decided_by else "—", moment(line.decided_at),
            line.request.number if line.request else "—",
        ]  # fmt: skip


def _asked() -> tuple[str, Chosen]:
    """Raises Invalid where nothing was picked, or nothing that can be told."""
    form = request.form
    decision, _, line = form.get("one", "").partition(":")
    if line.isdecimal():
        chosen = Chosen(ids=(int(line),))
    elif form.get("many", "").startswith("all:"):
        decision = form["many"].removeprefix("all:")
        chosen = Chosen(all_of=_wanted(form))
    else:
        decision = form.get("many", "none").replace("undecided", "")
        chosen = Chosen(ids=tuple(keys_in(form.getlist("pick"))))
        if not chosen.ids:
            raise Invalid("Отметьте хотя бы одно право.")
    if decision not in DECISIONS:
        raise Invalid("Выберите, оставить право или отозвать.")
    return decision, chosen


def _wanted(asked: Mapping[str, str]) -> Filter:
    """Of the address, or of the fields that a form carries along."""
    show, system = asked.get("show") or "open", asked.get("system", "")
    person = asked.get("person", "")
    return Filter(
        show=show if show in SHOWS else "open",
        system=system if system in context.catalogue().systems else "",
        person=int(person) if person.isdecimal() else None,
        text=asked.get("q", "").strip(),
    )


def _number(progress: campaign_progress.Progress, show: str) -> int:
    return progress.total if show == "all" else int(getattr(progress, show))


def _systems(campaign_id: int, organization_id: int) -> list[tuple[str, str]]:
    known = context.catalogue().systems
    found = campaign_lines.systems_of(context.session(), campaign_id, organization_id)
    return sorted(((s, known[s].label if s in known else s) for s in found), key=lambda x: x[1])
