"""In which state a right is on a day: held, new, being taken away, left behind, running out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Grant, Request
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_cover import CHUNK, Job, asked_of
from accessflow.services.ledger_queries import EXPIRING, NEW, until_known

Kind = Literal["held", "new", "asked", "left", "expiring", "expired", "ahead", "revoked", "voided"]


@dataclass(frozen=True, slots=True)
class Standing:
    """`day`: of the end, of the last day of work, of the term. `request`: the revocation that is
    on its way. `ahead`: not held yet on that day. `voided`: told wrongly, and put right since.
    """

    kind: Kind
    day: date | None = None
    request: Request | None = None


def standings(
    session: Session,
    catalogue: Catalogue,
    grants: Sequence[Grant],
    *,
    on: date,
    known_at: datetime | None = None,
) -> dict[int, Standing]:
    """By the right's id; the rights were loaded with their jobs."""
    sent = sent_for(session, catalogue, grants)
    return {g.id: _standing(g, sent.get(g.id), on, known_at) for g in grants}


def sent_for(session: Session, catalogue: Catalogue, grants: Sequence[Grant]) -> dict[int, Request]:
    """By the right's id: the revocation that was sent for it and is not decided."""
    found: dict[int, Request] = {}
    still = [g for g in grants if g.until is None and g.voided_at is None]
    for start in range(0, len(still), CHUNK):
        part = still[start : start + CHUNK]
        jobs = {Job(g.employment_id, g.person_id, g.organization_id) for g in part}
        asked = asked_of(session, catalogue, sorted(jobs, key=lambda job: job.employment_id))
        for grant in part:
            for asking in asked[grant.employment_id]:
                if asking.sent and asking.covers(grant):
                    found[grant.id] = asking.request
    return found


def _standing(grant: Grant, sent: Request | None, on: date, known_at: datetime | None) -> Standing:
    until, job_over = until_known(grant, known_at), grant.employment.until
    if grant.voided_at is not None and (known_at is None or grant.voided_at <= known_at):
        return Standing("voided", moscow_date(grant.voided_at))
    if until is not None and until <= on:
        return Standing("revoked", until)
    if grant.since > on:
        return Standing("ahead", grant.since)
    if sent is not None and sent.sent_at is not None and moscow_date(sent.sent_at) <= on:
        return Standing("asked", moscow_date(sent.sent_at), sent)
    if job_over is not None and job_over < on:
        return Standing("left", job_over)
    if grant.expires_on is not None and grant.expires_on <= on + EXPIRING:
        kind: Kind = "expired" if grant.expires_on < on else "expiring"
        return Standing(kind, grant.expires_on)
    return Standing("new" if grant.since > on - NEW else "held")
