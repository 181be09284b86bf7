"""A worker is killed fifty times at random moments: no letter is lost, and at most the one that it
had in hand comes twice, under the same Message-ID and marked so."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Letter
from accessflow.notify.building import message_id
from tests.factories import NOON
from tests.support.repository import ROOT
from tests.support.smtp_server import mailroom

LETTERS, KILLS = 200, 50
SENDER = "robot@miac.example"


class Worker:
    """The pipe to `dying_worker`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self._in, self._out = process.stdin, process.stdout

    def start(self, minutes: int) -> int:
        self._in.write(f"{minutes}\n")
        self._in.flush()
        word, pid = self._out.readline().split()
        assert word == "pid"
        return int(pid)

    def hear(self) -> str:
        return self._out.readline().strip()

    def hear_until_gone(self) -> list[str]:
        return list(iter(self.hear, "gone"))


@contextmanager
def worker(url: str, port: int, files: Path) -> Iterator[Worker]:
    command = [sys.executable, "-m", "tests.support.dying_worker", url, str(port), str(files)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        yield Worker(process)
        process.communicate("")


def write(db: Database, number: int) -> None:
    with db.write() as session:
        session.add_all(
            Letter(
                kind="message", message_id=f"l.{n}", to=[f"u{n}@prb.example"],
                subject=f"Письмо {n}", text="Текст\n" * 200, due_at=NOON, created_at=NOON,
            )
            for n in range(number)
        )  # fmt: skip


def in_flight(db: Database) -> set[str]:
    with db.read() as session:
        found = session.scalars(select(Letter.message_id).where(Letter.state == "sending"))
        return {message_id(one, SENDER) for one in found}


def test_fifty_kills_lose_nothing_and_repeat_only_what_was_in_hand(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(20261123)
    write(db, LETTERS)
    held: set[str] = set()
    with (
        mailroom(tmp_path / "arrived") as room,
        worker(database_url, room.port, tmp_path / "files") as dying,
    ):
        for n in range(KILLS):
            pid = dying.start(10 * n)
            for _ in range(chance.randint(0, 6)):
                assert dying.hear() != "idle"
            for _ in range(chance.randrange(20_000)):  # some microseconds more or less
                pass
            os.kill(pid, signal.SIGKILL)
            dying.hear_until_gone()
            now_held = in_flight(db)
            assert len(now_held) <= 1
            held |= now_held
        dying.start(10 * KILLS)
        assert dying.hear_until_gone()[-1] == "idle"
        arrived = Counter(str(message["Message-ID"]) for message in room.arrived())
    assert set(arrived) == {message_id(f"l.{n}", SENDER) for n in range(LETTERS)}
    twice = {one for one, times in arrived.items() if times > 1}
    with db.read() as session:
        rows = session.scalars(select(Letter)).all()
    assert {row.state for row in rows} == {"sent"}
    marked = {message_id(row.message_id, SENDER) for row in rows if row.repeated}
    assert twice <= marked == held
    assert sum(arrived.values()) <= LETTERS + KILLS
    assert held  # some kill came while a letter was in hand
