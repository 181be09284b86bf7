"""What must be done before an application: for each person, who attested it and when (R32, R33)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Employment, Person
from accessflow.domain.errors import Invalid
from accessflow.services import history, scope
from accessflow.services.actor import Actor

KINDS = {"gosuslugi": "Госуслуги", "esia": "ЕСИА", "frmr": "ФРМР"}


def attest(
    db: Database, *, actor: Actor, now: datetime, person_ids: Sequence[int], kind: str
) -> list[int]:
    """Notes it for those who have no note yet; gives their ids. People out of sight are left out.

    Raises Invalid for an unknown kind.
    """
    _known(kind)
    with db.write() as session:
        return attest_all(session, actor=actor, now=now, person_ids=person_ids, kind=kind)


def attest_all(
    session: Session, *, actor: Actor, now: datetime, person_ids: Sequence[int], kind: str
) -> list[int]:
    """The same inside a transaction of one's own."""
    if actor.user_id is None:
        raise Invalid("Отметку ставит человек под своей учётной записью.")
    already = select(Attestation.person_id).where(Attestation.kind == kind)
    new = session.scalars(
        _visible(actor, person_ids).where(Person.id.not_in(already)).order_by(Person.id)
    ).all()
    for person_id in new:
        session.add(Attestation(person_id=person_id, kind=kind, user_id=actor.user_id, at=now))
        history.record(
            session, actor=actor, now=now, entity="person", entity_id=person_id,
            event="attested", what={KINDS[kind]: ["—", "отмечено"]},
        )  # fmt: skip
    return list(new)


def withdraw(
    db: Database, *, actor: Actor, now: datetime, person_ids: Sequence[int], kind: str
) -> list[int]:
    """Takes the notes back; gives the ids of those who had one. Raises Invalid."""
    _known(kind)
    with db.write() as session:
        rows = session.scalars(
            select(Attestation)
            .where(Attestation.kind == kind, Attestation.person_id.in_(_visible(actor, person_ids)))
            .order_by(Attestation.person_id)
        ).all()
        for row in rows:
            session.delete(row)
            history.record(
                session, actor=actor, now=now, entity="person", entity_id=row.person_id,
                event="withdrawn", what={KINDS[kind]: ["отмечено", "—"]},
            )  # fmt: skip
        return [row.person_id for row in rows]


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise Invalid("Нет такой отметки. Выберите из списка.", kind=kind)


def _visible(actor: Actor, person_ids: Sequence[int]) -> Select[int]:
    return (
        select(Person.id)
        .join(Employment)
        .where(Person.id.in_(person_ids), scope.within(actor, Employment.organization_id))
        .distinct()
    )
