"""A real SMTP server in a process of its own: keeps what arrives, refuses whom its name tells.

Run as `python -m tests.support.smtp_server FOLDER [--tls starttls|implicit]`; prints its port, ends
with its input. Every arrival is a file of FOLDER, so that one letter come twice is two files.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import IO

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

DATA = Path(__file__).parents[1] / "data"
CERTIFICATE = DATA / "localhost.pem"
"""Of «localhost», good until 2126, its key beside it; nothing else trusts it."""
USER, PASSWORD = "robot", "a password for tests"
ANSWERS = {
    "later": "450 4.2.1 the mailbox is busy",
    "nobody": "550 5.1.1 no such mailbox",
}
"""By the local part of an address."""


class Handler:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = ANSWERS.get(address.partition("@")[0], "250 OK")
        if answer == "250 OK":
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        if b"Subject: too bad" in content:
            return "554 5.6.0 this content is not taken"
        part = self._folder / f"{next(self._numbers):05}.part"
        part.write_bytes(b"X-Rcpt: " + ",".join(envelope.rcpt_tos).encode() + b"\r\n" + content)
        part.rename(part.with_suffix(".eml"))
        print("arrived", flush=True)  # noqa: T201 - for who waits
        return "250 OK"


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=False)


async def _serve(folder: Path, tls: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    handler = Handler(folder)

    def protocol() -> SMTP:
        if tls == "none":
            return SMTP(handler)
        return SMTP(
            handler,
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            auth_require_tls=tls == "starttls",  # else it is under TLS already, unknown to it
            auth_required=True,
            authenticator=_authenticate,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        protocol, "localhost", 0, ssl=context if tls == "implicit" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - for who waits
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@dataclass(frozen=True)
class Mailroom:
    """A running server: its port on localhost, and what has arrived."""

    port: int
    folder: Path
    told: IO[str]

    def wait(self) -> None:
        """Until one more letter has arrived."""
        assert self.told.readline() == "arrived\n"

    def arrived(self) -> list[EmailMessage]:
        """In the order of arrival."""
        return [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in sorted(self.folder.glob("*.eml"))
        ]


@contextmanager
def mailroom(folder: Path, tls: str = "none") -> Iterator[Mailroom]:
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", __name__, folder, "--tls", tls],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as server:  # fmt: skip
        assert server.stdout
        yield Mailroom(int(server.stdout.readline()), folder, server.stdout)
        server.communicate("")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tls", default="none")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.folder, arguments.tls))
