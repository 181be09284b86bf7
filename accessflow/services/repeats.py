"""Repeats: the same person, system, action and role, open or solved already (Рег. 3.2, R7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.fixed_list import among
from accessflow.db.tables import Request, RequestRow
from accessflow.services import pairs
from accessflow.services.offers import together
from accessflow.services.request_list import BY_IDS
from accessflow.workflow.snapshot import EXECUTED
from accessflow.workflow.states import ANSWERED, UNFILED

NOT_SOLVED = frozenset({"refused", "annulled", "duplicate", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Repeat:
    """Row `position` of the application asks for what row `other_position` of another asks for.

    `identical`: the same role, too. `open`: the other one is not answered yet; else it was solved.
    """

    position: int
    other: Request
    other_row: RequestRow
    identical: bool
    open: bool

    @property
    def text(self) -> str:
        """A sentence for a person; no СНИЛС in it."""
        what = "о том же" if self.identical else "о той же системе с другой ролью"
        how = "ещё рассматривается" if self.open else "уже исполнена"
        return (
            f"Строка {self.position}: заявка {self.other.number} {what} для этого сотрудника {how}."
        )


def of_request(
    session: Session, catalogue: Catalogue, request: Request, *, everywhere: bool
) -> tuple[Repeat, ...]:
    """In the order of the rows, newest first. `everywhere`: of all organisations, for МИАЦ; else
    of the application's own, before it is sent. For half of a pair what was solved is no repeat:
    that moves somebody on from there.
    """
    if request.system is None:
        return ()
    rows: dict[str, list[RequestRow]] = {}
    for row in request.rows:
        if row.snils:
            rows.setdefault(row.snils, []).append(row)
    if not rows:
        return ()
    moves = pairs.is_paired(request)
    found = [
        repeat
        for other in _others(session, catalogue, request, set(rows), everywhere=everywhere)
        for row in rows[other.snils]
        for repeat in _repeat(row, other)
        if repeat.open or not (moves or _renews(row))
    ]
    return tuple(sorted(found, key=lambda r: (r.position, -r.other.id)))


def _renews(row: RequestRow) -> bool:
    """A right that has a term is asked for again: what was solved before is no repeat."""
    return bool(str(row.answers.get("expires_on", "")).strip())


def identical_open(repeats: tuple[Repeat, ...]) -> tuple[Repeat, ...]:
    """Those where sending again would only make work: the other one is filed and waits."""
    return tuple(r for r in repeats if r.identical and r.open)


BRIEF = (Request.number, Request.kind, Request.state, Request.forwarded_to,
         Request.organization_id)  # fmt: skip
"""What is told of another application: its number and how far it is."""
# By the few СНИЛС: an index of systems would be a long way round.
_OTHERS = (
    select(RequestRow)
    .join(RequestRow.request)
    .where(
        RequestRow.snils.in_(bindparam("digits", expanding=True)),
        Request.id != bindparam("request_id"),
        BY_IDS.system.in_(bindparam("slugs", expanding=True)),
        Request.action == bindparam("action"),
        ~among(BY_IDS.state, UNFILED | NOT_SOLVED),
        Request.deleted_at.is_(None),
    )
    .options(joinedload(RequestRow.request).load_only(*BRIEF))
)
_OTHERS_WITHIN = _OTHERS.where(BY_IDS.organization_id == bindparam("organization_id"))


def _others(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    digits: set[str],
    *,
    everywhere: bool,
) -> Iterator[RequestRow]:
    wanted = {
        "digits": list(digits),
        "slugs": [system.slug for system in together(catalogue, request.system or "")],
        "request_id": request.id,
        "action": request.action,
    }
    if everywhere:
        yield from session.scalars(_OTHERS, wanted)
    else:
        within = {"organization_id": request.organization_id}
        yield from session.scalars(_OTHERS_WITHIN, wanted | within)


def _repeat(row: RequestRow, other: RequestRow) -> Iterator[Repeat]:
    if other.outcome == "refused":
        return  # refused: asking again is no repeat (R38)
    still_open = other.request.state not in ANSWERED and other.outcome not in EXECUTED
    same = _told(row) == _told(other)
    yield Repeat(row.position, other.request, other, same, still_open)


def _told(row: RequestRow) -> tuple[str, ...]:
    """What tells apart two requests of one person for one system."""
    keys = ("role", "functional_object")
    return tuple(" ".join(str(row.answers.get(key, "")).split()).casefold() for key in keys)
