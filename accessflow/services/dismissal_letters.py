"""The reminders of dismissals that are due become letters, once each (Рег. 3.7, R28).

What is due of one organisation is claimed in one transaction, each row by a conditional UPDATE, so
that any number of schedulers may look at once. One reader gets one letter an occasion, however many
were dismissed. On the last day and after it nobody's quiet hours hold a letter back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Employment, Organization, Reminder, User
from accessflow.domain.roles import Role
from accessflow.notify import dismissal_messages as messages
from accessflow.notify.dismissal_messages import Leaver, Round
from accessflow.notify.rendering import Message
from accessflow.services import dismissal_chasing
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_cover import Cover, covers_of
from accessflow.services.dismissal_reminders import ENTITY, KINDS, PREFIX, STUCK, readers_of
from accessflow.services.due_rows import open_for_reminders
from accessflow.services.letter_words import day, house_for, short_name
from accessflow.services.offers import system_label
from accessflow.services.outbox import Box, put
from accessflow.services.people import name_of
from accessflow.workflow.dismissal import DESK, standing, target
from accessflow.workflow.terms import Due

WEIGHT = (
    "stuck", "entry", "returned", "morning", "last_day", "last_hour", "overdue", "missed",
)  # fmt: skip
"""Of several occasions of one dismissal that are due at once the last one here is told."""
WRITERS = {
    "entry": messages.entry,
    "returned": messages.returned,
    "morning": messages.due,
    "last_day": messages.last_day,
    "last_hour": messages.last_day,
    "missed": messages.missed,
    "overdue": messages.overdue,
}
CHUNK = 300
LISTED = 50
"""So many people stand in one letter at most; the page has them all."""
ABOVE: frozenset[Role] = frozenset({"miac_lead", "committee"})


@dataclass(frozen=True, slots=True)
class Told:
    """A dismissal, what is to be told of it, and to which roles."""

    dismissal: Dismissal
    occasion: str
    roles: frozenset[Role]


def fire_due(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """How many letters were written. None on a day off, none before 09:00."""
    if not open_for_reminders(catalogue.working_calendar, now):
        return 0
    with db.read() as session:
        due = _due(session, now)
    return sum(
        _fire(db, catalogue, now, ids[start : start + CHUNK])
        for ids in due.values()
        for start in range(0, len(ids), CHUNK)
    )


def _due(session: Session, now: datetime) -> Mapping[int, list[int]]:
    """Dismissals with something due, by organisation."""
    found: dict[int, list[int]] = defaultdict(list)
    ripe = select(Reminder.entity_id).where(*_ripe(now)).distinct().order_by(Reminder.entity_id)
    ids = session.scalars(ripe).all()
    for start in range(0, len(ids), CHUNK):  # by ids: none of the others is looked at
        some = Dismissal.id.in_(ids[start : start + CHUNK])
        query = select(Dismissal.organization_id, Dismissal.id).where(some).order_by(Dismissal.id)
        for organization_id, dismissal_id in session.execute(query):
            found[organization_id].append(dismissal_id)
    return found


def _ripe(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Reminder.kind.in_(KINDS),
        Reminder.entity == ENTITY,
        Reminder.due_at <= now,
        Reminder.fired_at.is_(None),
        Reminder.cancelled_at.is_(None),
    )


def _fire(db: Database, catalogue: Catalogue, now: datetime, ids: Sequence[int]) -> int:
    with db.write() as session:
        found = _locked(session, ids)
        claimed = _claimed(session, ids, now)
        told = [one for d in found if (one := _told(catalogue, d, claimed[d.id])) is not None]
        if not told:
            return 0
        box = Box(session, catalogue, now)
        covers = covers_of(session, catalogue, [one.dismissal for one in told])
        stuck = [one.dismissal for one in told if one.occasion == "stuck"]
        others = [one for one in told if one.occasion != "stuck"]
        chased = dismissal_chasing.write(box, [covers[d.id] for d in stuck]) if stuck else 0
        return chased + (_write(box, others, covers) if others else 0)


def _locked(session: Session, ids: Sequence[int]) -> Sequence[Dismissal]:
    """As an action on an application locks them: between the two nothing can change."""
    return session.scalars(
        select(Dismissal)
        .where(Dismissal.id.in_(ids))
        .order_by(Dismissal.id)
        .with_for_update(of=Dismissal)
        .options(
            joinedload(Dismissal.person),
            joinedload(Dismissal.employment),
            joinedload(Dismissal.organization),
        )
    ).all()


def _claimed(
    session: Session, ids: Sequence[int], now: datetime
) -> Mapping[int, list[tuple[str, datetime]]]:
    """What is ours now of each dismissal: kind and moment. What somebody else has is not there."""
    taken = session.execute(
        update(Reminder)
        .where(*_ripe(now), Reminder.entity_id.in_(ids))
        .values(fired_at=now)
        .returning(Reminder.entity_id, Reminder.kind, Reminder.due_at),
        execution_options={"synchronize_session": False},
    )
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for dismissal_id, kind, due_at in taken:
        found[dismissal_id].append((kind, due_at))
    return found


def _told(
    catalogue: Catalogue, dismissal: Dismissal, claimed: Sequence[tuple[str, datetime]]
) -> Told | None:
    """The weightiest of it, to the readers of all; None where it does not hold any more."""
    if dismissal.cancelled_at is not None or dismissal.done_at is not None:
        return None
    filed = dismissal.filed_at is not None
    live = [(kind, at) for kind, at in claimed if (kind == STUCK) == filed]
    if not live:
        return None
    occasion = max((kind.removeprefix(PREFIX) for kind, _ in live), key=WEIGHT.index)
    roles = frozenset[Role]().union(
        *(readers_of(catalogue, dismissal, kind, at) for kind, at in live)
    )
    return Told(dismissal, occasion, roles)


def _write(box: Box, told: Sequence[Told], covers: Mapping[int, Cover]) -> int:
    """All of one organisation: a letter for each reader and kind of message."""
    organization = told[0].dismissal.organization
    written = 0
    for writer in dict.fromkeys(WRITERS.values()):
        group = [one for one in told if WRITERS[one.occasion] is writer]
        group.sort(key=lambda one: (one.dismissal.due_on, one.dismissal.id))
        for roles in dict.fromkeys(one.roles for one in group):
            same = [one for one in group if one.roles == roles]
            message = writer(house_for(box.catalogue, organization), _round(box, same, covers))
            written += _send(box, message, organization, roles, urgent=_urgent(box, same))
    return written


def _urgent(box: Box, told: Iterable[Told]) -> bool:
    """Whether it would come too late if it waited for its reader's morning."""
    today = moscow_date(box.now)
    return any(one.dismissal.due_on <= today for one in told)


