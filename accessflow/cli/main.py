"""The `accessflow` command: 0 = done, 1 = the input is wrong, 2 = usage.

The off-line commands need no settings and no database, so the server's parts are imported only by
the commands that use them.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence

from accessflow.catalogue import CatalogueError
from accessflow.cli import audit, deadline, offline, states
from accessflow.cli.command import Command
from accessflow.config import Settings, SettingsError
from accessflow.domain.errors import AccessflowError, Invalid
from accessflow.domain.roles import ROLES

PASSWORD_VARIABLE = "ACCESSFLOW_PASSWORD"  # noqa: S105  # the name of a variable


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="accessflow")
    _add_commands(parser, COMMANDS)
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except Invalid as error:
        sentences = [error.message, *(f"{name}: {text}" for name, text in error.fields.items())]
        print("\n".join(sentences), file=sys.stderr)
        return 1
    except (AccessflowError, CatalogueError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # `accessflow systems --json | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _add_commands(parser: argparse.ArgumentParser, commands: Sequence[Command]) -> None:
    """A name of two words is a command and its sub-command: «db upgrade»."""
    top = parser.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in commands:
        group, _, name = command.name.rpartition(" ")
        if group and group not in groups:
            groups[group] = top.add_parser(group).add_subparsers(required=True, metavar="COMMAND")
        own = (groups[group] if group else top).add_parser(name, help=command.help)
        command.arguments(own)
        own.set_defaults(run=command.run)


def _db_upgrade(_: argparse.Namespace) -> int:
    from accessflow.db.migrate import upgrade

    upgrade(Settings.from_env().database_url)
    print("the database is up to date")
    return 0


def _user_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login")
    parser.add_argument("--name", required=True, help="surname, name and patronymic")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--organization", type=int, help="the id of the organisation")
    parser.add_argument("--position", default="")
    parser.add_argument("--phone", default="")
    parser.add_argument("--email", default="")


def _user_add(arguments: argparse.Namespace) -> int:
    """The password is asked for, or comes in ACCESSFLOW_PASSWORD: never in the command line."""
    from accessflow.db.session import Database
    from accessflow.services.accounts import NewAccount, add_account
    from accessflow.services.actor import SYSTEM
    from accessflow.services.clock import system_clock

    password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass("Password: ")
    account = NewAccount(
        login=arguments.login,
        password=password,
        name=arguments.name,
        role=arguments.role,
        organization=arguments.organization,
        position=arguments.position,
        phone=arguments.phone,
        email=arguments.email,
    )
    database = Database(Settings.from_env().database_url)
    try:
        user_id = add_account(database, actor=SYSTEM, now=system_clock(), account=account)
    finally:
        database.dispose()
    print(f"account {user_id}: {arguments.login}")
    return 0


def _routes(arguments: argparse.Namespace) -> int:
    from accessflow.app import create_app, routes

    found = routes(create_app())
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    for route in found:
        print(f"{'/'.join(route['methods']):10} {route['rule']:45} {route['access']}")
    return 0


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="fill an empty database first")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def _serve(arguments: argparse.Namespace) -> int:
    from accessflow.cli.serve import serve

    return serve(host=arguments.host, port=arguments.port, with_demo=arguments.demo)


def _worker(_: argparse.Namespace) -> int:
    from accessflow.cli.worker import work

    return work()


def _no_arguments(_: argparse.ArgumentParser) -> None:
    """Nothing to add."""


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


COMMANDS: tuple[Command, ...] = (
    Command("serve", "the server, on an embedded database by default", _serve_arguments, _serve),
    Command("worker", "letters, reminders and scheduled jobs", _no_arguments, _worker),
    Command("routes", "every HTTP endpoint and who may call it", _json, _routes),
    Command("db upgrade", "bring the database to the newest form", _no_arguments, _db_upgrade),
    Command("user add", "create an account", _user_arguments, _user_add),
    *offline.COMMANDS,
    *deadline.COMMANDS,
    *states.COMMANDS,
    *audit.COMMANDS,
)
