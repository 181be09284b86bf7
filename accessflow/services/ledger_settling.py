"""From entries to grants: what the ledger holds is brought to what its entries come to.

Called in the transaction that wrote or withdrew an entry. One job is settled by one transaction at
a time; what stands as it should is not touched, what turned out otherwise is voided and kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, Grant, LedgerEntry
from accessflow.workflow.holding import Span, Told, fold

CHUNK = 500
Pair = tuple[int, str]
"""A job and a system."""


def lock_jobs(session: Session, employment_ids: Iterable[int]) -> None:
    """In one order, lest two transactions wait for each other."""
    wanted = sorted(set(employment_ids))
    for start in range(0, len(wanted), CHUNK):
        jobs = select(Employment.id).where(Employment.id.in_(wanted[start : start + CHUNK]))
        session.execute(jobs.order_by(Employment.id).with_for_update(key_share=True))


def withdraw(session: Session, entries: Collection[LedgerEntry], now: datetime, why: str) -> None:
    """As if they had never been told; what they said stays known as what was believed."""
    lock_jobs(session, (entry.employment_id for entry in entries))
    for entry in entries:
        entry.withdrawn_at, entry.withdrawn_why = now, why
    settle(session, entries, now, why)


def settle(
    session: Session, entries: Iterable[LedgerEntry], now: datetime, why: str = ""
) -> tuple[Grant, ...]:
    """The grants of these entries' jobs and systems that have changed, by a few queries; `why` is
    kept on those voided."""
    session.flush()
    wanted = sorted({(entry.employment_id, entry.system) for entry in entries})
    lock_jobs(session, (employment_id for employment_id, _ in wanted))
    changed: list[Grant] = []
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        told, standing = _entries(session, part), _standing(session, part)
        fresh: list[Grant] = []
        for pair in part:
            anew, before = _settled(told[pair], standing[pair], now, why)
            fresh += anew
            changed += (*before, *anew)
        session.flush()  # what is open goes before what opens in its place
        session.add_all(fresh)
        session.flush()
    return tuple(changed)


def _settled(
    entries: dict[int, LedgerEntry], standing: dict[int, Grant], now: datetime, why: str
) -> tuple[list[Grant], list[Grant]]:
    """Grants to be, and those that were and have changed."""
    fresh: list[Grant] = []
    changed: list[Grant] = []
    spans = fold(_told(entry) for entry in entries.values())
    _note_what_met_nothing(entries, spans, now)
    for span in spans:
        grant = standing.pop(span.opened, None)
        if grant is not None and _same(grant, span):
            continue
        if grant is not None and _only_closes(grant, span):
            _close(grant, span, now)
        else:
            fresh.append(_grant(entries, span, now, grant))
            if grant is not None:
                _void(grant, now, why or "уточнено")
        if grant is not None:
            changed.append(grant)
    for grant in standing.values():
        _void(grant, now, why or "решение отменено")
        changed.append(grant)
    return fresh, changed


def _note_what_met_nothing(
    entries: dict[int, LedgerEntry], spans: Iterable[Span], now: datetime
) -> None:
    """A closing that ends no right is worth a look, until a right is told of that it ends."""
    met = {span.closed for span in spans}
    for entry in entries.values():
        if entry.kind == "close" and (entry.id in met) == (entry.met_nothing_at is not None):
            entry.met_nothing_at = None if entry.id in met else now


def _entries(session: Session, pairs: Sequence[Pair]) -> Mapping[Pair, dict[int, LedgerEntry]]:
    found = session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.employment_id.in_({employment_id for employment_id, _ in pairs}),
            LedgerEntry.system.in_({system for _, system in pairs}),
            LedgerEntry.withdrawn_at.is_(None),
        )
        .order_by(LedgerEntry.id)
        .execution_options(populate_existing=True)
    )
    by_pair: dict[Pair, dict[int, LedgerEntry]] = defaultdict(dict)
    for entry in found:
        by_pair[entry.employment_id, entry.system][entry.id] = entry
    return by_pair


def _standing(session: Session, pairs: Sequence[Pair]) -> Mapping[Pair, dict[int, Grant]]:
    """By the entry that opened them."""
    found = session.scalars(
        select(Grant)
        .where(
            Grant.employment_id.in_({employment_id for employment_id, _ in pairs}),
            Grant.system.in_({system for _, system in pairs}),
            Grant.voided_at.is_(None),
        )
        .order_by(Grant.id)
        .execution_options(populate_existing=True)
    )
    by_pair: dict[Pair, dict[int, Grant]] = defaultdict(dict)
    for grant in found:
        by_pair[grant.employment_id, grant.system][grant.opened_id] = grant
    return by_pair


def _told(entry: LedgerEntry) -> Told:
    return Told(
        entry.id,
        "open" if entry.kind == "open" else "close",
        entry.role,
        entry.happened_on,
        entry.expires_on,
    )


def _same(grant: Grant, span: Span) -> bool:
    return _opening(grant) == (span.role, span.since, span.expires_on) and (
        grant.until,
        grant.closed_id,
    ) == (span.until, span.closed)


def _only_closes(grant: Grant, span: Span) -> bool:
    opening = (span.role, span.since, span.expires_on)
    return grant.until is None and span.until is not None and _opening(grant) == opening


def _opening(grant: Grant) -> tuple[object, ...]:
    return grant.role, grant.since, grant.expires_on


def _close(grant: Grant, span: Span, now: datetime) -> None:
    grant.until, grant.closed_id, grant.closed_recorded_at = span.until, span.closed, now


def _void(grant: Grant, now: datetime, why: str) -> None:
    grant.voided_at, grant.void_reason = now, why


def _grant(
    entries: dict[int, LedgerEntry], span: Span, now: datetime, before: Grant | None
) -> Grant:
    """`before`: the version that it stands in for, whose notes it carries on; that one is not to be
    renewed is said of its term, and another term is asked about anew."""
    opened = entries[span.opened]
    same_term = before is not None and before.expires_on == span.expires_on
    return Grant(
        employment_id=opened.employment_id,
        person_id=opened.person_id,
        organization_id=opened.organization_id,
        system=opened.system,
        role=span.role,
        component=opened.component,
        since=span.since,
        until=span.until,
        expires_on=span.expires_on,
        no_renewal=before.no_renewal if before and same_term else False,
        last_seen_on=before.last_seen_on if before else None,
        provenance=opened.provenance,
        reference=opened.reference,
        opened_id=span.opened,
        closed_id=span.closed,
        recorded_at=now,
        closed_recorded_at=now if span.closed else None,
    )
