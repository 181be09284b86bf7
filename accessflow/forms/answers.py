"""The checks of an application, pure: the web, the command line and a sheet all come here.

Codes are those of interfaces.md; further ones: `name_conflict name_differs prerequisite subject_rf
no_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from accessflow.domain import email as emails
from accessflow.domain import snils as snilses
from accessflow.domain.person_name import PersonName, same_script
from accessflow.domain.reading import Level
from accessflow.forms import kinds
from accessflow.forms.application import Application, Row, Target
from accessflow.forms.defect import Defect
from accessflow.forms.rows import (
    NAME_KEYS,
    field_value,
    has_no_middle_name,
    keys_of,
    value_of,
)
from accessflow.forms.spec import Column, Field, FormSpec, Role

MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beyond the application; empty off-line.

    `email_owners`: normalised address -> СНИЛС (digits) of its holder anywhere (R34).
    `names`: СНИЛС -> the name known under it. `attested`: СНИЛС -> prerequisites that somebody has
    attested; None where nothing is known (then nothing is asked).
    """

    email_owners: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, PersonName] = field(default_factory=dict)
    attested: Mapping[str, frozenset[str]] | None = None
    prerequisites: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One application under its form, aimed at its system (None for a form without one)."""

    spec: FormSpec
    application: Application
    target: Target | None
    region: kinds.Region
    facts: Facts = Facts()

    def value(self, column: Column, row: Row) -> str:
        return value_of(column, row, self.application, self.target)


def validate(check: Check) -> tuple[Defect, ...]:
    """Every defect: those of the whole first, then row by row in the order of the columns."""
    return (
        *_form_defects(check),
        *_party_defects(check),
        *_field_defects(check),
        *_row_count(check),
        *(d for n, row in _numbered(check) for d in _row_defects(check, n, row)),
        *across(check),
    )


def across(check: Check) -> tuple[Defect, ...]:
    """Those defects of `validate` that one row has because of another."""
    return (*_duplicates(check), *_shared_emails(check))


def _numbered(check: Check) -> Iterator[tuple[int, Row]]:
    return enumerate(check.application.rows, 1)


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
        yield from _person_defects(check, number, row)


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


def digits_of(row: Row) -> str | None:
    """The row's СНИЛС as 11 digits, None where it cannot be read."""
    return _digits(str(row.get("snils", "")))


@lru_cache(maxsize=kinds.REMEMBERED)
def _digits(text: str) -> str | None:
    value = snilses.read(text).value
    return value.digits if value else None


@lru_cache(maxsize=kinds.REMEMBERED)
def _address(text: str) -> str | None:
    """What two e-mail addresses are compared by."""
    value = emails.read(text).value
    return value.normalized if value else None


def name_of(row: Row) -> PersonName:
    """The row's name as it would be printed, its parts as far as they can be read."""
    parts = []
    for key in NAME_KEYS:
        text = str(row.get(key, ""))
        value = kinds.read(key, text, kinds.Region()).value
        parts.append(text.strip() if value is None else value)
    return PersonName(*parts)


def _is_readable(row: Row) -> bool:
    """Surname and name are there, and no part has a flaw of its own: that one is told already."""
    parts = {key: str(row.get(key, "")).strip() for key in NAME_KEYS}
    return bool(parts["last_name"] and parts["first_name"]) and all(
        kinds.read(key, text, kinds.Region()).value is not None for key, text in parts.items()
    )


_OTHER_NAME = {
    "grant": "Под этим СНИЛС известен человек с другим ФИО. Если сменилась фамилия, обновите её в"
    " карточке сотрудника; если описка, исправьте СНИЛС или ФИО здесь.",
    "revoke": "Под этим СНИЛС известен человек с другим ФИО. Отзывают на то ФИО, под которым"
    " заведена учётная запись; если это описка, исправьте её здесь.",
}
"""Said by action: somebody renamed has an account under the former name until it is taken away."""


def _person_defects(check: Check, number: int, row: Row) -> Iterator[Defect]:
    name = name_of(row)
    if _is_readable(row) and (flaw := same_script(name)):
        yield Defect.of(flaw, number, "last_name")
    digits = digits_of(row)
    if digits is None:
        return
    known = check.facts.names.get(digits)
    if known and name.last and known.key != name.key:
        message = _OTHER_NAME.get(check.application.action, _OTHER_NAME["grant"])
        yield Defect(number, "last_name", "name_differs", "warning", message)
    yield from _prerequisites(check, number, digits)


def _prerequisites(check: Check, number: int, digits: str) -> Iterator[Defect]:
    if check.facts.attested is None or check.application.action != "grant":
        return
    done = check.facts.attested.get(digits, frozenset())
    for slug in check.spec.prerequisites:
        if slug not in done:
            what = check.facts.prerequisites.get(slug, slug)
            message = f"Не отмечено условие: {what}. Отметьте его в карточке сотрудника."
            yield Defect(number, "snils", "prerequisite", "warning", message)


def _duplicates(check: Check) -> Iterator[Defect]:
    if not check.spec.has_people:
        return
    seen: dict[tuple[str, ...], int] = {}
    for number, row in _numbered(check):
        digits = digits_of(row)
        if digits is None:
            continue
        key = (digits, *(str(row.get(k, "")).strip() for k in ("role", "functional_object")))
        if key in seen:
            message = f"Этот сотрудник уже есть в строке {seen[key]}. Уберите одну из строк."
            yield Defect(number, "snils", "duplicate_row", "error", message)
        seen.setdefault(key, number)


def _shared_emails(check: Check) -> Iterator[Defect]:
    """R34: an address belongs to one СНИЛС, in this application and anywhere."""
    if check.spec.unique_email == "none" or not check.spec.has_people:
        return
    level: Level = check.spec.unique_email
    first: dict[str, tuple[int, str | None, Row]] = {}
    for number, row in _numbered(check):
        address = _address(str(row.get("email", "")))
        if address is None:
            continue
        digits = digits_of(row)
        other = first.setdefault(address, (number, digits, row))
        if other[0] != number and (digits is None or digits != other[1]):
            message = (
                f"Этот адрес уже в строке {other[0]} ({name_of(other[2]).short})."
                " Адрес должен быть личным: впишите другой."
            )
            yield Defect(number, "email", "email_not_unique", level, message)
        elif digits and check.facts.email_owners.get(address, digits) != digits:
            message = (
                "Этот адрес уже занят другим человеком. Впишите личный адрес сотрудника,"
                " который больше ни у кого не указан."
            )
            yield Defect(number, "email", "email_not_unique", level, message)
