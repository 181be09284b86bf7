"""Every right of somebody dismissed and what has become of its revocation, for pages and sheets.

A revocation stands for a system, or for those that one application covers (X18); what is behind
them is `dismissal_cover.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Dismissal, Grant, LedgerEntry, Request, RequestRow
from accessflow.services.dismissal_cover import Asking, Cover
from accessflow.services.offers import offer, system_label, together

State = Literal["none", "draft", "ready", "sent", "done"]
ORDER: tuple[State, ...] = ("none", "draft", "ready", "sent", "done")
"""From what is to be done first to what is over."""


@dataclass(frozen=True, slots=True)
class Right:
    """A right, or, without `since`, a system that is asked for though the ledger knows no right.

    `form` is the label of the form that takes it away; `request` the revocation that does, with
    `source` the application that gave it, where there is one.
    """

    system: str
    role: str
    since: date | None
    reference: str
    source: int | None
    form: str
    state: State
    request: Request | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Revocations of one dismissal by state, systems of one application counted as one."""

    held: int
    states: Mapping[str, State]
    drafts: tuple[Request, ...]
    ready: tuple[Request, ...]

    def number(self, *states: State) -> int:
        return sum(state in states for state in self.states.values())

    @property
    def total(self) -> int:
        return len(self.states)

    @property
    def to_make(self) -> int:
        """Applications that «Сформировать» would make."""
        return self.number("none")

    @property
    def sent(self) -> int:
        return self.number("sent", "done")

    @property
    def done(self) -> int:
        return self.number("done")


def tally(catalogue: Catalogue, dismissal: Dismissal, cover: Cover) -> Tally:
    states: dict[str, State] = {}
    for grant in cover.held:
        group = together(catalogue, grant.system)[0].slug
        now = _state(cover, grant)[0]
        states[group] = min(states.get(group, now), now, key=ORDER.index)
    for asking in _besides(dismissal, cover):
        group = together(catalogue, min(asking.systems))[0].slug
        states.setdefault(group, _state_of(asking))
    waiting = {a.request.id: a.request for a in cover.asked if a.open and not a.sent}
    return Tally(
        len(cover.held),
        states,
        tuple(r for r in waiting.values() if r.state == "draft"),
        tuple(r for r in waiting.values() if r.state == "ready"),
    )


def rights(
    session: Session, catalogue: Catalogue, dismissal: Dismissal, cover: Cover, on: date
) -> tuple[Right, ...]:
    """What is held first, what is to be done first; then what was taken away for this dismissal."""
    kind = dismissal.organization.kind
    closed = _closed(session, dismissal, cover)
    sources = _sources(session, (*cover.held, *(grant for grant, _ in closed)))
    made = [
        _right(catalogue, grant, sources.get(grant.id), kind, on, *_state(cover, grant))
        for grant in cover.held
    ]
    made.sort(key=lambda right: (ORDER.index(right.state), right.system))
    made += [
        _right(catalogue, grant, sources.get(grant.id), kind, on, "done", request)
        for grant, request in closed
    ]
    told = {g.system for g in cover.held} | {grant.system for grant, _ in closed}
    for asking in _besides(dismissal, cover):
        if not asking.systems & told:
            slug = min(asking.systems)
            form = offer(catalogue, slug, "revoke", kind, on).form.label
            made.append(
                Right(system_label(catalogue, slug), asking.role, None, "", None, form,
                      _state_of(asking), asking.request)
            )  # fmt: skip
    return tuple(made)


def _besides(dismissal: Dismissal, cover: Cover) -> Iterator[Asking]:
    """What is asked for because of it and is no open right: taken away by now, or never known."""
    for asking in cover.asked:
        late = asking.row.decided_at is not None and asking.row.decided_at >= dismissal.entered_at
        if asking.open and (asking.request.id in cover.linked or late):
            yield asking


def _state(cover: Cover, grant: Grant) -> tuple[State, Request | None]:
    found = [asking for asking in cover.asked if asking.covers(grant)]
    best = max(found, key=lambda asking: ORDER.index(_state_of(asking)), default=None)
    return (_state_of(best), best.request) if best else ("none", None)


def _state_of(asking: Asking) -> State:
    if asking.row.outcome == "revoked":
        return "done"
    if asking.sent:
        return "sent"
    return "ready" if asking.request.state == "ready" else "draft"


def _right(
    catalogue: Catalogue,
    grant: Grant,
    source: int | None,
    kind: str,
    on: date,
    state: State,
    request: Request | None,
) -> Right:
    form = offer(catalogue, grant.system, "revoke", kind, on).form.label
    label = catalogue.system(grant.system).label
    return Right(
        label, grant.role, grant.since, grant.reference, source, form, state, request
    )  # fmt: skip


def _closed(
    session: Session, dismissal: Dismissal, cover: Cover
) -> Sequence[tuple[Grant, Request]]:
    """Rights that revocations made for it, or decided since, have taken away."""
    rows = {a.row.id for a in _besides(dismissal, cover) if a.row.outcome == "revoked"}
    if not rows:
        return ()
    found = session.execute(
        select(Grant, RequestRow)
        .join(LedgerEntry, LedgerEntry.id == Grant.closed_id)
        .join(RequestRow, RequestRow.id == LedgerEntry.request_row_id)
        .where(
            Grant.employment_id == dismissal.employment_id,
            Grant.voided_at.is_(None),
            RequestRow.id.in_(rows),
        )
        .options(joinedload(RequestRow.request))
        .order_by(Grant.id)
    )
    return [(grant, row.request) for grant, row in found]


def _sources(session: Session, grants: Sequence[Grant]) -> dict[int, int]:
    """The application that gave each right, where one did."""
    found = session.execute(
        select(Grant.id, RequestRow.request_id)
        .join(LedgerEntry, LedgerEntry.id == Grant.opened_id)
        .join(RequestRow, RequestRow.id == LedgerEntry.request_row_id)
        .where(Grant.id.in_([grant.id for grant in grants]))
    )
    return {row[0]: row[1] for row in found}
