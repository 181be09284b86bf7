"""The server's commands, as a shell calls them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from accessflow.cli import main
from accessflow.db.session import Database
from accessflow.db.tables import User
from accessflow.services import accounts
from accessflow.services.clock import system_clock


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "ACCESSFLOW_SECRET_KEY", "ACCESSFLOW_CATALOGUE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ACCESSFLOW_DATA", str(tmp_path / "var"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'var' / 'accessflow.sqlite3'}")
    yield database
    database.dispose()


def test_routes_are_printed_with_their_access(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "--json"]) == 0
    routes = json.loads(capsys.readouterr().out)
    by_endpoint = {route["endpoint"]: route for route in routes}
    assert by_endpoint["auth.login"]["access"] == "public"
    assert by_endpoint["users.index"]["access"] == ["admin"]
    assert all(route.keys() == {"endpoint", "rule", "methods", "access"} for route in routes)


def test_an_account_made_by_the_command_can_sign_in(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESSFLOW_PASSWORD", "длинный учебный пароль")
    assert main(["db", "upgrade"]) == 0
    assert main(["user", "add", "Boss", "--name", "Котов Артём", "--role", "admin"]) == 0
    with db.read() as session:
        user = session.scalars(select(User)).one()
        assert (user.login, user.role) == ("boss", "admin")
        assert "учебный" not in user.password_hash
    assert accounts.sign_in(
        db, login="BOSS", password="длинный учебный пароль", now=system_clock(), key="k"
    )


def test_a_wrong_account_is_refused_field_by_field(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACCESSFLOW_PASSWORD", "мало")
    main(["db", "upgrade"])
    assert main(["user", "add", "a", "--name", "Котов", "--role", "secretary"]) == 1
    said = capsys.readouterr().err
    assert "password: Пароль короче" in said
    assert "organization:" in said


def test_a_bad_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    assert main(["db", "upgrade"]) == 1
    assert "DATABASE_URL" in capsys.readouterr().err


def test_wrong_usage_exits_with_two() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["user", "add", "a", "--role", "king"])
    assert stopped.value.code == 2


def test_serve_fills_a_demonstration_says_where_it_is_and_stops_cleanly() -> None:
    for stop in (signal.SIGINT, signal.SIGTERM):  # the second start finds the data of the first
        lines, rest = _served_until(stop)
        assert any("sekretar" in line for line in lines), stop
        assert "stopped" in rest, stop


def _served_until(stop: signal.Signals) -> tuple[list[str], str]:
    """What `serve --demo` says until it can be used, and after the signal."""
    # A run in the background ignores Ctrl+C, and what it starts would too.
    program = ("import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
               "from accessflow.cli import main; raise SystemExit(main())")  # fmt: skip
    command = [sys.executable, "-c", program, "serve", "--demo", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8"},
    ) as server:  # fmt: skip
        assert server.stdout
        lines = []
        for line in server.stdout:
            lines.append(line.rstrip())
            if "Ctrl+C" in line:
                break
        address = re.findall(r"http://127\.0\.0\.1:\d+", lines[0])[0]
        with urllib.request.urlopen(f"{address}/login") as answer:
            assert answer.status == 200
        server.send_signal(stop)
        rest = server.stdout.read()
        assert server.wait(timeout=15) == 0
    return lines, rest
