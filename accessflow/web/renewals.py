"""«Истекают»: rights whose own term runs out, renewed, let go or taken away in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Grant, Organization, Person
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Invalid
from accessflow.domain.text import counted
from accessflow.services import people, renewals, renewing, scope
from accessflow.services.offers import system_label
from accessflow.services.renewal_reminders import in_words
from accessflow.services.renewals import HORIZONS, TABS, Filter
from accessflow.web import context
from accessflow.web.exports import long_sheet
from accessflow.web.keys import keys_in, read_key
from accessflow.web.lists import Order, chunks_of, page_of
from accessflow.web.searches import asked_ids, kept, search_people
from accessflow.web.toasts import toast
from accessflow.web.words import day, masked_snils
from accessflow.workflow.states import UNFILED

blueprint = Blueprint("renewals", __name__, url_prefix="/renewals")

ORDER: Order = {
    "expires": [Grant.expires_on, Grant.id],
    "name": [Person.search_name, Grant.id],
    "organization": [Organization.short_name, Grant.expires_on, Grant.id],
    "system": [Grant.system, Grant.expires_on, Grant.id],
}
HEADERS = (
    "ФИО", "СНИЛС", "Организация", "Должность", "Система", "Роль", "Действует с", "Срок до",
    "Продлевать", "Основание",
)  # fmt: skip
WIDTHS = (34, 16, 34, 28, 26, 24, 12, 12, 12, 20)
KEPT = ("tab", "days", "system", "organization", "sort")


@blueprint.get("")
def index() -> ResponseReturnValue:
    return _page()


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    return search_people(KEPT)


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    query = renewals.listed(context.actor(), _filter(), context.today())
    chunks = chunks_of(context.session(), query, order=ORDER, default="expires")
    rows = (_exported(grant) for chunk in chunks for grant in chunk)
    return long_sheet("Истекающие доступы", HEADERS, WIDTHS, rows)


@blueprint.post("/renew")
def renew() -> ResponseReturnValue:
    """The picked until the day typed: drafts, one a system."""
    until = read_date(request.form.get("until", ""))
    return _made(lambda: renewing.renew(**_call(), until=until), "Продление")


@blueprint.post("/take-away")
def take_away() -> ResponseReturnValue:
    return _made(lambda: renewing.take_away(**_call()), "Отзыв")


@blueprint.post("/<any(leave, resume):step>")
def leave(step: str) -> ResponseReturnValue:
    """«Не продлевать» and back; its message takes it back again."""
    resumed = step == "resume"
    try:
        done = renewing.let_go(**_call(), renew=resumed)
    except Invalid as refusal:
        return _page(refusal.message), 422
    rights = counted(done, "доступ", "доступа", "доступов")
    other = "leave" if resumed else "resume"
    ids = ",".join(map(str, _picked()))
    undo = url_for(".leave", step=other, ids=ids) if done <= 100 else ""
    toast(f"{rights}: снова продлевать" if resumed else f"Не продлевать: {rights}", undo=undo)
    return redirect(url_for(".index", **_back()), code=303)


def _made(act: Callable[[], list[int]], what: str) -> ResponseReturnValue:
    try:
        made = act()
    except Invalid as refusal:
        context.refresh()
        return _page(refusal.message), 422
    toast(f"{what}: {counted(len(made), 'черновик', 'черновика', 'черновиков')}, проверьте")
    return redirect(url_for("editor.edit", request_id=made[0]), code=303)


def _call() -> dict[str, Any]:
    return {
        "db": context.db(),
        "actor": context.actor(),
        "now": context.now(),
        "catalogue": context.catalogue(),
        "grant_ids": _picked(),
    }


def _picked() -> list[int]:
    """From the list's boxes, or from the button that takes something back."""
    given = request.form.getlist("pick") or request.args.get("ids", "").split(",")
    return keys_in(given)


def _back() -> dict[str, Any]:
    return kept((*KEPT, "q", "page"))


def _page(message: str = "") -> str:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    found, today = _filter(), context.today()
    by_number = found.ids is not None
    page = page_of(session, renewals.listed(actor, found, today), order=ORDER, default="expires")
    return render_template(
        "renewals/index.html",
        page=page,
        found=found,
        message=message,
        picked=set(_picked()),
        until=request.form.get("until") or _proposed(page.items),
        tabs=TABS,
        totals={
            tab: renewals.count(session, actor, Filter(tab, found.days), today) for tab in TABS
        },
        horizons=HORIZONS,
        overseer=scope.sees_all(actor),
        organizations=renewals.of_organizations(session, actor) if scope.sees_all(actor) else [],
        systems=[
            (s, system_label(catalogue, s)) for s in renewals.systems_in(session, actor, today)
        ],
        again={
            number: one
            for number, one in renewals.asked_again(session, catalogue, page.items).items()
            if one.organization_id == actor.organization_id or one.state not in UNFILED
        },
        may=scope.may_file(actor, actor.organization_id),
        system_label=lambda slug: system_label(catalogue, slug),
        left=lambda grant: in_words(grant.expires_on, today),
        close=lambda grant: (grant.expires_on - today).days <= 14,
        name=lambda grant: people.name_of(grant.person).full,
        by_number=by_number,
        narrowed=bool(found.query or found.system or found.organization_id or by_number),
    )


def _proposed(grants: Any) -> str:
    """A year after the last of those shown."""
    last = max((g.expires_on for g in grants), default=context.today())
    last = max(last, context.today())
    leap_day = (last.month, last.day) == (2, 29)
    return str(last.replace(year=last.year + 1, day=28 if leap_day else last.day).isoformat())


def _filter() -> Filter:
    """By the address, or by what a form sent back with it."""
    values = request.values
    days = values.get("days", 90, type=read_key)
    return Filter(
        tab=next((tab for tab in TABS if tab == values.get("tab")), "soon"),
        days=days if days in HORIZONS else 90,
        query=values.get("q", ""),
        system=values.get("system", ""),
        organization_id=values.get("organization", type=read_key),
        ids=asked_ids() if request.method == "GET" else None,
    )


def _exported(grant: Grant) -> list[str]:
    catalogue, person = context.catalogue(), grant.person
    return [
        people.name_of(person).full,
        masked_snils(person.snils),
        grant.organization.short_name,
        grant.employment.position,
        system_label(catalogue, grant.system),
        grant.role,
        day(grant.since),
        day(grant.expires_on),
        "нет" if grant.no_renewal else "да",
        grant.reference,
    ]
