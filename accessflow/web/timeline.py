"""The history of a thing as people read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accessflow.db.tables import Change
from accessflow.services import scope
from accessflow.services.actor import Actor

EVENTS = {
    "created": ("Создано", "plus-circle", "mute"),
    "changed": ("Изменено", "pencil", "info"),
    "archived": ("Убрано в архив", "archive", "mute"),
    "restored": ("Возвращено из архива", "arrow-counterclockwise", "mute"),
    "attested": ("Поставлена отметка", "check-circle", "ok"),
    "withdrawn": ("Отметка снята", "x-circle", "warn"),
    "imported": ("Загружено из файла", "file-earmark-arrow-up", "info"),
    "edited": ("Правка данных", "pencil", "info"),
    "copied": ("Сделана копией", "copy", "mute"),
    "deleted": ("Удалено", "trash3", "warn"),
    "person created": ("Впервые записан(а)", "person-plus", "mute"),
    "employment created": ("Записана работа", "briefcase", "mute"),
    "campaign created": ("Пересмотр начат", "plus-circle", "mute"),
    "campaign withdrawn": ("Пересмотр закрыт", "lock", "mute"),
    "campaign moved": ("Срок перенесён", "calendar-event", "warn"),
    "campaign moved back": ("Прежний срок возвращён", "arrow-counterclockwise", "info"),
    "dismissal created": ("Записано увольнение", "person-dash", "info"),
    "dismissal changed": ("Увольнение перенесено", "calendar-event", "warn"),
    "dismissal withdrawn": ("Увольнение отменено", "arrow-counterclockwise", "warn"),
    "dismissal restored": ("Отмена увольнения снята", "person-dash", "info"),
}
OTHERS = "другая организация"


@dataclass(frozen=True, slots=True)
class Moment:
    title: str
    icon: str
    c: str
    who: str
    at: datetime
    lines: list[tuple[str, str, str]]


def timeline(actor: Actor, changes: Iterable[Change]) -> list[Moment]:
    """Newest first, as given. Another МО's people are not named."""
    return [_moment(actor, change) for change in changes]


def merged(*parts: Iterable[Moment]) -> list[Moment]:
    """Several histories of one thing as one, newest first; of one moment, in the order given."""
    return sorted((m for part in parts for m in part), key=lambda m: m.at, reverse=True)


def _moment(actor: Actor, change: Change) -> Moment:
    own, common = EVENTS.get(f"{change.entity} {change.event}"), EVENTS.get(change.event)
    title, icon, c = own or common or (change.event, "dot", "mute")
    lines = [(label, pair[0], pair[1]) for label, pair in change.what.items()]
    return Moment(title, icon, c, who(actor, change), change.at, lines)


def who(actor: Actor, change: Change) -> str:
    user = change.user
    if user is None:
        return "система"
    theirs = user.organization_id
    return user.name if theirs is None or scope.may_see(actor, theirs) else OTHERS
