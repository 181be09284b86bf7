"""Who may lay a scan to an application, and when (R13, R14)."""

from __future__ import annotations

from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict, Forbidden
from accessflow.services.actor import Actor
from accessflow.workflow.rows import MIAC, OFFICE
from accessflow.workflow.states import ENDED, UNFILED

BY_HAND = frozenset({"mail", "vipnet", "paper"})
"""Channels of what МИАЦ registers by hand and scans itself."""
_AT_MIAC = frozenset({"registered", "in_review", "needs_info", "third_party"})
if _AT_MIAC & (ENDED | UNFILED):
    raise AssertionError("a scan is laid to what МИАЦ is still working on")


def may(actor: Actor, request: Request, kind: str = "scan") -> bool:
    return not _refusal(actor, request, kind)


def require_may(actor: Actor, request: Request, kind: str) -> None:
    """Raises Forbidden where somebody else lays such a scan, Conflict where it is not the time."""
    refusal = _refusal(actor, request, kind)
    if refusal is not None:
        raise refusal


def _refusal(actor: Actor, request: Request, kind: str) -> Forbidden | Conflict | None:
    own = actor.organization_id == request.organization_id and actor.role in OFFICE
    by_hand = kind == "scan" and actor.role in MIAC and request.channel in BY_HAND
    if kind == "scan" and actor.role in MIAC and not by_hand:
        return Conflict("Скан этой заявки загружает сама организация: запросите его у неё.")
    if kind == "scan" and not (own or by_hand):
        return Forbidden("Скан загружают секретарь, кадры или руководитель организации.")
    if kind == "director_scan" and actor.role not in MIAC:
        return Forbidden("Скан за подписью директора загружает МИАЦ.")
    if kind == "committee_scan" and actor.role != "committee":
        return Forbidden("Скан за подписью КЗ загружает КЗ.")
    if request.state in _open_states(kind, by_hand=by_hand and not own):
        return None
    if request.state == "draft":
        return Conflict("Заявка ещё черновик: сначала нажмите «На подпись».", request=request.id)
    return Conflict("Сейчас скан этой заявки заменить нельзя.", request=request.id)


def _open_states(kind: str, *, by_hand: bool) -> frozenset[str]:
    if kind == "committee_scan":
        return frozenset({"at_committee"})
    if kind == "director_scan" or by_hand:
        return _AT_MIAC
    return frozenset({"ready", "needs_info"})
