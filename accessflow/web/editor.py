"""The table editor of an application: the page, what is typed, operations on rows, files."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request, Signatory
from accessflow.domain.errors import Conflict, Invalid
from accessflow.forms.check import Check
from accessflow.forms.grid import grid_of
from accessflow.services import (
    asking,
    batches,
    editable,
    editing,
    row_operations,
    signatories,
    undo,
)
from accessflow.services.applications import check_of, find
from accessflow.services.draft import Operation
from accessflow.services.draft_checks import by_row
from accessflow.services.draft_closing import Outcome
from accessflow.services.editing import Typed
from accessflow.services.waivers import defects_of
from accessflow.web import context, editor_import, editor_ready
from accessflow.web.editor_blueprint import blueprint, title_of
from accessflow.web.editor_files import page_numbers
from accessflow.web.editor_form import Ask, asked, typed_of
from accessflow.web.editor_view import View
from accessflow.web.errors import STATUS
from accessflow.web.htmx import is_htmx
from accessflow.web.request_words import state_of, subject
from accessflow.web.toasts import toast

__all__ = ["blueprint", "editor_import"]  # its pages belong to the blueprint
CLASH, REFUSED = 409, 422


@blueprint.get("/edit")
def edit(request_id: int) -> ResponseReturnValue:
    """The page. Who may not edit is led to the card; with `part` only the table is sent."""
    session = context.session()
    found = find(session, context.actor(), request_id)
    if not editable.may_edit(context.actor(), found):
        return redirect(url_for("requests.card", request_id=request_id))
    view = _view(found, check_of(session, context.catalogue(), found))
    if is_htmx():
        return render_template("editor/swap.html", view=view, outcome=None, **_texts(view))
    return _page(view)


@blueprint.post("/edit")
def change(request_id: int) -> ResponseReturnValue:
    """One form for all without JavaScript; with it, one operation after what was typed is saved."""
    ask, typed = asked(request.form), typed_of(request.form)
    try:
        outcome = _save(request_id, typed, _operation(ask))
    except (Invalid, Conflict) as refusal:
        if is_htmx() or not typed.rows:
            raise
        return _kept(request_id, typed, refusal)
    if ask.name == editor_ready.PREPARE and not outcome.clashes and not outcome.refused:
        return _prepared(outcome, typed)
    return _answered(outcome, ask, typed)


def _prepared(outcome: Outcome, typed: Typed) -> ResponseReturnValue:
    """To the signature; with errors the page says so and keeps what was typed. What МИАЦ asked
    about goes on at its card: there it is signed anew and answered."""
    if outcome.request.state != "draft":
        return redirect(url_for("requests.card", request_id=outcome.request.id), code=303)
    try:
        if not editor_ready.needs_signature(outcome.request):
            return redirect(url_for("signing.send", request_id=outcome.request.id), code=303)
        return redirect(editor_ready.prepare(outcome.request.id), code=303)
    except (Invalid, Conflict) as refusal:
        return _page(_after(outcome, typed), refusal.message), STATUS[type(refusal)]


@blueprint.post("/cells")
def cells(request_id: int) -> ResponseReturnValue:
    """What was typed, saved as one goes: the answer holds only what has changed on the page."""
    typed = typed_of(request.form)
    outcome = _save(request_id, typed, None)
    if request.form.get("beacon"):
        return "", 204
    view = _after(outcome, typed)
    shown = {part.row_id for part in typed.rows} | outcome.touched
    return render_template("editor/saved.html", view=view, only=shown)


@blueprint.post("/undo")
def take_back(request_id: int) -> ResponseReturnValue:
    """The button of a toast: the last operation is undone."""
    outcome = _save(request_id, typed_of(request.form), row_operations.take_back)
    return _answered(outcome, Ask("undo"), Typed())


def _save(request_id: int, typed: Typed, operation: Operation | None) -> Outcome:
    outcome = editing.save(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
        typed=typed,
        operation=operation,
    )
    context.refresh()
    return outcome


def _operation(ask: Ask) -> Operation | None:
    make = OPERATIONS.get(ask.name)
    return make(ask) if make else None


OPERATIONS: dict[str, Callable[[Ask], Operation]] = {
    "add": lambda _: row_operations.add,
    "copy": lambda ask: row_operations.copy(ask.needed_row),
    "up": lambda ask: row_operations.move(ask.needed_row, -1),
    "down": lambda ask: row_operations.move(ask.needed_row, 1),
    "remove": lambda ask: row_operations.remove(ask.needed_row),
    "fill": lambda ask: row_operations.fill_down(ask.needed_row, ask.key),
    "paste": lambda ask: row_operations.paste(ask.row, ask.key, ask.text),
    "undo": lambda _: row_operations.take_back,
    "fix": lambda ask: editing.take_fix(ask.row, ask.key),
    "rename": lambda ask: editing.rename_person(ask.needed_row),
}


def _answered(outcome: Outcome, ask: Ask, typed: Typed) -> ResponseReturnValue:
    view = _after(outcome, typed)
    status = CLASH if outcome.clashes else REFUSED if outcome.refused else 200
    if is_htmx():
        return render_template("editor/swap.html", view=view, outcome=outcome, **_texts(view))
    if status != 200:
        return _page(view), status
    if outcome.note:
        back = url_for(".take_back", request_id=outcome.request.id) if outcome.undo else ""
        toast(outcome.note, undo=back)
    return redirect(_onward(outcome, ask), code=303)


def _onward(outcome: Outcome, ask: Ask) -> str:
    """Where a page without JavaScript goes after its form has been taken."""
    request_id = outcome.request.id
    if ask.name == "file":
        return url_for(".file", request_id=request_id, kind=ask.key)
    if ask.name in ("import_sheet", "edit"):
        return url_for(f".{ask.name}", request_id=request_id, unfold=_unfold())
    anchor = outcome.focus or ("ed-checks" if ask.name == "check" else None)
    return url_for(".edit", request_id=request_id, unfold=_unfold(), _anchor=anchor)


def _kept(request_id: int, typed: Typed, refusal: Invalid | Conflict) -> ResponseReturnValue:
    """The operation was refused: what was typed is saved all the same, and the reason told."""
    try:
        outcome = _save(request_id, typed, None)
    except Conflict:
        raise refusal from None
    return _page(_after(outcome, typed), refusal.message), STATUS[type(refusal)]


def _after(outcome: Outcome, typed: Typed) -> View:
    """The view after a change: what could not be taken stays as it was typed."""
    kept = {clash.row_id: clash.typed for clash in outcome.clashes}
    bases: dict[int | None, str] = {
        part.row_id: part.base for part in typed.rows if part.row_id in kept
    }
    if None in kept:
        bases[None] = typed.base
    elif outcome.refused and typed.details is not None:
        kept[None] = typed.details
    return View(
        request=outcome.request,
        check=outcome.check,
        defects=outcome.defects,
        unfold=_unfold() is not None,
        clashes=outcome.clashes,
        refused=outcome.refused,
        typed=kept,
        bases=bases,
    )


def _view(found: Request, check: Check) -> View:
    grid = grid_of(check.spec, check.application, check.target)
    defects = by_row(
        check, grid, defects_of(context.session(), check, found), [row.id for row in found.rows]
    )
    return View(found, check, defects, unfold=_unfold() is not None)


def _unfold() -> str | None:
    return "1" if request.values.get("unfold") else None


def _page(view: View, message: str = "") -> str:
    return render_template("editor/page.html", view=view, message=message, **_texts(view))


def _texts(view: View) -> dict[str, object]:
    """What the templates need beside the view."""
    session, catalogue = context.session(), context.catalogue()
    actor, found = context.actor(), view.request
    place = batches.place_of(session, actor, found)
    return {
        "title": title_of(found),
        "needs_signature": editor_ready.needs_signature(found),
        "state": state_of(found),
        "asked": asking.find(session, found),
        "place": place,
        "next_label": subject(catalogue, place.next) if place.next else "",
        "signers": _signers(view),
        "subjects": catalogue.region.subjects,
        "superseded": catalogue.superseded(view.check.spec, context.today()),
        "prerequisites": [catalogue.region.prerequisites[p] for p in view.check.spec.prerequisites],
        **page_numbers(found, view.check),
        "last_undo": undo.newest(session, actor, found.id),
    }


def _signers(view: View) -> list[Signatory]:
    """Those who may sign today, and the one who was chosen."""
    found = view.request
    listed = signatories.of_organization(context.session(), found.organization_id)
    able = [row for row in listed if signatories.may_sign(row, context.today())]
    chosen = found.signatory
    return able if chosen is None or chosen.id in {r.id for r in able} else [*able, chosen]
