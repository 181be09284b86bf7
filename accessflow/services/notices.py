"""A new version of a form is announced to every organisation ahead of its day (Рег. 2.3, R3)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.insert import insert
from accessflow.db.session import Database
from accessflow.db.tables import FormNotice, Organization, User
from accessflow.forms.spec import FormSpec
from accessflow.notify import messages
from accessflow.services.clock import moscow_date
from accessflow.services.letter_words import day, house_for
from accessflow.services.outbox import Box, put

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A version that is not in force yet. `told`: how many organisations know of it; `late`: the
    first of them learnt it, or would learn it today, fewer days ahead than Рег. 2.3 demands."""

    form: FormSpec
    told: int
    late: bool


def announce(db: Database, *, catalogue: Catalogue, now: datetime) -> int:
    """Writes to each organisation once about each coming version; how many letters."""
    forms = tuple(_coming(catalogue, moscow_date(now)))
    if not forms:
        return 0
    with db.read() as session:
        organizations = _organizations(session)
        query = select(FormNotice.form, FormNotice.version, FormNotice.organization_id)
        told = {(form, version, owner) for form, version, owner in session.execute(query)}
    written = 0
    for form in forms:
        left = [o for o in organizations if (form.slug, form.version, o.id) not in told]
        if left and _too_late(catalogue, form, moscow_date(now)):
            _log.warning("form %s is announced later than Рег. 2.3 demands", form.slug)
        written += sum(_tell(db, catalogue, now, form, one) for one in left)
    return written


def upcoming(session: Session, catalogue: Catalogue, today: date) -> tuple[Upcoming, ...]:
    found = []
    for form in _coming(catalogue, today):
        of_version = (FormNotice.form == form.slug, FormNotice.version == form.version)
        told = session.scalar(select(func.count()).select_from(FormNotice).where(*of_version)) or 0
        first = session.scalar(select(func.min(FormNotice.at)).where(*of_version))
        on = moscow_date(first) if first is not None else today
        found.append(Upcoming(form, told, _too_late(catalogue, form, on)))
    return tuple(found)


def _coming(catalogue: Catalogue, today: date) -> Iterator[FormSpec]:
    """Versions that follow another one and are not in force yet."""
    for versions in catalogue.forms.values():
        for form in versions[1:]:
            if form.effective_from > today:
                yield form


def _too_late(catalogue: Catalogue, form: FormSpec, on: date) -> bool:
    return form.effective_from - on < timedelta(days=catalogue.region.limits.form_notice_days)


def _organizations(session: Session) -> Sequence[Organization]:
    query = select(Organization).where(
        Organization.kind != "miac", Organization.archived_at.is_(None)
    )
    return session.scalars(query.order_by(Organization.id)).all()


def _tell(
    db: Database, catalogue: Catalogue, now: datetime, form: FormSpec, whom: Organization
) -> bool:
    """False where somebody else was faster. Without any address the letter is kept as failed."""
    with db.write() as session:
        if not _noted(session, form, whom.id, now):
            return False
        message = messages.form_notice(
            house_for(catalogue, whom),
            title=form.summary,
            number=str(form.number or ""),
            since=day(form.effective_from),
        )
        to = [whom.mailbox] if whom.mailbox else _people(session, whom.id)
        put(Box(session, catalogue, now), message, to=to)
        return True


def _noted(session: Session, form: FormSpec, organization_id: int, now: datetime) -> bool:
    row = insert(session, FormNotice).values(
        form=form.slug, version=form.version, organization_id=organization_id, at=now
    )
    made = row.on_conflict_do_nothing().returning(FormNotice.organization_id)
    return session.scalar(made) is not None


def _people(session: Session, organization_id: int) -> list[str]:
    query = select(User.email).where(
        User.organization_id == organization_id, User.active, User.email != ""
    )
    return list(session.scalars(query.order_by(User.id)))
