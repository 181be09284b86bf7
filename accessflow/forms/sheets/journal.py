"""The old journal of applications, kept in Excel: who was to get or lose what, and what came of it.

Rows become closed applications with the numbers that they had.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accessflow.domain.text import clean
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.header import Rules
from accessflow.forms.sheets.known import (
    ORGANIZATION,
    ROLE,
    Houses,
    match_role,
    read_person,
)
from accessflow.forms.sheets.listing import (
    PERSON_RULES,
    ListRow,
    Reader,
    groups,
    person_key,
    recognise,
    with_defects,
    with_name,
)
from accessflow.forms.sheets.staff import RULES as STAFF
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.table import Table

FIELDS = (
    "number", "registration_no", "filed_on", "executed_on", "action", "state", "system", "role",
    "organization", "last_name", "first_name", "middle_name", "no_middle_name", "initials",
    "snils", "position", "note",
)  # fmt: skip
"""Keys of `ListRow.values`. `action`: grant or revoke; `state`: executed, refused, annulled or
open; `system`: a slug."""
_PATTERNS = {
    "ordinal": r"(?:номер )?п ?п|номер по порядку",
    "registration_no": r"(?:регистрационный|рег|входящий|вх) номер(?: .*)?|номер (?:миац|обращения)"
    r"(?: .*)?",
    "number": r"номер(?: заявки| заявления| исходящий)?|(?:исходящий|исх) номер|заявка(?: номер)?",
    "executed_on": r"дата (?:исполнения|выполнения|закрытия|предоставления|отзыва|решения)(?: .*)?"
    r"|исполнено|выполнено",
    "filed_on": r"дата(?: (?:подачи|заявки|заявления|поступления|обращения|отправки))?(?: .*)?"
    r"|подана|поступила",
    "action": r"действие|операция|(?:вид|тип|цель) (?:заявки|обращения|действия)"
    r"|что (?:нужно )?сделать|предоставить(?: доступ)? (?:или )?(?:удалить|отозвать)(?: доступ)?",
    "system": r"(?:наименование )?(?:информационн\w+ )?(?:ис|систем\w+|подсистем\w+|регистр\w*"
    r"|реестр\w*|ресурс\w*|портал\w*)(?: .*)?",
    "role": ROLE,
    "organization": ORGANIZATION,
    "state": r"(?:статус|состояние|результат|решение)(?: .*)?|отметка(?: об? \w+)?",
    "note": r"(?:примечани[ея]|комментари[йи])(?: .*)?",
}
RULES: Rules = {
    **PERSON_RULES,
    **{key: re.compile(pattern) for key, pattern in _PATTERNS.items()},
    "position": STAFF["position"],
}
_REVOKE = re.compile(r"удал|отзы|отозв|закры|блок|отключ|прекращ|снять|снят|увол")
_GRANT = re.compile(r"предост|выда|добав|откры|подключ|создан|завести|новый|регистрац")
_STATES = (
    ("annulled", re.compile(r"аннул")),
    ("refused", re.compile(r"отказ|отклон|не исполн|не выполн")),
    ("open", re.compile(r"в работе|на рассм|направл|отправл|ожида|принят|зарегистр|передан")),
    ("executed", re.compile(r"исполн|выполн|предостав|закрыт|готов|сделан|удален|отозван|выдан")),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a journal is held against. `systems`: every spelling to its slug; `roles`: by slug,
    every spelling to its role."""

    systems: Mapping[str, str]
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    houses: Houses = field(default_factory=Houses)


def recognise_journal(tables: Iterable[Table]) -> StaffSheet:
    """Needs columns of names and of systems. Raises Invalid."""
    needed = with_name({"Система": ("system",)})
    return recognise(tables, RULES, needed, "одной заявки")


def read_journal(sheet: StaffSheet, today: date, known: Known) -> list[ListRow]:
    """Every row, with what is doubtful in it and beside the others."""
    return _cross_checked([_read(Reader(row, sheet, today), known) for row in sheet.rows])


def match_system(text: str, systems: Mapping[str, str]) -> str | None:
    """The slug of the system that a text means: its name, or words that one name alone holds."""
    wanted = _plain(text)
    exact = {slug for spelling, slug in systems.items() if _plain(spelling) == wanted}
    found = exact or {
        slug
        for spelling, slug in systems.items()
        if _holds(_plain(spelling), wanted) or _holds(wanted, _plain(spelling))
    }
    return found.pop() if len(found) == 1 else None


