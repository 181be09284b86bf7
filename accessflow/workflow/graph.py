"""The graph of a machine is checked as it is made: a broken one stops the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accessflow.workflow.asks import ASKS
from accessflow.workflow.guards import GUARDS
from accessflow.workflow.spec import Machine, Transition


class BrokenMachine(Exception):
    """The message names the machine and what is wrong with it."""


def check(machine: Machine) -> Machine:
    """The machine itself. Raises BrokenMachine: one start, no trap, everything reachable, every
    label, guard and ask there, no two rows for one action of one person."""
    faults = [*_names(machine), *_ambiguous(machine), *_paths(machine)]
    if faults:
        raise BrokenMachine(f"{machine.kind}: {'; '.join(faults)}")
    return machine


def _names(machine: Machine) -> Iterable[str]:
    known = machine.by_slug
    if len(known) != len(machine.states):
        yield "a state twice"
    for t in machine.transitions:
        where = f"{t.source} -{t.action}-> {t.target}"
        if t.source not in known or t.target not in known:
            yield f"{where}: an unknown state"
        if not t.label.strip() or not t.actors:
            yield f"{where}: no label or nobody to act"
        if unknown := [g for g in t.guards if g not in GUARDS]:
            yield f"{where}: unknown guards {unknown}"
        if unknown := [a for a in t.asks if a not in ASKS]:
            yield f"{where}: unknown asks {unknown}"
        if t.automatic and (t.asks or t.own):
            yield f"{where}: the system cannot be asked"


def _ambiguous(machine: Machine) -> Iterable[str]:
    seen: dict[tuple[str, str, object, str], Transition] = {}
    for t in machine.transitions:
        for actor in t.actors:
            for where in (t.where,) if t.where else ("inside", "outside"):
                key = (t.source, t.action, (actor, t.own), where)
                if key in seen:
                    yield f"{t.source} -{t.action}->: two rows for {actor}"
                seen[key] = t


def _paths(machine: Machine) -> Iterable[str]:
    forward: dict[str, set[str]] = {s.slug: set() for s in machine.states}
    backward: dict[str, set[str]] = {s.slug: set() for s in machine.states}
    for t in machine.transitions:
        if t.source in forward and t.target in backward:
            forward[t.source].add(t.target)
            backward[t.target].add(t.source)
    reached = _closure({machine.start.slug}, forward)
    if lost := [s.slug for s in machine.states if s.slug not in reached]:
        yield f"unreachable: {', '.join(lost)}"
    finishing = _closure({s.slug for s in machine.states if s.terminal}, backward)
    if traps := [s.slug for s in machine.states if s.slug not in finishing]:
        yield f"no way to an end from: {', '.join(traps)}"


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        fresh = edges[todo.pop()] - found
        found |= fresh
        todo.extend(fresh)
    return found
