"""What a dismissed person still holds, and which of it is already asked to be taken away.

For many dismissals of one organisation at once: a few queries for a chunk, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import (
    Dismissal,
    DismissalRevocation,
    Grant,
    Person,
    Request,
    RequestRow,
)
from accessflow.services.ledger import role_of
from accessflow.services.offers import together
from accessflow.workflow.holding import role_key
from accessflow.workflow.states import UNFILED

CHUNK = 500
DEAD = frozenset({"refused", "annulled", "duplicate", "withdrawn"})
"""What ended so takes nothing away: it is to be asked for again (R38)."""


class Job(NamedTuple):
    """Whose rights are asked to be taken away; of an employment, a dismissal, a grant."""

    employment_id: int
    person_id: int
    organization_id: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A row of a revocation that names the person; `role` "" means every role."""

    request: Request
    row: RequestRow
    systems: frozenset[str]
    role: str

    @property
    def sent(self) -> bool:
        return self.request.state not in UNFILED

    @property
    def open(self) -> bool:
        """Whether it still may take something away, or has."""
        return self.request.state not in DEAD and self.row.outcome != "refused"

    def covers(self, grant: Grant) -> bool:
        same = not self.role or not grant.role or role_key(self.role) == role_key(grant.role)
        return self.open and grant.system in self.systems and same and not self.row.outcome


@dataclass(frozen=True, slots=True)
class Cover:
    """Of one dismissal: rights open now, and what asks for them; `linked`: made for it."""

    held: tuple[Grant, ...]
    asked: tuple[Asking, ...]
    linked: frozenset[int]

    @property
    def uncovered(self) -> tuple[Grant, ...]:
        """Held, and no living revocation asks for it, sent or not."""
        return tuple(g for g in self.held if not any(a.covers(g) for a in self.asked))

    @property
    def unsent(self) -> tuple[Grant, ...]:
        """Held, and no revocation that was sent asks for it."""
        return tuple(g for g in self.held if not any(a.sent and a.covers(g) for a in self.asked))

    @property
    def made_for_it(self) -> tuple[Asking, ...]:
        return tuple(a for a in self.asked if a.request.id in self.linked)

    @property
    def waiting(self) -> tuple[Asking, ...]:
        """Made for it and living, but not sent."""
        return tuple(a for a in self.made_for_it if a.open and not a.sent)

    @property
    def undecided(self) -> tuple[Asking, ...]:
        """Sent, and nobody has decided on the row."""
        return tuple(a for a in self.made_for_it if a.open and a.sent and not a.row.outcome)


def cover_of(session: Session, catalogue: Catalogue, dismissal: Dismissal) -> Cover:
    return covers_of(session, catalogue, [dismissal])[dismissal.id]


def covers_of(
    session: Session, catalogue: Catalogue, dismissals: Sequence[Dismissal]
) -> Mapping[int, Cover]:
    """By the dismissal's id."""
    found: dict[int, Cover] = {}
    for start in range(0, len(dismissals), CHUNK):
        part = dismissals[start : start + CHUNK]
        jobs = {d.employment_id for d in part}
        held = _held(session, jobs)
        asked = asked_of(
            session,
            catalogue,
            [Job(d.employment_id, d.person_id, d.organization_id) for d in part],
        )
        linked = _linked(session, part)
        for d in part:
            found[d.id] = Cover(
                tuple(held[d.employment_id]),
                tuple(asked[d.employment_id]),
                frozenset(linked[d.id]),
            )
    return found


def _held(session: Session, jobs: Iterable[int]) -> Mapping[int, list[Grant]]:
    found: dict[int, list[Grant]] = defaultdict(list)
    for grant in session.scalars(
        select(Grant)
        .where(Grant.employment_id.in_(jobs), Grant.until.is_(None), Grant.voided_at.is_(None))
        .order_by(Grant.id)
    ):
        found[grant.employment_id].append(grant)
    return found


def asked_of(
    session: Session, catalogue: Catalogue, jobs: Sequence[Job]
) -> Mapping[int, list[Asking]]:
    """By job: revocations by their rows' СНИЛС, of the organisation, for this job or for no job
    named. For some hundreds of jobs at once."""
    people = select(Person.id, Person.snils).where(Person.id.in_({job.person_id for job in jobs}))
    digits: dict[int, str] = {row.id: row.snils for row in session.execute(people)}
    rows: dict[tuple[str, int], list[RequestRow]] = defaultdict(list)
    for row in session.scalars(
        select(RequestRow)
        .join(RequestRow.request)
        .where(
            RequestRow.snils.in_(set(digits.values())),
            Request.organization_id.in_({job.organization_id for job in jobs}),
            Request.kind == "revocation",
            Request.deleted_at.is_(None),
        )
        .options(joinedload(RequestRow.request))
        .order_by(RequestRow.id)
    ):
        rows[row.snils, row.request.organization_id].append(row)
    return {
        job.employment_id: [
            asking
            for row in rows[digits[job.person_id], job.organization_id]
            if row.employment_id in (None, job.employment_id)
            for asking in _asking(catalogue, row)
        ]
        for job in jobs
    }


def _asking(catalogue: Catalogue, row: RequestRow) -> Iterator[Asking]:
    if row.request.system is not None:
        systems = together(catalogue, row.request.system)
        role = role_of(catalogue, systems[0], row, "close")
        yield Asking(row.request, row, frozenset(s.slug for s in systems), role)


def _linked(session: Session, dismissals: Sequence[Dismissal]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    query = select(DismissalRevocation.dismissal_id, DismissalRevocation.request_id)
    ids = [d.id for d in dismissals]
    for dismissal_id, request_id in session.execute(
        query.where(DismissalRevocation.dismissal_id.in_(ids))
    ):
        found[dismissal_id].add(request_id)
    return found
