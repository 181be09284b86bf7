"""Sending: what is missing leads to its place; the parcel is seen before it leaves (Рег. 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.documents import media
from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.domain.text import counted
from accessflow.services import acting, pairs, parcels, repeats, sending, timeline
from accessflow.services.acting import Acted
from accessflow.services.applications import find, form_of
from accessflow.services.parcels import Parcel
from accessflow.services.routes import CHANNELS, channels_of
from accessflow.services.sending import Missing
from accessflow.services.snapshots import acting as acting_of
from accessflow.services.snapshots import snapshot_of
from accessflow.web import context, request_words
from accessflow.web.downloads import download
from accessflow.web.errors import STATUS
from accessflow.web.signing_blueprint import blueprint, picked
from accessflow.web.toasts import toast
from accessflow.workflow.decide import allowed
from accessflow.workflow.states import UNFILED

CHANNEL_WORDS = {
    "accessflow": "В очередь МИАЦ",
    "mail": "Письмом",
    "vipnet": "Архивом по «Деловой почте» ViPNet",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one of many: sent, or why not."""

    request: Request
    ok: bool
    text: str


@blueprint.get("/requests/<int:request_id>/send")
def send(request_id: int) -> ResponseReturnValue:
    found = find(context.session(), context.actor(), request_id)
    return _page(found)


@blueprint.post("/requests/<int:request_id>/send")
def send_now(request_id: int) -> ResponseReturnValue:
    try:
        acted = _send(request_id, dict(request.form), request.form.get("seen", type=int))
    except (Invalid, Conflict) as refusal:
        context.refresh()
        found = find(context.session(), context.actor(), request_id)
        return _page(found, refusal.message), STATUS[type(refusal)]
    toast(_told(acted))
    return redirect(url_for("requests.card", request_id=request_id), code=303)


@blueprint.post("/signing/send")
def send_many() -> ResponseReturnValue:
    """Each by itself, and an account of what could not be sent and why."""
    ids = list(dict.fromkeys(picked()))
    if not ids:
        raise Invalid("Отметьте заявки, которые нужно отправить.")
    tried = [_try(request_id) for request_id in ids]
    context.refresh()
    catalogue = context.catalogue()
    sent = sum(one.ok for one in tried)
    return render_template(
        "signing/sent.html",
        tried=tried,
        sent=counted(sent, "заявка", "заявки", "заявок"),
        all_sent=sent == len(tried),
        subject=lambda one: request_words.subject(catalogue, one),
    )


@blueprint.get("/requests/<int:request_id>/parcel.zip")
def archive(request_id: int) -> ResponseReturnValue:
    """The parcel as one archive: what was sent, or what would be sent now."""
    session = context.session()
    found = find(session, context.actor(), request_id)
    parcel = parcels.as_sent(session, context.catalogue(), context.files(), found, context.now())
    return download(parcels.archive(parcel), media.ZIP, parcel.archive_name)


def _try(request_id: int) -> Tried:
    found = find(context.session(), context.actor(), request_id)
    if pairs.partner_of(context.session(), found) and found.state not in UNFILED:
        number = found.registration_no
        told = f", номер МИАЦ: {number}" if number else ""
        return Tried(found, ok=True, text=f"Отправлена вместе со своей парой{told}")
    try:
        acted = _send(request_id, {}, None)
    except AccessflowError as refusal:
        found = find(context.session(), context.actor(), request_id)
        return Tried(found, ok=False, text=_why(found, refusal))
    context.refresh()
    found = find(context.session(), context.actor(), request_id)
    return Tried(found, ok=True, text=_told(acted))


def _why(found: Request, refusal: AccessflowError) -> str:
    """The missing things themselves where the refusal only counts them."""
    missing = _missing(found)
    return " ".join(one.text for one in missing[:3]) if missing else refusal.message


def _send(request_id: int, given: dict[str, str], seen: int | None) -> Acted:
    return acting.act(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        files=context.files(),
        request_id=request_id,
        action="send",
        given=given,
        seen=seen,
    )


def _told(acted: Acted) -> str:
    if acted.registration_no:
        return f"Заявка {acted.number} отправлена, номер МИАЦ: {acted.registration_no}"
    return f"Заявка {acted.number} отправлена. Номер придёт письмом из МИАЦ: впишите его."


def _missing(found: Request) -> tuple[Missing, ...]:
    return sending.missing(context.session(), context.catalogue(), found, context.today())


def _parcel(found: Request, channel: str) -> Parcel:
    return parcels.build(
        context.session(), context.catalogue(), context.files(), found, context.now(),
        channel=channel,
    )  # fmt: skip


def _page(found: Request, message: str = "") -> str:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    missing = _missing(found)
    channels = channels_of(catalogue, found)
    asked = request.values.get("channel", "")
    channel = asked if asked in channels else channels[0]
    own = repeats.of_request(session, catalogue, found, everywhere=False)
    partner = pairs.partner_of(session, found)
    goes_along = partner is not None and partner.state == "ready"
    if partner is not None and goes_along:
        own += repeats.of_request(session, catalogue, partner, everywhere=False)
    last = timeline.last_event(session, found.id)
    return render_template(
        "signing/send.html",
        found=found,
        spec=form_of(catalogue, found),
        title=request_words.subject(catalogue, found),
        state=request_words.state_of(found),
        missing=[(one, place_of(one, found)) for one in missing],
        parcel=_parcel(found, channel),
        channels=[(slug, CHANNEL_WORDS[slug], CHANNELS[slug]) for slug in channels],
        channel=channel,
        repeats=own,
        partner=partner if goes_along else None,
        may_send=_may_send(found),
        inside=not found.organization.miac_outside,
        seen=last.seq if last else 0,
        actor=actor,
        message=message,
    )


def _may_send(found: Request) -> bool:
    session, actor = context.session(), context.actor()
    snapshot = snapshot_of(session, context.catalogue(), found, context.today())
    return any(t.action == "send" for t in allowed(snapshot, acting_of(actor, found)))


def place_of(missing: Missing, found: Request) -> str:
    """The address where a missing thing is mended; "" where there is no such page.

    What waits for a signature is no draft: it has to be taken back before it can be edited.
    """
    if missing.endpoint == "editor.edit" and found.state != "draft":
        return url_for("actions.form", request_id=found.id, action="rework")
    if missing.endpoint not in current_app.view_functions:
        return ""
    return url_for(missing.endpoint, **missing.values)
