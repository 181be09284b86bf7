"""The ledger of entitlements is written: by decided rows of applications.

Never typed by hand. Decided rows leave entries (`follow_rows`), a decision taken back withdraws
them; what is then held follows (`ledger_settling.settle`). By lists: `ledger_imports`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue, SystemSpec
from accessflow.db.tables import Grant, LedgerEntry, Request, RequestRow
from accessflow.domain.dates import read_date
from accessflow.domain.text import clean
from accessflow.services import history
from accessflow.services.actor import SYSTEM
from accessflow.services.clock import moscow_date
from accessflow.services.ledger_jobs import job_of
from accessflow.services.ledger_settling import lock_jobs, settle, withdraw
from accessflow.services.offers import together
from accessflow.workflow.holding import role_key

TAKEN_BACK = "решение по заявке отменено"
KINDS = {"granted": "open", "revoked": "close"}
"""What a row's outcome tells the ledger."""


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
    take_back(session, [row for row in decided if row.outcome not in KINDS], now)
    entries = [
        entry
        for row in decided
        if row.outcome in KINDS
        for entry in _told(session, catalogue, request, row, now, on)
    ]
    settle(session, entries, now, f"уточнено заявкой {request.number}")


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
    settle(session, entries, now, "уточнено старым журналом")


def take_back(
    session: Session, rows: Collection[RequestRow], now: datetime, why: str = TAKEN_BACK
) -> None:
    """The entries of some hundreds of rows are withdrawn, as if nobody had decided on them."""
    withdraw(session, _entries_of(session, rows), now, why)


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
) -> tuple[LedgerEntry, ...]:
    kind = KINDS[row.outcome]
    if request.system is None or _entries_of(session, [row]):
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


def _entries_of(session: Session, rows: Collection[RequestRow]) -> Sequence[LedgerEntry]:
    """What stands by these rows."""
    return session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.request_row_id.in_([row.id for row in rows]),
            LedgerEntry.withdrawn_at.is_(None),
        )
        .order_by(LedgerEntry.id)
    ).all()


def _note_nobody(session: Session, request: Request, row: RequestRow, now: datetime) -> None:
    history.record(
        session, actor=SYSTEM, now=now, entity="request", entity_id=request.id, event="changed",
        what={"Реестр прав": ["—", f"строка {row.position} не учтена: в ней нет верного СНИЛС"]},
    )  # fmt: skip
