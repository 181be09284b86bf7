"""Letters: the list of them all, one with its preview, sending it again."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Letter, Request
from accessflow.domain.errors import Invalid
from accessflow.notify.building import absolute
from accessflow.services import letter_list, notices
from accessflow.services.letter_labels import LETTERS
from accessflow.web import context
from accessflow.web.lists import Order, page_of
from accessflow.web.mail_words import STATES
from accessflow.web.toasts import toast

blueprint = Blueprint("mail", __name__, url_prefix="/mail")
ORDER: Order = {"id": [Letter.id], "due": [Letter.due_at, Letter.id]}
# Its own styles and nothing else; a link opens in the page around it.
PREVIEW = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)


@blueprint.get("")
def index() -> ResponseReturnValue:
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    number = request.args.get("q", "").strip()
    query = letter_list.listed(context.actor(), state=state, kind=kind, number=number)
    page = page_of(context.session(), query, order=ORDER, default="-id")
    return render_template(
        "mail/index.html",
        page=page,
        states=STATES,
        kinds=LETTERS,
        state=state,
        kind=kind,
        number=number,
        filtered=bool(state or kind or number),
        upcoming=notices.upcoming(context.session(), context.catalogue(), context.today()),
        local=not context.core().settings.mail.host,
    )


@blueprint.get("/<int:letter_id>")
def show(letter_id: int) -> ResponseReturnValue:
    return _page(letter_id)


def _page(letter_id: int, flaw: str = "", to: str = "") -> ResponseReturnValue:
    actor, session = context.actor(), context.session()
    letter = letter_list.find(session, actor, letter_id)
    found = session.get(Request, letter.request_id) if letter.request_id else None
    page = render_template(
        "mail/show.html",
        letter=letter,
        request_=found,
        states=STATES,
        kinds=LETTERS,
        text=absolute(letter.text, request.url_root.rstrip("/")),
        may_send_again=letter_list.may_send_again(actor, letter),
        flaw=flaw,
        to=to or ", ".join(letter.to),
    )
    return (page, 422) if flaw else page


@blueprint.get("/<int:letter_id>/body")
def body(letter_id: int) -> ResponseReturnValue:
    """The HTML alone, for the frame of the preview."""
    letter = letter_list.find(context.session(), context.actor(), letter_id)
    return preview(absolute(letter.html, request.url_root.rstrip("/")))


def preview(html: str) -> Response:
    """A letter's HTML where no script of it, and nothing from elsewhere, is ever loaded."""
    response = Response(html.replace("<head>", '<head><base target="_top">', 1))
    response.headers["Content-Security-Policy"] = PREVIEW
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.post("/<int:letter_id>/again")
def again(letter_id: int) -> ResponseReturnValue:
    to = request.form.get("to", "")
    try:
        sent = letter_list.send_again(
            context.db(), actor=context.actor(), now=context.now(), letter_id=letter_id, to=to
        )
    except Invalid as error:
        return _page(letter_id, error.fields.get("to", error.message), to)
    toast("Письмо поставлено в очередь")
    return redirect(url_for(".show", letter_id=sent))
