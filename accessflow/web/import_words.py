"""What is said of the rows of a list, by kind: before it is taken and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
_LEFT: Words = {"refused": ("не взято", "danger"), "": ("не отмечено", "mute")}
_ASKED_TABS = {"confirm": "Подтвердить", "choose": "Выбрать", "nobody": "Никого не нашли"}


def _shown(tabs: Mapping[str, str]) -> Mapping[str, str]:
    return {"all": "Все", **tabs, "flawed": "С замечаниями", "refused": "Не возьмём"}


def _results(tabs: Mapping[str, str]) -> Mapping[str, str]:
    ends = {"left": "Не отмечены", "refused": "Не взяты", "flawed": "С замечаниями"}
    return {"all": "Все", **tabs, **ends}


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
        **_LEFT,
    },
    shown=_shown({
        "new": "Новые", "attest": "Получат отметку", "change": "Изменятся",
        "same": "Без изменений", "question": "Вопросы",
    }),
    results=_results({"created": "Добавлены", "changed": "Изменены", "same": "Без изменений"}),
)  # fmt: skip
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
        **_LEFT,
    },
    shown=_shown({"new": "Внесём", "move": "Перенесём", "same": "Уже внесены", **_ASKED_TABS}),
    results=_results({"created": "Внесены", "changed": "Перенесены", "same": "Внесены раньше"}),
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
        **_LEFT,
    },
    shown=_shown({
        "new": "Внесём", "same": "Уже в реестре", "gone": "Уволены", "role": "Роль другая",
        "ask_role": "Без роли", **_ASKED_TABS, "blocked": "Заблокированы",
    }),
    results=_results({"created": "Внесены", "same": "Были в реестре"}),
)  # fmt: skip
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
        **_LEFT,
    },
    shown=_shown({"new": "Перенесём", "same": "Уже перенесены", **_ASKED_TABS}),
    results=_results({
        "created": "Новые заявки", "changed": "Добавлены к заявкам", "same": "Перенесены раньше",
    }),
)  # fmt: skip
WORDS: Mapping[str, KindWords] = {
    "staff": _STAFF,
    "frmr": replace(_STAFF, title="Выгрузка из ФРМР"),
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
