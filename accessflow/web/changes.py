"""What changes in a job, led step by step: a role, the unit, the name, somebody who has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Employment, Request
from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import (
    acting,
    change_records,
    job_changes,
    job_rights,
    name_ways,
    pairs,
    people,
    scope,
    surname,
    units,
)
from accessflow.services.change_records import KINDS
from accessflow.services.fields import Refused
from accessflow.services.job_changes import STEPS, Decision, Move, Step
from accessflow.services.job_rights import Right
from accessflow.services.name_ways import Way
from accessflow.services.request_list import scans_of
from accessflow.services.surname import NewName
from accessflow.web import context, request_words
from accessflow.web.change_view import Line, groups, seen, steps, subject
from accessflow.web.errors import STATUS
from accessflow.web.request_next import next_step
from accessflow.web.toasts import toast

WAYS: Mapping[Way, str] = {
    "keep": "Ничего не подавать",
    "tell": "Сообщить обращением (приложение 2)",
    "again": "Пара: отозвать на прежнее ФИО, выдать на новое",
}
blueprint = Blueprint("changes", __name__, url_prefix="/changes")
Typed = Mapping[str, str]


@blueprint.get("/role/<int:employment_id>")
def role(employment_id: int) -> ResponseReturnValue:
    return _moving("changes/role.html", _job(employment_id))


@blueprint.post("/role/<int:employment_id>")
def change_role(employment_id: int) -> ResponseReturnValue:
    job = _job(employment_id)
    return _done("changes/role.html", job, lambda: job_changes.change_role(**_call(job)))


@blueprint.get("/unit/<int:employment_id>")
def unit(employment_id: int) -> ResponseReturnValue:
    return _moving("changes/unit.html", _job(employment_id))


@blueprint.post("/unit/<int:employment_id>")
def transfer(employment_id: int) -> ResponseReturnValue:
    job = _job(employment_id)
    return _done("changes/unit.html", job, lambda: job_changes.transfer(**_call(job)))


@blueprint.get("/arrival/<int:employment_id>")
def arrival(employment_id: int) -> ResponseReturnValue:
    return _arriving(_job(employment_id))


@blueprint.post("/arrival/<int:employment_id>")
def arrive(employment_id: int) -> ResponseReturnValue:
    job = _job(employment_id)
    try:
        made = job_changes.arrive(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            employment_id=job.id,
            wanted=request.form.getlist("right"),
        )
    except (Invalid, Conflict) as refusal:
        context.refresh()
        return _arriving(_job(employment_id), refusal), STATUS.get(type(refusal), 422)
    return _to(made)


@blueprint.get("/name/<int:employment_id>")
def name(employment_id: int) -> ResponseReturnValue:
    return _naming(_job(employment_id))


@blueprint.post("/name/<int:employment_id>")
def change_name(employment_id: int) -> ResponseReturnValue:
    job = _job(employment_id)
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
        return _naming(_job(employment_id), refusal), status
    return _to(made)


@blueprint.get("/<int:change_id>")
def show(change_id: int) -> ResponseReturnValue:
    session, actor = context.session(), context.actor()
    found = change_records.find(session, actor, change_id)
    made = [(n, r) for n, r in change_records.requests_of(session, found) if seen(r)]
    scans = scans_of(session, [r for _, r in made])
    drafts = [r for _, r in made if r.state == "draft" and r.kind != "technical"]
    return render_template(
        "changes/show.html",
        found=found,
        kinds=KINDS,
        name=people.name_of(found.person).full,
        groups=groups([(n, Line(r, next_step(actor, r, scans.get(r.id)))) for n, r in made]),
        subject=subject,
        states=request_words.STATES,
        words=pairs.words_for(found.kind),
        steps=steps([r for _, r in made]),
        may_prepare=bool(drafts)
        and scope.may_file(actor, found.organization_id)
        and not any(r.error_count for r in drafts),
    )


@blueprint.post("/<int:change_id>/prepare")
def prepare(change_id: int) -> ResponseReturnValue:
    """Everything made for it goes to the signature; a half takes the other along."""
    session, actor = context.session(), context.actor()
    found = change_records.find(session, actor, change_id)
    drafts = [r.id for _, r in change_records.requests_of(session, found) if r.kind != "technical"]
    try:
        for request_id in drafts:
            _prepare(request_id)
    except AccessflowError as refusal:
        toast(refusal.message, kind="warn")
        return redirect(url_for(".show", change_id=change_id), code=303)
    toast("Передано на подпись: напечатайте, подпишите, отсканируйте")
    return redirect(url_for("signing.index"), code=303)


def _prepare(request_id: int) -> None:
    context.refresh()
    found = context.session().get_one(Request, request_id)
    if found.state != "draft":
        return
    acting.act(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        files=context.files(),
        request_id=request_id,
        action="prepare",
    )


def _job(employment_id: int) -> Employment:
    return change_records.begun_job(context.session(), context.actor(), employment_id)


def _call(job: Employment) -> dict[str, Any]:
    return {
        "db": context.db(),
        "actor": context.actor(),
        "now": context.now(),
        "catalogue": context.catalogue(),
        "move": _move(job),
    }


def _move(job: Employment) -> Move:
    form = request.form
    decisions = {
        (key := field.removeprefix("right-")): _decision(form[field], form.get(f"object-{key}"))
        for field in form
        if field.startswith("right-")
    }
    return Move(
        job.id,
        decisions,
        happened_on=form.get("happened_on", ""),
        ground=form.get("ground", ""),
        position=form.get("position", ""),
        unit_id=form.get("unit_id", ""),
    )


def _decision(text: str, functional_object: str | None) -> Decision:
    """«change:Администратор МО», «keep», «again», «revoke»."""
    step, _, role_name = text.partition(":")
    found: Step = next((known for known in STEPS if known == step), "keep")
    return Decision(found, role_name, functional_object)


def _done(template: str, job: Employment, act: Callable[[], int]) -> ResponseReturnValue:
    try:
        made = act()
    except (Invalid, Conflict) as refusal:
        context.refresh()
        return _moving(template, _job(job.id), refusal), STATUS.get(type(refusal), 422)
    return _to(made)


def _to(change_id: int) -> ResponseReturnValue:
    context.refresh()
    found = change_records.find(context.session(), context.actor(), change_id)
    made = change_records.requests_of(context.session(), found)
    toast(f"{KINDS[found.kind]}: записано" + (", заявки готовы к проверке" if made else ""))
    return redirect(url_for(".show", change_id=change_id), code=303)


def _moving(template: str, job: Employment, refusal: AccessflowError | None = None) -> str:
    session = context.session()
    return render_template(
        template,
        **_common(job, refusal),
        rights=job_rights.rights_of(session, context.catalogue(), job, context.today()),
        units=units.of_organization(session, job.organization_id),
        dismissal=_dismissal(job),
    )


def _arriving(job: Employment, refusal: AccessflowError | None = None) -> str:
    session, catalogue = context.session(), context.catalogue()
    return render_template(
        "changes/arrival.html",
        **_common(job, refusal),
        offered=job_rights.suggestions(session, catalogue, job, context.today()),
        rights=job_rights.rights_of(session, catalogue, job, context.today()),
        picked=request.form.getlist("right"),
    )


def _naming(job: Employment, refusal: AccessflowError | None = None) -> str:
    session = context.session()
    common = _common(job, refusal)
    rights = job_rights.rights_of(session, context.catalogue(), job, context.today())
    asks_again = isinstance(refusal, Refused) and refusal.can_be_confirmed
    return render_template(
        "changes/name.html",
        **common,
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


def _common(job: Employment, refusal: AccessflowError | None) -> dict[str, Any]:
    """`typed`: what was sent, or what the card says, so that nothing typed is lost."""
    person = job.person
    known: Typed = {
        "position": job.position,
        "unit_id": str(job.unit_id or ""),
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "no_middle_name": "1" if person.no_middle_name else "",
        "email": job.email,
        "happened_on": context.today().isoformat(),
        "ground": "",
    }
    posted = request.method == "POST"
    typed = {key: request.form.get(key, "") for key in known} if posted else known
    prefixes = ("right-", "object-", "way-")
    chosen = {k: v for k, v in request.form.items() if k.startswith(prefixes)}
    return {
        "job": job,
        "name": people.name_of(person).full,
        "typed": typed,
        "chosen": chosen,
        "message": refusal.message if refusal else "",
        "flaws": refusal.fields if isinstance(refusal, Invalid) else {},
    }


def _dismissal(job: Employment) -> str:
    if "dismissals.index" not in current_app.view_functions:
        return ""
    return url_for("dismissals.index", employment=job.id)
