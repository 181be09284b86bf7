"""Two applications on one matter: one is marked as the other's duplicate, nothing is lost (R7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accessflow.db.tables import Request, RequestRow
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.services.actor import Actor
from accessflow.services.applications import find
from accessflow.services.repeats import NOT_SOLVED
from accessflow.workflow.given import LONGEST_ID
from accessflow.workflow.states import STATES, UNFILED

if TYPE_CHECKING:
    from accessflow.services.acting import Applying


def lock_both(session: Session, one: int, other: object, *also: int) -> None:
    """With what the other one points to, and with `also`, in one order: two who mark crosswise must
    neither lock each other out nor make a ring."""
    ids = {one, *also}
    if other_id := _number(other):
        further = select(Request.duplicate_of_id).where(Request.id == other_id)
        ids |= {other_id, session.scalar(further) or other_id}
    query = select(Request.id).where(Request.id.in_(ids)).order_by(Request.id).with_for_update()
    session.execute(query).all()


def _number(typed: object) -> int:
    """An id as it is given, 0 where it is none."""
    text = str(typed or "").strip()
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else 0


def mark(moment: Applying) -> dict[str, Any]:
    """The effect: points to the application that stays, at the end of every chain.

    Raises Invalid for one that cannot be it, Conflict where something would be lost.
    """
    session, request = moment.session, moment.request
    kept = root_of(session, moment.actor, int(moment.step.given["duplicate_of"]))
    _require_other(request, kept)
    if lost := uncovered(request, kept):
        numbers = ", ".join(str(row.position) for row in lost)
        raise Conflict(
            f"В заявке {kept.number} нет того, о чём строки {numbers} этой заявки:"
            " они бы потерялись. Решите их здесь.",
            request=request.id,
        )
    request.duplicate_of_id = kept.id
    # Whatever pointed here points on.
    session.execute(
        update(Request).where(Request.duplicate_of_id == request.id).values(duplicate_of_id=kept.id)
    )
    return {"duplicate_of": kept.id, "number": kept.number}


def root_of(session: Session, actor: Actor, request_id: int) -> Request:
    """The application that a chain of duplicates ends with. Raises Invalid."""
    seen: set[int] = set()
    try:
        found = find(session, actor, request_id)
        while found.state == "duplicate" and found.duplicate_of_id and found.id not in seen:
            seen.add(found.id)
            found = find(session, actor, found.duplicate_of_id)
    except NotFound:
        message = "Такой заявки нет: выберите из списка."
        raise Invalid(message, {"duplicate_of": message}, request=request_id) from None
    return found


def uncovered(request: Request, kept: Request) -> tuple[RequestRow, ...]:
    """Rows of the request that the other one does not answer for."""
    if (request.system, request.action, request.form) != (kept.system, kept.action, kept.form):
        return tuple(request.rows)
    there = {_matter(row) for row in kept.rows if row.outcome != "refused"}
    return tuple(row for row in request.rows if _matter(row) not in there)


def _require_other(request: Request, kept: Request) -> None:
    message = ""
    if kept.id == request.id:
        message = "Эта заявка и есть та, повтором которой вы её отмечаете."
    elif kept.organization_id != request.organization_id:
        message = f"Заявка {kept.number} — другой организации."
    elif kept.kind != request.kind:
        message = f"Заявка {kept.number} — о другом."
    elif kept.state in NOT_SOLVED | UNFILED:
        state = STATES[kept.state].label
        message = f"Заявка {kept.number} — «{state}»: по ней ничего не делают. Выберите другую."
    if message:
        raise Invalid(message, {"duplicate_of": message}, request=request.id)


def _matter(row: RequestRow) -> tuple[str, ...]:
    """What a row is about: a person and a role, else whatever it says."""
    if row.snils:
        keys = ("role", "functional_object")
        return (row.snils, *(_plain(row.answers.get(key)) for key in keys))
    return tuple(f"{key}={_plain(text)}" for key, text in sorted(row.answers.items()) if text)


def _plain(text: object) -> str:
    return " ".join(str(text or "").split()).casefold()
