"""The history of a draft's data: one record for a person's stretch of work, not one a save."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.db.tables import Change
from accessflow.services import history
from accessflow.services.actor import Actor

EVENT = "edited"
STRETCH = timedelta(minutes=10)
ROWS, FIELDS, COUNT = "Изменены строки", "Изменены поля", "Строк"


def last(session: Session, request_id: int) -> Change | None:
    """The newest record of a request, with its author."""
    return session.scalar(
        select(Change)
        .where(Change.entity == "request", Change.entity_id == request_id)
        .options(joinedload(Change.user))
        .order_by(Change.id.desc())
        .limit(1)
    )


def remember(
    session: Session, *, actor: Actor, now: datetime, request_id: int, what: Mapping[str, list[str]]
) -> None:
    """Adds to the person's own record of the last ten minutes, else begins one."""
    newest = last(session, request_id)
    if newest and _goes_on(newest, actor, now):
        newest.at, newest.what = now, _merged(newest.what, what)
        return
    history.record(
        session,
        actor=actor,
        now=now,
        entity="request",
        entity_id=request_id,
        event=EVENT,
        what=what,
    )


def _goes_on(newest: Change, actor: Actor, now: datetime) -> bool:
    mine = newest.event == EVENT and newest.user_id == actor.user_id
    return mine and now - newest.at <= STRETCH


def _merged(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> dict[str, list[str]]:
    merged = {label: list(pair) for label, pair in old.items()}
    for label, (before, after) in new.items():
        if label == COUNT:
            merged[label] = [merged.get(label, [before, ""])[0], after]
        else:
            known = merged.get(label, ["—", ""])[1].split(", ")
            merged[label] = ["—", ", ".join(_in_order({*known, *after.split(", ")} - {""}))]
    return merged


def _in_order(words: set[str]) -> list[str]:
    return sorted(words, key=lambda word: (int(word) if word.isdecimal() else 0, word))
