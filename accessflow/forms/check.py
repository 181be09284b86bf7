"""What is checked: an application under its form, aimed at its system, with what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from accessflow.domain.person_name import PersonName
from accessflow.forms import kinds
from accessflow.forms.application import Application, Row, Target
from accessflow.forms.rows import value_of
from accessflow.forms.spec import Column, FormSpec

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


def numbered(check: Check) -> Iterator[tuple[int, Row]]:
    return enumerate(check.application.rows, 1)
