"""Rights with a term, picked from their list: asked for again, taken away, or let run out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Grant
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services import history, ledger
from accessflow.services.actor import Actor
from accessflow.services.dismissal_cover import Job, asked_of
from accessflow.services.dismissal_making import Revoked, revocations_of
from accessflow.services.granting import Granted, grants_of
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import Maker, maker_of
from accessflow.services.offers import system_label
from accessflow.services.renewals import asked_again, with_a_term
from accessflow.services.requests import create_planned


def renew(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    grant_ids: Iterable[int],
    until: date | None,
) -> list[int]:
    """Drafts that ask for these rights until another day, one a system; their ids. What is asked
    for already is left out. Raises Invalid with `until` or where nothing is left, NotFound,
    Forbidden."""
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        grants = _own(maker, grant_ids)
        _require_later(grants, until, maker.today)
        again = asked_again(session, catalogue, grants)
        wanted = [
            Granted(g.employment_id, g.system, g.role, until) for g in grants if g.id not in again
        ]
        planned = grants_of(session, catalogue, maker.organization, wanted, maker.today)
        if not planned:
            raise Invalid("Продление отмеченных доступов уже подано: откройте эти заявки.")
        return create_planned(maker, planned)


def _require_later(grants: Sequence[Grant], until: date | None, today: date) -> None:
    message = ""
    if until is None:
        message = "Впишите, до какого дня продлить. Пример: 31.12.2027."
    elif until <= today:
        message = "Этот день уже наступил: впишите будущий."
    elif late := [g for g in grants if g.expires_on and g.expires_on >= until]:
        day = max(g.expires_on for g in late if g.expires_on)
        message = f"У отмеченных доступов срок и так до {day:%d.%m.%Y}: впишите день позже."
    if message:
        raise Invalid(message, {"until": message})


def take_away(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, grant_ids: Iterable[int]
) -> list[int]:
    """Drafts that take these rights away, one a system; their ids. Raises Invalid where that is
    asked for already, NotFound, Forbidden."""
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        grants = _own(maker, grant_ids)
        jobs = {
            g.employment_id: Job(g.employment_id, g.person_id, g.organization_id) for g in grants
        }
        asked = asked_of(session, catalogue, list(jobs.values()))
        wanted = [
            Revoked(g.employment_id, g.system, g.role)
            for g in grants
            if not any(one.covers(g) for one in asked[g.employment_id])
        ]
        if not wanted:
            raise Invalid("Отзыв отмеченных доступов уже подан: откройте эти заявки.")
        planned = revocations_of(session, catalogue, maker.organization, wanted, maker.today)
        return create_planned(maker, planned)


def let_go(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    grant_ids: Iterable[int],
    renew: bool = False,
) -> int:
    """«Не продлевать», or taken back; how many. Nothing reminds of what is let go.

    Raises NotFound, Forbidden.
    """
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        grants = _own(maker, grant_ids)
        ledger.do_not_renew(session, [g.id for g in grants], renew=renew)
        for grant in grants:
            before, after = ("не продлевать", "продлевать")[:: 1 if renew else -1]
            label = f"{system_label(catalogue, grant.system)}, срок до {grant.expires_on:%d.%m.%Y}"
            history.record(
                session, actor=actor, now=now, entity="employment",
                entity_id=grant.employment_id, event="changed", what={label: [before, after]},
            )  # fmt: skip
        return len(grants)


def _own(maker: Maker, grant_ids: Iterable[int]) -> list[Grant]:
    """Open rights of the own organisation that have a term. Raises NotFound, Invalid."""
    wanted = list(dict.fromkeys(grant_ids))
    if not wanted:
        raise Invalid("Отметьте хотя бы один доступ.")
    found: dict[int, Grant] = {}
    for start in range(0, len(wanted), 500):
        rows = maker.session.scalars(
            select(Grant)
            .join(Grant.employment)
            .where(
                Grant.id.in_(wanted[start : start + 500]),
                Grant.organization_id == maker.organization.id,
                *with_a_term(maker.today),
            )
            .options(joinedload(Grant.person))
        )
        found |= {grant.id: grant for grant in rows}
    if missing := [one for one in wanted if one not in found]:
        raise NotFound("Такого доступа со сроком нет.", grant=missing[0])
    lock_jobs(maker.session, (g.employment_id for g in found.values()))
    return [found[one] for one in wanted]