def _send(
    box: Box, message: Message, organization: Organization, roles: frozenset[Role], *, urgent: bool
) -> int:
    """A letter each; to the mailbox where nobody of the office has an address."""
    own = list(_own(box.session, organization, roles))
    readers = [*own, *_above(box.session, roles)]
    for user in readers:
        put(box, message, to=(user.email,), user=user, urgent=urgent)
    if any(user.role != "signatory" for user in own):
        return len(readers)
    put(box, message, to=(organization.mailbox,))
    return len(readers) + 1


def _own(session: Session, organization: Organization, roles: frozenset[Role]) -> Iterator[User]:
    """КЗ is an organisation with staff of its own, too."""
    wanted = set(roles & (DESK | {"signatory"}))
    if organization.kind == "committee":
        wanted.add("committee")
    yield from session.scalars(
        select(User)
        .where(User.organization_id == organization.id, User.role.in_(wanted), *_reachable())
        .order_by(User.id)
    )


def _above(session: Session, roles: frozenset[Role]) -> Iterator[User]:
    wanted = roles & ABOVE
    if wanted:
        query = select(User).where(User.role.in_(wanted), *_reachable()).order_by(User.id)
        yield from session.scalars(query)


def _reachable() -> tuple[ColumnElement[bool], ...]:
    return (User.active.is_(True), User.email != "")


def _round(box: Box, told: Sequence[Told], covers: Mapping[int, Cover]) -> Round:
    first = told[0].dismissal
    closing = target(Due(first.due_on, first.due_tentative), box.catalogue.working_calendar)
    return Round(
        organization=first.organization.short_name,
        items=[_leaver(box, one.dismissal, covers[one.dismissal.id]) for one in told[:LISTED]],
        count=len(told),
        closing=f"{closing:%H:%M}",
    )


def _leaver(box: Box, dismissal: Dismissal, cover: Cover) -> Leaver:
    due = Due(dismissal.due_on, dismissal.due_tentative)
    words = standing(due, moscow_date(box.now), None, box.catalogue.working_calendar)
    return Leaver(
        label=short_name(name_of(dismissal.person).full),
        what=_post(dismissal.employment, dismissal),
        note=words.words,
        left=", ".join(_left(box.catalogue, cover)),
        path=f"dismissals/{dismissal.id}",
    )


def _post(job: Employment, dismissal: Dismissal) -> str:
    last = f"последний день {day(dismissal.dismissed_on)}"
    return f"{job.position}, {last}" if job.position else last


def _left(catalogue: Catalogue, cover: Cover) -> list[str]:
    """The systems of which no revocation has been sent."""
    slugs = [grant.system for grant in cover.unsent]
    slugs += [slug for asking in cover.waiting for slug in sorted(asking.systems)]
    return list(dict.fromkeys(system_label(catalogue, slug) for slug in slugs))
