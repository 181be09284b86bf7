"""The pages that every kind of list goes through: preview, choice, progress, account.

Each blueprint of lists has them under its own address and shows its own kinds alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import ImportJob
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services.imports import jobs
from accessflow.services.imports.jobs import Answers, Upload
from accessflow.services.imports.not_taken import not_taken
from accessflow.services.imports.take import take_some
from accessflow.web import context
from accessflow.web.exports import XLSX
from accessflow.web.htmx import is_htmx
from accessflow.web.import_preview import preview
from accessflow.web.import_words import STATES, WORDS

_ANSWER = re.compile(r"(who|role)-(\d+)")
_kinds: dict[str, Mapping[str, str]] = {}
"""The kinds of each blueprint, with their titles."""


def add_pages(blueprint: Blueprint, *kinds: str) -> None:
    """The four steps after the upload, for lists of these kinds."""
    _kinds[blueprint.name] = {kind: WORDS[kind].title for kind in kinds}
    rules: tuple[tuple[str, str, str, Callable[..., ResponseReturnValue]], ...] = (
        ("/<int:job_id>", "show", "GET", show),
        ("/<int:job_id>/choose", "choose", "POST", choose),
        ("/<int:job_id>/run", "run", "POST", run),
        ("/<int:job_id>/not-taken.xlsx", "refused", "GET", refused),
    )
    for rule, endpoint, method, view in rules:
        blueprint.add_url_rule(rule, endpoint, view, methods=[method])


def kinds_here() -> Mapping[str, str]:
    return _kinds[str(request.blueprint)]


def find_job(job_id: int) -> ImportJob:
    """Raises NotFound, also for a list of another kind than the address says."""
    found = jobs.job(context.session(), context.actor(), job_id)
    if found.kind not in kinds_here():
        raise NotFound("Такой загрузки нет.", import_job=job_id)
    return found


def upload_page(template: str, error: str = "", **more: Any) -> ResponseReturnValue:
    """The page to hand a list over on; with an error what was typed stays."""
    kinds = kinds_here()
    asked = request.values.get("kind", "")
    page = render_template(
        template,
        error=error,
        kinds=kinds,
        kind=asked if asked in kinds else next(iter(kinds)),
        states=STATES,
        recent=jobs.recent(context.session(), context.actor(), tuple(kinds)),
        **more,
    )
    return page, 422 if error else 200


def begin(upload: Upload) -> ResponseReturnValue:
    """Reads the list and goes to its preview. Raises Invalid."""
    if upload.kind not in kinds_here():
        raise Invalid("Выберите, что в файле.")
    job_id = jobs.start(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        upload=upload,
    )
    return redirect(url_for(".show", job_id=job_id))


def show(job_id: int) -> ResponseReturnValue:
    job = find_job(job_id)
    if job.state in ("running", "withdrawing"):
        return render_template("imports/running.html", job=job)
    return preview(job)


def choose(job_id: int) -> ResponseReturnValue:
    """The page's choice; with `do` also: all of them, none of them, those found, or begin."""
    form, actor = request.form, context.actor()
    find_job(job_id)
    do = form.get("do", "")
    if do in ("all", "none", "confirm"):
        jobs.choose_all(context.db(), actor=actor, job_id=job_id, which=do)
    else:
        jobs.choose(
            context.db(),
            actor=actor,
            catalogue=context.catalogue(),
            job_id=job_id,
            answers=_answers(),
        )
    if do == "run":
        return _step(job_id)
    kept = ("show", "page", "q")
    back: dict[str, Any] = {name: form[name] for name in kept if form.get(name)}
    return redirect(url_for(".show", job_id=job_id, **back))


def run(job_id: int) -> ResponseReturnValue:
    """The next rows. The page's bar calls it again by itself; without JavaScript a button does."""
    find_job(job_id)
    return _step(job_id)


def refused(job_id: int) -> ResponseReturnValue:
    file = not_taken(context.session(), find_job(job_id))
    name = f"Не_взято_{job_id}.xlsx"
    response = send_file(file, XLSX, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"  # it holds personal data
    return response


def _step(job_id: int) -> ResponseReturnValue:
    job = take_some(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        job_id=job_id,
    )
    return after_step(job)


def after_step(job: ImportJob) -> ResponseReturnValue:
    """On with the bar, or to the account when all is done."""
    address = url_for(".show", job_id=job.id)
    if not is_htmx():
        return redirect(address)
    if job.state not in ("running", "withdrawing"):
        return Response(headers={"HX-Redirect": address})
    return render_template("imports/_progress.html", job=job)


def _answers() -> Answers:
    form = request.form
    said: dict[str, dict[int, str]] = {"who": {}, "role": {}}
    for name, value in form.items():
        if found := _ANSWER.fullmatch(name):
            said[found[1]][int(found[2])] = value
    return Answers(
        shown=form.getlist("shown", type=int),
        chosen=frozenset(form.getlist("row", type=int)),
        who={row: int(text) for row, text in said["who"].items() if text.isdecimal()},
        roles=said["role"],
    )
