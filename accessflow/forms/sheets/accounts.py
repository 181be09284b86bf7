"""A system administrator's list of accounts: who may enter, as the system itself says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accessflow.domain.text import clean
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.header import Rules
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
from accessflow.forms.sheets.organizations import organization_key
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
    "organization": r"(?!код|oid)(?:.* )?(?:мо|(?:медицинск\w+ )?организаци\w+|учреждени\w+)",
    "role": r"(?:.* )?рол[ьи](?: .*)?|role|полномочия",
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
    """What a list is held against. `roles`: every spelling that the form knows to its role;
    `organizations`: short names. Empty: whatever stands there is taken."""

    roles: Mapping[str, str] = field(default_factory=dict)
    organizations: tuple[str, ...] = ()


def recognise_accounts(tables: Iterable[Table]) -> StaffSheet:
    """Needs a column of names, and one of СНИЛС, login or role beside it. Raises Invalid."""
    needed = with_name({"СНИЛС, логин или роль": ("snils", "login", "role")})
    return recognise(tables, RULES, needed, "одной учётной записи")


def read_accounts(sheet: StaffSheet, today: date, known: Known) -> list[ListRow]:
    """Every row, with what is doubtful in it and beside the others."""
    houses = {organization_key(name): name for name in known.organizations}
    rows = [_read(Reader(row, sheet, today), known, houses) for row in sheet.rows]
    return _cross_checked(rows)


def match_role(text: str, roles: Mapping[str, str]) -> str | None:
    """The role that a text means: spelled out, or with words cut short by a full stop and no other
    like it («мед. работник»). None: it cannot be told."""
    wanted = _words(text)
    exact = {name for spelling, name in roles.items() if _words(spelling) == wanted}
    found = exact or {name for spelling, name in roles.items() if _shortens(wanted, spelling)}
    return found.pop() if len(found) == 1 else None


def _read(reader: Reader, known: Known, houses: Mapping[str, str]) -> ListRow:
    reader.text("login")
    whole = reader.name(initials=True)
    missing = "СНИЛС нет: подтвердите, кто это из сотрудников." if whole else ""
    reader.snils(missing=missing)
    _organization(reader, houses)
    _role(reader, known.roles)
    _status(reader)
    seen = reader.date("last_seen_on", "Последний вход")
    if seen is not None and seen > reader.today:
        message = f"Последний вход {seen:%d.%m.%Y} ещё не наступил. Проверьте дату."
        reader.flaw("last_seen_on", "date_ahead", message, "warning")
    return reader.done()


def _organization(reader: Reader, houses: Mapping[str, str]) -> None:
    text = reader.text("organization")
    if not text or not houses:
        return
    if name := houses.get(organization_key(text)):
        reader.values["organization"] = name
    else:
        del reader.values["organization"]
        message = f"Организации «{text}» в справочнике нет: строка не относится ни к одной."
        reader.flaw("organization", "organization_unknown", message)


def _role(reader: Reader, roles: Mapping[str, str]) -> None:
    text = reader.text("role")
    if not roles:
        return
    if not text:
        message = "Роль не указана: выберите её из списка."
        reader.flaw("role", "required", message, "warning")
    elif name := match_role(text, roles):
        reader.values["role"] = name
        if _words(name) != _words(text):
            message = f"Прочитано как «{name}»: проверьте роль."
            reader.flaw("role", "role_read", message, "warning")
    else:
        del reader.values["role"]
        message = f"Роли «{text}» у этой системы нет: выберите её из списка."
        reader.flaw("role", "role_not_allowed", message)


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


def _words(text: str) -> tuple[str, ...]:
    plain = clean(text).casefold().replace("ё", "е")
    return tuple(re.sub(r"\.(?=\S)", ". ", plain).split())


def _shortens(wanted: tuple[str, ...], spelling: str) -> bool:
    """Word by word the same, or its beginning with a full stop."""
    words = _words(spelling)
    return len(wanted) == len(words) and all(
        short == word or (short.endswith(".") and len(short) > 2 and word.startswith(short[:-1]))
        for short, word in zip(wanted, words, strict=True)
    )
