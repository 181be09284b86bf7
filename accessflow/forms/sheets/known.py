"""What lists of accounts and old journals are held against: organisations, roles, who is who."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from accessflow.domain.text import clean
from accessflow.forms.sheets.listing import Reader
from accessflow.forms.sheets.organizations import organization_key

ORGANIZATION = r"(?!код|oid)(?:.* )?(?:мо|(?:медицинск\w+ )?организаци\w+|учреждени\w+)"
ROLE = r"(?:.* )?рол[ьи](?: .*)?"
"""Titles of columns that both have."""


@dataclass(frozen=True, slots=True)
class Houses:
    """The organisations that a row may be of, by every spelling. None: whatever stands there is
    taken. `own`: of one organisation's own list."""

    names: tuple[str, ...] = ()
    own: bool = False
    by_key: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {organization_key(name): name for name in self.names})

    def read(self, reader: Reader) -> None:
        """The name as we have it; one that nobody knows is a flaw."""
        text = reader.text("organization")
        if not text or not self.names:
            return
        if name := self.by_key.get(organization_key(text)):
            reader.values["organization"] = name
            return
        del reader.values["organization"]
        message = f"Организации «{text}» в справочнике нет: строка не относится ни к одной."
        if self.own:
            message = f"«{text}» — не ваша организация. Если ваша, исправьте название."
        reader.flaw("organization", "organization_unknown", message)


def read_person(reader: Reader, missing: str) -> None:
    """Name and СНИЛС. A whole name does without a СНИЛС: `missing` is then said."""
    whole = reader.name(initials=True)
    reader.snils(missing=missing if whole else "")


def match_role(text: str, roles: Mapping[str, str]) -> str | None:
    """The role that a text means: spelled out, or with words cut short by a full stop and no other
    like it («мед. работник»). None: it cannot be told."""
    wanted = words_of(text)
    exact = {name for spelling, name in roles.items() if words_of(spelling) == wanted}
    found = exact or {name for spelling, name in roles.items() if _shortens(wanted, spelling)}
    return found.pop() if len(found) == 1 else None


def words_of(text: str) -> tuple[str, ...]:
    """By which two spellings of a role are one."""
    plain = clean(text).casefold().replace("ё", "е")
    return tuple(re.sub(r"\.(?=\S)", ". ", plain).split())


def _shortens(wanted: tuple[str, ...], spelling: str) -> bool:
    """Word by word the same, or its beginning with a full stop."""
    words = words_of(spelling)
    return len(wanted) == len(words) and all(
        short == word or (short.endswith(".") and len(short) > 2 and word.startswith(short[:-1]))
        for short, word in zip(wanted, words, strict=True)
    )
