"""What changes in a job, led step by step: a role, the unit, somebody who has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Employment, Request
from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import (
    acting,
    change_records,
    job_changes,
    job_rights,
    pairs,
    people,
    scope,
    units,
)
from accessflow.services.change_records import KINDS
from accessflow.services.job_changes import STEPS, Decision, Move, Step
from accessflow.services.request_list import scans_of
from accessflow.web import context, name_changes, request_words
from accessflow.web.change_pages import blueprint, common, job_of, to_change
from accessflow.web.change_view import Line, groups, seen, steps, subject
from accessflow.web.errors import STATUS
from accessflow.web.request_next import next_step
from accessflow.web.toasts import toast

__all__ = ["blueprint", "name_changes"]  # its pages belong to the blueprint


@blueprint.get("/role/<int:employment_id>")
def role(employment_id: int) -> ResponseReturnValue:
    return _moving("changes/role.html", job_of(employment_id))


@blueprint.post("/role/<int:employment_id>")
def change_role(employment_id: int) -> ResponseReturnValue:
    job = job_of(employment_id)
    return _done("changes/role.html", job, lambda: job_changes.change_role(**_call(job)))


@blueprint.get("/unit/<int:employment_id>")
def unit(employment_id: int) -> ResponseReturnValue:
    return _moving("changes/unit.html", job_of(employment_id))


@blueprint.post("/unit/<int:employment_id>")
def transfer(employment_id: int) -> ResponseReturnValue:
    job = job_of(employment_id)
    return _done("changes/unit.html", job, lambda: job_changes.transfer(**_call(job)))


@blueprint.get("/arrival/<int:employment_id>")
def arrival(employment_id: int) -> ResponseReturnValue:
    return _arriving(job_of(employment_id))


@blueprint.post("/arrival/<int:employment_id>")
def arrive(employment_id: int) -> ResponseReturnValue:
    job = job_of(employment_id)
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
        return _arriving(job_of(employment_id), refusal), STATUS.get(type(refusal), 422)
    return to_change(made)


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
        return _moving(template, job_of(job.id), refusal), STATUS.get(type(refusal), 422)
    return to_change(made)


def _moving(template: str, job: Employment, refusal: AccessflowError | None = None) -> str:
    session = context.session()
    return render_template(
        template,
        **common(job, refusal),
        rights=job_rights.rights_of(session, context.catalogue(), job, context.today()),
        units=units.of_organization(session, job.organization_id),
        dismissal=_dismissal(job),
    )


def _arriving(job: Employment, refusal: AccessflowError | None = None) -> str:
    session, catalogue = context.session(), context.catalogue()
    return render_template(
        "changes/arrival.html",
        **common(job, refusal),
        offered=job_rights.suggestions(session, catalogue, job, context.today()),
        rights=job_rights.rights_of(session, catalogue, job, context.today()),
        picked=request.form.getlist("right"),
    )


def _dismissal(job: Employment) -> str:
    if "dismissals.index" not in current_app.view_functions:
        return ""
    return url_for("dismissals.index", employment=job.id)
