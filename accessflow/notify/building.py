"""From a written letter to the message that goes over the wire (RFC 5322, 2231)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import idna


@dataclass(frozen=True, slots=True)
class Attachment:
    """`name` may be Russian; `media_type` like «application/pdf»."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter. `id` and `thread` (the first letter's id) are Message-IDs without their host."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    cc: tuple[str, ...] = ()
    thread: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.to, *self.cc)))


LINK = "accessflow://"
"""How a written letter names a page: the server's own address is known only when it leaves."""


def absolute(text: str, base_url: str) -> str:
    """The text with its links to pages of the server at `base_url` (without a slash at its end)."""
    return text.replace(LINK, f"{base_url}/")


def built(letter: Outgoing, *, sender: str, base_url: str, date: datetime) -> EmailMessage:
    """Plain text, HTML beside it and the attachments. `sender`: an address or «Name <address>»."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = _address(sender)
    message["To"] = _addresses(letter.to)
    if letter.cc:
        message["Cc"] = _addresses(letter.cc)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(date)
    _thread(message, letter, host_of(sender))
    message["Content-Language"] = "ru"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine is to answer it
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    # base64, for not every server on the way takes eight bits.
    message.set_content(absolute(letter.text, base_url), cte="base64")
    if letter.html:
        message.add_alternative(absolute(letter.html, base_url), subtype="html", cte="base64")
    for file in letter.attachments:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, main, sub, filename=file.name)
    return message


def message_id(letter_id: str, sender: str) -> str:
    """As it stands in the header: `<r12.3f2a@host>`."""
    return f"<{letter_id}@{host_of(sender)}>"


def _thread(message: EmailMessage, letter: Outgoing, host: str) -> None:
    message["Message-ID"] = f"<{letter.id}@{host}>"
    if letter.thread:
        message["In-Reply-To"] = f"<{letter.thread}@{host}>"
        message["References"] = f"<{letter.thread}@{host}>"


def host_of(sender: str) -> str:
    """The domain of the sender's address."""
    return parseaddr(sender)[1].rpartition("@")[2]


def _address(sender: str) -> Address:
    name, address = parseaddr(sender)
    return Address(name, addr_spec=wire_address(address))


def _addresses(addresses: Iterable[str]) -> tuple[Address, ...]:
    return tuple(Address(addr_spec=wire_address(address)) for address in addresses)


def wire_address(address: str) -> str:
    """The address as servers take it: a Russian domain in its ASCII form."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{idna.encode(domain, uts46=True).decode()}"
