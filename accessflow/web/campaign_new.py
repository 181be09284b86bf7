"""A new recertification: its form, and what it would reach."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import Form, SelectField, SelectMultipleField, StringField

from accessflow.db.tables import Organization
from accessflow.services import campaign_starting, campaigns
from accessflow.services.campaign_starting import CampaignData, Reach
from accessflow.web import context
from accessflow.web.campaigns import blueprint
from accessflow.web.forms import Entry, posted
from accessflow.web.toasts import toast
from accessflow.web.words import day


class CampaignForm(Form):
    title = StringField("Название", render_kw={"required": True, "maxlength": 255})
    due_on = StringField(
        "Последний день", render_kw={"required": True, "maxlength": 10, "inputmode": "numeric"}
    )
    unseen_months = SelectField("Когда пользовались", choices={})
    systems = SelectMultipleField("Системы", choices={})
    organizations = SelectMultipleField("Организации", choices={})

    def reach(self) -> Reach:
        months = self.unseen_months.data or ""
        return Reach(
            organizations=tuple(int(o) for o in self.organizations.data or () if o.isdecimal()),
            systems=tuple(s for s in self.systems.data or () if s in context.catalogue().systems),
            unseen_months=int(months) if months in _months() else None,
        )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """`step` «count» only counts again; the page counts what stands in it at any rate."""
    if request.method == "GET":
        form = _form(CampaignForm(data={"title": _title(), "due_on": day(_due())}))
        return _new_page(Entry(form))
    entry = Entry(_form(posted(CampaignForm)))
    if request.form.get("step") == "count":
        return _new_page(entry)
    typed = CampaignData(
        request.form.get("title", ""), request.form.get("due_on", ""), entry.form.reach()
    )
    if entry.save(
        lambda _: campaign_starting.start(
            context.db(), actor=context.actor(), now=context.now(),
            catalogue=context.catalogue(), data=typed,
        )
    ):  # fmt: skip
        toast("Пересмотр начат. Письма уйдут в ближайшее рабочее утро.")
        return redirect(url_for(".show", campaign_id=entry.saved), code=303)
    return _new_page(entry), 422


def _title() -> str:
    today = context.today()
    quarter = ("I", "II", "III", "IV")[(today.month - 1) // 3]
    return f"Пересмотр прав, {quarter} квартал {today.year}"


def _due() -> Any:
    return campaigns.proposed_due(context.catalogue().working_calendar, context.today())


def _months() -> dict[str, str]:
    words = {3: "3 месяцев", 6: "полугода", 12: "года"}
    return {str(n): f"не заходили больше {words[n]}" for n in campaigns.MONTHS}


def _form(form: CampaignForm) -> CampaignForm:
    query = select(Organization.id, Organization.short_name).order_by(Organization.short_name)
    form.organizations.choices = {str(key): name for key, name in context.session().execute(query)}
    form.systems.choices = {s.slug: s.label for s in context.catalogue().systems.values()}
    form.unseen_months.choices = {"": "не важно", **_months()}
    return form


def _new_page(entry: Entry[CampaignForm]) -> str:
    session, actor, today = context.session(), context.actor(), context.today()
    reach = entry.form.reach()
    counted = campaign_starting.preview(session, actor, reach, today)
    unseen = reach.unseen_months is not None
    return render_template(
        "campaigns/new.html",
        entry=entry,
        counted_by=counted,
        rights=sum(one.rights for one in counted),
        people=sum(one.people for one in counted),
        never_seen=campaign_starting.never_seen(session, actor, reach, today) if unseen else 0,
        of_miac=actor.role in campaigns.OF_MIAC,
        systems=sorted(context.catalogue().systems.values(), key=lambda s: s.label),
    )
