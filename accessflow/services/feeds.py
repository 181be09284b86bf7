"""An organisation's terms as a calendar, behind a secret link that can be withdrawn.

Only the token's hash is kept. The link opens to whoever has it, so it tells no more than a term:
initials, numbers and systems; no СНИЛС, no full names. It dies with its owner's account.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import (
    CalendarFeed,
    Campaign,
    CampaignLine,
    Dismissal,
    Grant,
    Organization,
    Reminder,
    Request,
)
from accessflow.documents.ics import Entry
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.domain.person_name import PersonName
from accessflow.services import history
from accessflow.services.actor import Actor
from accessflow.services.campaign_progress import ALIVE
from accessflow.services.offers import system_label
from accessflow.workflow.states import ANSWERED, UNFILED

TOKEN_BYTES = 32
MOST = 10
"""Links that one person may have at a time."""
MOST_TERMS = 1000
"""Of each kind in a feed, the nearest."""


def create(db: Database, *, actor: Actor, now: datetime) -> str:
    """The token: it is told once and never again. Raises Forbidden, Conflict."""
    if actor.organization_id is None or actor.user_id is None:
        raise Forbidden("Календарь сроков есть у организаций.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with db.write() as session:
        own = [f for f in of_organization(session, actor) if f.user_id == actor.user_id]
        if len(own) >= MOST:
            raise Conflict(f"У вас уже {MOST} ссылок: отзовите те, которыми не пользуетесь.")
        feed = CalendarFeed(
            organization_id=actor.organization_id,
            user_id=actor.user_id,
            token_hash=_hash(token),
            created_at=now,
        )
        session.add(feed)
        session.flush()
        _note(session, actor, now, feed, "created")
    return token


def withdraw(db: Database, *, actor: Actor, now: datetime, feed_id: int) -> None:
    """Anybody of the organisation may: a link that has got out is to be shut at once.

    Doing it twice changes nothing. Raises NotFound.
    """
    _set_withdrawn(db, actor, now, feed_id, now)


def restore(db: Database, *, actor: Actor, now: datetime, feed_id: int) -> None:
    """A link withdrawn by mistake opens again. Raises NotFound."""
    _set_withdrawn(db, actor, now, feed_id, None)


def _set_withdrawn(
    db: Database, actor: Actor, now: datetime, feed_id: int, withdrawn_at: datetime | None
) -> None:
    with db.write() as session:
        feed = session.get(CalendarFeed, feed_id)
        if feed is None or feed.organization_id != actor.organization_id:
            raise NotFound("Такой ссылки нет.", feed=feed_id)
        if (feed.withdrawn_at is None) != (withdrawn_at is None):
            feed.withdrawn_at = withdrawn_at
            _note(session, actor, now, feed, "withdrawn" if withdrawn_at else "created")


def of_organization(session: Session, actor: Actor) -> list[CalendarFeed]:
    """The living ones, newest first."""
    query = select(CalendarFeed).where(
        CalendarFeed.organization_id == (actor.organization_id or 0),
        CalendarFeed.withdrawn_at.is_(None),
    )
    ordered = query.options(joinedload(CalendarFeed.user)).order_by(CalendarFeed.id.desc())
    return list(session.scalars(ordered))


def by_token(session: Session, token: str) -> CalendarFeed:
    """Raises NotFound for one that is not known, was withdrawn, or whose owner is gone."""
    wanted = _hash(token)
    query = select(CalendarFeed).where(CalendarFeed.token_hash == wanted)
    found = session.scalar(query.options(joinedload(CalendarFeed.user)))
    # The hash is what is looked up and compared, so time tells nothing of the token itself.
    if found is None or not hmac.compare_digest(found.token_hash, wanted):
        raise NotFound("Такой страницы нет.")
    owner = found.user
    left = not owner.active or owner.organization_id != found.organization_id
    if found.withdrawn_at is not None or left:
        raise NotFound("Такой страницы нет.", feed=found.id)
    return found


def name_of(session: Session, feed: CalendarFeed) -> str:
    return f"Сроки: {session.get_one(Organization, feed.organization_id).short_name}"


def entries(
    session: Session, catalogue: Catalogue, feed: CalendarFeed, *, base_url: str
) -> list[Entry]:
    """What is open: dismissals to file, answers awaited and asked for, rights under review."""
    place = feed.organization_id
    return [
        *_dismissals(session, catalogue, place, base_url),
        *_reactions(session, catalogue, place, base_url),
        *_asked(session, catalogue, place, base_url),
        *_campaigns(session, place, base_url),
    ]


def _dismissals(
    session: Session, catalogue: Catalogue, place: int, base_url: str
) -> Iterator[Entry]:
    query = (
        select(Dismissal)
        .where(
            Dismissal.organization_id == place,
            Dismissal.cancelled_at.is_(None),
            Dismissal.filed_at.is_(None),
        )
        .options(joinedload(Dismissal.person))
        .order_by(Dismissal.due_on, Dismissal.id)
        .limit(MOST_TERMS)
    )
    for row in session.scalars(query):
        closing = catalogue.working_calendar.closing(row.due_on)
        target = f", лучше до {closing:%H:%M}, пока МИАЦ на месте" if closing else ""
        tentative = " Срок предварительный." if row.due_tentative else ""
        yield Entry(
            _uid("dismissal", row.id, base_url),
            row.due_on,
            f"Последний день: отзыв доступов, {_short(row)}",
            f"Последний рабочий день сотрудника — {row.dismissed_on:%d.%m.%Y}. Заявки на отзыв"
            f" отправляют до 23:59{target} (Регламент, п. 3.7).{tentative}",
            f"{base_url}/dismissals/{row.id}",
            row.moved_at or row.entered_at,
        )


def _reactions(
    session: Session, catalogue: Catalogue, place: int, base_url: str
) -> Iterator[Entry]:
    query = (
        select(Request)
        .where(
            Request.organization_id == place,
            Request.state.not_in(UNFILED | ANSWERED),
            Request.due_on.is_not(None),
            Request.paused_since.is_(None),
            Request.deleted_at.is_(None),
        )
        .order_by(Request.due_on, Request.id)
        .limit(MOST_TERMS)
    )
    for row in session.scalars(query):
        if row.due_on is not None:
            yield Entry(
                _uid("request", row.id, base_url),
                row.due_on,
                f"Срок ответа МИАЦ: {_about(catalogue, row)}",
                "До этого дня МИАЦ должен ответить по заявке (Регламент, п. 3.5).",
                f"{base_url}/requests/{row.id}",
                row.updated_at,
            )


def _asked(session: Session, catalogue: Catalogue, place: int, base_url: str) -> Iterator[Entry]:
    """The next reminder of each request for data that has no answer yet."""
    query = (
        select(Reminder, Request)
        .join(Request, Request.id == Reminder.entity_id)
        .where(
            Reminder.entity == "request",
            Reminder.kind == "needs_info",
            Reminder.fired_at.is_(None),
            Reminder.cancelled_at.is_(None),
            Request.organization_id == place,
            Request.state == "needs_info",
        )
        .order_by(Reminder.due_at, Reminder.id)
        .limit(MOST_TERMS)
    )
    for reminder, row in session.execute(query):
        yield Entry(
            _uid(f"needs-info-{row.id}", reminder.id, base_url),
            reminder.due_at,
            f"Ответить на запрос МИАЦ: {_about(catalogue, row)}",
            "Пока ответа нет, срок рассмотрения стоит.",
            f"{base_url}/requests/{row.id}",
            row.updated_at,
        )


def _campaigns(session: Session, place: int, base_url: str) -> Iterator[Entry]:
    undecided = (
        select(CampaignLine.campaign_id)
        .join(Grant, Grant.id == CampaignLine.grant_id)
        .where(CampaignLine.organization_id == place, CampaignLine.decision == "", ALIVE)
    )
    query = select(Campaign).where(Campaign.closed_at.is_(None), Campaign.id.in_(undecided))
    for row in session.scalars(query.order_by(Campaign.due_on, Campaign.id)):
        yield Entry(
            _uid("campaign", row.id, base_url),
            row.due_on,
            f"Последний день: пересмотр прав «{row.title}»",
            "О каждом праве решите, оставить его или отозвать.",
            f"{base_url}/campaigns/{row.id}/organizations/{place}",
            row.started_at,
        )


def _uid(what: str, row_id: int, base_url: str) -> str:
    """Of this thing on this server, for good (RFC 5545, 3.8.4.7)."""
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
    return f"{what}-{row_id}@{host}"


def _short(dismissal: Dismissal) -> str:
    person = dismissal.person
    return PersonName(person.last_name, person.first_name, person.middle_name).short


def _about(catalogue: Catalogue, request: Request) -> str:
    system = f", {system_label(catalogue, request.system)}" if request.system else ""
    return f"заявка {request.number}{system}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _note(session: Session, actor: Actor, now: datetime, feed: CalendarFeed, event: str) -> None:
    history.record(
        session, actor=actor, now=now, entity="organization", entity_id=feed.organization_id,
        event="changed",
        what={"Ссылка на календарь сроков": ["—", "создана" if event == "created" else "отозвана"]},
    )  # fmt: skip
