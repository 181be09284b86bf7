"""What a page of the ledger is asked for by its address: the day, what was known, the filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, cast, get_args

from flask import request

from accessflow.domain.dates import read_date
from accessflow.services import ledger_people, scope
from accessflow.services.clock import MOSCOW
from accessflow.services.ledger_list import SORTS
from accessflow.services.ledger_queries import Asked, State
from accessflow.web import context
from accessflow.web.searches import asked_ids

STATES: dict[State, str] = {
    "active": "Действующие",
    "new": "Новые за 7 дней",
    "expiring": "Истекают за 30 дней",
    "gone": "У уволенных",
    "revoked": "Отозванные",
    "all": "Все",
}
KEPT = ("on", "known", "system", "role", "state", "organization", "sort")
"""What the form of the search carries along."""


@dataclass(frozen=True)
class Question:
    """The address read. `flaw`: what of it could not be, in words."""

    on: date
    known: date | None = None
    text: str = ""
    ids: tuple[int, ...] | None = None
    system: str = ""
    role: str = ""
    state: State = "active"
    organization: int | None = None
    flaw: str = ""

    @property
    def known_at(self) -> datetime | None:
        """The end of that day in Moscow; None where it has not ended yet."""
        if self.known is None or self.known >= context.today():
            return None
        return datetime.combine(self.known + timedelta(days=1), time(), MOSCOW)

    @cached_property
    def people(self) -> ledger_people.Found | None:
        """Whom the words find, None without any."""
        if not self.text:
            return None
        return ledger_people.found(
            context.session(), context.actor(), self.text, organization=self.organization
        )

    @cached_property
    def asked(self) -> Asked:
        people = self.ids if self.people is None else self.people.ids
        return Asked(
            self.on,
            self.known_at,
            system=self.system or None,
            systems=None if self.system or not self.role else systems_with(self.role),
            organization=self.organization,
            role=self.role or None,
            people=people,
            state=self.state,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the day and the reader's own organisation is asked for."""
        picked = self.organization if scope.sees_all(context.actor()) else None
        plain = replace(self, on=context.today(), known=None, flaw="", organization=picked)
        return plain != Question(context.today())

    @property
    def past(self) -> bool:
        return self.on != context.today() or self.known_at is not None


def question() -> Question:
    """A day that cannot be read is today's, and said so."""
    args = request.args
    state = args.get("state", "active")
    flaws: list[str] = []
    on = _day("on", flaws) or context.today()
    system, actor = args.get("system", ""), context.actor()
    organization = args.get("organization", type=int)
    return Question(
        on=on,
        known=_day("known", flaws),
        text=args.get("q", "").strip(),
        ids=asked_ids(),
        system=system if system in context.catalogue().systems else "",
        role=args.get("role", "").strip()[:255],
        state=cast(State, state) if state in get_args(State) else "active",
        organization=organization if scope.sees_all(actor) else None,
        flaw=" ".join(flaws),
    )


def asked_sort(found: Question) -> str:
    """By name where there are few people to look through, else what is newest first."""
    wide = scope.sees_all(context.actor()) and not found.organization
    usual = "-since" if wide and found.asked.people is None else "name"
    if found.state == "revoked":
        usual = "-until"
    sort = request.args.get("sort", usual)
    name = sort.removeprefix("-")
    fits = name in SORTS and (name != "until" or found.state == "revoked")
    return sort if fits else usual


def systems_with(role: str) -> tuple[str, ...]:
    """The systems in which there may be such a role."""
    catalogue = context.catalogue()
    return tuple(s.slug for s in catalogue.systems.values() if not s.roles or role in s.roles)


def roles(system: str) -> list[str]:
    """What the list may be narrowed to."""
    systems = context.catalogue().systems
    some = [systems[system]] if system in systems else systems.values()
    return sorted({role for one in some for role in one.roles})


def arguments(found: Question, **changes: Any) -> dict[str, Any]:
    """Of an address that asks for the same."""
    given: dict[str, Any] = {
        "on": found.on.isoformat() if found.on != context.today() else None,
        "known": found.known.isoformat() if found.known else None,
    }
    return {name: value for name, value in (given | changes).items() if value}


def _day(name: str, flaws: list[str]) -> date | None:
    text = request.args.get(name, "").strip()
    day = read_date(text) if text else None
    if text and (day is None or not 2000 <= day.year <= 2100):
        flaws.append(f"Дата «{text[:20]}» не читается: введите день, месяц и год, как 23.11.2026.")
        return None
    return day
