"""The history of anything: who changed what when. Written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from accessflow.db.tables import Change
from accessflow.services.actor import Actor

What = dict[str, list[str]]
"""Russian label -> [before, after], as people read it."""


def record(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    entity: str,
    entity_id: int,
    event: str,
    what: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """`entity`: organization, unit, signatory, person, employment, request; no СНИЛС in `what`."""
    session.add(
        Change(
            entity=entity,
            entity_id=entity_id,
            user_id=actor.user_id,
            at=now,
            event=event,
            what={label: list(pair) for label, pair in (what or {}).items()},
        )
    )


def apply(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    entity: str,
    row: Any,
    values: Mapping[str, Any],
    labels: Mapping[str, str],
    event: str = "changed",
) -> bool:
    """Writes the values into the row and what of them is labelled into the history.

    Whether anything labelled was different.
    """
    what = difference(row, {n: v for n, v in values.items() if n in labels}, labels)
    for name, value in values.items():
        setattr(row, name, value)
    if what:
        record(
            session, actor=actor, now=now, entity=entity, entity_id=row.id, event=event, what=what
        )
    return bool(what)


def difference(row: object, values: Mapping[str, Any], labels: Mapping[str, str]) -> What:
    """What would change in `row` if the attributes got these values: label -> [before, after]."""
    changed: What = {}
    for name, after in values.items():
        before = getattr(row, name)
        if before != after:
            changed[labels[name]] = [in_words(before), in_words(after)]
    return changed


def in_words(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return str(value)


def changes_of(
    session: Session, entities: Iterable[tuple[str, int]], limit: int = 50
) -> list[Change]:
    """The history of these (entity, id) pairs, newest first."""
    pairs = list(entities)
    if not pairs:
        return []
    return list(
        session.scalars(
            select(Change)
            .where(tuple_(Change.entity, Change.entity_id).in_(pairs))
            .options(joinedload(Change.user))
            .order_by(Change.id.desc())
            .limit(limit)
        )
    )
