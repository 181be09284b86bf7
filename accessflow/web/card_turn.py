"""Whose move it is on an application: the one thing to do now, or whom everybody waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accessflow.db.tables import Request, RequestEvent, RequestFile
from accessflow.domain.text import counted
from accessflow.services import scope, whereabouts
from accessflow.services.actor import Actor
from accessflow.services.card import Card
from accessflow.services.sending import Missing
from accessflow.web.request_words import STATES, state_of
from accessflow.workflow.asks import CAUSES

WAITING = {
    "sent": "Ждём номера МИАЦ",
    "registered": "Ход за МИАЦ: заявка зарегистрирована",
    "in_review": "Ход за МИАЦ: заявку рассматривают",
    "needs_info": "Ход за организацией: МИАЦ ждёт сведений",
    "third_party": "Ход за третьей стороной: срок на паузе",
    "at_committee": "Ход за КЗ ЛО: подписать и отправить",
    "awaiting_call": "Ход за ГКУ ЛО «ОЭП»: ждите звонка",
}
TOLD = {
    "registered": "Номер присвоен, скоро её возьмут в работу.",
    "third_party": "Время ожидания в срок не входит.",
    "needs_info": "Срок стоит на паузе до ответа.",
    "forwarded": "Ответ обычно приходит через 5–30 дней.",
    "executed": "По каждому сотруднику есть решение, оно в таблице ниже.",
    "deleted": "ЭМД удалён из РЭМД: организация загружает исправленный.",
    "reuploaded": "Исправленный ЭМД загружен.",
    "closed": "Работа по заявке закончена.",
    "duplicate": "Работа идёт по другой заявке.",
    "withdrawn": "МИАЦ её не рассматривает.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """The words that led into the present state: a question, a cause, an answer."""

    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """`slug` names the block of `requests/_turn.html`, "" where there is nothing to do.

    `mine`: the move is the reader's.
    """

    slug: str
    title: str
    mine: bool = False
    text: str = ""
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """How far the paper is: printed in this version, scanned, looked at."""

    printed: RequestEvent | None
    scan: RequestFile | None

    @property
    def signed(self) -> bool:
        return self.scan is not None and self.scan.confirmed


def paper_of(card: Card, scan: RequestFile | None) -> Paper:
    prints = [e for e in card.events if e.action == "print"]
    now = [e for e in prints if e.data.get("version") == card.request.content_version]
    return Paper(now[-1] if now else None, scan)


def turn_of(
    actor: Actor, card: Card, paper: Paper, missing: Sequence[Missing], errors: int
) -> Turn:
    """Of whoever looks: the organisation's people, КЗ at its own stages; others wait or read."""
    found = card.request
    said = said_of(card)
    if scope.may_file(actor, found.organization_id):
        turn = _of_filer(card, paper, missing, errors, said)
    elif actor.role == "signatory" and found.state == "ready":
        turn = _of_signatory(paper)
    elif actor.role == "committee":
        turn = _of_committee(card, said)
    else:
        turn = None
    return turn or _waiting(card, said)


def _of_filer(
    card: Card, paper: Paper, missing: Sequence[Missing], errors: int, said: Said | None
) -> Turn | None:
    found = card.request
    if found.state == "draft":
        return _of_draft(found, missing, errors)
    if found.state == "ready":
        return _of_paper(paper, missing)
    if found.state == "needs_info":
        return Turn("answer", "Ход за вами: ответьте МИАЦ", True, said=said)
    if found.state == "sent" and card.snapshot.outside and card.offer("register"):
        text = "МИАЦ работает вне системы: номер придёт письмом на ваш почтовый ящик."
        return Turn("number", "Ход за вами: впишите номер МИАЦ", True, text)
    if found.state == "deleted" and card.offer("reupload"):
        return Turn("reupload", "Ход за вами: загрузите исправленный ЭМД", True, said=said)
    if found.state in ("refused", "annulled"):
        title = f"{STATES[found.state].label}: исправьте и подайте снова"
        return Turn("correct", f"Ход за вами. {title}", True, said=said)
    if found.state == "awaiting_call":
        return Turn("call", WAITING["awaiting_call"])
    return None


