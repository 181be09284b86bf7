"""Reminders that gather: sets that wait for a signature, stale drafts, terms that run out.

One letter a reader, however many applications it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Reminder, Request, User
from accessflow.domain.text import counted
from accessflow.notify import messages
from accessflow.notify.messages import Listed
from accessflow.notify.rendering import Message
from accessflow.services import terms
from accessflow.services.clock import moscow_date
from accessflow.services.due_rows import (
    claim,
    due_entities,
    lay,
    morning,
    open_for_reminders,
)
from accessflow.services.letter_words import about, day, house_for, house_of
from accessflow.services.outbox import Box, put
from accessflow.services.remind import unsigned_at
from accessflow.workflow.states import ANSWERED, UNFILED
from accessflow.workflow.term_words import SOON

LISTED = 100
"""So many lines of a letter are read at most; the page has them all."""


def fire_lists(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """Everything that gathers; how many letters were written."""
    if not open_for_reminders(catalogue.working_calendar, now):
        return 0
    find_stale_drafts(db, catalogue=catalogue, now=now)
    return (
        _fire_unsigned(db, catalogue, now)
        + _fire_stale(db, catalogue, now)
        + fire_overdue(db, catalogue=catalogue, now=now)
    )


def find_stale_drafts(db: Database, *, catalogue: Catalogue, now: datetime) -> None:
    """A draft untouched for `stale_draft_days` is due once, until somebody touches it again."""
    before = now - timedelta(days=catalogue.region.limits.stale_draft_days)
    with db.read() as session:
        stale = session.scalars(select(Request.id).where(*_stale(before))).all()
    if not stale:
        return
    with db.write() as session:
        for request_id in stale:
            lay(session, "stale_draft", "request", request_id, morning(moscow_date(now)))


def _stale(before: datetime) -> Sequence[ColumnElement[bool]]:
    told = exists().where(
        Reminder.kind == "stale_draft",
        Reminder.entity == "request",
        Reminder.entity_id == Request.id,
        Reminder.due_at > Request.updated_at,
    )
    untouched = Request.updated_at <= before
    return (Request.state == "draft", Request.deleted_at.is_(None), untouched, ~told)


def _fire_stale(db: Database, catalogue: Catalogue, now: datetime) -> int:
    with db.write() as session:
        found = _claimed(session, "stale_draft", now, "draft")
        by_author: dict[int, list[Request]] = defaultdict(list)
        for request in found:
            by_author[request.author_id].append(request)
        for requests in by_author.values():
            author = requests[0].author
            items = [_item(catalogue, r, f"с {day(moscow_date(r.updated_at))}") for r in requests]
            house = house_for(catalogue, requests[0].organization)
            message = messages.stale_draft(house, items=items[:LISTED])
            _to_people(Box(session, catalogue, now), message, [author])
        return len(by_author)


def _fire_unsigned(db: Database, catalogue: Catalogue, now: datetime) -> int:
    """To the authors and the head's account of each organisation; again after as many days."""
    with db.write() as session:
        found = _claimed(session, "unsigned", now, "ready")
        by_organization: dict[int, list[Request]] = defaultdict(list)
        for request in found:
            by_organization[request.organization_id].append(request)
            lay(
                session, "unsigned", "request", request.id, unsigned_at(catalogue, moscow_date(now))
            )
        for organization_id, requests in by_organization.items():
            items = [
                _item(catalogue, r, f"с {day(moscow_date(r.state_at or r.updated_at))}")
                for r in requests
            ]
            house = house_for(catalogue, requests[0].organization)
            message = messages.unsigned(house, items=items[:LISTED])
            people = {r.author_id: r.author for r in requests}
            people |= {user.id: user for user in _heads(session, organization_id)}
            _to_people(Box(session, catalogue, now), message, people.values())
        return len(by_organization)


def fire_overdue(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """To each lead once a working day, where anything is late or runs out soon."""
    due_at, today = morning(moscow_date(now)), moscow_date(now)
    with db.read() as session:
        leads = session.scalars(
            select(User).where(User.role == "miac_lead", User.active, User.email != "")
        ).all()
        done = set(
            session.scalars(
                select(Reminder.entity_id).where(
                    Reminder.kind == "overdue_digest", Reminder.due_at == due_at
                )
            )
        )
        left = [lead for lead in leads if lead.id not in done]
        late, soon = _running_out(session, catalogue, now) if left else ((), ())
    written = 0
    for lead in left:
        with db.write() as session:
            if not lay(session, "overdue_digest", "user", lead.id, due_at):
                continue
            claim(session, "overdue_digest", lead.id, now)
            if not late and not soon:
                continue  # nothing to tell today, and not later in the day either
            message = messages.overdue_digest(
                house_of(catalogue), day=day(today), late=late, soon=soon
            )
            put(Box(session, catalogue, now), message, to=(lead.email,), user=lead)
            written += 1
    return written


def _running_out(
    session: Session, catalogue: Catalogue, now: datetime
) -> tuple[list[Listed], list[Listed]]:
    """What is late, and what has `SOON` days left; what stands on pause is neither."""
    today = moscow_date(now)
    found = session.scalars(
        select(Request)
        .where(
            Request.state.not_in(UNFILED | ANSWERED),
            Request.deleted_at.is_(None),
            Request.due_on <= today + timedelta(days=SOON),
            Request.paused_since.is_(None),
        )
        .options(joinedload(Request.organization))
        .order_by(Request.due_on, Request.id)
    ).all()
    words = terms.shown_of(session, catalogue, found, today)
    late: list[Listed] = []
    soon: list[Listed] = []
    for request in found:
        item = _item(catalogue, request, words[request.id].words, path="queue")
        (late if words[request.id].tone == "late" else soon).append(item)
    return late[:LISTED], soon[:LISTED]


def _claimed(session: Session, kind: str, now: datetime, state: str) -> list[Request]:
    """The requests whose reminders are ours now and that are still in that state."""
    ours = [
        request_id
        for _, request_id in due_entities(session, (kind,), now)
        if claim(session, kind, request_id, now)
    ]
    found = session.scalars(
        select(Request)
        .where(Request.id.in_(ours), Request.state == state, Request.deleted_at.is_(None))
        .options(joinedload(Request.organization), joinedload(Request.author))
        .order_by(Request.id)
    )
    return list(found)


def _heads(session: Session, organization_id: int) -> Sequence[User]:
    query = select(User).where(
        User.organization_id == organization_id, User.role == "signatory", User.active
    )
    return session.scalars(query).all()


def _to_people(box: Box, message: Message, people: Iterable[User]) -> None:
    """A letter each. An account without an address finds it on its pages alone."""
    for user in people:
        if user.email and user.active:
            put(box, message, to=(user.email,), user=user)


def _item(catalogue: Catalogue, request: Request, note: str, path: str = "requests") -> Listed:
    whose = about(catalogue, request)
    rows = counted(request.row_count, "сотрудник", "сотрудника", "сотрудников")
    what = rows if path == "requests" and request.row_count else ""
    return Listed(
        whose.label, what or request.organization.short_name, note, f"{path}/{request.id}"
    )
