"""`accessflow worker` and `accessflow serve` let letters leave by themselves, and stop cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Letter
from tests.support.smtp_server import mailroom

COMMAND = [sys.executable, "-c", "from accessflow.cli import main; raise SystemExit(main())"]


def environment(url: str, folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "ACCESSFLOW" not in name}
    own = {"DATABASE_URL": url, "ACCESSFLOW_DATA": str(folder), "PYTHONIOENCODING": "utf-8"}
    return {**kept, **own, "PYTHONWARNINGS": "error", **more}


def put(db: Database) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with db.write() as session:
        session.add(
            Letter(kind="message", message_id="l.1", to=["office@prb.example"], subject="Заявка",
                   text="accessflow://requests/1", due_at=at, created_at=at)
        )  # fmt: skip


@pytest.mark.parametrize(
    "command", [("worker",), ("serve", "--port", "0")], ids=["worker", "serve"]
)
def test_a_letter_leaves_and_the_process_stops_cleanly(
    db: Database, database_url: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    put(db)
    with mailroom(tmp_path / "arrived") as room:
        smtp = {
            "ACCESSFLOW_SMTP_HOST": "localhost",
            "ACCESSFLOW_SMTP_PORT": str(room.port),
            "ACCESSFLOW_SMTP_TLS": "none",
            "ACCESSFLOW_MAIL_FROM": "robot@miac.example",
        }
        with subprocess.Popen(
            [*COMMAND, *command], stdout=subprocess.PIPE, text=True, encoding="utf-8",
            env=environment(database_url, tmp_path / "var", **smtp),
        ) as process:  # fmt: skip
            assert process.stdout
            first = process.stdout.readline()
            room.wait()
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
            assert process.wait(timeout=30) == 0
        [message] = room.arrived()
    assert "accessflow" in first
    assert "stopped" in rest
    address = first.split()[-1] if command[0] == "serve" else "http://127.0.0.1:8000"
    assert message.get_content().strip() == f"{address}/requests/1"
    with db.read() as session:
        assert session.scalars(select(Letter.state)).all() == ["sent"]


def test_a_worker_says_that_the_database_is_not_ready(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "worker"], capture_output=True, text=True, timeout=60, check=False,
        env=environment(f"sqlite:///{tmp_path / 'new.sqlite3'}", tmp_path / "var"),
    )  # fmt: skip
    assert done.returncode == 1
    assert "accessflow db upgrade" in done.stderr
