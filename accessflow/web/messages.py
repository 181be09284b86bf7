"""Messages on an application and МИАЦ's own notes: a panel of both cards, and a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import canned, messages
from accessflow.services.applications import find
from accessflow.web import context, request_words
from accessflow.web.errors import STATUS
from accessflow.web.kept import local_path
from accessflow.web.toasts import toast
from accessflow.workflow.rows import MIAC

blueprint = Blueprint("messages", __name__, url_prefix="/requests/<int:request_id>/messages")


@blueprint.get("")
def show(request_id: int) -> ResponseReturnValue:
    return _page(_found(request_id))


@blueprint.post("")
def write(request_id: int) -> ResponseReturnValue:
    internal = request.form.get("internal") == "1"
    if request.form.get("canned"):
        return _page(_found(request_id), text=_with_canned())
    try:
        messages.write(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            files=context.files(),
            request_id=request_id,
            text=request.form.get("text", ""),
            uploads=_uploads(),
            internal=internal,
        )
    except (Invalid, Conflict) as refusal:
        found = _found(request_id)
        return _page(found, text=request.form.get("text", ""), internal=internal,
                     flaw=refusal.message), STATUS[type(refusal)]  # fmt: skip
    toast("Заметка записана: её видит только МИАЦ." if internal else "Сообщение отправлено.")
    return redirect(_back(request_id), code=303)


def panel(found: Request) -> Mapping[str, Any]:
    """What `messages/_panel.html` shows of an application."""
    session, actor = context.session(), context.actor()
    return {
        "written": messages.of_request(session, actor, found),
        "may_write": messages.may_write(actor, found),
        "may_note": messages.may_note(actor, found),
        "ready": canned.of_kind(session, context.catalogue(), "reply")
        if actor.role in MIAC
        else [],
    }


def _found(request_id: int) -> Request:
    context.refresh()
    return find(context.session(), context.actor(), request_id)


def _uploads() -> list[tuple[str, bytes]]:
    chosen = [file for file in request.files.getlist("file") if file.filename]
    return [(file.filename or "", file.read()) for file in chosen]


def _with_canned() -> str:
    typed, number = request.form.get("text", "").strip(), request.form.get("ready", type=int)
    if not number:
        return typed
    ready = canned.find(context.session(), context.catalogue(), number).text
    return "\n".join(filter(None, (typed, ready)))


def _back(request_id: int) -> str:
    return local_path(request.form.get("back", "")) or url_for(".show", request_id=request_id)


def _page(found: Request, *, text: str = "", internal: bool = False, flaw: str = "") -> str:
    return render_template(
        "messages/page.html",
        found=found,
        subject=request_words.subject(context.catalogue(), found),
        state=request_words.state_of(found),
        panel=panel(found),
        text=text,
        internal=internal,
        flaw=flaw,
        back=local_path(request.values.get("back", ""))
        or url_for("requests.card", request_id=found.id),
        files_lost=bool(flaw and any(f.filename for f in request.files.values())),
    )
