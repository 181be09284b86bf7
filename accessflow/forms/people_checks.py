"""The checks of the people of an application: names, prerequisites, nobody and no address twice."""

from __future__ import annotations

from collections.abc import Iterator

from accessflow.domain.person_name import same_script
from accessflow.domain.reading import Level
from accessflow.forms.application import Row
from accessflow.forms.check import Check, numbered
from accessflow.forms.defect import Defect
from accessflow.forms.row_people import address_of, digits_of, is_readable, name_of


def across(check: Check) -> tuple[Defect, ...]:
    """Those defects of `validate` that one row has because of another."""
    return (*_duplicates(check), *_shared_emails(check))


_OTHER_NAME = {
    "grant": "Под этим СНИЛС известен человек с другим ФИО. Если сменилась фамилия, обновите её в"
    " карточке сотрудника; если описка, исправьте СНИЛС или ФИО здесь.",
    "revoke": "Под этим СНИЛС известен человек с другим ФИО. Отзывают на то ФИО, под которым"
    " заведена учётная запись; если это описка, исправьте её здесь.",
}
"""Said by action: somebody renamed has an account under the former name until it is taken away."""


def person_defects(check: Check, number: int, row: Row) -> Iterator[Defect]:
    name = name_of(row)
    if is_readable(row) and (flaw := same_script(name)):
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
    for number, row in numbered(check):
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
    for number, row in numbered(check):
        address = address_of(str(row.get("email", "")))
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
