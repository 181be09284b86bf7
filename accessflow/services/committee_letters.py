"""Letters to КЗ: something waits for it, or does not any more (R29, R37, R41)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Organization, Request, User
from accessflow.notify.rendering import Message
from accessflow.services.actor import Actor
from accessflow.services.letter_words import about
from accessflow.services.outbox import Box, to_people_and_mailboxes
from accessflow.services.step_words import compose

if TYPE_CHECKING:
    from accessflow.services.acting import Moment

KINDS = frozenset({"to_committee", "emd_arrived", "off_committee"})


def write(moment: Moment, box: Box, kind: str) -> None:
    """The letter `kind` of this step to КЗ's mailbox and people."""
    request = moment.request
    people, mailboxes = _people(box.session, moment.actor), _mailboxes(box.session)
    if kind == "emd_arrived" and people and request.channel == "mail":
        mailboxes = ()  # the parcel itself has gone to the mailbox (R29)
    if kind != "to_committee" and not people and not mailboxes:
        return  # nobody is there, and nothing stands still for want of it
    message = compose(moment, kind, about(box.catalogue, request))
    to_people_and_mailboxes(box, message, mailboxes=mailboxes, people=people, request=request)


def message(box: Box, request: Request, actor: Actor, written: Message) -> None:
    """A message from the card, while the application is КЗ's move."""
    people, mailboxes = _people(box.session, actor), _mailboxes(box.session)
    if people or mailboxes:
        to_people_and_mailboxes(box, written, mailboxes=mailboxes, people=people, request=request)


def _mailboxes(session: Session) -> Sequence[str]:
    query = select(Organization.mailbox).where(
        Organization.kind == "committee",
        Organization.archived_at.is_(None),
        Organization.mailbox != "",
    )
    return session.scalars(query.order_by(Organization.id)).all()


def _people(session: Session, actor: Actor) -> Sequence[User]:
    """Without whoever does it."""
    query = select(User).where(
        User.role == "committee", User.active, User.email != "", User.id != actor.user_id
    )
    return session.scalars(query.order_by(User.id)).all()
