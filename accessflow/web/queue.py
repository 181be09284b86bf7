"""«Очередь»: МИАЦ's list of filed applications, searched, narrowed, taken and handed over."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.services import absences, assignments, queue
from accessflow.web import access, context, queue_asked, queue_groups, queue_view, request_words
from accessflow.web.kept import local_path
from accessflow.web.queue_sheet import queue_sheet
from accessflow.web.searches import search_requests
from accessflow.web.toasts import toast
from accessflow.web.words import initials

blueprint = Blueprint("queue", __name__, url_prefix="/queue")

KEPT = ("scope", "sort", "size", *queue_asked.TITLES)


@blueprint.get("")
def index() -> ResponseReturnValue:
    session, actor, today = context.session(), context.actor(), context.today()
    found, looker = queue_asked.asked(), queue.looker_of(session, actor, today)
    part = queue.part(
        session,
        actor,
        found.wanted,
        looker,
        sort=found.sort,
        size=found.size,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    counts = queue_view.counts(found.wanted, looker)
    acts = actor.role in access.MIAC
    return render_template(
        "queue/index.html",
        found=found,
        wanted=found.wanted,
        lines=queue_view.lines(part, looker),
        part=part,
        first=max(1, request.args.get("n", 1, type=int)),
        total=counts.total,
        most=queue_view.MOST,
        sizes=queue.SIZES,
        tabs=queue_view.tabs(found, counts, looker),
        groups=queue_groups.groups(found.wanted, counts.base),
        arguments=found.arguments,
        carried=urlencode(found.arguments, doseq=True),
        actions=request_words.ACTIONS,
        acts=acts,
        card=url_for("triage.card", request_id=0).removesuffix("0"),
        covered=_covered(looker.mine - {actor.user_id}) if acts else (),
        open_now=context.catalogue().working_calendar.is_open(context.now()),
        here=_here(),
    )


def _covered(ids: frozenset[int]) -> list[str]:
    """Whom the reader stands in for today."""
    staff = absences.colleagues(context.session(), context.today())
    return [initials(user.name) for user in staff if user.id in ids]


def _here() -> str:
    query = request.query_string.decode()
    return f"{request.path}?{query}" if query else request.path


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    """The bar's search looks everywhere; that of the page within what is shown."""
    kept: dict[str, Any] = {name: some for name in KEPT if (some := request.form.getlist(name))}
    if not request.form.get("within"):
        kept["scope"] = "all"
    return search_requests(kept)


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    looker = queue.looker_of(context.session(), context.actor(), context.today())
    return queue_sheet(queue_asked.asked(), looker)


@blueprint.post("/<int:request_id>/take")
def take(request_id: int) -> ResponseReturnValue:
    """By the button of a row, or the key «a»."""
    taken = assignments.take(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        files=context.files(),
        request_id=request_id,
        seen=request.form.get("seen", type=int),
    )
    toast(f"Заявка {taken.number} ваша")
    return redirect(_back(request_id), code=303)


def _back(request_id: int) -> str:
    """The list again, at its row; else the card."""
    back = local_path(request.values.get("back", ""))
    if not back:
        return url_for("triage.card", request_id=request_id)
    in_list = back.partition("?")[0] == url_for("queue.index")
    return f"{back}#r{request_id}" if in_list else back
