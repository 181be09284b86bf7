"""What actions ask for, and the causes to choose from (Рег. 3.4.1, 3.5; R18, R19, R24, R25)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accessflow.workflow.spec import Ask

_ALL = (
    Ask("channel", "Как отправить", "channel", required=False),
    Ask("acknowledged", "Повтор не случаен: отправить всё равно", "flag", required=False),
    Ask("text", "Что сообщить", "long_text"),
    Ask("about_rows", "К каким строкам", "positions", required=False,
        help="Например: 2, 5–7. Пусто — ко всей заявке", max_length=1000),
    Ask("answer_by", "Напомнить МО, если не ответят до", "date", required=False,
        help="С выходного перейдёт на рабочий день"),
    Ask("note", "Пояснение", "long_text", required=False),
    Ask("answer", "Ответ", "long_text", help="Исправленные данные и файлы можно приложить тут же"),
    Ask("registration_no", "Номер МИАЦ", help="Как в письме МИАЦ о регистрации",
        max_length=64),
    Ask("happened_on", "Когда это было", "date", required=False,
        help="Если не сегодня: срок считается от этого дня"),
    Ask("external_no", "Внешний номер", required=False, help="Номер обращения в СТП ЕГИСЗ",
        max_length=64),
    Ask("external_status", "Их статус", required=False, help="Словами самой поддержки",
        max_length=255),
    Ask("forwarded_to", "Кому передано", max_length=255),
    Ask("third_party", "Кого спросили", max_length=255),
    Ask("rows", "Решения по строкам", "rows"),
    Ask("cause", "Причина", "cause"),
    Ask("extension_cause", "Причина продления", "cause"),
    Ask("until", "Продлить до", "date", help="Срок ответа сдвинется на столько же дней"),
    Ask("author_facts", "Какие сведения зависят от автора или третьих лиц", "long_text"),
    Ask("outside_need", "Каких сторонних специалистов нужно привлечь", "long_text"),
    Ask("actions_taken", "Что сделано, чтобы получить сведения", "long_text"),
    Ask("duplicate_of", "Повтор заявки", "request"),
)  # fmt: skip
ASKS: Mapping[str, Ask] = MappingProxyType({ask.key: ask for ask in _ALL})

EXTENSION_CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "info_requested": "запрошены сведения: с отправки запроса до их получения",
        "author_cannot": "автор не может дать достаточных сведений",
        "not_per_rules": "обращение оформлено не по правилам (Рег. 3.4)",
        "incorrect_question": "вопрос задан некорректно",
        "late_info": "сведения даны с опозданием",
        "not_reproducible": "проблема не воспроизводится",
        "out_of_process": "вопрос вне рамок процесса",
        "other": "иное",
    }
)
"""The eight causes of Рег. 3.5 (R24). The first one pauses by itself with a request for data."""

REFUSAL_CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "not_in_frmr": "сотрудника нет в ФРМР",
        "post_absent": "должности нет в ФРМО/ФРМР на дату заявки",
        "email_taken": "адрес электронной почты не уникален",
        "no_esia": "сотрудник не вошёл в систему сам через ЕСИА",
        "role_not_allowed": "роль не положена организации",
        "repeat": "вопрос уже решён или решается по другой заявке",
        "owner_refused": "отказал владелец системы",
        "incomplete": "не хватает сведений (Рег. 3.4.1)",
        "typos": "опечатки в данных (Рег. 3.4.1)",
        "unreadable_scan": "скан нечитаем (Рег. 3.4.1)",
        "no_signature": "нет подписи руководителя или его заместителя (Рег. 3.4.1)",
        "no_seal": "нет печати (Рег. 3.4.1)",
        "other": "иное",
    }
)
"""R18, R33, R34, R42."""

ANNULMENT_CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "not_template": "не по шаблону приложения (Рег. 3.4.1)",
        "wrong_form": "не та форма для этой системы",
        "other": "иное",
    }
)
"""R19."""


def cause_in_words(cause: str) -> str:
    """A cause as people read it: a slug's words, else what was written in its place."""
    return REFUSAL_CAUSES.get(cause) or ANNULMENT_CAUSES.get(cause) or cause


CAUSES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "refuse": REFUSAL_CAUSES,
        "annul": ANNULMENT_CAUSES,
        "extend": EXTENSION_CAUSES,
    }
)
"""By action."""
