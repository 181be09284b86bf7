"""A change of name: what each right needs under the new one, and the rest of the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Employment
from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import job_rights, name_ways, surname
from accessflow.services.fields import Refused
from accessflow.services.job_rights import Right
from accessflow.services.name_ways import Way
from accessflow.services.surname import NewName
from accessflow.web import context
from accessflow.web.change_pages import blueprint, common, job_of, to_change
from accessflow.web.errors import STATUS

WAYS: Mapping[Way, str] = {
    "keep": "Ничего не подавать",
    "tell": "Сообщить обращением (приложение 2)",
    "again": "Пара: отозвать на прежнее ФИО, выдать на новое",
}


@blueprint.get("/name/<int:employment_id>")
def name(employment_id: int) -> ResponseReturnValue:
    return _naming(job_of(employment_id))


@blueprint.post("/name/<int:employment_id>")
def change_name(employment_id: int) -> ResponseReturnValue:
    job = job_of(employment_id)
    try:
        made = surname.change_name(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            files=context.files(),
            typed=_new_name(job),
        )
    except (Invalid, Conflict) as refusal:
        context.refresh()
        status = STATUS.get(type(refusal), 422)
        return _naming(job_of(employment_id), refusal), status
    return to_change(made)


def _naming(job: Employment, refusal: AccessflowError | None = None) -> str:
    session = context.session()
    rights = job_rights.rights_of(session, context.catalogue(), job, context.today())
    asks_again = isinstance(refusal, Refused) and refusal.can_be_confirmed
    return render_template(
        "changes/name.html",
        **common(job, refusal),
        rights=[(right, name_ways.usual_way(right), name_ways.ways_of(right)) for right in rights],
        ways=WAYS,
        why=_why,
        checks=[(p, context.catalogue().region.prerequisites[p]) for p in _needed(rights)],
        ticked=request.form.getlist("ready"),
        unfiled=surname.unfiled_of(session, job),
        asks_again=asks_again,
    )


def _needed(rights: Sequence[Right]) -> list[str]:
    """What has to be true under the new name before МИАЦ is told of it (R32, R33)."""
    return list(dict.fromkeys(p for right in rights for p in right.offer.form.prerequisites))


def _why(right: Right) -> str:
    """Why that way is proposed."""
    if not name_ways.prints_snils(right.offer.form):
        return "СНИЛС в форме нет: учётную запись узнают по одному ФИО"
    if name_ways.by_own_login(right.offer.form):
        return "вход через ЕСИА: новое ФИО придёт с Госуслуг при следующем входе"
    return ""


def _new_name(job: Employment) -> NewName:
    form = request.form
    return NewName(
        job.id,
        last_name=form.get("last_name", ""),
        first_name=form.get("first_name", ""),
        middle_name=form.get("middle_name", ""),
        no_middle_name="no_middle_name" in form,
        email=form.get("email", ""),
        happened_on=form.get("happened_on", ""),
        ground=form.get("ground", ""),
        ways={
            field.removeprefix("way-"): way
            for field in form
            if field.startswith("way-") and (way := _way(form[field]))
        },
        ready=frozenset(form.getlist("ready")),
        confirmed="confirmed" in form,
    )


def _way(text: str) -> Way | None:
    return next((known for known in WAYS if known == text), None)
