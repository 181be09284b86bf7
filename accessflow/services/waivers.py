"""МИАЦ lets a defect of one application through, with a reason kept on the card (X9, X27)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database, once
from accessflow.db.tables import Request, RequestWaiver, User
from accessflow.domain.errors import Conflict, Invalid
from accessflow.forms.answers import validate
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect
from accessflow.forms.waivable import is_waivable, soften
from accessflow.services import timeline
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of, locked
from accessflow.workflow.states import ENDED, UNFILED

LONGEST_REASON = 500


class Key(NamedTuple):
    """What a waiver is of: a code, in one row or in the whole."""

    code: str
    row_id: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A defect that МИАЦ may let through or not. `position`: the row's number as printed."""

    key: Key
    position: int | None
    text: str


_WAIVERS = (
    select(RequestWaiver)
    .where(RequestWaiver.request_id == bindparam("request_id"))
    .options(joinedload(RequestWaiver.user).load_only(User.name))
    .order_by(RequestWaiver.id)
)


def of_request(session: Session, request_id: int) -> Sequence[RequestWaiver]:
    """What was let through, oldest first, with whoever did it."""
    wanted = {"request_id": request_id}
    return once(session, kept_as(request_id), lambda: session.scalars(_WAIVERS, wanted).all())


def kept_as(request_id: int) -> tuple[object, ...]:
    return ("waivers", request_id)


def defects_of(session: Session, check: Check, request: Request) -> tuple[Defect, ...]:
    """Every defect that still counts: what МИАЦ has let through is left out, what the МО has
    justified only warns."""
    return _left(soften(check, validate(check)), request, _through(session, request))


def pending(session: Session, catalogue: Catalogue, request: Request) -> tuple[Pending, ...]:
    """What МИАЦ has yet to let through or refuse, in the order of the rows."""
    return pending_of(session, check_of(session, catalogue, request), request)


def pending_of(session: Session, check: Check, request: Request) -> tuple[Pending, ...]:
    return waivable(check, request, defects_of(session, check, request))


def waivable(check: Check, request: Request, defects: Iterable[Defect]) -> tuple[Pending, ...]:
    """Of some of its defects those that МИАЦ may let through."""
    found = {
        key: Pending(key, defect.row, defect.message)
        for defect in defects
        if is_waivable(check, defect) and (key := _key(defect, request))
    }
    return tuple(found.values())


def waive(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    request_id: int,
    code: str,
    row_id: int | None,
    reason: str,
) -> None:
    """Raises NotFound, Forbidden, Conflict where there is nothing such to let through, Invalid."""
    actor.require("miac_specialist", "miac_lead")
    text = _reason(reason)
    with db.write() as session:
        request = locked(session, actor, request_id)
        if request.state in UNFILED | ENDED:
            raise Conflict("Эта заявка сейчас не у МИАЦ: пропускать нечего.", request=request.id)
        known = {one.key: one for one in pending(session, catalogue, request)}
        one = known.get(Key(code, row_id))
        if one is None:
            raise Conflict("Такого замечания в заявке нет: обновите страницу.", request=request.id)
        session.add(
            RequestWaiver(
                request_id=request.id, code=code, row_id=row_id, reason=text,
                user_id=actor.user_id, at=now,
            )
        )  # fmt: skip
        session.flush()
        _recount(session, catalogue, request)
        data = {"code": code, "position": one.position, "reason": text}
        timeline.append(session, request, actor=actor, now=now, action="waive", data=data)


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid("Напишите, почему это можно пропустить.", {"reason": "Напишите причину."})
    if len(text) > LONGEST_REASON:
        message = f"{len(text)} знаков, а помещается {LONGEST_REASON}. Сократите."
        raise Invalid(message, {"reason": message})
    return text


def _recount(session: Session, catalogue: Catalogue, request: Request) -> None:
    defects = defects_of(session, check_of(session, catalogue, request), request)
    request.error_count = sum(d.level == "error" for d in defects)
    request.warning_count = len(defects) - request.error_count


def _through(session: Session, request: Request) -> frozenset[Key]:
    if not inspect(request).has_identity:  # not stored yet: nobody has looked at it
        return frozenset()
    return frozenset(Key(row.code, row.row_id) for row in of_request(session, request.id))


def _left(
    defects: Iterable[Defect], request: Request, through: frozenset[Key]
) -> tuple[Defect, ...]:
    return tuple(d for d in defects if _key(d, request) not in through)


def _key(defect: Defect, request: Request) -> Key:
    return Key(defect.code, request.rows[defect.row - 1].id if defect.row else None)
