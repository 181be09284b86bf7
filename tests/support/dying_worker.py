"""A worker that can be killed at any moment, and started again at once.

Run as `python -m tests.support.dying_worker DATABASE_URL PORT FILES`. Each line of its input, a
number of minutes, starts a worker whose clock is so much later; what the worker does is told on the
output, line by line. SIGKILL to the told process is the test's matter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from accessflow.config import Mail
from accessflow.db.session import Database
from accessflow.notify.transports import Connection, Refusal, Smtp
from accessflow.services.deliver import Post, deliver_due, worker_name
from accessflow.services.files import FileStore
from tests.factories import NOON


def tell(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Telling:
    """Tells when it is handed a letter, and when the server has it."""

    def __init__(self, inner: Connection) -> None:
        self._inner = inner

    def send(self, message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        tell("handed", message["Message-ID"])
        refusals = self._inner.send(message, recipients)
        tell("taken", message["Message-ID"])
        return refusals


class TellingSmtp(Smtp):
    @contextmanager
    def connection(self) -> Iterator[Telling]:  # type: ignore[override]  # does what letters need
        with super().connection() as inner:
            yield Telling(inner)


def work(url: str, port: int, files: Path, later: timedelta) -> None:
    def clock() -> datetime:
        return NOON + later

    mail = Mail(sender="robot@miac.example", host="localhost", port=port, tls="none")
    db = Database(url)
    post = Post(db, FileStore(files), TellingSmtp(mail), "http://localhost", clock, worker_name())
    deliver_due(post)
    db.dispose()


def main(url: str, port: str, files: str) -> None:
    configure_mappers()  # once, not in each child
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if not child:
            tell("pid", os.getpid())
            work(url, int(port), Path(files), timedelta(minutes=int(line)))
            tell("idle")
            os._exit(0)
        os.waitpid(child, 0)
        tell("gone")


if __name__ == "__main__":
    main(*sys.argv[1:])
