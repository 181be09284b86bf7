"""What the lines of the queue are marked with: somebody who leaves, what others have asked (R7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from accessflow.db.id_list import is_among
from accessflow.db.tables import DismissalRevocation, Request, RequestRow
from accessflow.services.repeats import NOT_SOLVED
from accessflow.workflow.states import ANSWERED, UNFILED


def dismissals(session: Session, requests: Sequence[Request]) -> set[int]:
    """Those of a page that take away the rights of somebody dismissed."""
    ids = [r.id for r in requests if r.action == "revoke"]
    found = DismissalRevocation.request_id
    return set(session.scalars(select(found).where(found.in_(ids)))) if ids else set()


def repeated(session: Session, requests: Sequence[Request]) -> Mapping[int, int]:
    """How many rows of each open one of a page name a person for whom another application asks the
    same, or has asked and got it (R7)."""
    open_ = [r.id for r in requests if r.state not in ANSWERED and r.system]
    if not open_:
        return {}
    among = (is_among(session, key, open_) for key in (Request.id, RequestRow.request_id))
    return dict(session.execute(_REPEATED.where(*among)).all())


_OTHER, _ASKED = aliased(RequestRow), aliased(Request)
# Row by row, by the СНИЛС: which of many conditions leads to few no planner tells for sure.
_FIRST_OTHER = (
    select(_OTHER.id)
    .join(_ASKED, _ASKED.id == _OTHER.request_id)
    .where(
        _OTHER.snils == RequestRow.snils,
        _OTHER.outcome != "refused",
        _ASKED.id != Request.id,
        _ASKED.system + "" == Request.system,
        _ASKED.action + "" == Request.action,
        (_ASKED.state + "").not_in(UNFILED | NOT_SOLVED),
        _ASKED.deleted_at.is_(None),
    )
    .limit(1)
    .correlate(RequestRow, Request)
    .scalar_subquery()
)
_REPEATED = (
    select(RequestRow.request_id, func.count())
    .join(RequestRow.request)
    .where(RequestRow.snils != "", _FIRST_OTHER.is_not(None))
    .group_by(RequestRow.request_id)
)
