"""The local mailbox of the embedded default: what would have left is read here.

Each sees what they may see of the letters themselves; with an SMTP server there is no such page.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Letter
from accessflow.domain.errors import NotFound
from accessflow.notify.transports import LocalMailbox, mailbox_folder
from accessflow.services import letter_list
from accessflow.web import context
from accessflow.web.downloads import download
from accessflow.web.lists import page_of
from accessflow.web.mail import preview

blueprint = Blueprint("mailbox", __name__, url_prefix="/dev/mail")
ORDER = {"sent": [Letter.sent_at, Letter.id]}


@blueprint.get("")
def index() -> ResponseReturnValue:
    _mailbox()
    query = letter_list.listed(context.actor()).where(Letter.sent_at.is_not(None))
    query = query.where(Letter.state != "gathered")
    page = page_of(context.session(), query, order=ORDER, default="-sent")
    return render_template("mail/mailbox.html", page=page)


@blueprint.get("/<int:letter_id>")
def show(letter_id: int) -> ResponseReturnValue:
    message = _message(letter_id)
    text = message.get_body(("plain",))
    return render_template(
        "mail/message.html",
        letter_id=letter_id,
        message=message,
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=text.get_content() if text else "",
        files=[part.get_filename() or "" for part in message.iter_attachments()],
        has_html=message.get_body(("html",)) is not None,
    )


@blueprint.get("/<int:letter_id>/body")
def body(letter_id: int) -> ResponseReturnValue:
    html = _message(letter_id).get_body(("html",))
    if html is None:
        raise NotFound("У этого письма есть только текст.", letter=letter_id)
    return preview(html.get_content())


@blueprint.get("/<int:letter_id>/files/<int:number>")
def file(letter_id: int, number: int) -> ResponseReturnValue:
    """An attachment, the first is number 1."""
    parts = list(_message(letter_id).iter_attachments())
    if not 0 < number <= len(parts):
        raise NotFound("Такого вложения нет.", letter=letter_id)
    part = parts[number - 1]
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise NotFound("Такого вложения нет.", letter=letter_id)
    return download(content, part.get_content_type(), part.get_filename() or "file")


def _mailbox() -> LocalMailbox:
    """Raises NotFound where letters go to a server."""
    settings = context.core().settings
    if settings.mail.host:
        raise NotFound("Письма уходят на почтовый сервер: здесь их нет.")
    return LocalMailbox(mailbox_folder(settings), settings.mail.sender)


def _message(letter_id: int) -> EmailMessage:
    mailbox = _mailbox()
    letter = letter_list.find(context.session(), context.actor(), letter_id)
    try:
        content = mailbox.file(letter.message_id).read_bytes()
    except FileNotFoundError:
        raise NotFound("Этого письма в ящике нет.", letter=letter_id) from None
    return message_from_bytes(content, policy=policy.default)
