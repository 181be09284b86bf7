"""The decider: an application, an action and an actor in, what should happen out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.domain.roles import LABELS
from accessflow.workflow.given import Given, taken_of
from accessflow.workflow.guards import GUARDS
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.snapshot import EXECUTED, Acting, RowState, Snapshot
from accessflow.workflow.spec import Transition, Who
from accessflow.workflow.states import STATES

EXECUTION = MappingProxyType({"access": "granted", "revocation": "revoked"})
"""What an executed row is called, by kind."""


@dataclass(frozen=True, slots=True)
class RowDecision:
    """`outcome`: granted, revoked or refused; "" takes a decision back."""

    row_id: int
    outcome: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One transition that is taken: the asked-for one, then those that follow by themselves."""

    transition: Transition
    role: Who
    given: Given


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a service is to do: `steps` in order, `rows` decided, `after` as it then stands."""

    steps: tuple[Step, ...]
    rows: tuple[RowDecision, ...]
    after: Snapshot


def decide(
    request: Snapshot, action: str, actor: Acting, now: datetime, given: Given | None = None
) -> Outcome:
    """Raises Conflict where the state has no such action or a guard refuses, Forbidden where
    somebody else may do it (and says who), Invalid where something asked for is missing."""
    transition = find(request, action, actor)
    _guard(transition, request, now)
    taken = taken_of(transition, given or {})
    rows = _row_decisions(transition, request, taken)
    step = Step(transition, actor.role, taken)
    after = _after(request, transition, rows, now)
    return _follow(Outcome((step,), rows, after), now)


def allowed(request: Snapshot, actor: Acting) -> tuple[Transition, ...]:
    """What the actor may do from here, guards aside, in the order of the machine."""
    return tuple(t for t in _leaving(request) if not t.automatic and _may(t, actor))


def refusals(transition: Transition, request: Snapshot, now: datetime) -> tuple[str, ...]:
    """Why the guards would refuse it now; empty: it can be done."""
    return tuple(
        GUARDS[name].reason for name in transition.guards if not GUARDS[name].holds(request, now)
    )


def find(request: Snapshot, action: str, actor: Acting) -> Transition:
    """The row that the actor would take. Raises Conflict, Forbidden."""
    here = [t for t in _leaving(request) if t.action == action]
    mine = [t for t in here if _may(t, actor)]
    if mine:
        return mine[0]
    if not here:
        raise Conflict(_from_where(request, action), action=action, state=request.state)
    who = " или ".join(dict.fromkeys(_told(t) for t in here))
    raise Forbidden(
        f"«{here[0].label}» может {who} (из состояния «{STATES[request.state].label}»).",
        action=action,
        state=request.state,
        role=actor.role,
    )


def _leaving(request: Snapshot) -> Iterator[Transition]:
    way = "outside" if request.outside else "inside"
    for t in MACHINES[request.kind].transitions:
        if t.source == request.state and t.where in ("", way):
            yield t


def _may(transition: Transition, actor: Acting) -> bool:
    return actor.role in transition.actors and (actor.owns or not transition.own)


def _told(transition: Transition) -> str:
    roles = sorted(LABELS[a] if a != "system" else "система" for a in transition.actors)
    own = " своей организации" if transition.own else ""
    return " или ".join(roles) + own


def _from_where(request: Snapshot, action: str) -> str:
    every = [t for t in MACHINES[request.kind].transitions if t.action == action]
    if not every:
        return f"Такого действия у этой заявки нет: {action}."
    way = "outside" if request.outside else "inside"
    rows = [t for t in every if t.where in ("", way)] or every
    state = STATES[request.state].label
    sources = ", ".join(dict.fromkeys(f"«{STATES[t.source].label}»" for t in rows))
    who = " или ".join(dict.fromkeys(_told(t) for t in rows))
    return (
        f"Сейчас заявка в состоянии «{state}». «{rows[0].label}» возможно из: {sources};"
        f" может {who}."
    )


def _guard(transition: Transition, request: Snapshot, now: datetime) -> None:
    if reasons := refusals(transition, request, now):
        if "nothing_missing" in transition.guards:
            reasons += request.missing
        raise Conflict(" ".join(reasons), action=transition.action, state=request.state)


def _row_decisions(
    transition: Transition, request: Snapshot, given: Given
) -> tuple[RowDecision, ...]:
    if "refuse_rows" in transition.effects:
        cause = str(given.get("cause", ""))
        return tuple(RowDecision(r.id, "refused", cause) for r in request.rows if not r.outcome)
    if "reopen" in transition.effects:
        return tuple(RowDecision(r.id, "") for r in _taken_up(request.rows))
    rows: Iterable[RowDecision] = given.get("rows", ())
    if "undecide_rows" in transition.effects:
        rows = [RowDecision(r.row_id, "") for r in rows]
    return tuple(_checked(request, decision) for decision in rows)


def _taken_up(rows: tuple[RowState, ...]) -> tuple[RowState, ...]:
    """What is decided anew: the refused rows; where none was refused, all of them."""
    refused = tuple(r for r in rows if r.outcome == "refused")
    return refused or tuple(r for r in rows if r.outcome)


def _checked(request: Snapshot, decision: RowDecision) -> RowDecision:
    """Raises Conflict for a row that is not there or has been decided, Invalid for an outcome."""
    row = next((r for r in request.rows if r.id == decision.row_id), None)
    if row is None:
        raise Conflict("Такой строки в заявке нет.", row=decision.row_id)
    if decision.outcome and row.outcome:
        raise Conflict(
            "По этой строке решение уже записано: сначала отмените его.", row=decision.row_id
        )
    if decision.outcome not in ("", "refused", EXECUTION.get(request.kind, "")):
        raise Invalid("Такого решения у этой заявки не бывает.", row=decision.row_id)
    if decision.outcome == "refused" and not decision.cause.strip():
        raise Invalid(
            "Выберите причину отказа.",
            {f"cause-{decision.row_id}": "Выберите причину отказа."},
            row=decision.row_id,
        )
    return decision


def _after(
    request: Snapshot, transition: Transition, decisions: tuple[RowDecision, ...], now: datetime
) -> Snapshot:
    new = {d.row_id: d.outcome for d in decisions}
    rows = tuple(RowState(r.id, new.get(r.id, r.outcome)) for r in request.rows)
    moved = transition.target != request.state
    facts = request.facts | ({"registered"} if "register" in transition.effects else set())
    return replace(
        request,
        state=transition.target,
        rows=rows,
        facts=facts,
        state_at=now if moved else request.state_at,
    )


def settle(request: Snapshot, now: datetime) -> Outcome:
    """What happens by itself as it stands, possibly nothing."""
    return _follow(Outcome((), (), request), now)


def _follow(outcome: Outcome, now: datetime) -> Outcome:
    """What happens by itself from there, as far as it goes."""
    by_itself = next(
        (t for t in _leaving(outcome.after) if t.automatic and not refusals(t, outcome.after, now)),
        None,
    )
    if by_itself is None:
        return outcome
    step = Step(by_itself, "system", {})
    after = _after(outcome.after, by_itself, (), now)
    return _follow(Outcome((*outcome.steps, step), outcome.rows, after), now)


if not set(EXECUTION.values()) <= EXECUTED:
    raise AssertionError("an executed row has no name")
