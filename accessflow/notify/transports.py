"""The ways a letter goes: to an SMTP server, or into a folder of files.

What went wrong is told apart: a temporary trouble is worth another try, a permanent one is not.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from accessflow.config import Mail, Settings
from accessflow.notify.building import host_of, wire_address

TIMEOUT = 30  # seconds for one answer of the server
TOO_LARGE = 552  # RFC 1870


@dataclass(frozen=True, slots=True)
class Refusal:
    """An address that the server did not take while it took others."""

    address: str
    reason: str
    temporary: bool


class Undelivered(Exception):
    """Nobody got the letter; the message is the server's words, without the letter's."""


class Temporary(Undelivered):
    """The network, a 4xx answer, or the settings of this installation: try again later."""


class Permanent(Undelivered):
    """A 5xx answer to this letter: no other try will do better."""


class Connection(Protocol):
    def send(self, message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        """Once it returns the letter has been taken over, but for the refusals.

        Raises Temporary, Permanent.
        """


class Transport(Protocol):
    sender: str

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """For the letters of one run; connects with the first one."""
        yield NotImplemented


def transport_of(settings: Settings) -> LocalMailbox | Smtp:
    """What the settings ask for."""
    if settings.mail.host:
        return Smtp(settings.mail)
    return LocalMailbox(mailbox_folder(settings), settings.mail.sender)


def mailbox_folder(settings: Settings) -> Path:
    return settings.data_dir / "mail"


class Smtp:
    """A server by settings, with TLS and login (RFC 5321, 3207, 4954)."""

    def __init__(self, mail: Mail) -> None:
        self.sender = mail.sender
        self._mail = mail

    @contextmanager
    def connection(self) -> Iterator[SmtpConnection]:
        opened = SmtpConnection(self._mail)
        try:
            yield opened
        finally:
            opened.close()


class SmtpConnection:
    """Opened with the first letter, and again after the server has hung up."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        addresses = {wire_address(address): address for address in recipients}
        try:
            if self._server is None:
                self._server = _connected(self._mail)
            refused = self._server.send_message(message, to_addrs=list(addresses))
        except smtplib.SMTPRecipientsRefused as error:
            raise _all_refused(error) from None
        except smtplib.SMTPDataError as error:
            raise _by_code(error.smtp_code, _words(error.smtp_code, error.smtp_error)) from None
        except smtplib.SMTPResponseException as error:
            self.close()
            # But for its size, what is said of the sender, the login, the greeting is a matter of
            # settings and not of this letter.
            kind = Permanent if error.smtp_code == TOO_LARGE else Temporary
            raise kind(_words(error.smtp_code, error.smtp_error)) from None
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Temporary(f"{type(error).__name__}: {error}") from None
        return tuple(
            Refusal(addresses.get(address, address), _words(code, text), temporary=code < 500)
            for address, (code, text) in refused.items()
        )

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            # Whether the farewell is heard changes nothing for the letters.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


def _connected(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    own_name = host_of(mail.sender)  # else smtplib asks the DNS for one, which may take long
    server: smtplib.SMTP
    if mail.tls == "implicit":
        server = smtplib.SMTP_SSL(mail.host, mail.port, own_name, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, own_name, timeout=TIMEOUT)
    try:
        if mail.tls == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
    except BaseException:
        server.close()
        raise
    return server


def _all_refused(error: smtplib.SMTPRecipientsRefused) -> Undelivered:
    """Permanent only where no address may yet be taken."""
    answers = error.recipients.values()
    words = "; ".join(dict.fromkeys(_words(code, text) for code, text in answers))
    return _by_code(min(code for code, _ in answers), words)


def _by_code(code: int, words: str) -> Undelivered:
    return Permanent(words) if code >= 500 else Temporary(words)


def _words(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(said.split())}"


class LocalMailbox:
    """The embedded default: a folder with a file a letter, named by its Message-ID.

    The same letter again takes its own place: nothing is ever there twice.
    """

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder = folder
        self.sender = sender

    @contextmanager
    def connection(self) -> Iterator[LocalMailbox]:
        self.folder.mkdir(parents=True, exist_ok=True)
        yield self

    def send(self, message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        letter_id = str(message["Message-ID"]).strip("<>").rpartition("@")[0]
        try:
            self._write(self.file(letter_id), message.as_bytes())
        except OSError as error:
            raise Temporary(f"{type(error).__name__}: {error.strerror}") from None
        return ()

    def file(self, letter_id: str) -> Path:
        """Raises ValueError for what is no id of a letter."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,200}", letter_id):
            raise ValueError("no id of a letter")
        return self.folder / f"{letter_id}.eml"

    def _write(self, file: Path, content: bytes) -> None:
        with NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).replace(file)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
