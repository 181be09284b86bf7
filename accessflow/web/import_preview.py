"""What a list is seen as, before it is taken and after: its rows, tabs and counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask import render_template, request

from accessflow.db.tables import Employment, ImportJob, ImportRow
from accessflow.services.imports import jobs
from accessflow.services.imports.dismissals import entered_by
from accessflow.services.imports.kinds import KINDS
from accessflow.services.imports.matched import can_be_hired, employments_of
from accessflow.services.imports.task import task_of
from accessflow.web import context
from accessflow.web.import_words import WORDS
from accessflow.web.lists import Order, page_of
from accessflow.web.words import full_snils, masked_snils
from accessflow.workflow.terms import dismissal_due

PAGE = 50
ORDER: Order = {"number": [ImportRow.number]}
OF_STAFF = ("staff", "frmr")
LOSSES = (
    "refused",
    "flawed",
    "left",
    "question",
    "confirm",
    "choose",
    "nobody",
    "ask_role",
    "role",
)


def preview(job: ImportJob) -> str:
    """The page of a list that is not being taken at the moment."""
    session = context.session()
    words = WORDS[job.kind]
    before = job.state == "preview"
    tabs = _tabs(job)
    asked = request.args.get("show", "all")
    shown = asked if asked in dict(tabs) else "all"
    text = request.args.get("q", "").strip()
    query = jobs.listed(job.id, shown, text)
    page = page_of(session, query, order=ORDER, default="number", size=PAGE)
    return render_template(
        "imports/preview.html" if before else "imports/done.html",
        job=job,
        words=words,
        tabs=tabs,
        labels=words.shown if before else {**words.shown, **words.results},
        shown=shown,
        text=text,
        page=page,
        states=words.plans if before else words.outcomes,
        fields=KINDS[job.kind].labels,
        chosen=jobs.chosen_count(session, job.id),
        snils=_snils,
        has_losses=any(n for name, n in tabs if name in LOSSES),
        of_staff=job.kind in OF_STAFF,
        whom=_whom(page.items),
        roles=KINDS[job.kind].roles(context.catalogue(), job.system) if job.system else (),
        system=context.catalogue().system(job.system) if job.system else None,
        systems=context.catalogue().systems,
        may_hire=_may_hire(job),
        taken_back=job.state == "withdrawn",
        due=_due,
        to_revoke=job.kind == "dismissals" and bool(entered_by(session, job.id)),
    )


def _tabs(job: ImportJob) -> list[tuple[str, int]]:
    """What can be shown, with counts; what there is none of is left out, but for the whole."""
    summary, words = job.summary, WORDS[job.kind]
    rows = sum(summary["plans"].values())
    counts = {**summary["plans"], "flawed": summary["flawed"]}
    names = words.shown
    if job.state != "preview":
        refused_rows = summary["plans"].get("refused", 0) + summary["outcomes"].get("refused", 0)
        left = rows - refused_rows - summary["plans"].get("blocked", 0)
        left -= sum(n for name, n in summary["outcomes"].items() if name != "refused")
        counts = {**summary["outcomes"], "refused": refused_rows, "flawed": summary["flawed"]}
        counts["left"] = left
        names = words.results
    return [("all", rows), *((n, counts[n]) for n in names if counts.get(n))]


def _whom(rows: Sequence[ImportRow]) -> Mapping[int, Employment]:
    ids = {job for row in rows for job in (row.employment_id, *row.candidates) if job}
    return employments_of(context.session(), ids)


def _may_hire(job: ImportJob) -> Callable[[ImportRow], bool]:
    """Whether somebody whom a row is about can be taken on with it."""
    task = task_of(job, context.actor(), context.now(), context.catalogue())
    return lambda row: can_be_hired(task, row.values)


def _due(row: ImportRow) -> date | None:
    """The last day to send a revocation in, of a dismissal; None for rows of nobody's."""
    if row.plan == "refused" or "dismissed_on" not in row.values:
        return None
    calendar = context.catalogue().working_calendar
    return dismissal_due(date.fromisoformat(row.values["dismissed_on"]), calendar).day


def _snils(row: ImportRow) -> str:
    """Masked where it is right; as it stands there where somebody has to find the slip."""
    digits = str(row.values.get("snils", "")).replace("-", "").replace(" ", "")
    return masked_snils(digits) if digits else full_snils(str(row.cells.get("snils", "")))
