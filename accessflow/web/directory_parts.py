"""What belongs to an organisation's card: its units and its signatories."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, DateField, Form, StringField

from accessflow.db.tables import Organization, Signatory
from accessflow.services import scope, signatories, units
from accessflow.services.signatories import SignatoryData
from accessflow.web import context
from accessflow.web.directory import blueprint
from accessflow.web.forms import Entry, posted, texts
from accessflow.web.toasts import toast


class UnitForm(Form):
    name = StringField("Наименование", render_kw={"required": True})
    oid = StringField("OID подразделения", render_kw={"inputmode": "numeric"})


class SignatoryForm(Form):
    last_name = StringField("Фамилия", render_kw={"required": True})
    first_name = StringField("Имя", render_kw={"required": True})
    middle_name = StringField("Отчество")
    position = StringField("Должность", render_kw={"required": True})
    is_head = BooleanField("Руководитель организации")
    basis = StringField("Документ о праве подписи")
    valid_from = DateField("Действует с")
    valid_until = DateField("Действует по")

    def data_typed(self) -> SignatoryData:
        typed = {name: text for name, text in texts(self).items() if name != "is_head"}
        return SignatoryData(**typed, is_head=bool(self.is_head.data))


@blueprint.route("/organizations/<int:organization_id>/units/new", methods=["GET", "POST"])
def new_unit(organization_id: int) -> ResponseReturnValue:
    actor = context.actor()
    owner = scope.organization(context.session(), actor, organization_id)
    scope.require_changed(actor, owner.id)
    if request.method == "GET":
        return _unit_page(Entry(UnitForm()), owner, None)
    entry = Entry(posted(UnitForm))
    if entry.save(
        lambda confirmed: units.add(
            context.db(),
            actor=actor,
            now=context.now(),
            organization_id=organization_id,
            name=entry.form.name.data or "",
            unit_oid=entry.form.oid.data or "",
            confirmed=confirmed,
        )
    ):
        toast("Подразделение добавлено.")
        return redirect(url_for(".show", organization_id=organization_id))
    return _unit_page(entry, owner, None)


@blueprint.route("/units/<int:unit_id>", methods=["GET", "POST"])
def edit_unit(unit_id: int) -> ResponseReturnValue:
    actor = context.actor()
    row = units.unit(context.session(), actor, unit_id)
    scope.require_changed(actor, row.organization_id)
    owner = scope.organization(context.session(), actor, row.organization_id)
    if request.method == "GET":
        return _unit_page(Entry(UnitForm(obj=row)), owner, unit_id)
    entry = Entry(posted(UnitForm))
    if entry.save(
        lambda confirmed: units.change(
            context.db(),
            actor=actor,
            now=context.now(),
            unit_id=unit_id,
            name=entry.form.name.data or "",
            unit_oid=entry.form.oid.data or "",
            confirmed=confirmed,
        )
    ):
        toast("Подразделение сохранено.")
        return redirect(url_for(".show", organization_id=owner.id))
    return _unit_page(entry, owner, unit_id)


@blueprint.post("/units/<int:unit_id>/<any(archive, restore):step>")
def archive_unit(unit_id: int, step: str) -> ResponseReturnValue:
    row = units.set_archived(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        unit_id=unit_id,
        archived=step == "archive",
    )
    if step == "archive":
        undo = url_for(".archive_unit", unit_id=unit_id, step="restore")
        toast(f"Подразделение «{row.name}» закрыто.", undo=undo)
    else:
        toast(f"Подразделение «{row.name}» возвращено.")
    return redirect(url_for(".show", organization_id=row.organization_id))


@blueprint.route("/organizations/<int:organization_id>/signatories/new", methods=["GET", "POST"])
def new_signatory(organization_id: int) -> ResponseReturnValue:
    actor = context.actor()
    owner = scope.organization(context.session(), actor, organization_id)
    scope.require_changed(actor, owner.id)
    if request.method == "GET":
        return _signatory_page(Entry(SignatoryForm()), owner, None)
    entry = Entry(posted(SignatoryForm))
    if entry.save(
        lambda confirmed: signatories.add(
            context.db(),
            actor=actor,
            now=context.now(),
            organization_id=organization_id,
            data=entry.form.data_typed(),
            confirmed=confirmed,
        )
    ):
        toast("Подписант добавлен.")
        return redirect(url_for(".show", organization_id=organization_id))
    return _signatory_page(entry, owner, None)


@blueprint.route("/signatories/<int:signatory_id>", methods=["GET", "POST"])
def edit_signatory(signatory_id: int) -> ResponseReturnValue:
    actor = context.actor()
    row = signatories.signatory(context.session(), actor, signatory_id)
    scope.require_changed(actor, row.organization_id)
    owner = scope.organization(context.session(), actor, row.organization_id)
    if request.method == "GET":
        return _signatory_page(Entry(SignatoryForm(obj=row)), owner, row)
    entry = Entry(posted(SignatoryForm))
    if entry.save(
        lambda confirmed: signatories.change(
            context.db(),
            actor=actor,
            now=context.now(),
            signatory_id=signatory_id,
            data=entry.form.data_typed(),
            confirmed=confirmed,
        )
    ):
        toast("Подписант сохранён.")
        return redirect(url_for(".show", organization_id=owner.id))
    return _signatory_page(entry, owner, row)


@blueprint.post("/signatories/<int:signatory_id>/<any(archive, restore):step>")
def archive_signatory(signatory_id: int, step: str) -> ResponseReturnValue:
    row = signatories.set_archived(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        signatory_id=signatory_id,
        archived=step == "archive",
    )
    name = signatories.full_name(row)
    if step == "archive":
        undo = url_for(".archive_signatory", signatory_id=signatory_id, step="restore")
        toast(f"{name}: право подписи прекращено.", undo=undo)
    else:
        toast(f"{name}: право подписи возвращено.")
    return redirect(url_for(".show", organization_id=row.organization_id))


def _unit_page(
    entry: Entry[UnitForm], owner: Organization, unit_id: int | None
) -> ResponseReturnValue:
    page = render_template(
        "directory/unit_form.html", entry=entry, organization=owner, unit_id=unit_id
    )
    return page, 422 if entry.flaws else 200


def _signatory_page(
    entry: Entry[SignatoryForm], owner: Organization, row: Signatory | None
) -> ResponseReturnValue:
    page = render_template(
        "directory/signatory_form.html", entry=entry, organization=owner, signatory=row
    )
    return page, 422 if entry.flaws else 200
