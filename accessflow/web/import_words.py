"""What is said of the rows of a list, by kind: before it is taken and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = Mapping[str, tuple[str, str]]
"""Plan or outcome to its word and colour."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """`title`: of the kind; `plans`, `outcomes`: the word at a row; `shown`, `results`: the tabs
    before and after, in order."""

    title: str
    plans: Words
    outcomes: Words
    shown: Mapping[str, str]
    results: Mapping[str, str]


_ASKED: Words = {
    "confirm": ("подтвердите, кто", "warn"),
    "choose": ("выберите, кто", "warn"),
    "nobody": ("не наш сотрудник", "warn"),
    "refused": ("не возьмём", "danger"),
}
_ASKED_TABS = {
    "confirm": "Подтвердить",
    "choose": "Выбрать",
    "nobody": "Никого не нашли",
}
_LAST_TABS = {"flawed": "С замечаниями", "refused": "Не возьмём"}
_REFUSED: Words = {"refused": ("не взято", "danger"), "": ("не отмечено", "mute")}

_STAFF = KindWords(
    title="Список сотрудников",
    plans={
        "new": ("будет добавлен(а)", "ok"),
        "attest": ("получит отметку", "ok"),
        "change": ("изменится", "info"),
        "same": ("без изменений", "mute"),
        "question": ("нужен ответ", "warn"),
        "refused": ("не возьмём", "danger"),
    },
    outcomes={
        "created": ("добавлен(а)", "ok"),
        "changed": ("изменено", "info"),
        "same": ("без изменений", "mute"),
        **_REFUSED,
    },
    shown={
        "all": "Все",
        "new": "Новые",
        "attest": "Получат отметку",
        "change": "Изменятся",
        "same": "Без изменений",
        "question": "Вопросы",
        **_LAST_TABS,
    },
    results={
        "all": "Все",
        "created": "Добавлены",
        "changed": "Изменены",
        "same": "Без изменений",
        "left": "Не отмечены",
        "refused": "Не взяты",
        "flawed": "С замечаниями",
    },
)
_DISMISSALS = KindWords(
    title="Увольнения",
    plans={
        "new": ("будет внесено", "ok"),
        "move": ("перенесётся", "info"),
        "same": ("уже внесено", "mute"),
        **_ASKED,
    },
    outcomes={
        "created": ("внесено", "ok"),
        "changed": ("перенесено", "info"),
        "same": ("внесено раньше", "mute"),
        **_REFUSED,
    },
    shown={
        "all": "Все",
        "new": "Внесём",
        "move": "Перенесём",
        "same": "Уже внесены",
        **_ASKED_TABS,
        **_LAST_TABS,
    },
    results={
        "all": "Все",
        "created": "Внесены",
        "changed": "Перенесены",
        "same": "Внесены раньше",
        "left": "Не отмечены",
        "refused": "Не взяты",
        "flawed": "С замечаниями",
    },
)
_ACCOUNTS = KindWords(
    title="Учётные записи системы",
    plans={
        "new": ("внесём в реестр", "ok"),
        "same": ("уже в реестре", "mute"),
        "gone": ("уволен(а), доступ есть", "danger"),
        "role": ("роль другая", "warn"),
        "ask_role": ("выберите роль", "warn"),
        "blocked": ("заблокирована", "mute"),
        **_ASKED,
    },
    outcomes={
        "created": ("внесено", "ok"),
        "same": ("было в реестре", "mute"),
        "blocked": ("заблокирована", "mute"),
        **_REFUSED,
    },
    shown={
        "all": "Все",
        "new": "Внесём",
        "same": "Уже в реестре",
        "gone": "Уволены",
        "role": "Роль другая",
        "ask_role": "Без роли",
        **_ASKED_TABS,
        "blocked": "Заблокированы",
        **_LAST_TABS,
    },
    results={
        "all": "Все",
        "created": "Внесены",
        "same": "Были в реестре",
        "left": "Не отмечены",
        "refused": "Не взяты",
        "flawed": "С замечаниями",
    },
)
_JOURNAL = KindWords(
    title="Старый журнал заявок",
    plans={
        "new": ("перенесём", "ok"),
        "same": ("уже перенесена", "mute"),
        **_ASKED,
        "nobody": ("без реестра", "info"),
    },
    outcomes={
        "created": ("перенесена", "ok"),
        "changed": ("строка добавлена", "ok"),
        "same": ("перенесена раньше", "mute"),
        **_REFUSED,
    },
    shown={
        "all": "Все",
        "new": "Перенесём",
        "same": "Уже перенесены",
        **_ASKED_TABS,
        **_LAST_TABS,
    },
    results={
        "all": "Все",
        "created": "Новые заявки",
        "changed": "Добавлены к заявкам",
        "same": "Перенесены раньше",
        "left": "Не отмечены",
        "refused": "Не взяты",
        "flawed": "С замечаниями",
    },
)
WORDS: Mapping[str, KindWords] = {
    "staff": _STAFF,
    "frmr": KindWords(
        "Выгрузка из ФРМР", _STAFF.plans, _STAFF.outcomes, _STAFF.shown, _STAFF.results
    ),
    "dismissals": _DISMISSALS,
    "accounts": _ACCOUNTS,
    "journal": _JOURNAL,
}
STATES = {
    "preview": "не начата",
    "running": "идёт",
    "done": "готово",
    "withdrawing": "отменяется",
    "withdrawn": "отменена",
}
