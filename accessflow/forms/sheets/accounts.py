"""A system administrator's list of accounts: who may enter, as the system itself says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accessflow.forms.defect import Defect
from accessflow.forms.sheets.header import Rules
from accessflow.forms.sheets.known import (
    ORGANIZATION,
    ROLE,
    Houses,
    match_role,
    read_person,
    words_of,
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
    "login", "last_name", "first_name", "middle_name", "no_middle_name", "initials", "snils",
    "organization", "role", "last_seen_on", "blocked",
)  # fmt: skip
"""Keys of `ListRow.values`; `blocked` is "1" or absent."""
_PATTERNS = {
    "login": r"(?:.* )?(?:логин|login|учетная запись)(?: .*)?|user(?: ?name)?|имя пользователя",
    "organization": ORGANIZATION,
    "role": rf"{ROLE}|role|полномочия",
    "last_seen_on": r"(?:.* )?последн\w+ (?:.* )?(?:вход\w*|посещени\w+|активност\w+|сеанс\w*)"
    r"|last (?:login|seen|visit)",
    "status": r"(?:статус|состояние)(?: .*)?|status|state",
}
RULES: Rules = {
    **PERSON_RULES,
    **{key: re.compile(pattern) for key, pattern in _PATTERNS.items()},
    "number": STAFF["number"],
}
_BLOCKED = re.compile(r"заблок|блокир|отключ|неактив|не актив|удал|закры|block|disabl|inactiv")
_ACTIVE = re.compile(r"актив|действ|включ|открыт|activ|enabl")


@dataclass(frozen=True, slots=True)
class Known:
    """What a list is held against. `roles`: every spelling that the form knows to its role; empty:
    whatever stands there is taken."""

    roles: Mapping[str, str] = field(default_factory=dict)
    houses: Houses = field(default_factory=Houses)


def recognise_accounts(tables: Iterable[Table]) -> StaffSheet:
    """Needs a column of names, and one of СНИЛС, login or role beside it. Raises Invalid."""
    needed = with_name({"СНИЛС, логин или роль": ("snils", "login", "role")})
    return recognise(tables, RULES, needed, "одной учётной записи")


def read_accounts(sheet: StaffSheet, today: date, known: Known) -> list[ListRow]:
    """Every row, with what is doubtful in it and beside the others."""
    return _cross_checked([_read(Reader(row, sheet, today), known) for row in sheet.rows])


def _read(reader: Reader, known: Known) -> ListRow:
    reader.text("login")
    read_person(reader, "СНИЛС нет: подтвердите, кто это из сотрудников.")
    known.houses.read(reader)
    _role(reader, known.roles)
    _status(reader)
    seen = reader.date("last_seen_on", "Последний вход")
    if seen is not None and seen > reader.today:
        message = f"Последний вход {seen:%d.%m.%Y} ещё не наступил. Проверьте дату."
        reader.flaw("last_seen_on", "date_ahead", message, "warning")
    return reader.done()


def _role(reader: Reader, roles: Mapping[str, str]) -> None:
    text = reader.text("role")
    if not roles:
        return
    if not text:
        message = "Роль не указана: выберите её из списка."
        reader.flaw("role", "required", message, "warning")
    elif name := match_role(text, roles):
        reader.values["role"] = name
        if words_of(name) != words_of(text):
            message = f"Прочитано как «{name}»: проверьте роль."
            reader.flaw("role", "role_read", message, "warning")
    else:
        del reader.values["role"]
        message = f"Роли «{text}» у этой системы нет: выберите её из списка."
        reader.flaw("role", "role_not_allowed", message, "warning")


def _status(reader: Reader) -> None:
    text = reader.text("status").casefold()
    reader.values.pop("status", None)
    if _BLOCKED.search(text):
        reader.values["blocked"] = "1"
    elif text and not _ACTIVE.search(text):
        message = f"Состояние «{text}» непонятно: считаем учётную запись действующей."
        reader.flaw("status", "status_unknown", message, "warning")


def _cross_checked(rows: list[ListRow]) -> list[ListRow]:
    """A login of several people belongs to none for certain; a person may have several."""
    found: dict[int, list[Defect]] = defaultdict(list)
    for group in groups(rows, lambda row: row.values.get("login", "").casefold()):
        for row in group:
            message = f"Логин «{row.values['login']}» стоит и в {_others(row, group)}: чей он?"
            found[row.number].append(
                Defect(row.number, "login", "login_shared", "warning", message)
            )
    for group in groups(rows, _right):
        for row in group[1:]:
            message = f"То же право того же человека уже есть в строке {group[0].number}."
            found[row.number].append(
                Defect(row.number, "last_name", "duplicate_row", "warning", message)
            )
    return with_defects(rows, found)


def _right(row: ListRow) -> str:
    person = person_key(row)
    return (
        f"{person}|{row.values.get('role', '')}" if person and "initials" not in row.values else ""
    )


def _others(row: ListRow, group: list[ListRow]) -> str:
    numbers = [str(other.number) for other in group if other is not row]
    return f"строке {numbers[0]}" if len(numbers) == 1 else f"строках {', '.join(numbers)}"
