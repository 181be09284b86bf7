"""To whoever of МИАЦ is given an application by somebody else: a letter, as that person wishes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import BulkJob, Request
from accessflow.notify.desk_messages import assigned
from accessflow.notify.messages import Listed
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.letter_words import about, day, house_of, short_name
from accessflow.services.letters import about_for_desk, on_duty
from accessflow.services.outbox import Box, put

LISTED = 50
"""So many stand in one letter."""


def write(box: Box, actor: Actor, request: Request, note: str) -> None:
    """To the assignee, or to who stands in; nothing to whoever hands it to oneself."""
    to = on_duty(box.session, request, moscow_date(box.now))
    if to is None or not to.email or to.id == actor.user_id:
        return
    whose = about_for_desk(box.catalogue, request)
    message = assigned(house_of(box.catalogue), whose, who=short_name(actor.name), note=note)
    put(box, message, to=(to.email,), request=request, user=to)


def write_of_job(box: Box, actor: Actor, job: BulkJob) -> None:
    """One letter about all that were handed over together."""
    found = _done(box.session, job)
    if not found:
        return
    note = str(job.given.get("note", ""))
    if len(found) == 1:
        write(box, actor, found[0], note)
        return
    to = on_duty(box.session, found[0], moscow_date(box.now))
    if to is None or not to.email or to.id == actor.user_id:
        return
    items = [_item(box, request) for request in found]
    message = assigned(
        house_of(box.catalogue), None, who=short_name(actor.name), note=note, items=items[:LISTED]
    )
    put(box, message, to=(to.email,), user=to)


def _done(session: Session, job: BulkJob) -> Sequence[Request]:
    """Those that are still with whom they were given to."""
    ids = [result["id"] for result in job.results if result["ok"]]
    query = select(Request).where(
        Request.id.in_(ids), Request.assignee_id == job.given.get("assignee")
    )
    return session.scalars(query.order_by(Request.due_on, Request.id)).all()


def _item(box: Box, request: Request) -> Listed:
    whose = about(box.catalogue, request, path="queue")
    term = f"до {day(request.due_on)}" if request.due_on else ""
    return Listed(whose.label, request.organization.short_name, term, whose.path)
