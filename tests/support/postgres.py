"""A real PostgreSQL of one's own for the length of a test run: no port, no password, no trace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

OLDEST = 15
SUPERUSER = "accessflow"
# Nothing here outlives the run, so durability is traded for speed.
SILENT = "-c listen_addresses=''"
OPTIONS = f"{SILENT} -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# A database is some 300 files: in memory a copy takes a tenth of what it takes on a disk.
MEMORY = Path("/dev/shm")
ROOM = 1 << 30  # bytes: a copy has 10 MB, and a process of the run has one or two at a time


@dataclass(frozen=True)
class Cluster:
    """A running server that listens on a unix socket in `socket_dir` alone."""

    socket_dir: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy address of one database."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.socket_dir}"

    def create(self, database: str, template: str = "template0") -> str:
        """Makes a copy of the database `template`, which nobody may be using; returns its URL."""
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )
        return self.url(database)

    def drop(self, database: str) -> None:
        """Removes a database, and whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.socket_dir), user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


# Serves until its input ends: a run that was killed leaves no server behind either.
KEEPER = """
set -e
cd "$1"
"$2/initdb" --pgdata=data --username="$3" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync
ctl=$2/pg_ctl
control() { "$ctl" --pgdata=data --wait --silent "$@"; }
control --log=log --options="$4 -k $1" start || { cat log; exit 1; }
echo ready
cat
control --mode=immediate stop
cd /
rm -rf "$1"
"""


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Starts a new cluster in a temporary folder; stops and removes it at the end.

    `durable`: on a disk, as it is installed, for what is timed.
    """
    # Not pytest's own: a socket's path has 107 bytes at most, and another user must get in.
    home = Path(tempfile.mkdtemp(prefix="accessflow-pg-", dir=None if durable else _in_memory()))
    owner = _owner(home)
    keeper = subprocess.Popen(
        [
            "sh",
            "-c",
            KEEPER,
            "sh",
            home,
            server_binaries(),
            SUPERUSER,
            SILENT if durable else OPTIONS,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        cwd=home,
        start_new_session=True,  # Ctrl+C is for the tests; the keeper ends after them
    )
    with keeper:
        _wait_until_ready(keeper)
        yield Cluster(home)
        keeper.communicate("")


def _in_memory() -> Path | None:
    """The folder in memory, None where this machine has none with room enough."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free > ROOM else None
    except OSError:
        return None


def _wait_until_ready(keeper: subprocess.Popen[str]) -> None:
    said = []
    for line in keeper.stdout or ():
        if line == "ready\n":
            return
        said.append(line)
    raise RuntimeError("".join(said))


def server_binaries() -> Path:
    """The folder of the newest PostgreSQL server on this machine. Raises LookupError."""
    found = [Path(path).parent for path in (shutil.which("initdb"),) if path]
    found += Path("/usr/lib/postgresql").glob("*/bin")
    versions = {_version(folder): folder for folder in found if (folder / "initdb").exists()}
    if not versions or max(versions) < OLDEST:
        raise LookupError(f"no PostgreSQL server from {OLDEST} on: apt-get install postgresql")
    return versions[max(versions)]


def _version(folder: Path) -> int:
    answer = subprocess.check_output([folder / "initdb", "--version"], text=True)
    number = re.search(r"\d+", answer)
    return int(number[0]) if number else 0


def _owner(home: Path) -> str | None:
    """Who runs the server: PostgreSQL refuses root, so root lends the folder to `postgres`."""
    if os.geteuid() != 0:
        return None
    shutil.chown(home, "postgres", "postgres")
    return "postgres"
