"""`accessflow states`: the machine of each kind of application, off-line (interfaces.md)."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import Any

from accessflow.cli.command import Command
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.spec import Machine, Transition


def described(machine: Machine) -> dict[str, Any]:
    """As `--json` prints it. A row for МИАЦ in accessflow and one for МИАЦ outside are two."""
    return {
        "kind": machine.kind,
        "states": [
            {"slug": s.slug, "label": s.label, "terminal": s.terminal, "pauses": s.pauses}
            for s in machine.states
        ],
        "transitions": [_transition(t) for t in machine.transitions],
    }


def _transition(transition: Transition) -> dict[str, Any]:
    return {
        "source": transition.source,
        "action": transition.action,
        "target": transition.target,
        "actors": sorted(transition.actors),
        "label": transition.label,
    }


def _states(arguments: Namespace) -> int:
    machines = [described(machine) for machine in MACHINES.values()]
    if arguments.json:
        print(json.dumps(machines, ensure_ascii=False, indent=1))
        return 0
    for machine in machines:
        print(f"{machine['kind']}: {' '.join(s['slug'] for s in machine['states'])}")
        for t in machine["transitions"]:
            way = f"{t['source']} -{t['action']}-> {t['target']}"
            print(f"  {way:46} {'|'.join(t['actors'])}")
    return 0


def _json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


COMMANDS = (
    Command("states", "states and transitions of each kind of application", _json, _states),
)
