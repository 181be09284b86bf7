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
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


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


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Starts a new cluster in a temporary folder; stops and removes it at the end."""
    binaries = server_binaries()
    # Not pytest's own: a socket's path has 107 bytes at most, and another user must get in.
    home = Path(tempfile.mkdtemp(prefix="accessflow-pg-"))
    try:
        owner = _owner(home)
        data = home / "data"
        _run(
            owner,
            home,
            f"{binaries / 'initdb'}",
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        pg_ctl = [f"{binaries / 'pg_ctl'}", f"--pgdata={data}", "--wait", "--silent"]
        options = f"--options={OPTIONS} -k {home}"
        _run(owner, home, *pg_ctl, f"--log={home / 'log'}", options, "start")
        try:
            yield Cluster(home)
        finally:
            _run(owner, home, *pg_ctl, "--mode=immediate", "stop")
    finally:
        shutil.rmtree(home)


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


def _run(owner: str | None, home: Path, *command: str) -> None:
    done = subprocess.run(
        command,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        log = home / "log"
        raise RuntimeError(done.stdout + (log.read_text() if log.exists() else ""))
