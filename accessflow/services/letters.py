"""Letters of transitions: composed and put into the outbox in the transaction of their cause.

What МИАЦ decides goes to the mailbox that the application came from, a copy to its author (R16,
R21, X23); what the organisation does goes to whoever works on it in МИАЦ, or to МИАЦ's mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Absence, Request, User
from accessflow.notify import messages
from accessflow.notify.rendering import About, Message
from accessflow.services import committee_letters, parcel_letters
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.letter_words import (
    MIAC_SIDE,
    about,
    house_by,
    short_name,
)
from accessflow.services.outbox import Box, File, put, to_person_and_mailbox
from accessflow.services.routes import route_of
from accessflow.services.step_words import compose

if TYPE_CHECKING:
    from accessflow.services.acting import Moment

TO_DESK = frozenset({"answered", "withdrawn", "reuploaded", "handed_back"})
"""News from the organisation or КЗ; «reopened» is, where it was the organisation that did it."""
WITH_FILES = frozenset({"parcel", "package", "committee_package"})
AWAY_FROM_MIAC = frozenset({"network", "authority"})
"""Nobody in МИАЦ works on them: they go where their parcel went."""
WITH_COMMITTEE = frozenset({"at_committee"})
"""КЗ writes to the МО, and the МО to КЗ, while the application is КЗ's move."""


def write(moment: Moment, kind: str) -> None:
    """The letter `kind` (a name of the machine's `letters`) of this step, for whom it concerns."""
    box = Box(moment.session, moment.catalogue, moment.now)
    request = moment.request
    if kind == "decided" and all(row.outcome for row in request.rows):
        return  # it ends by itself with this same press, and that letter tells each row
    by_filer = moment.actor.organization_id == request.organization_id
    if kind in WITH_FILES:
        parcel_letters.write(moment, box, kind)
    elif kind in committee_letters.KINDS:
        committee_letters.write(moment, box, kind)
    elif kind in TO_DESK or (kind == "reopened" and by_filer):
        message = compose(moment, kind, about_for_desk(moment.catalogue, request))
        answer = kind == "answered"
        files = parcel_letters.files_of_answer(moment) if answer else ()
        to_desk(box, request, message, files)
    else:
        to_author(box, request, compose(moment, kind, about(moment.catalogue, request)))


def message(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    *,
    actor: Actor,
    now: datetime,
    text: str,
    files: Sequence[File] = (),
) -> None:
    """A message from the card, to the other side."""
    box = Box(session, catalogue, now)
    name, house = short_name(actor.name), house_by(session, catalogue, actor)
    if actor.organization_id == request.organization_id:
        who = f"{request.organization.short_name}, {name}"
        whose = about_for_desk(catalogue, request)
        written = messages.message(house, whose, who=who, text=text)
        to_desk(box, request, written, files)
        if request.state in WITH_COMMITTEE:
            whose = about(catalogue, request)
            told = messages.message(house, whose, who=who, text=text)
            committee_letters.message(box, request, actor, told)
    else:
        whose = about(catalogue, request)
        who = f"{MIAC_SIDE}, {name}" if actor.role != "committee" else f"КЗ, {name}"
        to_author(box, request, messages.message(house, whose, who=who, text=text))


def to_author(box: Box, request: Request, message: Message) -> None:
    """To the mailbox that it came from, a copy to the author."""
    mailbox = request.reply_mailbox or request.organization.mailbox
    to_person_and_mailbox(box, message, mailbox=mailbox, user=request.author, request=request)


def to_desk(box: Box, request: Request, message: Message, files: Sequence[File] = ()) -> None:
    """To whoever works on it, or to the mailbox of МИАЦ; where МИАЦ is outside, by its route."""
    if works_outside(request):
        route = route_of(box.catalogue, request)
        put(box, message, to=route.to, cc=route.cc, request=request, files=files)
        return
    person = on_duty(box.session, request, moscow_date(box.now))
    if person is not None and person.email:
        put(box, message, to=(person.email,), request=request, user=person)
    else:
        put(box, message, to=box.catalogue.region.default_recipients.to, request=request)


def about_for_desk(catalogue: Catalogue, request: Request) -> About:
    """With the address of the card that МИАЦ has, without one where it has none."""
    return about(catalogue, request, path="" if works_outside(request) else "queue")


def works_outside(request: Request) -> bool:
    return request.outside or request.kind in AWAY_FROM_MIAC


def on_duty(session: Session, request: Request, today: date) -> User | None:
    """The assignee, or who stands in for an absent one."""
    if request.assignee_id is None:
        return None
    found = session.get(User, request.assignee_id)
    absence = session.scalar(
        select(Absence)
        .where(
            Absence.user_id == request.assignee_id, Absence.since <= today, Absence.until >= today
        )
        .order_by(Absence.id.desc())
    )
    if absence is not None:
        found = session.get(User, absence.substitute_id)
    return found if found is not None and found.active else None
