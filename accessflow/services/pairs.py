"""Two halves of one move: what takes a role away and what gives another, never one without the
other. They are signed, sent, withdrawn and put away together; an end of one is told to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from accessflow.db.tables import JobChangeRequest, LedgerEntry, Request, RequestRow
from accessflow.workflow.holding import role_key
from accessflow.workflow.states import UNFILED

DEAD = frozenset({"refused", "annulled", "duplicate", "withdrawn"})
"""Nothing comes of an application that ended so."""
TOGETHER = {"prepare": "draft", "send": "ready", "withdraw": ""}
"""What is done with both halves, and the state that the other is in before; "": where it may."""
WORDS = {"grant": "предоставление новой роли", "revoke": "отзыв прежней роли"}
RENAMED = {"grant": "предоставление на новое ФИО", "revoke": "отзыв на прежнее ФИО"}


def words_for(kind: str) -> Mapping[str, str]:
    """What the halves of a change of that kind are called, by action."""
    return RENAMED if kind == "surname" else WORDS


def words_of(request: Request) -> str:
    """What this half is called."""
    link = request.change_link
    return words_for(link.change.kind if link else "").get(request.action, "")


def is_paired(request: Request) -> bool:
    link = request.change_link
    return link is not None and link.pair > 0


def partner_of(session: Session, request: Request) -> Request | None:
    """The other half as it stands now: its newest copy. None where it has none, or has been put
    away because its person leaves."""
    link = request.change_link
    if link is None or not link.pair:
        return None
    query = (
        select(Request)
        .join(JobChangeRequest, JobChangeRequest.request_id == Request.id)
        .where(
            JobChangeRequest.change_id == link.change_id,
            JobChangeRequest.pair == link.pair,
            Request.action != request.action,
            Request.deleted_at.is_(None),
        )
        .order_by(Request.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def ids_of(
    session: Session,
    request_ids: Iterable[int],
    *,
    deleted: bool = False,
    unfiled: bool = False,
) -> list[int]:
    """These and all that is of their pairs, each once. `deleted`: what has been put away instead of
    what is there; `unfiled`: only what was not sent."""
    which = Request.deleted_at.is_not(None) if deleted else Request.deleted_at.is_(None)
    states = Request.state.in_(UNFILED) if unfiled else true()
    found: dict[int, None] = {}
    for request_id in request_ids:
        found[request_id] = None
        link = session.get(JobChangeRequest, request_id)
        if link is None or not link.pair:
            continue
        query = (
            select(Request.id)
            .join(JobChangeRequest, JobChangeRequest.request_id == Request.id)
            .where(
                JobChangeRequest.change_id == link.change_id,
                JobChangeRequest.pair == link.pair,
                which,
                states,
            )
            .order_by(Request.id)
        )
        found |= dict.fromkeys(session.scalars(query))
    return list(found)


def stand_in(session: Session, copies: Iterable[Request]) -> None:
    """Corrected copies take the place of their originals in the pair."""
    for copy in copies:
        source = session.get(JobChangeRequest, copy.resubmission_of_id or 0)
        if source is not None:
            session.add(
                JobChangeRequest(request_id=copy.id, change_id=source.change_id, pair=source.pair)
            )


def out_of_turn(session: Session, request: Request, on: date | None) -> str:
    """Why a grant cannot be carried out yet: of the same role it would be taken away again by the
    revocation that comes after it. "": it can."""
    partner = partner_of(session, request) if request.action == "grant" else None
    if partner is None or partner.state in DEAD or not _same_roles(request, partner):
        return ""
    told = session.scalar(
        select(func.max(LedgerEntry.happened_on))
        .join(RequestRow, RequestRow.id == LedgerEntry.request_row_id)
        .where(RequestRow.request_id == partner.id, LedgerEntry.withdrawn_at.is_(None))
    )
    if told is None:
        return (
            f"Сначала исполните отзыв {partner.registration_no or partner.number}: это"
            " переоформление одного доступа, иначе отзыв закроет и новый."
        )
    if on is not None and on < told:
        return f"Отзыв {partner.number} исполнен {told:%d.%m.%Y}: новый доступ не раньше этого дня."
    return ""


def _same_roles(request: Request, partner: Request) -> bool:
    """Where a form has no role there is but one right in the system."""
    mine, theirs = ({_role(row) for row in half.rows} for half in (request, partner))
    return "" in mine or bool(mine & theirs)


def _role(row: RequestRow) -> str:
    return role_key(str(row.answers.get("role", "")))


def obstacles(session: Session, request: Request) -> Iterator[str]:
    """What of the pair itself keeps it from being sent."""
    partner = partner_of(session, request)
    if partner is None or partner.state not in UNFILED:
        return
    name = f"Пара {partner.number} ({words_of(partner)})"
    if partner.state == "draft":
        yield f"{name} ещё черновик: передайте её на подпись, заявки уходят вместе."
    if _people(partner) != _people(request):
        yield f"{name} о других сотрудниках: в двух заявках пары должны быть одни и те же люди."


def _people(request: Request) -> set[str]:
    return {row.snils for row in request.rows if row.snils}
