"""Whose move it is on an application, and what to say of it in a sentence or two."""

from __future__ import annotations

from dataclasses import dataclass

from accessflow.db.tables import Request, RequestEvent
from accessflow.domain.text import counted
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.card import Card
from accessflow.workflow.asks import CAUSES

MINE = {
    "draft": "передайте на подпись",
    "ready": "напечатайте, подпишите, загрузите скан и отправьте",
    "needs_info": "МИАЦ ждёт сведений",
    "deleted": "загрузите исправленный ЭМД",
    "refused": "исправьте и подайте снова",
    "annulled": "исправьте и подайте снова",
}
OUTSIDE = {
    "sent": "впишите номер, когда МИАЦ его пришлёт",
}
TOLD = {
    "sent": "Отправлена. Номер МИАЦ ещё не пришёл.",
    "registered": "МИАЦ зарегистрировал заявку, скоро её возьмут в работу.",
    "in_review": "Заявку рассматривает МИАЦ.",
    "needs_info": "МИАЦ ждёт сведений от организации. Срок стоит на паузе.",
    "third_party": "МИАЦ ждёт ответа третьей стороны. Срок стоит на паузе.",
    "at_committee": "Заявку готовит и отправляет КЗ ЛО.",
    "forwarded": "Заявка у владельца системы. Обычно ответ приходит через 5–30 дней.",
    "awaiting_call": "Ждите звонка из ГКУ ЛО «ОЭП» и выполните их указания: они настраивают VipNet"
    " (Регламент, п. 3.4).",
    "executed": "Исполнена. МИАЦ закроет заявку.",
    "deleted": "ЭМД удалён из РЭМД. Теперь МО загружает исправленный.",
    "reuploaded": "Исправленный ЭМД загружен. МИАЦ закроет заявку.",
    "closed": "Работа по заявке закончена.",
    "refused": "В доступе отказано.",
    "annulled": "Заявка аннулирована: она не по шаблону (Регламент, п. 3.4.1).",
    "duplicate": "Такая заявка уже есть: работают по ней.",
    "withdrawn": "Заявку отозвал автор.",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """`mine`: the reader is to do something, `title` says what. `text`: where it stands;
    `said`: the words that led here, and whose they are."""

    mine: bool
    title: str
    text: str = ""
    said: str = ""
    said_by: str = ""


def turn_of(actor: Actor, card: Card, label: str, errors: int = 0) -> Turn:
    """`label` is the state's Russian one; `errors`: how many a draft has."""
    found = card.request
    own = scope.may_file(actor, found.organization_id)
    titles = MINE | (OUTSIDE if card.snapshot.outside else {})
    said = _said(found, card)
    text = _told(found)
    if own and found.state in titles:
        if found.kind == "technical" and found.state == "draft":
            return Turn(True, "Ход за вами: опишите проблему и отправьте")
        if errors:
            told = counted(errors, "ошибку", "ошибки", "ошибок")
            return Turn(True, f"Ход за вами: исправьте {told}", text, *said)
        return Turn(True, f"Ход за вами: {titles[found.state]}", text, *said)
    if actor.role == "committee" and found.state == "at_committee":
        return Turn(True, "Ход за КЗ: подготовьте, подпишите и отправьте", "", *said)
    if found.state in ("draft", "ready"):
        return Turn(False, "Заявку готовит секретарь организации")
    return Turn(False, label, text, *said)


def _told(found: Request) -> str:
    parts = [TOLD.get(found.state, "")]
    if found.state in ("registered", "in_review") and found.registration_no:
        parts.append(f"Номер {found.registration_no}.")
    if found.state == "in_review" and found.assignee:
        parts.append(f"Исполнитель: {found.assignee.name}.")
    if found.state == "forwarded":
        if found.forwarded_to:
            parts.append(f"Кому: {found.forwarded_to}.")
        if found.external_no:
            parts.append(f"Внешний номер: {found.external_no}.")
        if found.external_status:
            parts.append(f"Их статус: {found.external_status}.")
    return " ".join(filter(None, parts))


def _said(found: Request, card: Card) -> tuple[str, str]:
    """The last words that led into this state, and whose they are."""
    event = next((e for e in reversed(card.events) if e.target == found.state
                  and e.source != e.target), None)  # fmt: skip
    if event is None or event.action == "answer":
        return "", ""
    cause = str(event.data.get("cause", ""))
    words = CAUSES.get(event.action, {}).get(cause, cause)
    text = str(event.data.get("text", "") or event.data.get("note", ""))
    said = ". ".join(filter(None, (words[:1].upper() + words[1:], text)))
    return said, _whose(event)


def _whose(event: RequestEvent) -> str:
    return event.user.name if event.user else "система"
