"""«Увольнения»: who leaves, how long there is, and what of it is sent (Рег. 3.7, R28)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Dismissal, Organization, Person
from accessflow.services import (
    dismissal_lists,
    dismissals,
    history,
    people,
    scope,
)
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_lists import Filter
from accessflow.services.imports import jobs
from accessflow.web import (
    context,
    dismissal_acts,
    dismissal_cancel,
    dismissal_entry,
    dismissal_view,
)
from accessflow.web.dismissal_blueprint import blueprint
from accessflow.web.dismissal_entry import Typed
from accessflow.web.exports import long_sheet
from accessflow.web.htmx import is_htmx
from accessflow.web.lists import Order, Page, chunks_of, page_of
from accessflow.web.searches import asked_ids, search_people
from accessflow.web.timeline import timeline
from accessflow.web.words import day, masked_snils

__all__ = ["blueprint", "dismissal_acts"]  # their pages belong to the blueprint

TABS = {"": "unfiled", "waiting": "undone", "done": "done", "cancelled": "cancelled"}
"""The tab of an address -> what it shows."""
LABELS = {"": "Нужен отзыв", "waiting": "Ждём исполнения", "done": "Закрыты",
          "cancelled": "Отменены"}  # fmt: skip
ORDER: Order = {
    "name": [Person.search_name, Dismissal.id],
    "organization": [Organization.short_name, Dismissal.due_on, Dismissal.id],
    "dismissed": [Dismissal.dismissed_on, Dismissal.id],
    "due": [Dismissal.due_on, Dismissal.id],
}
KEPT = ("tab", "organization", "missed", "import_job", "sort")
HEADERS = (
    "ФИО", "СНИЛС", "Организация", "Подразделение", "Должность", "Последний день", "Приказ",
    "Отправить до", "Срок", "Держит доступов", "Отзывы", "Отправлены", "Закрыто",
    "Опоздание, раб. дней", "Причина",
)  # fmt: skip
WIDTHS = (30, 16, 34, 24, 24, 14, 14, 14, 36, 10, 20, 12, 12, 12, 40)


@blueprint.get("")
def index() -> ResponseReturnValue:
    return page(dismissal_entry.fresh())


@blueprint.post("")
def enter() -> ResponseReturnValue:
    """The line at the top. `op`: find, pick:ID, drop, or nothing to enter what it says."""
    typed, op = dismissal_entry.sent(), request.form.get("op", "")
    if not op:
        address = dismissal_entry.enter(typed)
        return redirect(address, code=303) if address else (page(typed), 422)
    if op.startswith("pick:"):
        typed = dismissal_entry.with_job(typed, int(op[5:]) if op[5:].isdecimal() else 0)
    elif op == "drop":
        typed.employment, typed.who = None, ""
    if not is_htmx():
        return page(typed)
    part = "dismissals/_found.html" if op == "find" else "dismissals/_entry.html"
    return render_template(part, **dismissal_entry.words(typed))


@blueprint.get("/term")
def term() -> ResponseReturnValue:
    """The deadline of a day that is being typed."""
    text = request.args.get("on", "")
    return render_template("dismissals/_term.html", deadline=dismissal_entry.deadline_of(text))


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    return search_people(KEPT)


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    return long_sheet("Увольнения", HEADERS, WIDTHS, _exported())


@blueprint.get("/<int:dismissal_id>")
def show(dismissal_id: int) -> ResponseReturnValue:
    actor, session = context.actor(), context.session()
    found = dismissals.find(session, actor, dismissal_id)
    changes = history.changes_of(session, [("dismissal", found.id)])
    return render_template(
        "dismissals/show.html",
        detail=dismissal_view.detail(found),
        history=timeline(actor, changes),
        overseer=scope.sees_all(actor),
        may_restore=scope.may_file(actor, found.organization_id),
        view=dismissal_view,
        **dismissal_cancel.leftovers(found),
    )


def page(typed: Typed) -> str:
    actor, session = context.actor(), context.session()
    wanted, tab = _filter(), _tab()
    counts = dismissal_lists.counts(session, actor, wanted, context.today())
    part = _part(wanted, counts)
    opened = _opened(part)
    overseer = scope.sees_all(actor)
    narrowed = bool(wanted.text or wanted.persons is not None or wanted.organization_id
                    or wanted.import_job or wanted.show == "missed")  # fmt: skip
    return render_template(
        "dismissals/index.html",
        part=part,
        lines=dismissal_view.lines(part.items),
        opened=dismissal_view.detail(opened) if opened else None,
        tab=tab,
        tabs=[(key, LABELS[key], counts[show]) for key, show in TABS.items()],
        counts=counts,
        wanted=wanted,
        narrowed=narrowed,
        overseer=overseer,
        organizations=people.organizations_with_people(session, actor) if overseer else (),
        may_enter=_may_enter(),
        file=_file(wanted),
        view=dismissal_view,
        **dismissal_entry.words(typed),
    )


def _part(wanted: Filter, counts: dict[str, int]) -> Page[Dismissal]:
    query = dismissal_lists.listed(context.actor(), wanted, context.today()).order_by(None)
    usual = "due" if wanted.show in ("unfiled", "missed", "undone") else "-dismissed"
    return page_of(
        context.session(), query, order=ORDER, default=usual, total=counts[wanted.show]
    )  # fmt: skip


def _opened(part: Page[Dismissal]) -> Dismissal | None:
    """The unfolded one, also where it stands on another page."""
    wanted = request.args.get("open", type=int)
    if wanted is None:
        return None
    here = next((d for d in part.items if d.id == wanted), None)
    return here or dismissals.find(context.session(), context.actor(), wanted)


def _tab() -> str:
    tab = request.args.get("tab", "")
    return tab if tab in TABS else ""


def _filter() -> Filter:
    args = request.args
    show = TABS[_tab()]
    return Filter(
        show="missed" if show == "unfiled" and args.get("missed") else show,
        organization_id=args.get("organization", type=int),
        text=args.get("q", "").strip(),
        persons=asked_ids(),
        import_job=args.get("import_job", type=int),
    )


def _file(wanted: Filter) -> str:
    """The name of the file that the list is narrowed to. Raises NotFound."""
    if wanted.import_job is None:
        return ""
    found = jobs.job(context.session(), context.actor(), wanted.import_job)
    return found.filename or "вставленный список"


def _may_enter() -> bool:
    actor = context.actor()
    return scope.may_file(actor, actor.organization_id)


def _exported() -> Iterator[list[str | int]]:
    query = dismissal_lists.listed(context.actor(), _filter(), context.today()).order_by(None)
    for chunk in chunks_of(context.session(), query, order=ORDER, default="due"):
        for line in dismissal_view.lines(chunk):
            yield _row(line)


def _row(line: dismissal_view.Line) -> list[str | int]:
    found, job = line.dismissal, line.dismissal.employment
    filed, done = found.filed_at, found.done_at
    return [
        line.name,
        masked_snils(found.person.snils),
        found.organization.short_name,
        job.unit.name if job.unit else "",
        job.position,
        day(found.dismissed_on),
        found.order_no,
        day(found.due_on),
        line.term.words,
        line.tally.held,
        line.tag.words,
        day(moscow_date(filed)) if filed else "",
        day(moscow_date(done)) if done else "",
        found.late_days or "",
        found.late_cause,
    ]
