"""`accessflow audit verify`: whether any timeline has been changed behind the program's back."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from accessflow.cli.command import Command
from accessflow.config import Settings


def _verify(_: Namespace) -> int:
    from accessflow.db.session import Database
    from accessflow.services.audit import verify

    database = Database(Settings.from_env().database_url)
    try:
        with database.read() as session:
            found = verify(session)
    finally:
        database.dispose()
    if found.broken:
        print(f"broken: {found.broken}", file=sys.stderr)
        return 1
    print(f"{found.events} events of {found.requests} applications hold")
    return 0


def _no_arguments(_: ArgumentParser) -> None:
    """Nothing to add."""


COMMANDS = (
    Command("audit verify", "check the timelines of all applications", _no_arguments, _verify),
)
