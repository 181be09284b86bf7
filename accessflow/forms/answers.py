"""The checks of an application, pure: the web, the command line and a sheet all come here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accessflow.domain.reading import Level
from accessflow.forms import kinds
from accessflow.forms.application import Row
from accessflow.forms.check import MAX_ROWS, Check, numbered
from accessflow.forms.defect import Defect
from accessflow.forms.people_checks import across, person_defects
from accessflow.forms.rows import NAME_KEYS, field_value, has_no_middle_name, keys_of
from accessflow.forms.spec import Column, Field, Role


def validate(check: Check) -> tuple[Defect, ...]:
    """Every defect: those of the whole first, then row by row in the order of the columns."""
    return (
        *_form_defects(check),
        *_party_defects(check),
        *_field_defects(check),
        *_row_count(check),
        *(d for n, row in numbered(check) for d in _row_defects(check, n, row)),
        *across(check),
    )


def _form_defects(check: Check) -> Iterator[Defect]:
    spec, application, target = check.spec, check.application, check.target
    if application.action not in spec.actions:
        message = (
            f"{spec.label} не подаётся с действием «{application.action}». Выберите другую форму."
        )
        yield Defect(None, "action", "form_mismatch", "error", message)
    elif target and target.form != spec.slug:
        message = (
            f"Для системы «{target.label}» это действие оформляется другой формой: {target.form}."
            " Создайте заявку по ней."
        )
        yield Defect(None, "form", "form_mismatch", "error", message)
    elif target is None and spec.layout == "table":
        message = "Не указана система. Одна заявка — одна система (Рег. 3.4): выберите её."
        yield Defect(None, "system", "required", "error", message)
    if target and target.in_development and application.action == "grant":
        message = (
            f"«{target.label}» в разработке: доступ пока не выдают."
            " Заявку МИАЦ примет только в порядке исключения."
        )
        yield Defect(None, "system", "system_in_development", "error", message)


PARTY_LABELS = {
    "organization.full_name": "Полное наименование организации",
    "organization.short_name": "Краткое наименование организации",
    "organization.oid": "OID организации",
    "organization.inn": "ИНН организации",
    "organization.subject_rf": "Субъект РФ",
    "organization.legal_address": "Юридический адрес",
    "signatory.position": "Должность подписанта",
    "signatory.name": "Фамилия и инициалы подписанта",
    "author.phone": "Телефон автора",
    "author.email": "Адрес электронной почты автора",
}
_PARTY_KINDS = {
    "organization.oid": "oid",
    "organization.inn": "inn",
    "organization.subject_rf": "subject_rf",
    "author.phone": "phone",
    "author.email": "email",
}


def _party_defects(check: Check) -> Iterator[Defect]:
    """The organisation where a column leans on it, the signatory, and whatever is given."""
    needed = {
        f"organization.{column.key.removeprefix('org_')}"
        for column in check.spec.columns
        if column.source == "organization"
        and (not check.application.rows or _some_blank(column, check.application.rows))
    }
    if check.spec.signature.signer in ("organization", "miac"):
        needed |= {"signatory.position", "signatory.name"}
    for name, label in PARTY_LABELS.items():
        owner, key = name.split(".")
        text = str(getattr(getattr(check.application, owner), key))
        if not text.strip():
            if name in needed:
                yield Defect(None, name, "required", "error", f"{label}: не заполнено. Впишите.")
        elif kind := _PARTY_KINDS.get(name):
            found = _flaws(check, kind, text, None, name)
            # The author stands on the cover alone, which checks its own fields (App. 2).
            yield from (replace(d, level="warning") if owner == "author" else d for d in found)


def _some_blank(column: Column, rows: tuple[Row, ...]) -> bool:
    return any(not str(row.get(column.key, "")).strip() for row in rows)


def _flaws(check: Check, kind: str, text: str, row: int | None, key: str) -> Iterator[Defect]:
    for flaw in kinds.read(kind, text, check.region).flaws:
        yield Defect.of(flaw, row, key)


def _field_defects(check: Check) -> Iterator[Defect]:
    for item in check.spec.fields:
        text = field_value(item, check.application)
        label = check.spec.label_of(item)
        yield from _text_defects(check, item, text, None, f"fields.{item.key}", label)


def _text_defects(
    check: Check,
    item: Column | Field,
    text: str,
    row: int | None,
    key: str,
    label: str,
    kind: str = "",
) -> Iterator[Defect]:
    """`kind`: what the text is, where it is but a part of the column (a surname)."""
    if not text.strip():
        if item.required:
            yield Defect(row, key, "required", "error", f"{label}: не заполнено. Впишите.")
    elif len(text) > item.max_length:
        message = (
            f"{label}: {len(text)} знаков, а помещается {item.max_length}. Сократите,"
            " сама программа ничего не обрежет."
        )
        yield Defect(row, key, "over_length", "error", message)
    else:
        yield from _flaws(check, kind or item.kind, text, row, key)


def _row_count(check: Check) -> Iterator[Defect]:
    count = len(check.application.rows)
    if check.spec.columns and not count:
        message = "В заявке нет ни одной строки. Добавьте сотрудника."
        if not check.spec.has_people:
            message = "В таблице нет ни одной строки. Добавьте строку."
        yield Defect(None, "rows", "no_rows", "error", message)
    if count > MAX_ROWS:
        message = f"Строк {count}, а в одной заявке не больше {MAX_ROWS}. Разделите её на две."
        yield Defect(None, "rows", "over_length", "error", message)


def _row_defects(check: Check, number: int, row: Row) -> Iterator[Defect]:
    for column in check.spec.columns:
        if not column.asked_for(check.application.action):
            continue
        for key in keys_of(column):
            yield from _cell_defects(check, column, key, number, row)
    if check.spec.has_people:
        yield from person_defects(check, number, row)


def _cell_defects(
    check: Check, column: Column, key: str, number: int, row: Row
) -> Iterator[Defect]:
    kind = key if column.kind == "full_name" else column.kind
    typed = str(row.get(key, ""))
    if kind in ("number", "status", "system"):
        return
    if kind == "organization" or column.source == "organization":
        if typed.strip():
            yield from _text_defects(check, column, typed, number, key, column.plain_header)
    elif kind == "middle_name":
        yield from _middle_name(check, number, row)
    elif kind == "role":
        yield from _role_defects(check, column, number, row)
    else:
        text = typed if kind in NAME_KEYS else check.value(column, row)
        label = LABELS.get(key, column.plain_header.strip(" *:"))
        yield from _text_defects(check, column, text, number, key, label, kind)


LABELS = {"last_name": "Фамилия", "first_name": "Имя", "middle_name": "Отчество"}


def _middle_name(check: Check, number: int, row: Row) -> Iterator[Defect]:
    text = str(row.get("middle_name", ""))
    if has_no_middle_name(row):
        if kinds.read("middle_name", text, check.region).value:
            message = "Отмечено, что отчества нет, а отчество вписано. Оставьте что-то одно."
            yield Defect(number, "middle_name", "name_conflict", "error", message)
        return
    if not text.strip():
        message = "Отчество: не заполнено. Впишите его или отметьте, что отчества нет."
        yield Defect(number, "middle_name", "required", "error", message)
    elif len(text) > 100:
        message = f"Отчество: {len(text)} знаков, а помещается 100. Сократите."
        yield Defect(number, "middle_name", "over_length", "error", message)
    else:
        yield from _flaws(check, "middle_name", text, number, "middle_name")


def _role_defects(check: Check, column: Column, number: int, row: Row) -> Iterator[Defect]:
    text = check.value(column, row)
    roles = check.target.roles if check.target else ()
    if not text.strip() or not roles or len(text) > column.max_length:
        yield from _text_defects(check, column, text, number, "role", "Роль")
        return
    role = next((r for r in roles if text.strip() in (r.name, *r.aliases)), None)
    if role is None:
        names = ", ".join(f"«{r.name}»" for r in _open_roles(check, roles))
        message = f"Роли «{text.strip()}» для этой системы нет. Выберите: {names}."
        yield Defect(number, "role", "role_not_allowed", "error", message)
    elif (
        check.application.organization.kind not in role.kinds
        and check.application.action == "grant"
    ):
        yield _closed_role(check, role, number)


def _open_roles(check: Check, roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(r for r in roles if check.application.organization.kind in r.kinds)


def _closed_role(check: Check, role: Role, number: int) -> Defect:
    if not role.justified:
        names = ", ".join(
            f"«{r.name}»" for r in _open_roles(check, check.target.roles if check.target else ())
        )
        message = f"Роль «{role.name}» не для медицинской организации. Выберите: {names}."
        return Defect(number, "role", "role_not_allowed", "error", message)
    given = str(check.application.fields.get("justification", "")).strip()
    level: Level = "warning" if given else "error"
    message = (
        f"Роль «{role.name}» выдают МО только с согласия МИАЦ: обоснование приложено."
        if given
        else f"Роль «{role.name}» — на всю область. Напишите обоснование или выберите другую."
    )
    return Defect(number, "role", "role_not_allowed", level, message)
