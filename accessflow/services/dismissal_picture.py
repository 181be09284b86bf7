"""What a dismissal concerns: held, under way, and what the ledger may not know of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Dismissal, Grant, LedgerEntry, Request, RequestRow
from accessflow.services.dismissal_cover import Cover, cover_of
from accessflow.services.job_rights import colleagues_of, unanswered_of
from accessflow.workflow.states import UNFILED


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A row that asks for access for somebody who leaves.

    `way`: drop (a draft, the row goes), withdraw (filed for this person alone), turn (filed for
    others too: what comes of it will have to be revoked).
    """

    request: Request
    row: RequestRow

    @property
    def way(self) -> str:
        if self.request.state in UNFILED:
            return "drop"
        return "withdraw" if len(self.request.rows) == 1 else "turn"


@dataclass(frozen=True, slots=True)
class Possible:
    """«Возможно, не учтено»: a system in which `holders` of `colleagues` of the same post in the
    same unit hold rights, and the ledger knows of none of this person's."""

    system: str
    holders: int
    colleagues: int


@dataclass(frozen=True, slots=True)
class Picture:
    cover: Cover
    under_way: tuple[UnderWay, ...]
    possible: tuple[Possible, ...]

    @property
    def held(self) -> tuple[Grant, ...]:
        return self.cover.held


def picture_of(session: Session, catalogue: Catalogue, dismissal: Dismissal) -> Picture:
    """The dismissal was found for the actor (`dismissals.find`) with its person and job."""
    cover = cover_of(session, catalogue, dismissal)
    return Picture(cover, under_way(session, dismissal), possible(session, dismissal, cover))


def under_way(session: Session, dismissal: Dismissal) -> tuple[UnderWay, ...]:
    """Grants of this job that are asked for and not answered, oldest first."""
    rows = session.scalars(
        unanswered_of(dismissal.person, dismissal.organization_id)
        .options(joinedload(RequestRow.request).selectinload(Request.rows))
        .order_by(RequestRow.id)
    )
    mine = (None, dismissal.employment_id)
    return tuple(UnderWay(row.request, row) for row in rows if row.employment_id in mine)


def possible(session: Session, dismissal: Dismissal, cover: Cover) -> tuple[Possible, ...]:
    """The systems that most colleagues hold first."""
    colleagues = colleagues_of(session, dismissal.employment)
    holders: dict[str, set[int]] = defaultdict(set)
    for system, employment_id in session.execute(
        select(Grant.system, Grant.employment_id).where(
            Grant.employment_id.in_(colleagues), Grant.until.is_(None), Grant.voided_at.is_(None)
        )
    ):
        holders[system].add(employment_id)
    known = _known(session, dismissal, cover)
    found = [
        Possible(system, len(who), len(colleagues))
        for system, who in holders.items()
        if system not in known
    ]
    return tuple(sorted(found, key=lambda p: (-p.holders, p.system)))


def _known(session: Session, dismissal: Dismissal, cover: Cover) -> set[str]:
    """What the ledger has ever heard of this job, and what is asked to be taken away."""
    told = select(LedgerEntry.system).where(
        LedgerEntry.employment_id == dismissal.employment_id, LedgerEntry.withdrawn_at.is_(None)
    )
    asked = {system for asking in cover.asked if asking.open for system in asking.systems}
    return asked | set(session.scalars(told))
