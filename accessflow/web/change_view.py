"""What is shown of a change: its applications by pair, how far they are, the pair on a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from accessflow.db.tables import Request
from accessflow.services import pairs, problem, scope
from accessflow.services.change_records import KINDS
from accessflow.web import context, request_words
from accessflow.web.request_next import Next
from accessflow.workflow.states import UNFILED


@dataclass(frozen=True, slots=True)
class Line:
    request: Request
    next: Next | None


def pair_of(found: Request, card: str) -> dict[str, Any] | None:
    """Of a card (its endpoint): the other half, and the change that both were made for; None for
    what was made for none."""
    session, actor = context.session(), context.actor()
    link = found.change_link
    if link is None or not scope.may_see(actor, found.organization_id):
        return None
    partner = pairs.partner_of(session, found)
    return {
        "change": link.change,
        "paired": bool(link.pair),
        "partner": partner if partner is not None and seen(partner) else None,
        "address": url_for(card, request_id=partner.id) if partner is not None else "",
        "state": request_words.STATES[partner.state].label.lower() if partner is not None else "",
        "ended": partner is not None and partner.state in pairs.DEAD,
        "what": pairs.words_of(partner) if partner is not None else "",
        "kind": KINDS[link.change.kind],
    }


def seen(one: Request) -> bool:
    """What is not sent yet is the organisation's own business."""
    return context.actor().organization_id == one.organization_id or one.state not in UNFILED


def groups(made: Sequence[tuple[int, Line]]) -> list[tuple[int, list[Line]]]:
    """By pair, what is alone last and together."""
    found: dict[int, list[Line]] = {}
    for pair, line in made:
        found.setdefault(pair, []).append(line)
    return sorted(found.items(), key=lambda item: (not item[0], item[0]))


def subject(one: Request) -> str:
    """A message about a new name concerns a system, too: its description says which."""
    told = str(one.fields.get(f"{problem.KEPT}system", "")) if one.kind == "technical" else ""
    return told or request_words.subject(context.catalogue(), one)


def steps(made: Sequence[Request]) -> list[tuple[str, str, str]]:
    """How far the applications are, all together."""
    signed = [r for r in made if r.kind != "technical"]
    if not made:
        return []
    reached = [
        ("Записано", True),
        ("Проверить", all(r.state != "draft" for r in signed)),
        (
            "Подписать и отправить" if signed else "Отправить",
            all(r.state not in UNFILED for r in made),
        ),
        ("Решение МИАЦ", all(r.state in ("executed", "closed", *pairs.DEAD) for r in made)),
    ]
    found, current = [], True
    for label, done in reached:
        state = "done" if done else "current" if current else "ahead"
        current = current and done
        found.append((label, "", state))
    return found
