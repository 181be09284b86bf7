"""Taking somebody on, and editing what is known of them and their job."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Form,
    SelectField,
    StringField,
    TelField,
)

from accessflow.db.tables import Employment, Organization
from accessflow.services import employments, last_day, people, scope, units
from accessflow.services.employments import NAME_DIFFERS
from accessflow.services.person_form import PersonData
from accessflow.web import context
from accessflow.web.forms import Entry, posted, texts
from accessflow.web.people import blueprint
from accessflow.web.toasts import toast
from accessflow.web.words import full_snils


class PersonForm(Form):
    snils = StringField("СНИЛС", render_kw={"required": True, "inputmode": "numeric"})
    last_name = StringField("Фамилия", render_kw={"required": True})
    first_name = StringField("Имя", render_kw={"required": True})
    middle_name = StringField("Отчество")
    no_middle_name = BooleanField("Отчества нет")
    position = StringField("Должность", render_kw={"required": True})
    unit_id = SelectField("Подразделение", choices={})
    personnel_no = StringField("Табельный номер")
    email = EmailField("E-mail")
    work_phone = TelField("Рабочий телефон")
    contact_phone = TelField("Контактный телефон")
    since = DateField("Принят")
    until = DateField("Уволен")

    def data_typed(self) -> PersonData:
        typed = {name: text for name, text in texts(self).items() if name != "no_middle_name"}
        return PersonData(**typed, no_middle_name=bool(self.no_middle_name.data))


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    actor = context.actor()
    owner = scope.organization(context.session(), actor, actor.organization_id or 0)
    if request.method == "GET":
        return _page(Entry(PersonForm()), owner, None)
    entry = Entry(posted(PersonForm))
    if not entry.save(
        lambda confirmed: employments.hire(
            context.db(),
            actor=actor,
            now=context.now(),
            organization_id=owner.id,
            data=entry.form.data_typed(),
            area_code=context.catalogue().region.area_code,
            renamed="renamed" in request.form,
            confirmed=confirmed,
        )
    ):
        return _page(entry, owner, None)
    toast("Сотрудник записан.")
    return redirect(url_for(".show", person_id=entry.saved))


@blueprint.route("/jobs/<int:employment_id>", methods=["GET", "POST"])
def edit(employment_id: int) -> ResponseReturnValue:
    actor = context.actor()
    row = people.job(context.session(), actor, employment_id)
    scope.require_people_changed(actor, row.organization_id)
    owner = row.organization
    if request.method == "GET":
        return _page(Entry(_filled(row)), owner, row)
    entry = Entry(posted(PersonForm))
    if entry.save(
        lambda confirmed: employments.change(
            context.db(),
            actor=actor,
            now=context.now(),
            employment_id=employment_id,
            data=entry.form.data_typed(),
            last_day=last_day.typed_by(context.actor(), context.now(), context.catalogue()),
            area_code=context.catalogue().region.area_code,
            confirmed=confirmed,
        )
    ):
        toast("Данные сотрудника сохранены.")
        return redirect(url_for(".show", person_id=entry.saved))
    return _page(entry, owner, row)


def _filled(row: Employment) -> PersonForm:
    form = PersonForm(obj=row)
    person = row.person
    form.snils.data = full_snils(person.snils)
    for name in ("last_name", "first_name", "middle_name", "no_middle_name"):
        form[name].data = getattr(person, name)
    form.unit_id.data = str(row.unit_id or "")
    return form


def _page(
    entry: Entry[PersonForm], owner: Organization, row: Employment | None
) -> ResponseReturnValue:
    known = units.of_organization(context.session(), owner.id)
    if row is not None and row.unit is not None and row.unit not in known:
        known.append(row.unit)  # a closed one stays with those who are in it
    named = {str(unit.id): unit.name for unit in known}
    entry.form.unit_id.choices = {"": "— не указано —", **named}
    differs = any(flaw.code == NAME_DIFFERS for flaw in entry.flaws.values())
    page = render_template(
        "people/form.html", entry=entry, organization=owner, job=row, differs=differs
    )
    return page, 422 if entry.flaws else 200
