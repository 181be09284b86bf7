"""Debian's OpenSMTPD and Dovecot, each with a configuration and folders of its own.

OpenSMTPD takes letters in and lays them into mailboxes. Dovecot stands before it where a login
and TLS are asked for, as in many a house (Debian 12's OpenSMTPD cannot TLS: its engine for keys
does not work with OpenSSL 3).
"""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from accessflow.config import Tls
from tests.support.daemons import ROOT, daemon, free_port
from tests.support.smtp_server import CERTIFICATE, PASSWORD, USER

APART = ("unshare", "--mount")
# The queue and the control socket have fixed places: where the machine allows it, the server sees
# folders of its own there, else the runs take turns.
OPENSMTPD = """
set -e
if [ "$2" = apart ]; then
  mount -t tmpfs -o mode=711 tmpfs /var/spool/smtpd
  mount -t tmpfs tmpfs /run
fi
exec 9>/run/accessflow-smtpd.lock
flock 9
cp "$1" /run/accessflow-smtpd.conf
exec /usr/sbin/smtpd -d -f /run/accessflow-smtpd.conf
"""
OPENSMTPD_CONF = """
table people {{ {people} }}
table later {{ {later} }}
filter greylisting phase rcpt-to match rcpt-to <later> reject "451 4.7.1 greylisted, come back"
listen on 127.0.0.1 port {port} hostname localhost filter greylisting
action keep maildir "{folder}/%{{rcpt}}" virtual <people>
match from any for any action keep
"""
NOBODY_AT_ALL = "nobody@nowhere.invalid"
"""A table must not be empty."""
DOVECOT = 'exec /usr/sbin/dovecot -F -c "$1"'
DOVECOT_CONF = """
base_dir = {home}/run
state_dir = {home}/state
log_path = /dev/stderr
protocols = submission
listen = 127.0.0.1
hostname = localhost
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/home
}}
mail_location = maildir:{home}/home
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service submission-login {{
  inet_listener submission {{
    port = {starttls}
  }}
  inet_listener submissions {{
    port = {implicit}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class MailServer:
    """A running server: its port on localhost, its mailboxes, what it says of its work."""

    port: int
    folder: Path
    process: subprocess.Popen[str]

    def wait(self, deliveries: int) -> None:
        """Until so many more have been laid into mailboxes."""
        assert self.process.stderr
        while deliveries:
            line = self.process.stderr.readline()
            assert line, "the server has ended"
            if " mda delivery " in line:
                assert "result=Ok" in line, line
                deliveries -= 1

    def mailbox(self, address: str) -> list[EmailMessage]:
        """What lies in it, in the order of arrival."""
        files = sorted((self.folder / address / "new").glob("*"), key=lambda f: f.stat().st_mtime)
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]


@contextmanager
def opensmtpd(people: Sequence[str], later: Sequence[str] = ()) -> Iterator[MailServer]:
    """Takes letters to `people` and puts off those `later`; nobody else has a mailbox."""
    with _home() as home:
        folder, port, file = home / "mail", free_port(), home / "smtpd.conf"
        folder.mkdir()
        folder.chmod(0o777)
        owner = pwd.getpwuid(os.getuid()).pw_name if os.getuid() else "nobody"
        told = OPENSMTPD_CONF.format(
            people=", ".join(f'"{one}" = "{owner}"' for one in (*people, NOBODY_AT_ALL)),
            later=", ".join(f'"{one}"' for one in (*later, NOBODY_AT_ALL)),
            port=port,
            folder=folder,
        )
        file.write_text(told, encoding="utf-8")
        way, around = ("apart", APART) if _may_be_apart() else ("here", ())
        with daemon(OPENSMTPD, file, way, port=port, around=around) as process:
            yield MailServer(port, folder, process)


@contextmanager
def dovecot(before: MailServer) -> Iterator[dict[Tls, int]]:
    """A submission service that passes on to the other server who has logged in under TLS; its
    ports by the kind of TLS, «starttls» and «implicit»."""
    with _home() as home:
        ports: dict[Tls, int] = {"starttls": free_port(), "implicit": free_port()}
        (home / "home").mkdir()
        (home / "home").chmod(0o777)
        (home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        told = DOVECOT_CONF.format(home=home, certificate=CERTIFICATE, relay=before.port, **ports)
        file = home / "dovecot.conf"
        file.write_text(told, encoding="utf-8")
        with daemon(DOVECOT, file, port=ports["starttls"]):
            yield ports


def _may_be_apart() -> bool:
    tried = subprocess.run([*ROOT, *APART, "true"], capture_output=True, check=False)
    return tried.returncode == 0


@contextmanager
def _home() -> Iterator[Path]:
    """Not pytest's own folder: the users that servers become must get in."""
    with tempfile.TemporaryDirectory(prefix="accessflow-mail-") as home:
        Path(home).chmod(0o711)
        yield Path(home)
