"""What is understood when a person's text is read: a value, and what is wrong with the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with one text. `message` is a Russian sentence that says how to mend it.

    `fix` is the whole corrected text where a program may propose it (a homoglyph, a mistyped mail
    domain); never for a СНИЛС, any of whose digits may be the wrong one.
    """

    code: str
    message: str
    level: Level = "error"
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """`value` is None exactly where some flaw is an error; warnings leave the value in place."""

    value: T | None
    flaws: tuple[Flaw, ...] = ()

    @classmethod
    def bad(cls, code: str, message: str, fix: str | None = None) -> Reading[T]:
        return cls(None, (Flaw(code, message, "error", fix),))
