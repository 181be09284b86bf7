"""What an action on one half of a pair means for the other (`services/pairs.py`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Dismissal, Request
from accessflow.domain.errors import Conflict
from accessflow.notify import change_messages
from accessflow.services import letters, pairs, timeline
from accessflow.services.actor import SYSTEM, Actor
from accessflow.services.clock import moscow_date
from accessflow.services.letter_words import about, house_about
from accessflow.services.outbox import Box
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.decide import allowed
from accessflow.workflow.states import STATES


def goes_along(
    session: Session,
    catalogue: Catalogue,
    actor: Actor,
    partner: Request,
    action: str,
    now: datetime,
) -> bool:
    """Whether the action is done with the other half, too. Raises Conflict where it should be and
    cannot."""
    before = pairs.TOGETHER.get(action)
    if before is None or (before and partner.state != before):
        return False
    if action == "withdraw":
        snapshot = snapshot_of(session, catalogue, partner, moscow_date(now))
        possible = any(t.action == action for t in allowed(snapshot, acting(actor, partner)))
        return possible and not _leaves(session, partner)
    if action == "prepare" and partner.error_count:
        raise Conflict(
            f"В паре {partner.number} есть ошибки: исправьте их, обе заявки подписывают и"
            " отправляют вместе.",
            request=partner.id,
        )
    return True


def _leaves(session: Session, partner: Request) -> bool:
    """What is taken away from somebody dismissed stays asked for, whatever becomes of the rest."""
    jobs = [row.employment_id for row in partner.rows if row.employment_id]
    standing = exists().where(Dismissal.employment_id.in_(jobs), Dismissal.cancelled_at.is_(None))
    return session.scalar(select(standing)) or False


def tell_end(
    session: Session, catalogue: Catalogue, request: Request, partner: Request, now: datetime
) -> None:
    """`request` came to nothing: the other half's history, its author and whoever works on it in
    МИАЦ are told."""
    ended = STATES[request.state].label.lower()
    data = {"number": request.number, "text": ended}
    timeline.append(
        session, partner, actor=SYSTEM, now=now, action="pair_ended", role="system", data=data
    )
    box, house = Box(session, catalogue, now), house_about(catalogue, partner)
    what = pairs.words_of(request) or "вторая половина"
    told = {"number": request.number, "what": what, "ended": ended}
    message = change_messages.pair_ended(house, about(catalogue, partner), **told)
    letters.to_author(box, partner, message)
    if partner.assignee_id is not None and not letters.works_outside(partner):
        whose = letters.about_for_desk(catalogue, partner)
        letters.to_desk(box, partner, change_messages.pair_ended(house, whose, **told))
