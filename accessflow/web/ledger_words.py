"""Rights in words and letters: the state of each, roles in a matrix, by what it was given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accessflow.catalogue.spec import SystemSpec
from accessflow.db.tables import Grant, LedgerEntry, Request
from accessflow.services import ledger_standing
from accessflow.services.admitted import label_of
from accessflow.services.ledger_queries import until_known
from accessflow.services.ledger_standing import Standing
from accessflow.services.people import name_of
from accessflow.web import context
from accessflow.web.words import day

NO_ROLE = "доступ без роли"
MARKS = {"left": "!", "asked": "…", "expiring": "*", "expired": "*", "new": "+"}
"""What stands after a role's letters in a matrix: a state is never told by colour alone."""
LONG = 9
"""A word of more letters is broken above a narrow column."""
_VOWELS = "аеёиоуыэюя"
_COMMON = frozenset({"мо", "работник", "организации", "медицинской", "уровня"})


@dataclass(frozen=True, slots=True)
class Word:
    """A state as a tag: `c` colours it, `icon` of bootstrap-icons."""

    label: str
    c: str
    icon: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A right as the pages tell it; `until`: as it was known, `left`: the last day of work."""

    grant: Grant
    name: str
    system: str
    state: Standing
    word: Word
    until: date | None
    opened: Request | None
    closed: Request | None

    @property
    def left(self) -> date | None:
        return left_on(self.grant, self.state)


def lines(grants: Sequence[Grant], *, on: date, known_at: datetime | None = None) -> list[Line]:
    """The rights were loaded with whose they are and by which applications."""
    catalogue = context.catalogue()
    told = ledger_standing.standings(context.session(), catalogue, grants, on=on, known_at=known_at)
    return [
        Line(
            grant=g,
            name=name_of(g.person).full,
            system=label_of(catalogue, g.system),
            state=told[g.id],
            word=word_of(told[g.id]),
            until=until_known(g, known_at),
            opened=request_of(g.opened),
            closed=request_of(g.closed) if until_known(g, known_at) else None,
        )
        for g in grants
    ]


def word_of(state: Standing) -> Word:
    """As the mock says it."""
    on, soon = day(state.day), f"{state.day:%d.%m}" if state.day else ""
    sent = f"заявка {state.request.number} от {on}" if state.request else ""
    return {
        "held": Word("действует", "ok", "check"),
        "new": Word("новый за 7 дней", "info", "stars"),
        "asked": Word("отзыв отправлен", "warn", "hourglass-split", sent),
        "left": Word(
            "уволен, не отозван", "danger", "exclamation-triangle", f"последний рабочий день {on}"
        ),
        "expiring": Word(f"истекает {soon}", "warn", "clock", f"срок доступа до {on}"),
        "expired": Word(f"срок вышел {soon}", "danger", "clock", f"срок доступа до {on}"),
        "ahead": Word(f"будет с {on}", "info", "calendar-plus"),
        "revoked": Word(f"отозван {on}", "mute", "x-circle"),
        "voided": Word("запись исправлена", "mute", "eraser", f"исправлена {on}"),
    }[state.kind]


def letters(role: str) -> str:
    """«М» of «Медицинский работник», «К3» of «Куратор 3 уровня», «•» where there is no role."""
    words = role.partition("(")[0].split()
    if not words:
        return "•"
    digits = "".join(sign for sign in role if sign.isdigit())
    rest = [w for w in words[1:] if w.casefold() not in _COMMON and not w.isdigit()]
    return words[0][0].upper() + (digits or (rest[0][0].lower() if rest else ""))


@dataclass(frozen=True, slots=True)
class Sign:
    """A right in a cell: its letters with their mark, and what they mean."""

    letters: str
    words: str
    c: str


def sign_of(grant: Grant, state: Standing) -> Sign:
    told, word = grant.role or NO_ROLE, word_of(state)
    if state.kind != "held":
        told += ", уволен — отозвать" if state.kind == "left" else f", {word.label}"
    return Sign(letters(grant.role) + MARKS.get(state.kind, ""), told, word.c)


def left_on(grant: Grant, state: Standing) -> date | None:
    """The last day of work of somebody who still holds it."""
    over = grant.employment.until
    return over if over is not None and state.kind in ("left", "asked") else None


def legend(signs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Letters and the roles that stand under them: of `letters` and role."""
    meant: dict[str, set[str]] = {}
    for sign, role in signs:
        meant.setdefault(sign, set()).add(role or "без роли")
    return [(sign, ", ".join(sorted(roles))) for sign, roles in sorted(meant.items())]


_SYLLABLE = re.compile(rf"(?<=\w\w[{_VOWELS}])(?=[^\W\d_{_VOWELS}ьъй][{_VOWELS}]\w)", re.IGNORECASE)


def head_of(system: SystemSpec) -> str:
    """A system's name above a column; long words may break between syllables."""
    words = system.label.replace("«", "").replace("»", "").split()
    return " ".join(_SYLLABLE.sub("\u00ad", word) if len(word) > LONG else word for word in words)


def request_of(entry: LedgerEntry | None) -> Request | None:
    """What can be opened: not one of a journal that was taken back."""
    found = entry.request_row.request if entry is not None and entry.request_row else None
    return found if found is not None and found.deleted_at is None else None
