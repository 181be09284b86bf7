"""Organisations: the list, the card, the form; units and signatories: `directory_parts.py`."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)

from accessflow.db.tables import Organization
from accessflow.services import history, organizations, scope, signatories, units
from accessflow.services.organizations import OrganizationData
from accessflow.web import context
from accessflow.web.exports import sheet
from accessflow.web.forms import Entry, posted, texts
from accessflow.web.lists import Order, asked_sort, ordered, page_of
from accessflow.web.timeline import timeline
from accessflow.web.toasts import toast

blueprint = Blueprint("directory", __name__)

ORDER: Order = {
    "name": [Organization.short_name],
    "oid": [Organization.oid, Organization.id],
    "inn": [Organization.inn, Organization.id],
    "created": [Organization.created_at, Organization.id],
}


class OrganizationForm(Form):
    kind = SelectField("Вид", choices=organizations.KINDS)
    full_name = TextAreaField("Полное наименование", render_kw={"required": True, "rows": 2})
    short_name = StringField("Сокращённое наименование", render_kw={"required": True})
    oid = StringField("OID по ФРМО", render_kw={"inputmode": "numeric"})
    inn = StringField("ИНН", render_kw={"inputmode": "numeric"})
    legal_address = StringField("Юридический адрес")
    actual_address = StringField("Фактический адрес")
    subject_rf = SelectField("Субъект РФ", choices={})
    phone = TelField("Телефон")
    mailbox = EmailField("Почтовый ящик")
    vipnet_ready = BooleanField("Разграничение для VipNet выполнено (приложение 15)")
    miac_outside = BooleanField("МИАЦ работает с этой организацией вне accessflow")

    def data_typed(self) -> OrganizationData:
        marks = ("vipnet_ready", "miac_outside")
        typed = {name: text for name, text in texts(self).items() if name not in marks}
        return OrganizationData(
            **typed,
            vipnet_ready=bool(self.vipnet_ready.data),
            miac_outside=bool(self.miac_outside.data),
        )


@blueprint.get("/organizations")
def index() -> ResponseReturnValue:
    query, kind = request.args.get("q", ""), request.args.get("kind", "")
    archived = request.args.get("archived") == "1"
    found = organizations.listed(context.actor(), query=query, kind=kind, archived=archived)
    return render_template(
        "directory/index.html",
        page=page_of(context.session(), found, order=ORDER, default="name"),
        q=query,
        kind=kind,
        archived=archived,
        filtered=bool(query or kind or archived),
        kinds=organizations.KINDS,
        may_create=context.actor().role in scope.EDITS_ANY_ORGANIZATION,
    )


@blueprint.get("/organizations.xlsx")
def export() -> ResponseReturnValue:
    found = organizations.listed(
        context.actor(),
        query=request.args.get("q", ""),
        kind=request.args.get("kind", ""),
        archived=request.args.get("archived") == "1",
    )
    rows = context.session().scalars(ordered(found, ORDER, asked_sort(ORDER, "name")))
    headers = ["Вид", "Полное наименование", "Сокращённое наименование", "OID", "ИНН",
               "Юридический адрес", "Телефон", "Почтовый ящик", "VipNet"]  # fmt: skip
    return sheet("Организации", headers, [_exported(row) for row in rows])


@blueprint.get("/organization")
def own() -> ResponseReturnValue:
    """The card of one's own organisation."""
    return redirect(url_for(".show", organization_id=context.actor().organization_id or 0))


@blueprint.get("/organizations/<int:organization_id>")
def show(organization_id: int) -> ResponseReturnValue:
    actor, session = context.actor(), context.session()
    row = scope.organization(session, actor, organization_id)
    own_units = units.of_organization(session, row.id)
    closed = units.of_organization(session, row.id, archived=True)
    signers = signatories.of_organization(session, row.id)
    former = signatories.of_organization(session, row.id, archived=True)
    entities = [("organization", row.id)]
    entities += [("unit", unit.id) for unit in (*own_units, *closed)]
    entities += [("signatory", signer.id) for signer in (*signers, *former)]
    return render_template(
        "directory/show.html",
        organization=row,
        kinds=organizations.KINDS,
        units=own_units,
        archived_units=closed,
        signatories=signers,
        former=former,
        may_sign=signatories.may_sign,
        may_change=scope.may_change(actor, row.id),
        may_archive=actor.role in scope.EDITS_ANY_ORGANIZATION,
        history=timeline(actor, history.changes_of(session, entities)),
    )


@blueprint.route("/organizations/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _organization_page(Entry(_organization_form(OrganizationForm())), None)
    entry = Entry(_organization_form(posted(OrganizationForm)))
    if entry.save(
        lambda confirmed: organizations.create(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            region=context.catalogue().region,
            data=entry.form.data_typed(),
            confirmed=confirmed,
        )
    ):
        toast("Организация добавлена. Укажите, кто подписывает заявки.")
        return redirect(url_for(".show", organization_id=entry.saved))
    return _organization_page(entry, None)


@blueprint.route("/organizations/<int:organization_id>/edit", methods=["GET", "POST"])
def edit(organization_id: int) -> ResponseReturnValue:
    actor = context.actor()
    row = scope.organization(context.session(), actor, organization_id)
    scope.require_changed(actor, row.id)
    if request.method == "GET":
        return _organization_page(Entry(_organization_form(OrganizationForm(obj=row))), row)
    entry = Entry(_organization_form(posted(OrganizationForm)))
    if entry.save(
        lambda confirmed: organizations.change(
            context.db(),
            actor=actor,
            now=context.now(),
            region=context.catalogue().region,
            organization_id=organization_id,
            data=entry.form.data_typed(),
            confirmed=confirmed,
        )
    ):
        toast("Данные организации сохранены.")
        return redirect(url_for(".show", organization_id=organization_id))
    return _organization_page(entry, row)


@blueprint.post("/organizations/<int:organization_id>/<any(archive, restore):step>")
def archive(organization_id: int, step: str) -> ResponseReturnValue:
    organizations.set_archived(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        organization_id=organization_id,
        archived=step == "archive",
    )
    if step == "archive":
        undo = url_for(".archive", organization_id=organization_id, step="restore")
        toast("Организация убрана в архив.", undo=undo)
    else:
        toast("Организация возвращена из архива.")
    return redirect(url_for(".show", organization_id=organization_id))


def _exported(row: Organization) -> list[str]:
    return [
        organizations.KINDS[row.kind],
        row.full_name,
        row.short_name,
        row.oid or "",
        row.inn,
        row.legal_address,
        row.phone,
        row.mailbox,
        "да" if row.vipnet_ready else "нет",
    ]


def _organization_form(form: OrganizationForm) -> OrganizationForm:
    subjects = [subject.name for subject in context.catalogue().region.subjects]
    form.subject_rf.choices = {"": "— не указан —", **{name: name for name in subjects}}
    return form


def _organization_page(
    entry: Entry[OrganizationForm], row: Organization | None
) -> ResponseReturnValue:
    page = render_template(
        "directory/organization_form.html",
        entry=entry,
        organization=row,
        may_choose_kind=scope.sees_all(context.actor()),
        may_choose_way=context.actor().role in scope.EDITS_ANY_ORGANIZATION,
    )
    return page, 422 if entry.flaws else 200
