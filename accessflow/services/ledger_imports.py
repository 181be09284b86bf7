"""What lists say is held comes into the ledger, and goes with a list that turned out wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, Grant, LedgerEntry
from accessflow.domain.text import clean
from accessflow.services.ledger_settling import lock_jobs, settle, withdraw
from accessflow.workflow.holding import role_key


def open_from_list(
    session: Session,
    job: Employment,
    system: str,
    role: str,
    now: datetime,
    *,
    on: date,
    reference: str,
    import_job_id: int | None = None,
    last_seen_on: date | None = None,
    expires_on: date | None = None,
) -> LedgerEntry | None:
    """A right that a list says is held since `on`, or None where the ledger holds it already.

    `reference`: the file and its row; `expires_on`: its term, where the list knows one.
    """
    told = Listed(job, system, role, on, reference, import_job_id, last_seen_on, expires_on)
    return open_many_from_list(session, [told], now)[0]


@dataclass(frozen=True, slots=True)
class Listed:
    """A right as a list has it; see `open_from_list`."""

    job: Employment
    system: str
    role: str
    on: date
    reference: str
    import_job_id: int | None = None
    last_seen_on: date | None = None
    expires_on: date | None = None

    @property
    def right(self) -> Right:
        return self.job.id, self.system, role_key(self.role)


Right = tuple[int, str, str]
"""A job, a system, and the key of a role."""


def open_many_from_list(
    session: Session, told: Sequence[Listed], now: datetime
) -> list[LedgerEntry | None]:
    """The same of some hundreds of rows, by a few queries; of one right told twice the first."""
    lock_jobs(session, (one.job.id for one in told))
    known = set(_held(session, told))
    entries: list[LedgerEntry | None] = []
    for one in told:
        entries.append(None if one.right in known else _listed(one, now))
        known.add(one.right)
    fresh = [entry for entry in entries if entry is not None]
    session.add_all(fresh)
    settle(session, fresh, now, "")
    held = _held(session, told)
    for one in told:
        if one.last_seen_on is not None and one.right in held:
            held[one.right].last_seen_on = one.last_seen_on
    return entries


def _listed(one: Listed, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        kind="open",
        employment_id=one.job.id,
        person_id=one.job.person_id,
        organization_id=one.job.organization_id,
        system=one.system,
        role=clean(one.role),
        happened_on=one.on,
        expires_on=one.expires_on,
        provenance="import",
        reference=one.reference,
        import_job_id=one.import_job_id,
        recorded_at=now,
    )


def withdraw_list_part(
    session: Session, import_job_id: int, now: datetime, why: str, most: int
) -> list[int]:
    """A list that turned out wrong is taken back, so many entries at most; the job of each."""
    found = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.import_job_id == import_job_id, LedgerEntry.withdrawn_at.is_(None))
        .order_by(LedgerEntry.id)
        .limit(most)
    ).all()
    withdraw(session, found, now, why)
    return [entry.employment_id for entry in found]


def _held(session: Session, told: Sequence[Listed]) -> dict[Right, Grant]:
    """What of it is held now."""
    rights = session.scalars(
        select(Grant).where(
            Grant.employment_id.in_({one.job.id for one in told}),
            Grant.system.in_({one.system for one in told}),
            Grant.until.is_(None),
            Grant.voided_at.is_(None),
        )
    )
    return {(r.employment_id, r.system, role_key(r.role)): r for r in rights}
