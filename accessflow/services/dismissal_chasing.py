"""Revocations that were sent and are not carried out: their people in МИАЦ are reminded, and
СТП ЕГИСЗ or another owner to whom they were passed on (Рег. 3.7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from accessflow.db.tables import Letter, Request, User
from accessflow.domain.text import counted
from accessflow.notify import dismissal_messages as messages
from accessflow.notify.messages import Listed
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_cover import Cover
from accessflow.services.letter_words import about, day, house_about, house_of
from accessflow.services.letters import on_duty, works_outside
from accessflow.services.outbox import Box, put
from accessflow.services.routes import route_of

PASSED_ON = frozenset({"forwarded", "third_party"})
"""States in which it lies with whoever it was sent on to."""


def write(box: Box, covers: Iterable[Cover]) -> int:
    """How many letters: one to each person of МИАЦ, one to each owner of a system."""
    found = {a.request.id: a.request for cover in covers for a in cover.undecided}
    requests = [found[request_id] for request_id in sorted(found)]
    inside = [request for request in requests if not works_outside(request)]
    outside = [request for request in requests if works_outside(request)]
    return (
        _to_miac(box, inside)
        + sum(_to_owner(box, one) for one in inside)
        + _elsewhere(box, outside)
    )


def _to_miac(box: Box, requests: Sequence[Request]) -> int:
    """To whoever works on it, and all of it to the lead; to the mailbox where there is neither."""
    if not requests:
        return 0
    theirs: dict[int, list[Request]] = defaultdict(list)
    users: dict[int, User] = {}
    for request in requests:
        person = on_duty(box.session, request, moscow_date(box.now))
        if person is not None and person.email:
            users[person.id] = person
            theirs[person.id].append(request)
    for lead in _leads(box):
        users[lead.id] = lead
        theirs[lead.id] = list(requests)
    for user_id, mine in theirs.items():
        message = messages.stuck(house_of(box.catalogue), items=_listed(box, mine, "queue"))
        put(box, message, to=(users[user_id].email,), user=users[user_id])
    if not theirs:
        message = messages.stuck(house_of(box.catalogue), items=_listed(box, requests, "queue"))
        put(box, message, to=box.catalogue.region.default_recipients.to)
    return max(1, len(theirs))


def _to_owner(box: Box, request: Request) -> int:
    """To the addresses that its package was sent to, as long as it lies there."""
    if request.state not in PASSED_ON:
        return 0
    package = box.session.scalar(
        select(Letter)
        .where(Letter.request_id == request.id, Letter.kind == "package")
        .order_by(Letter.id.desc())
        .limit(1)
    )
    if package is None or not package.to:
        return 0
    return _one(box, request, package.to, package.cc)


def _elsewhere(box: Box, requests: Iterable[Request]) -> int:
    """МИАЦ works elsewhere: by the route that the application took."""
    routes = ((request, route_of(box.catalogue, request)) for request in requests)
    return sum(_one(box, request, route.to, route.cc) for request, route in routes)


def _one(box: Box, request: Request, to: Iterable[str], cc: Iterable[str]) -> int:
    house = house_about(box.catalogue, request)
    message = messages.stuck(house, items=_listed(box, [request], ""))
    put(box, message, to=to, cc=cc, request=request)
    return 1


def _listed(box: Box, requests: Sequence[Request], path: str) -> list[Listed]:
    return [_item(box, request, path) for request in requests]


def _item(box: Box, request: Request, path: str) -> Listed:
    note = f"отправлена {day(moscow_date(request.sent_at or box.now))}"
    if request.forwarded_to:
        note += f", передана: {request.forwarded_to}"
    if request.external_no:
        note += f", внешний номер {request.external_no}"
    people = counted(request.row_count, "сотрудник", "сотрудника", "сотрудников")
    place = f"{path}/{request.id}" if path else ""
    what = f"{people}, {request.organization.short_name}"
    return Listed(about(box.catalogue, request).label, what, note, place)


def _leads(box: Box) -> Sequence[User]:
    query = select(User).where(User.role == "miac_lead", User.active, User.email != "")
    return box.session.scalars(query.order_by(User.id)).all()
