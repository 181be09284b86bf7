"""From rights that are wanted to grants: the right form, one application a system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Organization
from accessflow.services import candidates, objects
from accessflow.services.offers import Offer, offer
from accessflow.services.plan import Line, Planned, parts_of


@dataclass(frozen=True, slots=True)
class Granted:
    """A right to ask for; `expires_on`: until when, None for good; `functional_object`: None for
    that of the right held now."""

    employment_id: int
    system: str
    role: str = ""
    expires_on: date | None = None
    functional_object: str | None = None


def grants_of(
    session: Session,
    catalogue: Catalogue,
    organization: Organization,
    wanted: Sequence[Granted],
    on: date,
) -> tuple[Planned, ...]:
    """Applications that ask for these rights, one a system, in the order of the tables. Systems
    that are not open and people who are not there are left out."""
    jobs = dict.fromkeys(one.employment_id for one in wanted)
    people = candidates.by_employment(candidates.load(session, organization.id, jobs))
    naming = {one.system for one in wanted if _names_object(catalogue, one, organization.kind, on)}
    held = objects.of_jobs(session, jobs, naming)
    lines: dict[str, dict[tuple[int, str], Line]] = defaultdict(dict)
    offers: dict[str, Offer] = {}
    for one in wanted:
        chosen = offer(catalogue, one.system, "grant", organization.kind, on)
        candidate = people.get(one.employment_id)
        if candidate is None or chosen.exceptional or candidate.has_left(on):
            continue
        offers[chosen.slug] = chosen
        named = one.functional_object
        if named is None:
            named = held.get((one.employment_id, one.system), "")
        line = Line(candidate, one.role or chosen.fixed_role, one.expires_on, named)
        lines[chosen.slug][line.candidate.employment, line.role] = line
    ordered = sorted(
        offers.values(), key=lambda o: (not o.federal, o.system.table, o.system.number)
    )
    return tuple(planned for o in ordered for planned in parts_of(o, tuple(lines[o.slug].values())))


def _names_object(catalogue: Catalogue, one: Granted, kind: str, on: date) -> bool:
    return objects.names_object(offer(catalogue, one.system, "grant", kind, on).form)
