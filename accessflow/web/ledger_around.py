"""What stands around the ledger's list as around its matrix: filters, sums, the banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accessflow.db.tables import Grant, Organization
from accessflow.services import ledger_standing, ledger_sums, people, rights_of_gone, scope
from accessflow.services.ledger_queries import Asked
from accessflow.services.people import name_of
from accessflow.services.rights_of_gone import Narrowed
from accessflow.web import context, ledger_asked
from accessflow.web.ledger_asked import STATES, Question
from accessflow.web.ledger_blueprint import offered
from accessflow.web.words import initials

MOST_LEFT = 300
NAMED = 4


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Rights of people who have left, without a revocation that was sent; `most`: there are more.

    `people`: the first names, each with how many.
    """

    rights: int
    people: tuple[tuple[str, int], ...]
    others: int
    most: bool


def around(found: Question) -> dict[str, Any]:
    """What stands around the list as around the matrix."""
    session, actor = context.session(), context.actor()
    overseer = scope.sees_all(actor)
    organization = _organization(found)
    return {
        "found": found,
        "states": STATES,
        "systems": sorted(
            context.catalogue().systems.values(), key=lambda system: system.label.casefold()
        ),
        "roles": ledger_asked.roles(found.system),
        "overseer": overseer,
        "organizations": people.organization_names(session, actor) if overseer else [],
        "organization": organization,
        "sums": _sums(found) if organization else None,
        "left": None if found.past else left_behind(found),
        "offered": offered,
        "kept": ledger_asked.arguments,
    }


def left_behind(found: Question) -> LeftBehind | None:
    """For the banner, of the own organisation, the one picked or of the region."""
    session, actor = context.session(), context.actor()
    if scope.sees_all(actor) and not found.organization:
        gone = rights_of_gone.listed(actor, found.on, Narrowed())
        rights = list(session.scalars(gone.order_by(Grant.id).limit(MOST_LEFT)))
    else:
        asked = Asked(found.on, organization=found.organization)
        rights = ledger_sums.left_behind(session, actor, asked, MOST_LEFT)
    sent = ledger_standing.sent_for(session, context.catalogue(), rights)
    names: dict[int, tuple[str, int]] = {}
    for right in rights:
        if right.id not in sent:
            _, number = names.get(right.person_id, ("", 0))
            names[right.person_id] = (_short(right), number + 1)
    ordered = sorted(names.values(), key=lambda told: (-told[1], told[0]))
    if not ordered:
        return None
    number = sum(n for _, n in ordered)
    return LeftBehind(
        number, tuple(ordered[:NAMED]), len(ordered[NAMED:]), len(rights) == MOST_LEFT
    )


def _organization(found: Question) -> Organization | None:
    """The one that the page is about: picked, or the reader's own. Raises NotFound."""
    actor = context.actor()
    its = found.organization or (None if scope.sees_all(actor) else actor.organization_id)
    return scope.organization(context.session(), actor, its) if its else None


def _sums(found: Question) -> ledger_sums.Sums:
    asked = Asked(found.on, found.known_at, organization=found.organization)
    return ledger_sums.sums(context.session(), context.actor(), asked)


def _short(right: Grant) -> str:
    return initials(name_of(right.person).full)
