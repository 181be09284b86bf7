"""The first fill of the ledger: a system's list of accounts, the old journal; what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Grant, ImportRow, Person
from accessflow.documents.sheet_out import write_table
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Invalid, NotFound
from accessflow.domain.text import counted
from accessflow.services import organizations
from accessflow.services.imports import closing_gaps, differences
from accessflow.services.imports.closing_gaps import WAYS, Gap
from accessflow.services.imports.differences import Part
from accessflow.services.imports.jobs import Upload
from accessflow.services.imports.journal_withdrawing import applications_in
from accessflow.services.imports.matched import name_of
from accessflow.services.imports.withdrawing import obstacles, told, withdraw_some
from accessflow.services.offers import system_label
from accessflow.web import context
from accessflow.web.differences_sheet import (
    HEADERS,
    TITLES,
    WIDTHS,
    beside,
    lines,
    organizations_of,
)
from accessflow.web.downloads import download
from accessflow.web.exports import XLSX, long_sheet
from accessflow.web.import_pages import add_pages, after_step, begin, find_job, upload_page
from accessflow.web.lists import Order, Page, page_of
from accessflow.web.toasts import toast

blueprint = Blueprint("ledger_lists", __name__, url_prefix="/ledger/lists")
add_pages(blueprint, "accounts", "journal")

TEMPLATE = "imports/new_lists.html"
SAMPLES: Mapping[str, tuple[str, Sequence[str]]] = {
    "accounts": (
        "Учётные записи",
        ["Логин", "ФИО", "СНИЛС", "Наименование МО", "Роль", "Последний вход", "Статус"],
    ),
    "journal": (
        "Журнал заявок",
        ["№ заявки", "Дата заявки", "Рег. номер", "Наименование МО", "ФИО", "СНИЛС", "Система",
         "Роль", "Действие", "Результат", "Дата исполнения", "Примечание"],
    ),
}  # fmt: skip
PAGE = 50
ROWS: Order = {"name": [ImportRow.name, ImportRow.id], "number": [ImportRow.number]}
GRANTS: Order = {"name": [Person.search_name, Grant.id], "since": [Grant.since, Grant.id]}
HINTS: Mapping[Part, str] = {
    "unlisted": "Если доступ правильный, внесите его в реестр: основанием будет этот список. "
    "Если нет — сформируйте заявку на отзыв.",
    "missing": "Работающей учётной записи в списке нет. Доступ нужен — запросите его заново, "
    "не нужен — отзовите заявкой: после её исполнения реестр закроет право.",
    "role": "В системе одна роль, в реестре другая. Верна роль из списка — внесите её и отзовите "
    "прежнюю; верна роль из реестра — отзовите ту, что в системе.",
    "gone": "Работа закончилась, а учётная запись действует: отзовите доступ.",
    "unknown": "Кто это, не сказано или подтверждения не было. Добавьте человека в сотрудники или "
    "уточните список у администратора системы и загрузите его снова.",
}
BUTTONS: Mapping[str, str] = {
    "take": "Внести в реестр",
    "revoke": "Сформировать отзыв",
    "revoke_ours": "Отозвать то, что в реестре",
    "grant": "Запросить доступ",
}


@blueprint.route("", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _upload()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _upload("Выберите файл .xlsx или .csv.")
    try:
        return begin(_asked(upload.filename, upload.read() or b" "))
    except (Invalid, NotFound) as error:
        return _upload(error.message)


@blueprint.get("/<any(accounts, journal):kind>.xlsx")
def sample(kind: str) -> ResponseReturnValue:
    """An empty list with the headings that are recognised."""
    title, headings = SAMPLES[kind]
    return download(write_table(title, headings, []), XLSX, f"{title}_образец.xlsx")


@blueprint.route("/<int:job_id>/withdraw", methods=["GET", "POST"])
def withdraw(job_id: int) -> ResponseReturnValue:
    """The list as a whole is taken back, in steps; confirmed in words."""
    job = find_job(job_id)
    error = ""
    if request.method == "POST":
        try:
            return after_step(
                withdraw_some(
                    context.db(),
                    actor=context.actor(),
                    now=context.now(),
                    catalogue=context.catalogue(),
                    job_id=job_id,
                    why=request.form.get("why", ""),
                )
            )
        except Invalid as refusal:
            error = refusal.message
    session, catalogue = context.session(), context.catalogue()
    page = render_template(
        "imports/withdraw.html",
        job=job,
        told=told(session, job),
        applications=applications_in(session, job_id) if job.kind == "journal" else 0,
        obstacles=obstacles(session, catalogue, job),
        system=system_label(catalogue, job.system) if job.system else "",
        error=error,
    )
    return page, 422 if error else 200


@blueprint.get("/<int:job_id>/differences", endpoint="differences")
def show_differences(job_id: int) -> ResponseReturnValue:
    session, actor, today = context.session(), context.actor(), context.today()
    job = differences.find(session, actor, job_id)
    counts = differences.counts(session, actor, job, today)
    part = _part(counts)
    text = request.args.get("q", "").strip()
    page: Page[Any]
    if part == "missing":
        query = differences.missing(actor, job, text)
        page = page_of(session, query, order=GRANTS, default="name", size=PAGE)
    else:
        rows = differences.rows_of(actor, job, part, today, text)
        page = page_of(session, rows, order=ROWS, default="name", size=PAGE)
    return render_template(
        "imports/differences.html",
        job=job,
        system=system_label(context.catalogue(), job.system),
        counts=counts,
        titles=TITLES,
        hint=HINTS[part],
        part=part,
        text=text,
        page=page,
        ways=[(what, BUTTONS[what]) for what in WAYS[part] if closing_gaps.may(actor, what)],
        overseer=actor.organization_id is None,
        names=organizations_of(session, page.items),
        name_of=name_of,
        **beside(session, job, part, page.items),
    )


@blueprint.post("/<int:job_id>/close")
def close(job_id: int) -> ResponseReturnValue:
    """One press for the picked rows, or for all of the part."""
    differences.find(context.session(), context.actor(), job_id)
    form = request.form
    part, what = form.get("part", ""), form.get("do", "")
    everything = what.endswith("_all")
    what = what.removesuffix("_all")
    if part not in WAYS or what not in WAYS[part]:
        raise Invalid("Такого действия здесь нет.")
    ids = None if everything else form.getlist("row", type=int)
    gap = Gap(job_id, part, what, ids)
    back = url_for(".differences", job_id=job_id, part=part)
    common: dict[str, Any] = {
        "actor": context.actor(), "now": context.now(), "catalogue": context.catalogue(),
        "gap": gap,
    }  # fmt: skip
    try:
        if what == "take":
            taken = closing_gaps.take_over(context.db(), **common)
            toast(f"В реестр внесено: {counted(taken, 'право', 'права', 'прав')}.")
            return redirect(back)
        made = closing_gaps.make(context.db(), **common)
    except Invalid as error:
        toast(error.message, kind="warn")
        return redirect(back)
    if not made:
        toast("Всё это уже запрошено другими заявками.", kind="info")
        return redirect(back)
    toast(f"Готово: {counted(len(made), 'черновик', 'черновика', 'черновиков')}.")
    if len(made) == 1:
        return redirect(url_for("editor.edit", request_id=made[0]))
    return redirect(url_for("requests.index", tab="draft"))


@blueprint.get("/<int:job_id>/differences.xlsx")
def export(job_id: int) -> ResponseReturnValue:
    """Every difference, the part in the first column. СНИЛС stay masked."""
    session, actor = context.session(), context.actor()
    job = differences.find(session, actor, job_id)
    title = f"Сверка {system_label(context.catalogue(), job.system)}"[:31]
    return long_sheet(title, HEADERS, WIDTHS, lines(session, actor, job, context.today()))


def _part(counts: Mapping[Part, int]) -> Part:
    """The part asked for, else the first with anything in it."""
    asked = request.args.get("part", "")
    fallback: Part = next((part for part in differences.PARTS if counts[part]), "unlisted")
    return next((part for part in differences.PARTS if part == asked), fallback)


def _asked(filename: str, data: bytes) -> Upload:
    """Raises Invalid, NotFound."""
    form = request.form
    kind, system = form.get("kind", ""), form.get("system", "")
    if kind != "accounts":
        return Upload(kind, filename, data, house=form.get("organization", type=int))
    if not system:
        raise Invalid("Выберите систему, чей это список.")
    typed = form.get("as_of", "")
    as_of = read_date(typed) if typed else context.today()
    if as_of is None:
        raise Invalid("День списка не понят. Впишите его как 07.03.2026.")
    return Upload(
        kind,
        filename,
        data,
        house=form.get("organization", type=int),
        system=context.catalogue().system(system).slug,
        as_of=as_of,
    )


def _upload(error: str = "") -> ResponseReturnValue:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    systems = sorted(catalogue.systems.values(), key=lambda s: (not s.federal, s.label.casefold()))
    return upload_page(
        TEMPLATE,
        error,
        systems=systems,
        houses=session.scalars(organizations.listed(actor)).all()
        if actor.organization_id is None
        else (),
        of_miac=differences.of_miac(session, actor),
        label=lambda slug: system_label(catalogue, slug),
        as_of=request.form.get("as_of") or context.today().isoformat(),
    )
