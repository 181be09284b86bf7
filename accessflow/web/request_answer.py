"""The МО answers МИАЦ in place: words and files in one go, so that neither is lost (R8)."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import acting, attachments
from accessflow.services.applications import find
from accessflow.web import context, request_card
from accessflow.web.card_view import Typed
from accessflow.web.errors import STATUS
from accessflow.web.request_blueprint import blueprint
from accessflow.web.toasts import toast


@blueprint.post("/<int:request_id>/answer")
def answer(request_id: int) -> ResponseReturnValue:
    """`op` «attach» lays the files and leaves the words as they are typed; else it answers."""
    try:
        laid = _attach(request_id)
        if request.form.get("op") == "attach":
            return _page(request_id, _typed() if laid else _typed("Выберите файл."))
        _answer(request_id)
    except (Invalid, Conflict) as refusal:
        return _page(request_id, _typed(refusal.message, refusal)), STATUS[type(refusal)]
    toast("Ответ отправлен: срок пошёл дальше")
    return redirect(url_for(".card", request_id=request_id), code=303)


def _attach(request_id: int) -> int:
    """How many files were laid. Raises Invalid, Conflict."""
    chosen = [file for file in request.files.getlist("file") if file.filename]
    for file in chosen:
        attachments.add(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            files=context.files(),
            request_id=request_id,
            kind=request.form.get("kind", "attachment"),
            name=file.filename or "",
            content=file.read(),
        )
    return len(chosen)


def _answer(request_id: int) -> None:
    acting.act(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        files=context.files(),
        request_id=request_id,
        action="answer",
        given={key: request.form.get(key, "") for key in ("answer", "happened_on")},
        seen=request.form.get("seen", type=int),
    )


def _typed(message: str = "", refusal: AccessflowError | None = None) -> Typed:
    form = request.form
    flaws = refusal.fields if isinstance(refusal, Invalid) else {}
    return Typed(form.get("answer", ""), form.get("happened_on", ""), message, flaws)


def _page(request_id: int, typed: Typed) -> str:
    context.refresh()
    return request_card.page(find(context.session(), context.actor(), request_id), typed)
