"""The changes of a job as they are kept: told on the person's page, with what was made for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.db.tables import Employment, JobChange, JobChangeRequest, Request
from accessflow.domain.errors import NotFound
from accessflow.services import history, people, scope
from accessflow.services.actor import Actor
from accessflow.services.making import Maker

Kind = Literal["role", "unit", "surname", "arrival"]
KINDS: Mapping[str, str] = {
    "role": "Смена роли",
    "unit": "Перевод",
    "surname": "Смена фамилии",
    "arrival": "Новое место работы",
}


def keep(
    maker: Maker, job: Employment, kind: Kind, day: date, ground: str, what: history.What
) -> JobChange:
    """The change as it will be told on the person's page."""
    change = JobChange(
        kind=kind, employment_id=job.id, person_id=job.person_id,
        organization_id=job.organization_id, happened_on=day, ground=ground, what=what,
        made_by_id=maker.actor.user_id, made_at=maker.now,
    )  # fmt: skip
    maker.session.add(change)
    maker.session.flush()
    return change


def link(session: Session, change: JobChange, pairs: Mapping[int, int]) -> None:
    """`pairs`: the number of the pair that each application belongs to, 0 for none."""
    session.add_all(
        JobChangeRequest(request_id=request_id, change_id=change.id, pair=pair)
        for request_id, pair in pairs.items()
    )
    session.flush()


def find(session: Session, actor: Actor, change_id: int) -> JobChange:
    """Raises NotFound, also for one of another organisation."""
    found = session.get(JobChange, change_id)
    if found is None or not scope.may_see(actor, found.organization_id):
        raise NotFound("Такого изменения нет.", change=change_id)
    return found


def of_person(session: Session, actor: Actor, person_id: int) -> Sequence[JobChange]:
    """Newest first, of the organisations that the actor may see."""
    query = select(JobChange).where(
        JobChange.person_id == person_id, scope.within(actor, JobChange.organization_id)
    )
    return session.scalars(query.order_by(JobChange.id.desc())).all()


def requests_of(session: Session, change: JobChange) -> list[tuple[int, Request]]:
    """The applications made for it that are still there, each with the number of its pair."""
    query = (
        select(JobChangeRequest.pair, Request)
        .join(Request, Request.id == JobChangeRequest.request_id)
        .where(JobChangeRequest.change_id == change.id, Request.deleted_at.is_(None))
        .options(joinedload(Request.organization))
        .order_by(JobChangeRequest.pair, Request.id)
    )
    return [(pair, request) for pair, request in session.execute(query)]


def begun_job(session: Session, actor: Actor, employment_id: int) -> Employment:
    """A job whose rights the actor may change. Raises NotFound, Forbidden."""
    job = people.job(session, actor, employment_id)
    scope.require_people_changed(actor, job.organization_id)
    return job
