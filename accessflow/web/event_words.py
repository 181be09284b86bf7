"""What happened to an application, in the words of its timeline; newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from accessflow.db.tables import RequestEvent
from accessflow.domain.positions import told_positions
from accessflow.domain.text import noun
from accessflow.services import attachments, scope
from accessflow.services.actor import Actor
from accessflow.services.routes import CHANNELS
from accessflow.services.scans import LABELS as SCANS
from accessflow.web.request_words import OUTCOMES
from accessflow.web.timeline import OTHERS, Moment
from accessflow.workflow.asks import ASKS, CAUSES
from accessflow.workflow.machines import MACHINES

# action -> what happened, icon, colour
EVENTS: Mapping[str, tuple[str, str, str]] = {
    "prepare": ("Передана на подпись", "pen", "info"),
    "rework": ("Возвращена в черновик", "pencil", "warn"),
    "send": ("Отправлена", "send", "info"),
    "send_with_stage": ("Отправлена вместе с заявкой МО", "send", "info"),
    "register": ("Зарегистрирована", "journal-check", "info"),
    "take": ("Взята в работу", "person-check", "info"),
    "assign": ("Передана исполнителю", "person-check", "mute"),
    "request_info": ("Запрошены сведения", "question-circle", "warn"),
    "answer": ("Получен ответ", "reply", "info"),
    "proceed": ("Рассмотрение продолжено без ответа", "play", "info"),
    "ask_third": ("Спрошена третья сторона", "hourglass-split", "ext"),
    "third_answered": ("Третья сторона ответила", "reply", "info"),
    "extend": ("Срок продлён", "clock-history", "warn"),
    "forward": ("Передана дальше", "box-arrow-up-right", "ext"),
    "note_external": ("Их номер и статус", "tag", "mute"),
    "take_back": ("Возвращена на рассмотрение", "arrow-return-left", "info"),
    "to_committee": ("Передана в КЗ ЛО", "building", "ext"),
    "committee_send": ("Подписана и отправлена КЗ ЛО", "send", "ext"),
    "hand_back": ("Возвращена из КЗ ЛО в МИАЦ", "arrow-return-left", "warn"),
    "refuse": ("Отказано", "x-circle", "danger"),
    "refuse_all": ("Отказано по всем строкам", "x-circle", "danger"),
    "annul": ("Аннулирована", "slash-circle", "danger"),
    "mark_duplicate": ("Признана повтором", "files", "mute"),
    "withdraw": ("Отозвана", "arrow-counterclockwise", "mute"),
    "reopen": ("Возвращена в работу", "arrow-repeat", "warn"),
    "close": ("Закрыта", "archive", "mute"),
    "decide": ("Записаны решения", "check2-square", "ok"),
    "undecide": ("Решение отменено", "arrow-counterclockwise", "warn"),
    "execute": ("Исполнена", "check-circle", "ok"),
    "resolve": ("Вопрос решён", "check-circle", "ok"),
    "confirm_deleted": ("ЭМД удалён", "file-earmark-x", "ok"),
    "stage_deleted": ("ЭМД удалён", "file-earmark-x", "ok"),
    "reupload": ("ЭМД загружен заново", "file-earmark-check", "ok"),
    "await_call": ("Ждёт звонка ОЭП", "telephone", "ext"),
    "connect": ("Доступ подключён", "hdd-network", "ok"),
    "intake": ("Принята вручную", "inbox", "info"),
    "print": ("Напечатана", "printer", "mute"),
    "scan": ("Загружен скан", "upload", "info"),
    "confirm_scan": ("Подпись и печать подтверждены", "patch-check", "ok"),
    "turn_scan": ("Страница скана повёрнута", "arrow-clockwise", "mute"),
    "void_scan": ("Скан больше не действует", "x-octagon", "warn"),
    "file": ("Приложен файл", "paperclip", "mute"),
    "drop_file": ("Файл убран", "paperclip", "mute"),
    "waive": ("Замечание пропущено", "shield-check", "warn"),
    "weigh": ("Изменён приоритет", "flag", "mute"),
    "stage_documents": ("КЗ готовит письмо и акт", "file-earmark-text", "ext"),
    "remind": ("Напоминание о запросе сведений", "bell", "mute"),
    "silence": ("Ответа нет: МИАЦ решает, что дальше", "bell", "warn"),
    "memo": ("Памятка отправлена сотруднику", "envelope", "mute"),
    "message": ("Сообщение", "chat-left-text", "info"),
    "note": ("Заметка МИАЦ", "sticky", "mute"),
    "pair_ended": ("Другая половина пары отпала", "link-45deg", "warn"),
    "cover": ("Дополнено сопроводительное письмо", "envelope-paper", "mute"),
    "revoke": ("Отзыв по увольнению", "person-dash", "warn"),
}
LABELS: Mapping[str, str] = {
    "registration_no": "номер МИАЦ", "external_no": "внешний номер", "external_status": "статус",
    "forwarded_to": "кому", "third_party": "кого", "until": "до", "answer_by": "ответить до",
    "reason": "причина",
    "extension_cause": "причина", "version": "версия", "pages": "страниц", "name": "файл",
    "to": "кому", "from": "от кого", "priority": "приоритет", "criticality": "критичность",
    "duplicate_number": "повтор заявки", "number": "заявка", "was": "было",
}  # fmt: skip
"""Data of an event by its key; texts and answers stand without a label."""
PLAIN = frozenset({"text", "answer", "note"})
INTERNAL = frozenset({"note", "assign", "waive"})
"""What МИАЦ does for itself: an МО does not see it."""

_acted = {t.action for machine in MACHINES.values() for t in machine.transitions}
if _acted - EVENTS.keys():
    raise AssertionError(f"actions without words: {_acted - EVENTS.keys()}")


NOBODY: Mapping[int, str] = {}


def moments(
    actor: Actor, events: Iterable[RequestEvent], people: Mapping[int, str] = NOBODY
) -> list[Moment]:
    """Newest first. Another МО's people are not named; what is МИАЦ's own is left out for an МО.

    `people`: names by the number of the row, for decisions.
    """
    desk = scope.sees_all(actor)
    shown = [e for e in events if desk or e.action not in INTERNAL]
    return [_moment(actor, event, people) for event in reversed(shown)]


def _moment(actor: Actor, event: RequestEvent, people: Mapping[int, str]) -> Moment:
    title, icon, c = EVENTS.get(event.action, (event.action, "dot", "mute"))
    if event.action == "scan" and event.data.get("kind") in SCANS:
        title = f"Загружен: {SCANS[event.data['kind']].lower()}"
    if event.action in ("file", "drop_file") and event.data.get("kind") in attachments.LABELS:
        title = f"{title}: {attachments.LABELS[event.data['kind']].lower()}"
    return Moment(title, icon, c, _who(actor, event), event.at, list(_lines(event, people)))


def _who(actor: Actor, event: RequestEvent) -> str:
    user = event.user
    if user is None:
        return "система"
    theirs = user.organization_id
    if theirs is None or scope.may_see(actor, theirs) or event.role == "committee":
        return user.name
    return OTHERS


def _lines(event: RequestEvent, people: Mapping[int, str]) -> Iterator[tuple[str, str, str]]:
    """(label, "—", text) of what was given, texts without a label."""
    data = event.data
    if told := data.get("happened_on"):
        yield "было", "—", _day(str(told))
    if cause := data.get("cause"):
        yield "причина", "—", _cause(event.action, str(cause))
    for key, value in data.items():
        if key in PLAIN and value:
            yield "", "—", str(value)
        elif key in LABELS and value not in ("", None):
            yield LABELS[key], "—", _value(event.action, key, value)
        elif key == "channel":
            yield "как", "—", CHANNELS.get(str(value), str(value))
        elif key in ("author_facts", "outside_need", "actions_taken"):
            yield ASKS[key].label.lower(), "—", str(value)
    if about := [row["position"] for row in data.get("about_rows", ())]:
        yield noun(len(about), "к строке", "к строкам", "к строкам"), "—", told_positions(about)
    yield from _rows(event.action, data, people)


def _rows(
    action: str, data: Mapping[str, Any], people: Mapping[int, str]
) -> Iterator[tuple[str, str, str]]:
    for row in data.get("rows", ()):
        words = OUTCOMES.get(row.get("outcome", ""), "решение отменено")
        cause = _cause(action, row["cause"]) if row.get("cause") else ""
        number = row.get("position", "?")
        yield (
            people.get(number) or f"строка {number}",
            "—",
            f"{words}{': ' if cause else ''}{cause}",
        )


def _cause(action: str, slug: str) -> str:
    known = CAUSES.get(action) or CAUSES["refuse"]
    return known.get(slug, CAUSES["refuse"].get(slug, slug))


def _value(action: str, key: str, value: Any) -> str:
    if key == "extension_cause":
        return _cause(action, str(value))
    if key in ("until", "answer_by"):
        return _day(str(value))
    return str(value)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).strftime("%d.%m.%Y")
    except ValueError:
        return text
