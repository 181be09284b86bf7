"""The ledger of entitlements is written: by decided rows of applications, and by lists.

Never typed by hand. A decided row leaves entries (`open_from_row`, `close_from_row`), a decision
taken back withdraws them (`take_back`); what is then held follows (`ledger_settling.settle`).
"""

from __future__ import annotations

from collections.abc import Iterable
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
from accessflow.services.ledger_settling import lock_jobs, settle
from accessflow.services.offers import together
from accessflow.workflow.holding import role_key

TAKEN_BACK = "решение по заявке отменено"
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
    `outcome` says. `on`: the day it happened, where it is noted down later.
    """
    decided = list(rows)
    lock_jobs(session, (row.employment_id for row in decided if row.employment_id))
    for row in decided:
        if row.outcome == "granted":
            until = term_of(row)
            open_from_row(session, catalogue, request, row, now, on=on, expires_on=until)
        elif row.outcome == "revoked":
            close_from_row(session, catalogue, request, row, now, on=on)
        else:
            take_back(session, row, now)


def open_from_row(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    row: RequestRow,
    now: datetime,
    *,
    on: date | None = None,
    expires_on: date | None = None,
) -> Entries:
    """A right of the row's person in the application's system, two where it covers two (X18).

    The same row told twice is told once. Nothing, with a note in the application's history, for a
    row whose person cannot be told.
    """
    return _told(session, catalogue, request, row, now, "open", on, expires_on)


def close_from_row(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    row: RequestRow,
    now: datetime,
    *,
    on: date | None = None,
) -> Entries:
    """What the row names is over: its role, without one every role in the system.

    A closing that meets nothing open is kept all the same: the right may be told of later.
    """
    return _told(session, catalogue, request, row, now, "close", on, None)


def take_back(session: Session, row: RequestRow, now: datetime, why: str = TAKEN_BACK) -> Entries:
    """The row's entries are withdrawn, as if it had not been decided."""
    found = tuple(_of_row(session, row))
    for entry in found:
        entry.withdrawn_at, entry.withdrawn_why = now, why
    for entry in found:
        settle(session, entry.employment_id, entry.system, now, why)
    return found


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
    lock_jobs(session, (job.id,))
    held = _held_now(session, job.id, system, role)
    entry = None
    if held is None:
        entry = LedgerEntry(
            kind="open",
            employment_id=job.id,
            person_id=job.person_id,
            organization_id=job.organization_id,
            system=system,
            role=clean(role),
            happened_on=on,
            expires_on=expires_on,
            provenance="import",
            reference=reference,
            import_job_id=import_job_id,
            recorded_at=now,
        )
        session.add(entry)
        settle(session, job.id, system, now)
        held = _held_now(session, job.id, system, role)
    if held is not None and last_seen_on is not None:
        held.last_seen_on = last_seen_on
    return entry


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
    for employment_id, system in sorted({(e.employment_id, e.system) for e in found}):
        settle(session, employment_id, system, now, why)
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
    kind: str,
    on: date | None,
    expires_on: date | None,
) -> Entries:
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
            expires_on=expires_on,
            provenance="request",
            reference=request.number,
            request_row_id=row.id,
            recorded_at=now,
        )
        for system in together(catalogue, request.system)
    )
    session.add_all(entries)
    for entry in entries:
        settle(session, job.id, entry.system, now, f"уточнено заявкой {request.number}")
    return entries


def _of_row(session: Session, row: RequestRow) -> Iterable[LedgerEntry]:
    return session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.request_row_id == row.id, LedgerEntry.withdrawn_at.is_(None))
        .order_by(LedgerEntry.id)
    ).all()


def _held_now(session: Session, employment_id: int, system: str, role: str) -> Grant | None:
    rights = session.scalars(
        select(Grant).where(
            Grant.employment_id == employment_id,
            Grant.system == system,
            Grant.until.is_(None),
            Grant.voided_at.is_(None),
        )
    )
    return next((right for right in rights if role_key(right.role) == role_key(role)), None)


def _note_nobody(session: Session, request: Request, row: RequestRow, now: datetime) -> None:
    history.record(
        session, actor=SYSTEM, now=now, entity="request", entity_id=request.id, event="changed",
        what={"Реестр прав": ["—", f"строка {row.position} не учтена: в ней нет верного СНИЛС"]},
    )  # fmt: skip
