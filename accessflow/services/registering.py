"""МИАЦ's number: given at once, day and night, in order; or as МИАЦ wrote it (R5, R16)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict
from accessflow.services.clock import moscow_date
from accessflow.services.numbers import next_value

if TYPE_CHECKING:
    from accessflow.services.acting import Applying


def register(moment: Applying) -> dict[str, Any]:
    """The effect. Raises Conflict for a number that another application has."""
    request = moment.request
    number = str(moment.step.given.get("registration_no", "")) or request.registration_no or ""
    give_number(moment.session, moment.catalogue, request, moment.now, number)
    data: dict[str, Any] = {"registration_no": request.registration_no}
    by_hand = moment.step.role == "system" and request.sent_at
    if by_hand and (came := moscow_date(by_hand)) < moscow_date(moment.now):
        data["happened_on"] = came  # it came by mail or on paper: the term counts from that day
    return data


def give_number(
    session: Session, catalogue: Catalogue, request: Request, now: datetime, number: str = ""
) -> None:
    """`number` as typed, or "" for the next one. Raises Conflict."""
    request.registered_at = now
    given = number or next_number(session, catalogue, now)
    request_id = request.id
    try:
        with session.begin_nested():
            request.registration_no = given
    except IntegrityError as error:
        # The unique index decides, also between two who write the same number at one moment.
        raise Conflict(
            f"Номер {given} уже записан у другой заявки: проверьте его.", request=request_id
        ) from error


def next_number(session: Session, catalogue: Catalogue, now: datetime) -> str:
    """The next of the year in Moscow. The counter's row is held until the transaction ends, so
    numbers come in order and never twice; one that somebody has typed in is passed over."""
    year = moscow_date(now).year
    while True:
        n = next_value(session, f"registration-{year}")
        number = catalogue.region.registration_pattern.format(year=year, n=n)
        taken = select(Request.id).where(Request.registration_no == number)
        if session.scalar(taken) is None:
            return number