def _read(reader: Reader, known: Known) -> ListRow:
    for key in ("number", "registration_no", "position", "note"):
        reader.text(key)
    read_person(reader, "СНИЛС нет: человека найдём по ФИО, подтвердите его.")
    known.houses.read(reader)
    _system(reader, known)
    _action(reader)
    _days(reader)
    return reader.done()


def _system(reader: Reader, known: Known) -> None:
    text, role = reader.text("system"), reader.text("role")
    reader.values.pop("system", None)
    slug = match_system(text, known.systems) if text else None
    if slug is None:
        message = (
            f"Какая это система: «{text}»? Впишите её название, как в таблицах регламента."
            if text
            else "Система не указана. Впишите её название, как в таблицах регламента."
        )
        reader.flaw("system", "system_unknown" if text else "required", message)
        return
    reader.values["system"] = slug
    roles = known.roles.get(slug, {})
    if role and roles:
        name = match_role(role, roles)
        if name is None:
            message = f"Роли «{role}» у этой системы нет: она останется записанной так."
            reader.flaw("role", "role_not_allowed", message, "warning")
        else:
            reader.values["role"] = name


def _action(reader: Reader) -> None:
    """Without a column of actions every row is a grant, as journals of access mostly are."""
    text = reader.text("action").casefold()
    reader.values.pop("action", None)
    if "action" not in reader.sheet.header.columns:
        reader.values["action"] = "grant"
    elif _REVOKE.search(text):
        reader.values["action"] = "revoke"
    elif _GRANT.search(text):
        reader.values["action"] = "grant"
    else:
        message = "Непонятно, дать доступ или отозвать. Впишите «предоставить» или «удалить»."
        reader.flaw("action", "action_unknown", message)


def _days(reader: Reader) -> None:
    filed = reader.date("filed_on", "Дата заявки")
    executed = reader.date("executed_on", "Дата исполнения")
    text = reader.text("state").casefold()
    reader.values["state"] = state = _state(text, executed)
    if text and not any(pattern.search(text) for _, pattern in _STATES):
        message = f"Чем кончилась заявка: «{text}»? Прочитано как «{_LABELS[state]}»."
        reader.flaw("state", "state_unknown", message, "warning")
    if state == "executed" and executed is None:
        if filed is None:
            message = "Нет ни даты заявки, ни даты исполнения: впишите, с какого дня есть доступ."
            reader.flaw("executed_on", "required", message)
            return
        reader.values["executed_on"] = filed.isoformat()
        message = f"Даты исполнения нет: взята дата заявки, {filed:%d.%m.%Y}."
        reader.flaw("executed_on", "date_guessed", message, "warning")
    for key, day in (("filed_on", filed), ("executed_on", executed)):
        if day is not None and day > reader.today:
            message = f"{day:%d.%m.%Y} ещё не наступило. Проверьте дату."
            reader.flaw(key, "date_ahead", message)
    if filed is not None and executed is not None and executed < filed:
        message = f"Исполнено {executed:%d.%m.%Y}, раньше заявки. Проверьте обе даты."
        reader.flaw("executed_on", "date_order", message, "warning")


_LABELS = {
    "executed": "исполнена",
    "refused": "отказ",
    "annulled": "аннулирована",
    "open": "в работе",
}


def _state(text: str, executed: date | None) -> str:
    for state, pattern in _STATES:
        if pattern.search(text):
            return state
    return "executed" if executed is not None else "open"


def _cross_checked(rows: list[ListRow]) -> list[ListRow]:
    """The same of the same person twice; one number for two systems, which R12 forbids."""
    found: dict[int, list[Defect]] = defaultdict(list)
    for group in groups(rows, _asked):
        for row in group[1:]:
            message = f"То же самое уже есть в строке {group[0].number}."
            found[row.number].append(
                Defect(row.number, "number", "duplicate_row", "error", message)
            )
    for group in groups(rows, lambda row: row.values.get("number", "").casefold()):
        systems = {row.values["system"] for row in group if "system" in row.values}
        for row in group if len(systems) > 1 else []:
            message = f"Под номером {row.values['number']} разные системы: номер будет у каждой."
            found[row.number].append(
                Defect(row.number, "number", "number_shared", "warning", message)
            )
    return with_defects(rows, found)


def _asked(row: ListRow) -> str:
    person = person_key(row)
    keys = ("number", "system", "role", "action", "filed_on")
    return "|".join([person, *(row.values.get(key, "") for key in keys)]) if person else ""


def _plain(text: str) -> str:
    plain = clean(text).casefold().replace("ё", "е")
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _holds(whole: str, part: str) -> bool:
    """Whether every word of `part` stands in `whole`, one at least of three letters."""
    words = part.split()
    return max(map(len, words), default=0) >= 3 and set(words) <= set(whole.split())
