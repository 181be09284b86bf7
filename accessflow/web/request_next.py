"""The next step of an application in the list: whose move it is, the button, where things stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from accessflow.db.tables import Request, RequestFile
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.workflow.term_words import InWords

SIGNERS = frozenset({"signatory"})


@dataclass(frozen=True, slots=True)
class Next:
    """A button: its words and its place. `mine`: the move is the reader's."""

    words: str
    endpoint: str
    values: tuple[tuple[str, Any], ...] = ()
    mine: bool = True

    def address(self, request_id: int) -> str:
        return url_for(self.endpoint, request_id=request_id, **dict(self.values))


CONTINUE = Next("Продолжить", "editor.edit")
TO_SIGNATURE = Next("На подпись", "requests.card")
SEND = Next("Отправить", "signing.send")
LAY_SCAN = Next("Напечатать", "signing.upload")
LOOK_AT_SCAN = Next("Проверить", "signing.upload")
ANSWER = Next("Ответить", "requests.card", (("_anchor", "turn"),))
NUMBER = Next("Вписать номер", "actions.form", (("action", "register"),))
REUPLOADED = Next("Загружен", "actions.form", (("action", "reupload"),))
CONFIRM = Next("ЭМД удалён", "actions.form", (("action", "confirm_deleted"),))
CORRECT = Next("Исправить", "requests.card", (("_anchor", "turn"),), mine=False)
CONNECTED = Next("Подключено", "actions.form", (("action", "connect"),), mine=False)
PREPARE = Next("Подготовить", "requests.card", (("_anchor", "turn"),))
TAKE = Next("Открыть", "requests.card", (("_anchor", "turn"),))


def next_step(actor: Actor, request: Request, scan: RequestFile | None) -> Next | None:
    """None where nothing is the reader's to do. `scan` is the valid one of its version."""
    if scope.may_file(actor, request.organization_id):
        return _of_filer(request, scan)
    if actor.role in SIGNERS and request.state == "ready":
        return None if scan and scan.confirmed else _of_paper(scan)
    if actor.role == "committee":
        return _of_committee(request)
    return None


def _of_filer(request: Request, scan: RequestFile | None) -> Next | None:
    if request.state == "draft":
        if request.error_count:
            return CONTINUE
        return SEND if request.kind == "technical" else TO_SIGNATURE
    if request.state == "ready":
        return SEND if scan and scan.confirmed else _of_paper(scan)
    if request.state == "sent":
        if request.kind == "authority":
            return CONFIRM if request.stage_of_id is None else None
        return NUMBER if request.outside else None
    return {
        "needs_info": ANSWER,
        "deleted": REUPLOADED if request.kind == "emd_deletion" else None,
        "awaiting_call": CONNECTED,
        "refused": CORRECT,
        "annulled": CORRECT,
    }.get(request.state)


def _of_paper(scan: RequestFile | None) -> Next:
    return LOOK_AT_SCAN if scan else LAY_SCAN


def _of_committee(request: Request) -> Next | None:
    """КЗ's own stages (R37, R41); a letter of an МО is addressed to КЗ itself (R29)."""
    if request.state == "at_committee":
        return PREPARE
    addressed = request.kind == "emd_deletion" and request.state in ("registered", "in_review")
    return TAKE if addressed and not request.outside else None


def standing(
    request: Request, scan: RequestFile | None, term: InWords, answer_by: date | None, today: date
) -> InWords:
    """Where it stands: the term; before that, or by a day that МИАЦ has named, what it waits
    for."""
    since = f" с {moscow_date(request.state_at):%d.%m}" if request.state_at else ""
    if request.state == "ready":
        if scan is None:
            return InWords(f"ждёт подписи{since}", "none")
        return InWords(
            "скан проверен" if scan.confirmed else "скан не проверен",
            "none",
        )
    if request.state == "sent" and request.outside:
        return InWords(f"ждёт номера МИАЦ{since}", "none")
    if request.state == "awaiting_call":
        return InWords(f"ждёт звонка{since}", "none")
    if answer_by:
        late = answer_by < today
        what = "ответа ждали" if late else "ответить"
        return InWords(f"{what} до {answer_by:%d.%m}", "late" if late else "soon")
    return term
