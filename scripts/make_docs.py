"""Writes `docs/reference/`: what can be told from the code is not written by hand.

Run by `make docs`; `tests/integration/test_docs.py` holds the copies in the repository to it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from accessflow.app import create_app, routes
from accessflow.catalogue import Catalogue, load
from accessflow.cli.main import COMMANDS
from accessflow.config import VARIABLES, Settings, catalogue_dir
from accessflow.domain.roles import LABELS
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.spec import Machine, Transition

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code; do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """File name -> text, each ending in a newline."""
    catalogue = load(catalogue_dir())
    return {
        "settings.md": _settings(),
        "cli.md": _cli(),
        "routes.md": _routes(),
        "states.md": _states(),
        "systems.md": _systems(catalogue),
        "forms.md": _forms(catalogue),
    }


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cell for cell in line)} |" for line in lines) + "\n"


def _settings() -> str:
    rows = ([f"`{name}`", default, meaning] for name, default, meaning in VARIABLES)
    return f"{MADE}# Settings\n\n{_table(('variable', 'default', 'meaning'), rows)}"


def _cli() -> str:
    parts = [f"{MADE}# The `accessflow` command\n"]
    for command in sorted(COMMANDS, key=lambda c: c.name):
        parser = argparse.ArgumentParser(
            prog=f"accessflow {command.name}",
            description=command.help,
            formatter_class=lambda prog: argparse.HelpFormatter(prog, width=96),
        )
        command.arguments(parser)
        parts.append(f"## accessflow {command.name}\n\n```\n{parser.format_help()}```\n")
    return "\n".join(parts)


def _routes() -> str:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_env({"ACCESSFLOW_DATA": folder}))
        rows = [
            [f"`{r['endpoint']}`", f"`{r['rule']}`", ", ".join(r["methods"]), _who(r["access"])]
            for r in routes(app)
        ]
        app.extensions["accessflow"].database.dispose()
    head = ("endpoint", "address", "methods", "who may")
    return f"{MADE}# HTTP endpoints\n\n{_table(head, sorted(rows))}"


def _who(access: str | Sequence[str]) -> str:
    if isinstance(access, str):
        return access
    return "anyone signed in" if set(access) == set(LABELS) else ", ".join(access)


def _states() -> str:
    parts = [f"{MADE}# Состояния заявки и переходы\n"]
    parts += [_machine(machine) for machine in MACHINES.values()]
    return "\n".join(parts)


def _machine(machine: Machine) -> str:
    """A diagram, one arrow for all actions between two states, and every row as a table."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for t in machine.transitions:
        arrows.setdefault((t.source, t.target), []).append(t.label)
    lines = ["stateDiagram-v2", f"  [*] --> {machine.start.slug}"]
    lines += [f"  {s.slug}: {s.label}{' ⏸' if s.pauses else ''}" for s in machine.states]
    lines += [
        f"  {source} --> {target}: {'<br>'.join(dict.fromkeys(labels))}"
        for (source, target), labels in arrows.items()
        if source != target
    ]
    lines += [f"  {s.slug} --> [*]" for s in machine.states if s.terminal]
    diagram = "```mermaid\n" + "\n".join(lines) + "\n```\n"
    return (
        f"## `{machine.kind}`\n\n{diagram}\n{_table(_STATE_HEAD, map(_row, machine.transitions))}"
    )


_STATE_HEAD = ("из", "действие", "в", "кто", "путь МИАЦ", "условия", "письма")
_WHERE = {"": "любой", "inside": "в accessflow", "outside": "вне accessflow"}


def _row(t: Transition) -> list[str]:
    who = [LABELS[actor] if actor != "system" else "система" for actor in sorted(t.actors)]
    own = " своей организации" if t.own else ""
    return [
        f"`{t.source}`",
        f"`{t.action}` {t.label}",
        f"`{t.target}`",
        ", ".join(who) + own,
        _WHERE[t.where],
        " ".join(f"`{guard}`" for guard in t.guards) or "—",
        " ".join(f"`{letter}`" for letter in t.letters) or "—",
    ]


def _systems(catalogue: Catalogue) -> str:
    rows = [
        [
            f"{s.table} № {s.number}",
            f"`{s.slug}`",
            s.label,
            catalogue.form(s.grant_form).label.replace("Приложение", "прил."),
            catalogue.form(s.revoke_form).label.replace("Приложение", "прил."),
            ", ".join(s.roles) or "не выбирается",
        ]
        for s in catalogue.systems.values()
    ]
    head = ("таблица", "slug", "система", "доступ", "отзыв", "роли")
    return f"{MADE}# Системы ({catalogue.region.name})\n\n{_table(head, rows)}"


def _forms(catalogue: Catalogue) -> str:
    parts = [f"{MADE}# Формы\n"]
    for versions in catalogue.forms.values():
        for form in versions:
            since = form.effective_from.strftime("%d.%m.%Y")
            keys = [f"`{c.key}`" for c in form.columns if c.source == "row"]
            fields = [f"`{item.key}`" for item in form.fields]
            parts.append(f"## `{form.slug}`: {form.label}\n\n{form.title}\n")
            parts.append(f"Версия {form.version}, действует с {since}. {form.reference}.\n")
            if keys:
                parts.append(f"Ключи строки: {', '.join(keys)}.\n")
            if fields:
                parts.append(f"Ключи `fields`: {', '.join(fields)}.\n")
    return "\n".join(parts)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(FOLDER / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
