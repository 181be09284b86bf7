"""Saved views of the queue: a filter under a name, one's own or shared with МИАЦ."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import queue_views
from accessflow.web import context, queue_asked, queue_groups
from accessflow.web.errors import STATUS
from accessflow.web.toasts import toast

blueprint = Blueprint("views", __name__, url_prefix="/queue/views")


@blueprint.route("", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Keeps what the address asks for."""
    query = _query()
    if request.method == "GET":
        return _page(query=query)
    name, shared = _typed()
    try:
        queue_views.save(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            name=name,
            shared=shared,
            query=query,
        )
    except (Invalid, Conflict) as refusal:
        return _page(query=query, refusal=refusal), STATUS[type(refusal)]
    toast(f"Вид «{name.strip()}» сохранён")
    return redirect(url_for("queue.index", **query), code=303)


@blueprint.route("/<int:view_id>", methods=["GET", "POST"])
def edit(view_id: int) -> ResponseReturnValue:
    """A shared one of somebody else is only looked at."""
    row = queue_views.view(context.session(), context.actor(), view_id)
    own = queue_views.is_own(context.actor(), row)
    whose = "" if own else row.user.name
    if request.method == "GET":
        return _page(view_id=row.id, name=row.name, shared=row.shared, query=row.query, whose=whose)
    name, shared = _typed()
    try:
        queue_views.change(
            context.db(), actor=context.actor(), view_id=view_id, name=name, shared=shared
        )
    except (Invalid, Conflict) as refusal:
        page = _page(view_id=row.id, query=row.query, refusal=refusal, whose=whose)
        return page, STATUS[type(refusal)]
    toast(f"Вид «{name.strip()}» изменён")
    return redirect(url_for("queue.index", **row.query), code=303)


@blueprint.post("/<int:view_id>/delete")
def delete(view_id: int) -> ResponseReturnValue:
    was = queue_views.delete(context.db(), actor=context.actor(), view_id=view_id)
    undo = url_for(".restore", was=json.dumps(was, ensure_ascii=False))
    toast(f"Вид «{was['name']}» удалён", undo=undo)
    return redirect(url_for("queue.index"), code=303)


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Undoes a deletion: the button of its message posts here."""
    was = _was()
    query = queue_views.arguments(queue_views.wanted_of(was.get("query", {})))
    name = str(was.get("name", ""))
    queue_views.save(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        name=name,
        shared=was.get("shared") is True,
        query=query,
    )
    toast(f"Вид «{name}» возвращён")
    return redirect(url_for("queue.index", **query), code=303)


def _was() -> dict[str, Any]:
    """Raises Invalid."""
    try:
        was = json.loads(request.args.get("was", ""))
    except ValueError:
        was = None
    if not isinstance(was, dict) or not isinstance(was.get("query"), dict):
        raise Invalid("Вид не вернуть: сохраните его заново.")
    return was


def _query() -> dict[str, Any]:
    """What a СНИЛС was found in is not kept: it would be a list of numbers that says nothing."""
    kept = queue_asked.asked().arguments
    kept.pop("ids", None)
    return kept


def _typed() -> tuple[str, bool]:
    return request.form.get("name", ""), request.form.get("shared") == "1"


def _page(
    *,
    query: dict[str, Any],
    view_id: int = 0,
    name: str = "",
    shared: bool = False,
    refusal: AccessflowError | None = None,
    whose: str = "",
) -> str:
    """`whose`: another's, which only they may change."""
    if request.method == "POST":
        name, shared = _typed()
    flaw = refusal.fields.get("name", "") if isinstance(refusal, Invalid) else ""
    return render_template(
        "queue/view_form.html",
        query=query,
        view_id=view_id,
        name=name,
        shared=shared,
        flaw=flaw,
        message=refusal.message if refusal and not flaw else "",
        told=told(query),
        longest=queue_views.LONGEST_NAME,
        whose=whose,
    )


def told(query: dict[str, Any]) -> list[tuple[str, str]]:
    """The filter in words."""
    wanted = queue_views.wanted_of(query)
    lines = [("Заявки", "открытые" if wanted.scope == "open" else "все")]
    if wanted.text:
        lines.append(("Поиск", wanted.text))
    for name, some in wanted.chosen.items():
        labels = queue_groups.labels(name, some)
        lines.append((queue_asked.TITLES[name], ", ".join(labels.get(s, s) for s in some)))
    return lines
