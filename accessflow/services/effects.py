"""What a transition does besides changing the state: one function an effect, by its name.

Each gives what the step's event is to keep of it, beside what the action was given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import (
    answering,
    asking,
    duplicates,
    ledger,
    pairs,
    registering,
    sending,
    waivers,
    whereabouts,
)
from accessflow.services.clock import moscow_date
from accessflow.services.routes import route_of
from accessflow.workflow.machines import MACHINES

if TYPE_CHECKING:
    from accessflow.services.acting import Applying

Effect = Callable[["Applying"], dict[str, Any]]


def _assign(moment: Applying) -> dict[str, Any]:
    """Whoever takes it answers for it."""
    moment.request.assignee_id = moment.actor.user_id
    return {}


def _extend(moment: Applying) -> dict[str, Any]:
    """Raises Invalid for a day that does not lie ahead."""
    until = moment.step.given["until"]
    if until <= moscow_date(moment.now):
        message = "Эта дата уже наступила: укажите день, до которого продлить срок."
        raise Invalid(message, {"until": message}, request=moment.request.id)
    return {}


def _forward(moment: Applying) -> dict[str, Any]:
    for name in ("forwarded_to", "external_no", "external_status"):
        if value := moment.step.given.get(name):
            setattr(moment.request, name, str(value))
    return {}


def _own_support(moment: Applying) -> dict[str, Any]:
    """The parcel of a screening problem has gone to its own support (R39)."""
    to = route_of(moment.catalogue, moment.request).to
    moment.request.forwarded_to = whereabouts.named(moment.catalogue, to)
    return {"forwarded_to": moment.request.forwarded_to}


def _committee_send(moment: Applying) -> dict[str, Any]:
    """To whom the authority sends: the owner of the system (R37), or СТП ЕГИСЗ (R41)."""
    request, catalogue = moment.request, moment.catalogue
    system = catalogue.systems.get(request.system or "")
    to = system.outbound.to if system and system.outbound else ()
    support = (catalogue.region.contacts["support_email"],)
    request.forwarded_to = whereabouts.named(catalogue, to or support)
    return {"forwarded_to": request.forwarded_to}


def _require_settled(moment: Applying) -> None:
    """Raises Conflict for a grant of what МИАЦ has yet to let through (X9, X27)."""
    granted = {decision.row_id for decision in moment.rows if decision.outcome == "granted"}
    if not granted or moment.request.outside:
        return
    for one in waivers.pending(moment.session, moment.catalogue, moment.request):
        if one.key.row_id is None or one.key.row_id in granted:
            where = f"Строка {one.position}: " if one.position else ""
            raise Conflict(
                f"{where}{one.text} Сначала пропустите это или откажите.",
                request=moment.request.id,
            )


def _require_turn(moment: Applying) -> None:
    """Raises Conflict for half of a pair before the other one, where the order matters."""
    if not any(decision.outcome == "granted" for decision in moment.rows):
        return
    on = moment.step.given.get("happened_on")
    if refusal := pairs.out_of_turn(moment.session, moment.request, on):
        raise Conflict(refusal, request=moment.request.id)


def _decide_rows(moment: Applying) -> dict[str, Any]:
    _require_settled(moment)
    _require_turn(moment)
    decisions = {decision.row_id: decision for decision in moment.rows}
    decided = [row for row in moment.request.rows if row.id in decisions]
    for row in decided:
        row.outcome, row.cause = decisions[row.id].outcome, decisions[row.id].cause
        row.decided_at = moment.now if row.outcome else None
    on = moment.step.given.get("happened_on")
    ledger.follow_rows(moment.session, moment.catalogue, moment.request, decided, moment.now, on)
    return {}


def _cause(moment: Applying) -> dict[str, Any]:
    moment.request.cause = str(moment.step.given.get("cause", ""))
    return {}


def _common_cause(moment: Applying) -> dict[str, Any]:
    """All rows are refused one by one: the cause is theirs, where they have the same."""
    causes = {row.cause for row in moment.request.rows}
    moment.request.cause = causes.pop()[:40] if len(causes) == 1 else "other"
    return {"cause": moment.request.cause}


def _reopen(moment: Applying) -> dict[str, Any]:
    moment.request.cause = ""
    moment.request.duplicate_of_id = None
    return _decide_rows(moment)


def _vipnet_ready(moment: Applying) -> dict[str, Any]:
    moment.request.organization.vipnet_ready = True
    return {}


EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "send": sending.send,
        "register": registering.register,
        "assign": _assign,
        "ask": asking.ask,
        "answer": answering.answer,
        "extend": _extend,
        "forward": _forward,
        "own_support": _own_support,
        "committee_send": _committee_send,
        "decide_rows": _decide_rows,
        "undecide_rows": _decide_rows,
        "refuse_rows": _decide_rows,
        "cause": _cause,
        "common_cause": _common_cause,
        "duplicate": duplicates.mark,
        "reopen": _reopen,
        "vipnet_ready": _vipnet_ready,
    }
)

_named = {e for m in MACHINES.values() for t in m.transitions for e in t.effects}
if _named != EFFECTS.keys():
    raise AssertionError(f"effects and machines differ: {_named ^ EFFECTS.keys()}")
