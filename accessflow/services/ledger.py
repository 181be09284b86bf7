"""The ledger of entitlements is written: by decided rows of applications, and by lists.

Never typed by hand. Decided rows leave entries (`follow_rows`), a decision taken back withdraws
them; what is then held follows (`ledger_settling.settle_many`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue, SystemSpec
from accessflow.db.tables import Employment, Grant, LedgerEntry, Request, RequestRow
from accessflow.domain.dates import read_date
from accessflow.domain.text import clean
from accessflow.services import history
from accessflow.services.actor import SYSTEM
from accessflow.services.clock import moscow_date
from accessflow.services.ledger_jobs import job_of
from accessflow.services.ledger_settling import lock_jobs, settle_many
from accessflow.services.offers import together
from accessflow.workflow.holding import role_key

TAKEN_BACK = "решение по заявке отменено"
KINDS = {"granted": "open", "revoked": "close"}
"""What a row's outcome tells the ledger."""
Entries = tuple[LedgerEntry, ...]


def follow_rows(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    rows: Iterable[RequestRow],
    now: datetime,
    on: date | None = None,
) -> None:
    """The ledger after these rows have been decided, or their decisions taken back, as their
    `outcome` says: a right is given in the application's system, in two where it covers two (X18),
    or what the row names is over, its role, without one every role. `on`: the day it happened,
    where it is noted down later.

    The same row told twice is told once; a closing that meets nothing open is kept, for the right
    may be told of later; a row whose person cannot be told leaves a note in the application's
    history and nothing else.
    """
    decided = list(rows)
    lock_jobs(session, (row.employment_id for row in decided if row.employment_id))
    entries: list[LedgerEntry] = []
    for row in decided:
        if row.outcome in KINDS:
            entries += _told(session, catalogue, request, row, now, on)
        else:
            take_back(session, row, now)
    _settle(session, entries, now, f"уточнено заявкой {request.number}")


def take_over(
    session: Session,
    catalogue: Catalogue,
    decided: Iterable[tuple[Request, RequestRow, date | None]],
    now: datetime,
) -> None:
    """The ledger after rows, new ones of old applications, that were decided long ago."""
    entries = [
        entry
        for request, row, on in decided
        for entry in _told(session, catalogue, request, row, now, on)
    ]
    _settle(session, entries, now, "уточнено старым журналом")


def take_back(session: Session, row: RequestRow, now: datetime, why: str = TAKEN_BACK) -> Entries:
    """The row's entries are withdrawn, as if it had not been decided."""
    found = tuple(_of_row(session, row))
    for entry in found:
        entry.withdrawn_at, entry.withdrawn_why = now, why
    _settle(session, found, now, why)
    return found


def take_back_many(session: Session, rows: Sequence[RequestRow], now: datetime, why: str) -> None:
    """The same of some hundreds of rows, by a few queries."""
    found = session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.request_row_id.in_([row.id for row in rows]),
            LedgerEntry.withdrawn_at.is_(None),
        )
        .order_by(LedgerEntry.id)
    ).all()
    lock_jobs(session, (entry.employment_id for entry in found))
    for entry in found:
        entry.withdrawn_at, entry.withdrawn_why = now, why
    _settle(session, found, now, why)


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
    _settle(session, fresh, now, "")
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


def withdraw_list(session: Session, import_job_id: int, now: datetime, why: str) -> int:
    """A list that turned out wrong is taken back whole; how many entries it had told."""
    return len(withdraw_list_part(session, import_job_id, now, why, None))


def withdraw_list_part(
    session: Session, import_job_id: int, now: datetime, why: str, most: int | None
) -> list[int]:
    """The same of so many entries at most; the job of each."""
    found = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.import_job_id == import_job_id, LedgerEntry.withdrawn_at.is_(None))
        .order_by(LedgerEntry.id)
        .limit(most)
    ).all()
    lock_jobs(session, (entry.employment_id for entry in found))
    for entry in found:
        entry.withdrawn_at, entry.withdrawn_why = now, why
    _settle(session, found, now, why)
    return [entry.employment_id for entry in found]


def do_not_renew(session: Session, grant_ids: Iterable[int], *, renew: bool = False) -> None:
    """«Не продлевать»: these are to run out."""
    wanted = Grant.id.in_(tuple(grant_ids))
    session.execute(update(Grant).where(wanted).values(no_renewal=not renew))


def term_of(row: RequestRow) -> date | None:
    """Until which day the row asks for its right, where it says so."""
    return read_date(str(row.answers.get("expires_on", "")))


def role_of(catalogue: Catalogue, system: SystemSpec, row: RequestRow, kind: str) -> str:
    """As the catalogue spells it. Without one: the only role there is for a grant, every role for
    a revocation."""
    typed = clean(str(row.answers.get("role", "")))
    known = catalogue.roles_of(system, catalogue.form(system.grant_form))
    if typed:
        names = {role_key(name): role.name for role in known for name in (role.name, *role.aliases)}
        return names.get(role_key(typed), typed)
    return known[0].name if kind == "open" and len(known) == 1 else ""


def _told(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    row: RequestRow,
    now: datetime,
    on: date | None,
) -> Entries:
    kind = KINDS[row.outcome]
    if request.system is None or any(_of_row(session, row)):
        return ()
    day = on or moscow_date(now)
    job = job_of(session, request, row, now, day)
    if job is None:
        _note_nobody(session, request, row, now)
        return ()
    entries = tuple(
        LedgerEntry(
            kind=kind,
            employment_id=job.id,
            person_id=job.person_id,
            organization_id=job.organization_id,
            system=system.slug,
            role=role_of(catalogue, system, row, kind),
            component=clean(str(row.answers.get("component", ""))) or system.component,
            happened_on=day,
            expires_on=term_of(row) if kind == "open" else None,
            provenance="request",
            reference=request.number,
            request_row_id=row.id,
            recorded_at=now,
        )
        for system in together(catalogue, request.system)
    )
    session.add_all(entries)
    return entries


def _settle(session: Session, entries: Iterable[LedgerEntry], now: datetime, why: str) -> None:
    settle_many(session, {(entry.employment_id, entry.system) for entry in entries}, now, why)


def _of_row(session: Session, row: RequestRow) -> Iterable[LedgerEntry]:
    return session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.request_row_id == row.id, LedgerEntry.withdrawn_at.is_(None))
        .order_by(LedgerEntry.id)
    ).all()


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


def _note_nobody(session: Session, request: Request, row: RequestRow, now: datetime) -> None:
    history.record(
        session, actor=SYSTEM, now=now, entity="request", entity_id=request.id, event="changed",
        what={"Реестр прав": ["—", f"строка {row.position} не учтена: в ней нет верного СНИЛС"]},
    )  # fmt: skip
