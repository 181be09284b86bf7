"""The way back from an operation on a draft's rows, without losing what was typed since.

Not a copy of the whole but a difference: rows that were removed, rows that were added, cells before
and after, the order. Taking it back leaves alone every cell that has been changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accessflow.db.tables import RequestRow, RequestUndo
from accessflow.services.actor import Actor

KEPT = 20


@dataclass(frozen=True, slots=True)
class Was:
    """A row as it was."""

    id: int
    answers: dict[str, Any]
    employment_id: int | None = None
    outcome: str = ""


def snapshot(rows: Sequence[RequestRow]) -> tuple[Was, ...]:
    return tuple(Was(row.id, dict(row.answers), row.employment_id, row.outcome) for row in rows)


def difference(before: Sequence[Was], after: Sequence[Was]) -> dict[str, Any]:
    old, new = {row.id: row for row in before}, {row.id: row for row in after}
    return {
        "removed": [
            [row.id, at, row.answers, row.employment_id]
            for at, row in enumerate(before)
            if row.id not in new
        ],
        "added": [[row.id, row.answers] for row in after if row.id not in old],
        "cells": [
            [row.id, old[row.id].answers, row.answers, old[row.id].employment_id]
            for row in after
            if row.id in old and old[row.id].answers != row.answers
        ],
        "order": [row.id for row in before],
    }


def keep(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    request_id: int,
    label: str,
    delta: dict[str, Any],
) -> int:
    """The id of the way back; only the newest of a draft are kept."""
    row = RequestUndo(
        request_id=request_id, user_id=actor.user_id, at=now, label=label[:100], delta=delta
    )
    session.add(row)
    session.flush()
    newest = (
        select(RequestUndo.id)
        .where(RequestUndo.request_id == request_id)
        .order_by(RequestUndo.id.desc())
        .limit(KEPT)
    )
    session.execute(
        delete(RequestUndo).where(
            RequestUndo.request_id == request_id, RequestUndo.id.not_in(newest)
        ),
        execution_options={"synchronize_session": False},
    )
    return row.id


def newest(session: Session, actor: Actor, request_id: int) -> RequestUndo | None:
    """What «Отменить» would take back: the actor's own last operation."""
    return session.scalar(
        select(RequestUndo)
        .where(RequestUndo.request_id == request_id, RequestUndo.user_id == actor.user_id)
        .order_by(RequestUndo.id.desc())
        .limit(1)
    )


def reverted(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The answers with every key taken back that still says what the operation had put there."""
    answers = dict(now)
    for key in before.keys() | after.keys():
        if before.get(key) == after.get(key) or now.get(key) != after.get(key):
            continue
        answers.pop(key, None)
        if before.get(key):
            answers[key] = before[key]
    return answers


def in_order(rows: Sequence[RequestRow], order: Sequence[int]) -> list[RequestRow]:
    """The rows in that order; those it does not name stay behind the one they stand behind now."""
    place = {row_id: at for at, row_id in enumerate(order)}
    keys: list[tuple[int, int]] = []
    last = -1
    for at, row in enumerate(rows):
        last = place.get(row.id, last)
        keys.append((last, at if row.id not in place else -1))
    return [row for _, row in sorted(zip(keys, rows, strict=True), key=lambda pair: pair[0])]
