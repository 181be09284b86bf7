"""Who of МИАЦ works on an application: taken, assigned, handed over with a note."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, User
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import absences, assigned_letters, timeline
from accessflow.services.acting import act_within, require_unchanged
from accessflow.services.actor import Actor
from accessflow.services.applications import locked
from accessflow.services.clock import moscow_date
from accessflow.services.outbox import Box
from accessflow.workflow.rows import MIAC
from accessflow.workflow.states import ENDED, STATES, UNFILED

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

LONGEST_NOTE = 1000


def take(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request_id: int,
    seen: int | None = None,
) -> Request:
    """The actor works on it from now on; a new one comes under review by that.

    Raises NotFound, Forbidden, Conflict.
    """
    with db.write() as session:
        request = locked(session, actor, request_id)
        require_unchanged(session, request, seen)
        return take_within(session, actor, now, catalogue, files, request)


def take_within(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    request: Request,
) -> Request:
    """The same inside a transaction of the caller, who has locked the request."""
    require_at_work(actor, request)
    if request.assignee_id == actor.user_id and request.state != "registered":
        raise Conflict("Заявка уже у вас.", request=request.id)
    if request.state == "registered":
        act_within(session, actor, now, catalogue, files, request, "take")
        session.expire(request, ["assignee"])
        return request
    return assign_within(session, actor, now, catalogue, request, actor.user_id)


def assign(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    request_id: int,
    assignee_id: int | None,
    note: str = "",
    seen: int | None = None,
) -> Request:
    """To a colleague, or to nobody (None); `note` is for МИАЦ's eyes. The colleague gets a letter.

    Raises NotFound, Forbidden, Conflict, Invalid.
    """
    with db.write() as session:
        request = locked(session, actor, request_id)
        require_unchanged(session, request, seen)
        return assign_within(session, actor, now, catalogue, request, assignee_id, note)


def assign_within(
    session: Session,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    request: Request,
    assignee_id: int | None,
    note: str = "",
    *,
    silently: bool = False,
) -> Request:
    """The same inside a transaction of the caller, who has locked the request; `silently`: the
    caller writes about many at once."""
    require_at_work(actor, request)
    user = _colleague(session, assignee_id)
    if request.assignee_id == assignee_id:
        who = f"её уже ведёт {user.name}" if user else "её и так никто не ведёт"
        raise Conflict(f"Передавать нечего: {who}.", request=request.id)
    data = _told(session, request, user, note, now)
    timeline.append(session, request, actor=actor, now=now, action="assign", data=data)
    request.assignee_id, request.updated_at = assignee_id, now
    session.flush()
    session.expire(request, ["assignee"])
    if not silently:
        assigned_letters.write(Box(session, catalogue, now), actor, request, data.get("note", ""))
    return request


def _told(
    session: Session, request: Request, user: User | None, note: str, now: datetime
) -> dict[str, Any]:
    before = session.get(User, request.assignee_id) if request.assignee_id else None
    data: dict[str, Any] = {"assignee_id": user.id if user else None}
    if before is not None:
        data["from"] = before.name
    data["to"] = user.name if user else "никто"
    stand_in = absences.substitutes(session, moscow_date(now)).get(user.id) if user else None
    if stand_in is not None:
        data["to"] = f"{data['to']}, замещает {stand_in.name}"
    if note := " ".join(note.split()):
        data["note"] = note
    if len(note) > LONGEST_NOTE:
        message = f"Пояснение длиннее {LONGEST_NOTE} знаков: сократите его."
        raise Invalid(message, {"note": message}, request=request.id)
    return data


def _colleague(session: Session, user_id: int | None) -> User | None:
    """Raises Invalid for whoever does not work in МИАЦ."""
    if user_id is None:
        return None
    user = session.get(User, user_id)
    if user is None or not user.active or user.role not in MIAC:
        message = "Выберите сотрудника МИАЦ."
        raise Invalid(message, {"assignee": message}, user=user_id)
    return user


def may_assign(actor: Actor, request: Request) -> bool:
    """Whether there is anything to hand over, for this actor."""
    at_work = not request.outside and request.state not in UNFILED | ENDED
    return actor.role in MIAC and at_work


def require_at_work(actor: Actor, request: Request) -> None:
    """Raises Forbidden, Conflict where МИАЦ has nothing to do here."""
    actor.require(*MIAC)
    if request.outside:
        raise Conflict("С этой организацией МИАЦ работает не в accessflow.", request=request.id)
    if request.state in UNFILED | ENDED:
        state = STATES[request.state].label
        raise Conflict(f"Заявка в состоянии «{state}»: вести её уже не нужно.", request=request.id)