def _of_draft(found: Request, missing: Sequence[Missing], errors: int) -> Turn:
    if found.kind == "technical":
        left = f"осталось {counted(len(missing), 'дело', 'дела', 'дел')}" if missing else ""
        return Turn("problem", f"Ход за вами: {left or 'отправьте обращение'}", True)
    if errors:
        told = counted(errors, "ошибку", "ошибки", "ошибок")
        return Turn("draft", f"Ход за вами: исправьте {told}", True)
    return Turn("draft", "Ход за вами: передайте на подпись", True)


def _of_paper(paper: Paper, missing: Sequence[Missing]) -> Turn:
    if paper.signed:
        left = counted(len(missing), "дело", "дела", "дел")
        what = f"до отправки осталось {left}" if missing else "отправьте"
    else:
        what = _on_paper(paper)
    return Turn("paper", f"Ход за вами: {what}", True)


def _of_signatory(paper: Paper) -> Turn:
    if paper.signed:
        return Turn("paper", "Подписано: отправит секретарь")
    return Turn("paper", f"Ход за вами: {_on_paper(paper)}", True)


def _on_paper(paper: Paper) -> str:
    if paper.scan is not None:
        return "проверьте скан"
    if paper.printed is not None:
        return "подпишите, поставьте печать и загрузите скан"
    return "напечатайте, подпишите и поставьте печать"


def _of_committee(card: Card, said: Said | None) -> Turn | None:
    """КЗ's stages: of roles that the authority applies for (R37), of ЭМД (R29, R41)."""
    found = card.request
    if found.state == "at_committee":
        slug = "stage" if found.kind == "emd_deletion" else "roles"
        return Turn(slug, "Ход за КЗ: подготовьте, подпишите и отправьте", True, said=said)
    if card.offer("to_committee") and found.kind == "emd_deletion":
        return Turn("accept", "Ход за КЗ: письмо адресовано вам", True)
    if card.offer("confirm_deleted"):
        return Turn("confirm", _whose(found), text=_where(found))
    return None


def _waiting(card: Card, said: Said | None) -> Turn:
    found = card.request
    label = state_of(found).label
    if found.state in ("draft", "ready"):
        return Turn("", "Заявку готовит секретарь организации")
    text = " ".join(filter(None, (TOLD.get(found.state, ""), _where(found))))
    return Turn("", _whose(found, label), text=text, said=said)


def _whose(found: Request, label: str = "") -> str:
    if found.state == "forwarded":
        return f"Ход за {whereabouts.whose_move(found.forwarded_to)}"
    return WAITING.get(found.state, label)


def _where(found: Request) -> str:
    if found.state == "in_review" and found.assignee:
        return f"Исполнитель: {found.assignee.name}."
    if found.state != "forwarded":
        return ""
    parts = [
        f"Передано: {found.forwarded_to}." if found.forwarded_to else "",
        f"Внешний номер: {found.external_no}." if found.external_no else "",
        f"Их статус: {found.external_status}." if found.external_status else "",
    ]
    return " ".join(filter(None, parts))


def said_of(card: Card) -> Said | None:
    """The last words that led into this state, and whose they are."""
    state = card.request.state
    event = next(
        (e for e in reversed(card.events) if e.target == state and e.source != state), None
    )
    if event is None or event.action == "answer":
        return None
    cause = str(event.data.get("cause", ""))
    words = CAUSES.get(event.action, {}).get(cause, cause)
    text = str(event.data.get("text", "") or event.data.get("note", ""))
    told = ". ".join(filter(None, (words[:1].upper() + words[1:], text)))
    return Said(told, event.user.name if event.user else "система", event.at) if told else None
