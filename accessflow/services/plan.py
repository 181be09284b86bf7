"""From picks to applications: who goes into which, with which role, and what is still missing.

Pure: the page shows the plan and `services/requests.py` carries it out, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from accessflow.catalogue.spec import Catalogue
from accessflow.forms.application import Row
from accessflow.forms.check import MAX_ROWS
from accessflow.forms.rows import NAME_KEYS, keys_of
from accessflow.forms.spec import Role
from accessflow.services.candidates import Candidate
from accessflow.services.offers import Offer, offers
from accessflow.services.picks import Picks

ALWAYS = frozenset({*NAME_KEYS, "no_middle_name", "snils"})
"""Row keys that are kept also where the form does not print them (X6)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row to be: a person, the role if one has been chosen, until when, if not for good, and
    the functional object, where it is known and the form names it."""

    candidate: Candidate
    role: str
    expires_on: date | None = None
    functional_object: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One application to be; `part` of `parts`, where one holds no more than MAX_ROWS."""

    offer: Offer
    lines: tuple[Line, ...]
    part: int = 1
    parts: int = 1

    @property
    def people(self) -> tuple[Candidate, ...]:
        return tuple(line.candidate for line in self.lines)

    @property
    def without_email(self) -> tuple[Candidate, ...]:
        return tuple(c for c in self.people if self.offer.asks_email and not c.email)

    @property
    def without_role(self) -> tuple[Candidate, ...]:
        asked = self.offer.free_role or len(self.offer.roles) > 1
        return tuple(line.candidate for line in self.lines if asked and not line.role)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The chosen ones, each once."""
        names = {line.role for line in self.lines}
        return tuple(role for role in self.offer.roles if role.name in names)

    def lacking(self, prerequisite: str) -> tuple[Candidate, ...]:
        """Those of whom nobody has attested it; a revocation asks for none (R32, R33)."""
        if self.offer.action != "grant":
            return ()
        return tuple(c for c in self.people if prerequisite not in c.attested)


@dataclass(frozen=True, slots=True)
class Plan:
    """`left`: picked, but gone, so not for a grant. `exceptional`: those that МИАЦ has to let
    through."""

    applications: tuple[Planned, ...]
    left: tuple[Candidate, ...]
    exceptional: tuple[Offer, ...]

    @property
    def rows(self) -> int:
        return sum(len(a.lines) for a in self.applications)

    @property
    def without_email(self) -> tuple[Candidate, ...]:
        """Everybody whose address some application needs and nobody knows, once."""
        people = {c.employment: c for a in self.applications for c in a.without_email}
        return tuple(people.values())


def make_plan(
    catalogue: Catalogue, picks: Picks, people: Iterable[Candidate], kind: str, on: date
) -> Plan:
    """`people`: the candidates behind `picks.people`; `kind`: of the organisation that files."""
    candidates = list(people)
    grant = picks.action == "grant"
    left = tuple(c for c in candidates if grant and c.has_left(on))
    there = [c for c in candidates if not (grant and c.has_left(on))]
    chosen = picked_offers(catalogue, picks, kind, on)
    return Plan(
        applications=tuple(
            planned
            for offer in chosen
            for planned in parts_of(offer, tuple(_lines(picks, offer, there)))
        ),
        left=left,
        exceptional=tuple(offer for offer in chosen if offer.exceptional),
    )


def picked_offers(catalogue: Catalogue, picks: Picks, kind: str, on: date) -> tuple[Offer, ...]:
    """In the order of the regulation's tables."""
    return offers(catalogue, picks.action, kind, on, covering=set(picks.systems))


def _lines(picks: Picks, offer: Offer, people: Iterable[Candidate]) -> Iterator[Line]:
    for candidate in people:
        pair = (candidate.employment, offer.slug)
        if pair not in picks.without:
            yield Line(candidate, offer.fixed_role or _role(offer, picks.role(pair)))


def _role(offer: Offer, name: str) -> str:
    """A role that was chosen before the action changed may not exist here."""
    return name if offer.free_role or any(r.name == name for r in offer.roles) else ""


def parts_of(offer: Offer, lines: tuple[Line, ...]) -> Iterator[Planned]:
    """As many applications as the lines need."""
    parts = -(-len(lines) // MAX_ROWS)
    for part in range(parts):
        yield Planned(offer, lines[part * MAX_ROWS : (part + 1) * MAX_ROWS], part + 1, parts)


def answers_of(offer: Offer, line: Line) -> Row:
    """The row's answers: what the form asks for, as far as it is known."""
    c = line.candidate
    known = {
        "last_name": c.name.last,
        "first_name": c.name.first,
        "middle_name": c.name.middle,
        "no_middle_name": "1" if c.no_middle_name else "",
        "snils": f"{c.snils[:3]}-{c.snils[3:6]}-{c.snils[6:9]} {c.snils[9:]}",
        "position": c.position,
        "email": c.email,
        "work_phone": c.work_phone,
        "contact_phone": c.contact_phone,
        "role": line.role,
        "functional_object": line.functional_object,
        "expires_on": f"{line.expires_on:%d.%m.%Y}" if line.expires_on else "",
    }
    asked = {key for column in offer.form.columns for key in keys_of(column)} | ALWAYS
    return {key: value for key, value in known.items() if value and key in asked}
