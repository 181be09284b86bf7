"""OpenSMTPD, Debian's package, with a configuration, a queue and mailboxes of its own.

It needs root, as whoever writes other people's mailboxes does. Its queue and its control socket
have fixed places: where the machine allows it, it sees folders of its own there, else the runs
take turns.
"""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

APART = ("unshare", "--mount")
# Serves until its input ends: a run that was killed leaves no server behind either.
KEEPER = """
set -e
if [ "$2" = apart ]; then
  mount -t tmpfs -o mode=711 tmpfs /var/spool/smtpd
  mount -t tmpfs tmpfs /run
fi
exec 3<&0 9>/run/accessflow-smtpd.lock
flock 9
cp "$1" /run/accessflow-smtpd.conf
/usr/sbin/smtpd -d -f /run/accessflow-smtpd.conf &
server=$!
{ cat <&3; kill $server; } >/dev/null 2>&1 &
wait $server
"""
CONFIGURATION = """
table people {{ {people} }}
table later {{ {later} }}
filter greylisting phase rcpt-to match rcpt-to <later> reject "451 4.7.1 greylisted, come back"
listen on 127.0.0.1 port {port} hostname localhost filter greylisting
action keep maildir "{folder}/%{{rcpt}}" virtual <people>
match from any for any action keep
"""
NOBODY_AT_ALL = "nobody@nowhere.invalid"
"""A table must not be empty."""


@dataclass(frozen=True)
class MailServer:
    """A running server: its port on localhost, its mailboxes, what it says of its work."""

    port: int
    folder: Path
    process: subprocess.Popen[str]

    def wait(self, deliveries: int) -> None:
        """Until so many more have been laid into mailboxes."""
        while deliveries:
            line = self.read_line()
            if " mda delivery " in line:
                assert "result=Ok" in line, line
                deliveries -= 1

    def read_line(self) -> str:
        assert self.process.stderr
        line = self.process.stderr.readline()
        assert line, "the server has ended"
        return line

    def mailbox(self, address: str) -> list[EmailMessage]:
        """What lies in it, in the order of arrival."""
        files = sorted((self.folder / address / "new").glob("*"), key=lambda f: f.stat().st_mtime)
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]


@contextmanager
def opensmtpd(people: Sequence[str], later: Sequence[str] = ()) -> Iterator[MailServer]:
    """Takes letters to `people` and puts off those `later`; nobody else has a mailbox."""
    # Not pytest's own folder: the user who delivers must get in.
    with tempfile.TemporaryDirectory(prefix="accessflow-mail-") as home:
        folder = Path(home, "mail")
        folder.mkdir()
        folder.chmod(0o777)
        Path(home).chmod(0o711)
        port = _free_port()
        file = Path(home, "smtpd.conf")
        file.write_text(_configuration(people, later, port, folder), encoding="utf-8")
        with _started(file) as process:
            yield _listening(MailServer(port, folder, process))


def _configuration(people: Sequence[str], later: Sequence[str], port: int, folder: Path) -> str:
    owner = pwd.getpwuid(os.getuid()).pw_name if os.getuid() else "nobody"
    return CONFIGURATION.format(
        people=", ".join(f'"{one}" = "{owner}"' for one in (*people, NOBODY_AT_ALL)),
        later=", ".join(f'"{one}"' for one in (*later, NOBODY_AT_ALL)),
        port=port,
        folder=folder,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def _started(file: Path) -> Iterator[subprocess.Popen[str]]:
    root = [] if os.getuid() == 0 else ["sudo", "-n"]
    apart = subprocess.run([*root, *APART, "true"], capture_output=True, check=False)
    way = ([*APART], "apart") if apart.returncode == 0 else ([], "here")
    with subprocess.Popen(
        [*root, *way[0], "sh", "-c", KEEPER, "sh", file, way[1]],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,  # Ctrl+C is for the tests; the server ends after them
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.communicate("")


def _listening(server: MailServer) -> MailServer:
    """Once it answers. Raises AssertionError with its words where it has ended."""
    while True:
        with (
            suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", server.port), 30),
        ):
            return server
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(0.05)
            raise AssertionError(server.process.stderr.read() if server.process.stderr else "")
