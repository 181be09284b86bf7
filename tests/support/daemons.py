"""Other people's servers that a test starts: as root, and never longer than the test."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

ROOT = () if os.getuid() == 0 else ("sudo", "-n")
# Serves until its input ends: a run that was killed leaves no server behind either.
KEEPER = """
script=$1
shift
exec 3<&0
sh -c "$script" sh "$@" &
server=$!
{ cat <&3; kill $server; } >/dev/null 2>&1 &
wait $server
"""


@contextmanager
def daemon(
    script: str, *arguments: object, port: int, around: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """The server that the shell script becomes by its `exec`, once it answers on that port.

    `around`: a command that the script runs under. Raises AssertionError with the server's words
    where it ends instead.
    """
    command = [*ROOT, *around, "sh", "-c", KEEPER, "sh", script, *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,  # Ctrl+C is for the tests; the server ends after them
    ) as process:  # fmt: skip
        try:
            _wait(process, port)
            yield process
        finally:
            process.communicate("")


def _wait(process: subprocess.Popen[str], port: int) -> None:
    while True:
        with (
            suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", port), timeout=30),
        ):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            raise AssertionError(process.stderr.read() if process.stderr else "")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
