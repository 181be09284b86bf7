"""«Новая заявка»: people x systems -> applications.

Every button and every change posts the whole form here; what is picked is kept on the server
(services/picks.py), so the page does its work without JavaScript too. With htmx the same answer
comes as the parts of the page that have changed.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from accessflow.domain.errors import Invalid, NotFound
from accessflow.forms.spec import Action
from accessflow.services import candidates, pasting, picks, request_links, requests
from accessflow.services.actor import Actor
from accessflow.services.pasting import Pasted
from accessflow.services.picks import Cell, Picks
from accessflow.web import context
from accessflow.web.htmx import is_htmx
from accessflow.web.keys import keys_in
from accessflow.web.request_blueprint import blueprint, short_name
from accessflow.web.request_new_view import PARTS, Told, draw
from accessflow.web.toasts import toast


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    session, actor = context.session(), context.actor()
    picked, _ = picks.load(session, actor.user_id or 0)
    return draw(picked, Told())


@blueprint.post("/new")
def pick() -> ResponseReturnValue:
    operation, _, value = request.form.get("op", "").partition(":")
    actor = context.actor()
    told = Told(who=request.form.get("who", ""), paste=request.form.get("paste", ""))
    if operation == "find" and is_htmx():  # with every letter: nothing is picked by it
        picked, _ = picks.load(context.session(), actor.user_id or 0)
        found = _search(context.session(), actor.organization_id or 0, picked, told)
        return draw(picked, found, operation)

    def edit(session: Session, picked: Picks) -> Picks:
        nonlocal told
        picked = _absorbed(picked)
        picked, told = _operate(session, actor, picked, told, operation, value)
        told = _with_pasted(session, actor, picked, told, operation)
        return picked

    error = ""
    if operation == "create":
        try:
            return _created(edit)
        except Invalid as refused:
            error = refused.message
    picked = picks.change(context.db(), user_id=actor.user_id or 0, now=context.now(), edit=edit)
    context.refresh()
    if operation == "take":
        picked, told = _take(picked, told)
    if error and request.form.get("rows") and not picked.people:
        return _created_before()
    return draw(picked, replace(told, error=error or told.error), operation)


@blueprint.post("/new/form")
def single() -> ResponseReturnValue:
    """A draft of a form that concerns no system."""
    if not request.form.get("form"):
        raise Invalid("Выберите форму.")
    made = requests.create_single(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        form=request.form.get("form", ""),
    )
    return redirect(url_for("editor.edit", request_id=made))


def _absorbed(picked: Picks) -> Picks:
    """The picks as the form shows them now. Only what it lists counts: a filter hides systems."""
    form = request.form
    action: Action = "revoke" if form.get("action") == "revoke" else "grant"
    switched = action != picked.action
    picked = replace(picked, action=action)
    listed = set(form.get("listed", "").split(",")) - {""}
    picked = picked.with_systems(listed, set(form.getlist("system")))
    if switched:  # the matrix on the page was that of the other action
        return picked
    return _with_matrix(picked)


def _with_matrix(picked: Picks) -> Picks:
    form = request.form
    people = keys_in(form.get("rows", "").split(","))
    wanted = set(form.getlist("pair"))
    cells: dict[picks.Pair, Cell] = {}
    for slug in filter(None, form.get("cols", "").split(",")):
        everyone = form.get(f"all:{slug}")
        changed = everyone is not None and everyone != picked.roles.get(slug, "")
        if everyone is not None and changed:  # it goes before what stands in the column's cells
            picked = picked.with_role_for_all(slug, everyone)
        for person in people:
            key = picks.pair_text((person, slug))
            role = None if changed else form.get(f"role:{key}")
            cells[person, slug] = Cell(key in wanted, role)
    return picked.with_cells(cells)


def _operate(
    session: Session, actor: Actor, picked: Picks, told: Told, operation: str, value: str
) -> tuple[Picks, Told]:
    organization = actor.organization_id or 0
    if operation == "add":
        job = int(value) if value.isdecimal() else 0
        picked, note = _added(session, organization, picked, job)
        return picked, replace(told, who="", note=note)
    if operation == "drop" and value.isdecimal():
        return picked.without_person(int(value)), told
    if operation == "clear":
        return Picks(action=picked.action, systems=picked.systems, roles=picked.roles), told
    if operation in ("", "find") and told.who.strip():
        return picked, _search(session, organization, picked, told)
    return picked, told


def _with_pasted(session: Session, actor: Actor, picked: Picks, told: Told, operation: str) -> Told:
    """What was pasted is judged again whenever its part of the page is drawn."""
    if not told.paste.strip() or operation in PARTS.keys() - {"paste"}:
        return told
    pasted = pasting.recognise(
        session, actor.organization_id or 0, told.paste, picked.action, context.today()
    )
    return replace(told, pasted=pasted)


def _search(session: Session, organization: int, picked: Picks, told: Told) -> Told:
    found, gone = candidates.search(session, organization, told.who, picked.action, context.today())
    return replace(told, found=tuple(found), gone=gone)


def _added(
    session: Session, organization: int, picked: Picks, employment: int
) -> tuple[Picks, str]:
    """A person stands in an application once, whatever the number of their jobs. Also a note."""
    loaded = candidates.load(session, organization, [employment])
    if not loaded:
        raise NotFound("Такого сотрудника нет.", employment=employment)
    new = loaded[0]
    there = candidates.load(session, organization, picked.people)
    if any(c.person == new.person for c in there):
        return picked, f"{short_name(new.name)}: уже в списке"
    return picked.with_people((new.employment,)), f"Добавлен(а): {short_name(new.name)}"


def _take(picked: Picks, told: Told) -> tuple[Picks, Told]:
    """Adds the pasted people; addresses that their cards lack are noted there."""
    if told.pasted is None:
        return picked, told
    actor, now = context.actor(), context.now()
    found = told.pasted.found
    written = pasting.note_emails(context.db(), actor=actor, now=now, found=found)

    def edit(session: Session, before: Picks) -> Picks:
        there = candidates.load(session, actor.organization_id or 0, before.people)
        people = {c.person: c.employment for c in reversed(there)}
        new = {f.candidate.person: f.candidate.employment for f in found}
        return before.with_people(tuple(e for p, e in new.items() if p not in people))

    after = picks.change(context.db(), user_id=actor.user_id or 0, now=now, edit=edit)
    context.refresh()
    note = f"Добавлено сотрудников: {len(after.people) - len(picked.people)}"
    if written:
        note += f". В карточки записано адресов: {written}"
    left = {problem.line.number for problem in told.pasted.problems if problem.level == "error"}
    lines = told.paste.splitlines()
    rest = "\n".join(line for number, line in enumerate(lines, 1) if number in left)
    problems = tuple(p for p in told.pasted.problems if p.level == "error")
    return after, Told(paste=rest, pasted=_rest(problems), note=note)


def _rest(problems: tuple[pasting.Problem, ...]) -> Pasted | None:
    """The lines that were not taken stay in the field, numbered anew."""
    if not problems:
        return None
    renumbered = [
        replace(problem, line=replace(problem.line, number=number))
        for number, problem in enumerate(problems, 1)
    ]
    return Pasted(len(problems), (), tuple(renumbered))


def _created_before() -> ResponseReturnValue:
    """The second click of a double click: what the page showed is used up already."""
    actor = context.actor()
    picks.change(
        context.db(),
        user_id=actor.user_id or 0,
        now=context.now(),
        edit=lambda _session, _picked: Picks(),
    )
    first = request_links.last_made(context.session(), actor)
    return redirect(url_for("editor.edit", request_id=first) if first else url_for(".index"))


def _created(edit: picks.Edit) -> ResponseReturnValue:
    made = requests.create_picked(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        edit=edit,
    )
    if len(made) > 1:
        toast(f"Создано заявок: {len(made)}. Открыта первая, остальные в списке заявок")
    address = url_for("editor.edit", request_id=made[0])
    if is_htmx():
        return Response("", 204, {"HX-Redirect": address})
    return redirect(address)
