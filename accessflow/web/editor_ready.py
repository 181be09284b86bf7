"""From the editor to the signature: the draft becomes a set that waits (Рег. 3.4)."""

from __future__ import annotations

from flask import url_for

from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict
from accessflow.services import acting, batches
from accessflow.web import context
from accessflow.web.toasts import toast

PREPARE = "prepare"


def needs_signature(found: Request) -> bool:
    """A technical problem is sent as it is; everything else is signed first."""
    return found.kind != "technical"


def prepare(request_id: int) -> str:
    """Takes the draft to its signature; the address to go on with: the next draft of those made
    together, else the page of what is to be signed.

    Raises Conflict while there are errors, NotFound, Forbidden.
    """
    try:
        acted = acting.act(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            files=context.files(),
            request_id=request_id,
            action=PREPARE,
        )
    except Conflict as refusal:
        other = refusal.ids.get("request")
        if other in (None, request_id):
            raise
        toast(refusal.message, kind="warn")  # the other half of a pair has errors of its own
        return url_for("editor.edit", request_id=other)
    context.refresh()
    session, actor = context.session(), context.actor()
    place = batches.place_of(session, actor, session.get_one(Request, request_id))
    told = f"Заявка {acted.number} ждёт подписи"
    if place.next is not None and place.next.state == "draft":
        toast(f"{told}. Дальше — {place.next.number}")
        return url_for("editor.edit", request_id=place.next.id)
    toast(f"{told}: напечатайте, подпишите, отсканируйте")
    if place.total > 1:
        return url_for("signing.index")
    return url_for("signing.upload", request_id=request_id)
