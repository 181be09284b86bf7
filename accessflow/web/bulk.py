"""Many applications at once: what to do with the picked ones, its progress, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accessflow.db.tables import BulkJob, Request
from accessflow.domain.errors import Invalid
from accessflow.services import bulk, bulk_steps, scope
from accessflow.services.asking_reasons import Reasons
from accessflow.services.bulk_doing import BULKS, CHECKS, Bulk
from accessflow.web import action_reasons, context, request_words
from accessflow.web.action_form import Typed
from accessflow.web.assignments import colleagues
from accessflow.web.errors import STATUS
from accessflow.web.htmx import is_htmx
from accessflow.web.kept import local_path
from accessflow.web.keys import keys_in
from accessflow.web.toasts import toast
from accessflow.workflow.asks import ASKS
from accessflow.workflow.rows import MIAC

blueprint = Blueprint("bulk", __name__, url_prefix="/queue/bulk")

AT_ONCE = frozenset({"take"})
"""Nothing is asked, and nobody else hears of it."""
LETTERS = frozenset({"request_info", "forward", "execute", "close"})
"""What the authors get letters about."""


@dataclass(frozen=True, slots=True)
class Picked:
    """An application of the list; `hindrance`: why it will not be done, as it now stands."""

    request: Request
    subject: str
    hindrance: str
    chosen: bool


@blueprint.app_template_global("bulk_operations")
def operations() -> Mapping[str, str]:
    """What can be done with many at once: action -> label; nothing for those who only look."""
    user = context.signed_in()
    if user is None or user.role not in MIAC:
        return {}
    return {key: one.label if key in AT_ONCE else f"{one.label}…" for key, one in BULKS.items()}


@blueprint.app_template_global("bulk_unfinished")
def unfinished() -> Sequence[BulkJob]:
    """What the reader began and did not see to its end."""
    return bulk.unfinished(context.session(), context.actor()) if operations() else ()


@blueprint.post("")
def start() -> ResponseReturnValue:
    """From a list: done at once where nothing is to be asked, else by way of a page that asks."""
    action = _action()
    if not _ids("pick"):
        raise Invalid("Отметьте заявки в списке: флажком или клавишей «x».")
    if action in AT_ONCE:
        return _begun(action, _ids("pick"), {})
    typed = Typed({"forwarded_to": "СТП ЕГИСЗ"})
    if reasons := _reasons(action):
        action_reasons.begin(typed, reasons)
    return _ask_page(action, typed)


@blueprint.post("/begin")
def begin() -> ResponseReturnValue:
    action = _action()
    keys = (*ASKS, "assignee", CHECKS)
    typed = Typed({k: request.form[k] for k in keys if k in request.form})
    if request.form.get("compose") and (reasons := _reasons(action)):
        action_reasons.compose(typed, reasons)
        return _ask_page(action, typed, again=True)
    assignee = typed.values.get("assignee", "")
    given = {**typed.values, "assignee": int(assignee) if assignee.isdecimal() else None}
    try:
        begun = _begun(action, _ids("pick"), given)
    except Invalid as refusal:
        typed.message, typed.flaws = refusal.message, refusal.fields
        return _ask_page(action, typed, again=True), STATUS[Invalid]
    if moved := action_reasons.moved(typed.values.get("answer_by", "")):
        toast(f"{moved}.")
    return begun


def _begun(action: str, ids: list[int], given: Mapping[str, Any]) -> ResponseReturnValue:
    job_id = bulk.start(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        action=action,
        request_ids=ids,
        given=given,
    )
    return redirect(url_for(".show", bulk_id=job_id, back=_back()), code=303)


def _action() -> str:
    """Raises Invalid."""
    action = request.form.get("op", "")
    if action not in BULKS:
        raise Invalid("Выберите, что сделать с отмеченными заявками.")
    return action


@blueprint.get("/<int:bulk_id>")
def show(bulk_id: int) -> ResponseReturnValue:
    """How far it has come; at the end what was done, what was not and why."""
    job = bulk.job(context.session(), context.actor(), bulk_id)
    return render_template(
        "bulk/running.html" if job.state == "running" else "bulk/done.html",
        failed=[result for result in job.results if not result["ok"]],
        done=[result for result in job.results if result["ok"]],
        **_of_job(job),
    )


@blueprint.post("/<int:bulk_id>/run")
def run(bulk_id: int) -> ResponseReturnValue:
    """The next ones. The page's bar calls it again by itself; without JavaScript a button does."""
    job = bulk_steps.step(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        files=context.files(),
        job_id=bulk_id,
    )
    address = url_for(".show", bulk_id=bulk_id, back=_back())
    if not is_htmx():
        return redirect(address, code=303)
    if job.state == "done":
        return Response(headers={"HX-Redirect": address})
    return render_template("bulk/_progress.html", **_of_job(job))


def _of_job(job: BulkJob) -> Mapping[str, Any]:
    return {
        "job": job,
        "what": BULKS[job.action],
        "total": len(job.request_ids),
        "may_go_on": bulk.may_go_on(context.actor(), job),
        "back": _back(),
    }


def _ids(name: str) -> list[int]:
    texts = request.form.getlist(name)
    return list(dict.fromkeys(keys_in(texts)))


def _back() -> str:
    return local_path(request.values.get("back", "")) or url_for("queue.index")


def _ask_page(action: str, typed: Typed, *, again: bool = False) -> str:
    """`again`: the page was there already, with boxes of its own."""
    context.refresh()
    what, picked = BULKS[action], _picked(BULKS[action], again=again)
    keys = bulk.asks_of(action, (one.request for one in picked if not one.hindrance))
    asks = [ASKS[key] for key in keys if key != "assignee"]
    return render_template(
        "bulk/ask.html",
        action=action,
        what=what,
        picked=picked,
        possible=sum(not one.hindrance for one in picked),
        colleagues=colleagues() if "assignee" in keys else [],
        asks=asks,
        typed=typed,
        reasons=_reasons(action),
        into=next((ask.key for ask in asks if ask.kind == "long_text"), ""),
        writes=action in LETTERS,
        back=_back(),
    )


def _reasons(action: str) -> Reasons | None:
    """What may be ticked where data are asked for; as it was posted, if it was."""
    return action_reasons.of_many() if action == "request_info" else None


def _picked(what: Bulk, *, again: bool) -> list[Picked]:
    """What came from the list, in its order; at first all that can be done are chosen.

    What the actor may not see is left out.
    """
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    chosen = _ids("pick")
    ids = _ids("shown") if again else chosen
    rows = session.scalars(
        select(Request)
        .where(Request.id.in_(ids), scope.requests_seen(actor), Request.deleted_at.is_(None))
        .options(joinedload(Request.organization), joinedload(Request.assignee))
    )
    told = ((row, bulk.hindrance(actor, what, row)) for row in rows)
    found = [
        Picked(row, request_words.subject(catalogue, row), why,
               row.id in chosen if again else not why)
        for row, why in told
    ]  # fmt: skip
    return sorted(found, key=lambda one: ids.index(one.request.id))
