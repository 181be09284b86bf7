"""What of an application may be changed, when and by whom."""

from __future__ import annotations

from collections.abc import Sequence

from accessflow.db.tables import Request, RequestRow
from accessflow.domain.errors import Conflict
from accessflow.services import scope, undo
from accessflow.services.actor import Actor

EDITABLE = frozenset({"draft", "needs_info"})
"""A draft, and what МИАЦ has asked the organisation to correct, in place (R8)."""


def may_edit(actor: Actor, request: Request) -> bool:
    return request.state in EDITABLE and scope.may_file(actor, request.organization_id)


def require_editable(actor: Actor, request: Request) -> None:
    """Raises Forbidden, Conflict."""
    scope.require_filer(actor, request.organization_id)
    if request.state == "ready":
        raise Conflict(
            f"Заявка {request.number} на подписи: чтобы менять данные, верните её в черновик.",
            request=request.id,
        )
    if request.state not in EDITABLE:
        raise Conflict(
            f"Заявка {request.number} уже не черновик: её данные нельзя менять."
            " Если в ней ошибка, сделайте исправленную копию.",
            request=request.id,
        )


def require_decided_kept(
    request: Request, was: Sequence[undo.Was], rows: Sequence[RequestRow]
) -> None:
    """Raises Conflict where a row that МИАЦ has decided would be changed or removed."""
    now = {row.id: row for row in rows}
    for position, before in enumerate(was, 1):
        row = now.get(before.id)
        changed = row is None or row.answers != before.answers
        if changed and before.outcome:
            raise Conflict(
                f"По строке {position} решение уже есть: её нельзя менять. Обновите страницу.",
                request=request.id,
            )
