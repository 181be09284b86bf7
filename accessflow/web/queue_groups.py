"""The facets of the queue as they stand on the page, in words and with their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from accessflow.db.tables import Organization, User
from accessflow.services import absences
from accessflow.services.offers import system_label
from accessflow.services.overview_figures import NO_SYSTEM
from accessflow.services.queue import Wanted
from accessflow.services.queue_facets import FACETS, ME, NOBODY
from accessflow.services.queue_tally import Tally
from accessflow.web import context
from accessflow.web.queue_asked import LABELS, ORDERS, TITLES
from accessflow.web.request_words import STATES
from accessflow.web.words import initials
from accessflow.workflow.states import OPEN, UNFILED

SHOWN = 8
"""So many values of a long facet stand open."""
ALWAYS = frozenset({"term", "state"})
"""Facets that stand there though they tell nothing apart."""


@dataclass(frozen=True, slots=True)
class Value:
    """`number` is "" where it is not known."""

    slug: str
    label: str
    number: str
    picked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A facet as it stands on the page: `more` under «ещё»; `others`: what else can be picked."""

    name: str
    title: str
    values: tuple[Value, ...]
    more: tuple[Value, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def groups(wanted: Wanted, base: Tally | None) -> list[Group]:
    """`base`: what they narrow; None where that is too much to count."""
    return [group for name in FACETS if (group := _group(name, wanted, base)) is not None]


def _group(name: str, wanted: Wanted, base: Tally | None) -> Group | None:
    """None where it could tell nothing apart."""
    chosen = wanted.chosen.get(name, ())
    counter = base.values(name, wanted.chosen) if base else None
    slugs = _slugs(name, wanted, counter)
    there = [s for s in slugs if s in chosen or counter is None or counter[s]]
    if name in ALWAYS and counter is not None:
        there = [s for s in slugs if s in chosen or counter[s]]
    words = labels(name, there)
    values = tuple(
        Value(
            slug,
            words.get(slug, slug),
            "" if counter is None else str(counter[slug]),
            slug in chosen,
        )
        for slug in there
    )
    others = _organizations(there) if name == "organization" else ()
    if not chosen and not others and len(values) < (1 if name in ALWAYS else 2):
        return None
    picked = [v for v in values[SHOWN:] if v.picked]
    return Group(
        name,
        TITLES[name],
        (*values[:SHOWN], *picked),
        tuple(v for v in values[SHOWN:] if not v.picked),
        others,
    )


def _slugs(name: str, wanted: Wanted, counter: Counter[str] | None) -> list[str]:
    """In the order of the facet; those without one by how many there are."""
    chosen = wanted.chosen.get(name, ())
    if name == "state":
        possible = OPEN if wanted.scope == "open" else [s for s in STATES if s not in UNFILED]
        return list(dict.fromkeys((*possible, *chosen)))
    if name in ORDERS:
        return list(ORDERS[name])
    if counter is not None:
        by_number = [slug for slug, _ in counter.most_common()]
        first = [s for s in (ME, NOBODY) if name == "assignee" and (counter[s] or s in chosen)]
        return list(dict.fromkeys((*first, *by_number, *chosen)))
    if name == "system":
        return sorted(context.catalogue().systems, key=lambda slug: _system(slug).casefold())
    if name == "assignee":
        people = absences.colleagues(context.session(), context.today())
        return [ME, NOBODY, *(str(user.id) for user in people)]
    return list(chosen)


def labels(name: str, slugs: Sequence[str]) -> Mapping[str, str]:
    """Values of a facet in words; those that are words already may be missing."""
    if name in LABELS:
        return LABELS[name]
    if name == "state":
        return {slug: STATES[slug].label for slug in slugs}
    if name == "system":
        return {slug: _system(slug) for slug in slugs}
    if name == "assignee":
        named = _names(User.id, User.name, slugs)
        people = {slug: initials(text) for slug, text in named.items()}
        return {ME: "мои", NOBODY: "никто", **people}
    if name == "organization":
        return _names(Organization.id, Organization.short_name, slugs)
    return {}


def _names(key: Any, name: Any, slugs: Sequence[str]) -> dict[str, str]:
    ids = [int(slug) for slug in slugs if slug.isdecimal() and int(slug) < 2**31]
    rows = context.session().execute(select(key, name).where(key.in_(ids)))
    return {str(one): text for one, text in rows}


def _organizations(there: Sequence[str]) -> tuple[tuple[str, str], ...]:
    query = select(Organization.id, Organization.short_name).order_by(Organization.short_name)
    found = ((str(key), name) for key, name in context.session().execute(query))
    return tuple((key, name) for key, name in found if key not in there)


def _system(slug: str) -> str:
    catalogue = context.catalogue()
    if slug == NO_SYSTEM:
        return "без системы"
    return system_label(catalogue, slug) if slug in catalogue.systems else slug
