"""What a transition does besides changing the state: one function an effect, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from accessflow.domain.errors import Conflict, Invalid
from accessflow.services.clock import moscow_date
from accessflow.services.numbers import next_value
from accessflow.workflow.machines import MACHINES

if TYPE_CHECKING:
    from accessflow.services.acting import Moment

Effect = Callable[["Moment"], None]


def _register(moment: Moment) -> None:
    """The number: given by МИАЦ outside, else the next one of the year (R5, R16)."""
    request, now = moment.request, moment.now
    request.registered_at = now
    given = moment.step.given.get("registration_no")
    if given:
        request.registration_no = str(given)
        return
    year = moscow_date(now).year
    n = next_value(moment.session, f"registration-{year}")
    request.registration_no = moment.catalogue.region.registration_pattern.format(year=year, n=n)


def _assign(moment: Moment) -> None:
    """Whoever takes it answers for it."""
    moment.request.assignee_id = moment.actor.user_id


def _extend(moment: Moment) -> None:
    """Raises Invalid for a day that does not lie ahead."""
    until = moment.step.given["until"]
    if until <= moscow_date(moment.now):
        message = "Эта дата уже наступила: укажите день, до которого продлить срок."
        raise Invalid(message, {"until": message}, request=moment.request.id)


def _forward(moment: Moment) -> None:
    given = moment.step.given
    for name in ("forwarded_to", "external_no", "external_status"):
        if value := given.get(name):
            setattr(moment.request, name, str(value))


def _decide_rows(moment: Moment) -> None:
    decisions = {decision.row_id: decision for decision in moment.rows}
    for row in moment.request.rows:
        if decision := decisions.get(row.id):
            row.outcome, row.cause = decision.outcome, decision.cause
            row.decided_at = moment.now if decision.outcome else None


def _refuse(moment: Moment) -> None:
    moment.request.cause = str(moment.step.given.get("cause", ""))
    _decide_rows(moment)


def _vipnet_ready(moment: Moment) -> None:
    moment.request.organization.vipnet_ready = True


def _not_yet(moment: Moment) -> None:
    raise Conflict("Это действие ещё не готово.", action=moment.step.transition.action)


EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "register": _register,
        "assign": _assign,
        "extend": _extend,
        "forward": _forward,
        "decide_rows": _decide_rows,
        "undecide_rows": _decide_rows,
        "refuse_rows": _refuse,
        "reopen": _decide_rows,
        "vipnet_ready": _vipnet_ready,
        "send": _not_yet,
        "committee_send": _not_yet,
        "duplicate": _not_yet,
        "stage_deleted": _not_yet,
    }
)

_named = {e for m in MACHINES.values() for t in m.transitions for e in t.effects}
if _named != EFFECTS.keys():
    raise AssertionError(f"effects and machines differ: {_named ^ EFFECTS.keys()}")
