"""Applications in every state, made at random, with what a plain count needs to know of them."""

from __future__ import annotations

import itertools
import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestEvent, RequestRow
from accessflow.services.overview_figures import CAUSES
from accessflow.workflow.states import ANSWERED, STATES
from tests import factories
from tests.factories import NOON

SYSTEMS = ("frmss", "rmo", "frv", None)
STEPS = ("sent", "registered", "in_review", "needs_info", "in_review", "forwarded", "executed")


def fill(db: Database, number: int, seed: int, *, days: int = 200, rows: bool = True) -> None:
    """`number` applications of the last `days` days, with events and, if wanted, rows."""
    chance = random.Random(seed)
    organizations = [factories.organization(db, f"ГБУЗ «Учебная {n}»") for n in range(5)]
    people = [factories.account(db, "miac_specialist") for _ in range(3)]
    author = factories.account(db, "secretary", organizations[0])
    with db.write() as session:
        made = [_request(chance, n, organizations, [*people, None], author, days)
                for n in range(1, number + 1)]  # fmt: skip
        session.execute(insert(Request), made)
        session.execute(insert(RequestEvent), [e for r in made for e in _events(chance, r)])
        if rows:
            session.execute(insert(RequestRow), [row for r in made for row in _rows(chance, r)])


def _request(
    chance: random.Random, n: int, organizations: list[int], people: list[int | None], author: int,
    days: int,
) -> dict[str, Any]:  # fmt: skip
    state = chance.choice([*STATES, "closed", "closed", "executed", "in_review"])
    sent = NOON - timedelta(days=chance.randrange(days), hours=chance.randrange(24))
    answered = sent.date() + timedelta(days=chance.randrange(60)) if state in ANSWERED else None
    paused = chance.random() < 0.3
    return {
        "id": n,
        "number": f"2026-{n:06}",
        "kind": chance.choice(["access", "access", "revocation", "technical", "authority"]),
        "state": state,
        "action": "grant",
        "organization_id": chance.choice(organizations),
        "author_id": author,
        "form": "appendix-08",
        "form_version": "1.5",
        "system": chance.choice(SYSTEMS),
        "fields": {},
        "row_count": chance.randrange(3),
        "created_at": sent,
        "updated_at": sent,
        "deleted_at": NOON if chance.random() < 0.05 else None,
        "sent_at": None if state in ("draft", "ready") else sent,
        "due_on": _due(chance, state),
        "paused_since": date(2026, 11, 10) if state in ("needs_info", "third_party") and paused
        else None,
        "answered_on": answered,
        "answered_days": chance.randrange(40) if answered else None,
        "answered_late": chance.choice([False, False, True, None]) if answered else None,
        "assignee_id": chance.choice(people),
        "cause": chance.choice([*CAUSES]) if state in ("refused", "annulled") else "",
    }  # fmt: skip


def _due(chance: random.Random, state: str) -> date | None:
    return None if state in ANSWERED else date(2026, 11, 1) + timedelta(days=chance.randrange(60))


def _events(chance: random.Random, request: dict[str, Any]) -> list[dict[str, Any]]:
    if request["sent_at"] is None:
        return []
    at: datetime = request["sent_at"]
    steps = ["ready", *STEPS[: chance.randrange(1, len(STEPS) + 1)]]
    made: list[dict[str, Any]] = []
    came = None
    for seq, (source, target) in enumerate(itertools.pairwise(steps), 1):
        made.append(_event(request["id"], 2 * seq - 1, at, source, target) | {"came_at": came})
        came = at
        # A note in between changes nothing.
        at += timedelta(days=chance.randrange(9), hours=chance.randrange(20))
        made.append(
            _event(request["id"], 2 * seq, at, target, target) | {"came_at": None}
        )  # a note in between
    return made


def _event(request_id: int, seq: int, at: datetime, source: str, target: str) -> dict[str, Any]:
    return {
        "request_id": request_id, "seq": seq, "at": at, "role": "system", "action": "step",
        "source": source, "target": target, "data": {}, "previous": "", "hash": "",
    }  # fmt: skip


def _rows(chance: random.Random, request: dict[str, Any]) -> list[dict[str, Any]]:
    causes = [*CAUSES, CAUSES["email_taken"], "так вышло"]
    return [
        {
            "request_id": request["id"], "position": position, "answers": {},
            "outcome": (outcome := chance.choice(["granted", "refused"])),
            "cause": chance.choice(causes) if outcome == "refused" else "",
            "decided_at": NOON - timedelta(days=chance.randrange(200)),
        }
        for position in range(1, request["row_count"] + 1)
    ]  # fmt: skip
