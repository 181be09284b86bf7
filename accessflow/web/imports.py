"""Lists from a personnel system and from ФРМР: upload, preview, choice, progress, result."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import ImportJob, ImportRow
from accessflow.documents.sheet_out import write_table
from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.staff import LABELS
from accessflow.services.imports import jobs
from accessflow.services.imports.not_taken import not_taken
from accessflow.services.imports.take import take_some
from accessflow.web import context
from accessflow.web.downloads import download
from accessflow.web.exports import XLSX
from accessflow.web.htmx import is_htmx
from accessflow.web.lists import Order, page_of
from accessflow.web.words import full_snils, masked_snils

blueprint = Blueprint("imports", __name__, url_prefix="/people/import")

PAGE = 50
ORDER: Order = {"number": [ImportRow.number]}
KINDS = {"staff": "Список сотрудников", "frmr": "Выгрузка из ФРМР"}
SHOWN = {
    "all": "Все",
    "new": "Новые",
    "attest": "Получат отметку",
    "change": "Изменятся",
    "same": "Без изменений",
    "question": "Вопросы",
    "flawed": "С замечаниями",
    "refused": "Не возьмём",
}
RESULTS = {
    "all": "Все",
    "created": "Добавлены",
    "changed": "Изменены",
    "same": "Без изменений",
    "refused": "Не взяты",
    "flawed": "С замечаниями",
}
PLANS = {
    "new": ("будет добавлен(а)", "ok"),
    "attest": ("получит отметку", "ok"),
    "change": ("изменится", "info"),
    "same": ("без изменений", "mute"),
    "question": ("нужен ответ", "warn"),
    "refused": ("не возьмём", "danger"),
}
OUTCOMES = {
    "created": ("добавлен(а)", "ok"),
    "changed": ("изменено", "info"),
    "same": ("без изменений", "mute"),
    "refused": ("не взято", "danger"),
    "": ("не отмечено", "mute"),
}
SAMPLE = ["ФИО", "СНИЛС", "Должность", "Подразделение", "E-mail", "Рабочий телефон",
          "Контактный телефон", "Табельный номер", "Дата приёма"]  # fmt: skip


@blueprint.route("", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _upload_page()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _upload_page("Выберите файл .xlsx или .csv.")
    try:
        job_id = jobs.start(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            kind=request.form.get("kind", "staff"),
            filename=upload.filename,
            data=upload.read(),
            area_code=context.catalogue().region.area_code,
        )
    except Invalid as error:
        return _upload_page(error.message)
    return redirect(url_for(".show", job_id=job_id))


@blueprint.get("/sample.xlsx")
def sample() -> ResponseReturnValue:
    """An empty list with the headings that are recognised."""
    return download(write_table("Сотрудники", SAMPLE, []), XLSX, "Сотрудники_образец.xlsx")


@blueprint.get("/<int:job_id>")
def show(job_id: int) -> ResponseReturnValue:
    session = context.session()
    job = jobs.job(session, context.actor(), job_id)
    if job.state == "running":
        return render_template("imports/running.html", job=job)
    tabs = _tabs(job)
    asked = request.args.get("show", "all")
    shown = asked if asked in dict(tabs) else "all"
    page = page_of(session, jobs.listed(job.id, shown), order=ORDER, default="number", size=PAGE)
    return render_template(
        "imports/preview.html" if job.state == "preview" else "imports/done.html",
        job=job,
        kinds=KINDS,
        tabs=tabs,
        labels={**SHOWN, **RESULTS} if job.state == "done" else SHOWN,
        shown=shown,
        page=page,
        states=PLANS if job.state == "preview" else OUTCOMES,
        fields=LABELS,
        chosen=jobs.chosen_count(session, job.id),
        snils=_snils,
        has_losses=any(n for name, n in tabs if name in ("refused", "flawed", "question")),
    )


@blueprint.post("/<int:job_id>/choose")
def choose(job_id: int) -> ResponseReturnValue:
    """The page's choice; with `do` also: all of them, none of them, or begin."""
    form, actor = request.form, context.actor()
    do = form.get("do", "")
    if do in ("all", "none"):
        jobs.choose_all(context.db(), actor=actor, job_id=job_id, chosen=do == "all")
    else:
        shown, chosen = (form.getlist(name, type=int) for name in ("shown", "row"))
        jobs.choose(context.db(), actor=actor, job_id=job_id, shown=shown, chosen=chosen)
    if do == "run":
        return _step(job_id)
    back: dict[str, Any] = {name: form[name] for name in ("show", "page") if form.get(name)}
    return redirect(url_for(".show", job_id=job_id, **back))


@blueprint.post("/<int:job_id>/run")
def run(job_id: int) -> ResponseReturnValue:
    """The next rows. The page's bar calls it again by itself; without JavaScript a button does."""
    return _step(job_id)


@blueprint.get("/<int:job_id>/not-taken.xlsx")
def refused(job_id: int) -> ResponseReturnValue:
    job = jobs.job(context.session(), context.actor(), job_id)
    return download(not_taken(context.session(), job), XLSX, f"Не_взято_{job_id}.xlsx")


def _step(job_id: int) -> ResponseReturnValue:
    job = take_some(context.db(), actor=context.actor(), now=context.now(), job_id=job_id)
    address = url_for(".show", job_id=job_id)
    if not is_htmx():
        return redirect(address)
    if job.state == "done":
        return Response(headers={"HX-Redirect": address})
    return render_template("imports/_progress.html", job=job)


def _upload_page(error: str = "") -> ResponseReturnValue:
    page = render_template(
        "imports/new.html",
        error=error,
        kinds=KINDS,
        kind=request.values.get("kind", "staff"),
        recent=jobs.recent(context.session(), context.actor()),
    )
    return page, 422 if error else 200


def _tabs(job: ImportJob) -> list[tuple[str, int]]:
    """What can be shown, with counts; what there is none of is left out, but for the whole."""
    summary = job.summary
    rows = sum(summary["plans"].values())
    counts = {**summary["plans"], "flawed": summary["flawed"]}
    names = SHOWN
    if job.state == "done":
        refused_rows = summary["plans"].get("refused", 0) + summary["outcomes"].get("refused", 0)
        counts = {**summary["outcomes"], "refused": refused_rows, "flawed": summary["flawed"]}
        names = RESULTS
    return [("all", rows), *((n, counts[n]) for n in names if counts.get(n))]


def _snils(row: ImportRow) -> str:
    """Masked where it is right; as it stands there where somebody has to find the slip."""
    digits = str(row.values.get("snils", "")).replace("-", "").replace(" ", "")
    return masked_snils(digits) if digits else full_snils(str(row.cells.get("snils", "")))
