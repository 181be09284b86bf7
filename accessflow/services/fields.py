"""The texts of a form, read by the domain's readers: values, and what is wrong by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from accessflow.domain import text as plain
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Invalid
from accessflow.domain.reading import Flaw, Reading

T = TypeVar("T")


class Refused(Invalid):
    """Nothing was saved. `flaws`: the field's name -> what is wrong; with only warnings among them
    the same call with `confirmed=True` goes through."""

    def __init__(self, message: str, flaws: dict[str, Flaw]) -> None:
        super().__init__(message, {name: flaw.message for name, flaw in flaws.items()})
        self.flaws = flaws

    @property
    def can_be_confirmed(self) -> bool:
        return all(flaw.level == "warning" for flaw in self.flaws.values())


class Fields:
    """Collects the flaws of one form while its texts are read."""

    def __init__(self) -> None:
        self.flaws: dict[str, Flaw] = {}

    def take(self, name: str, reading: Reading[T]) -> T | None:
        """The value, or None with the flaw noted."""
        for flaw in reading.flaws:
            self.note(name, flaw)
        return reading.value

    def text(self, name: str, value: str, longest: int, *, required: str = "") -> str:
        """One line of text; `required` is what is said where it is missing."""
        if not plain.clean(value):
            if required:
                self.error(name, "required", required)
            return ""
        return self.take(name, plain.read(value, longest)) or ""

    def optional(self, name: str, value: str, read: Callable[[str], Reading[T]]) -> T | None:
        """None for a blank, which is fine here."""
        return self.take(name, read(value)) if plain.clean(value) else None

    def day(self, name: str, value: str) -> date | None:
        """A date as a date field sends it (2026-11-23) or as people write it (23.11.2026)."""
        value = plain.clean(value)
        if not value:
            return None
        day = read_date(value)
        if day is None:
            self.error(name, "date", f"«{value}» — не дата. Пример: 23.11.2026.")
        return day

    def error(self, name: str, code: str, message: str, fix: str | None = None) -> None:
        self.note(name, Flaw(code, message, "error", fix))

    def warn(self, name: str, code: str, message: str, fix: str | None = None) -> None:
        self.note(name, Flaw(code, message, "warning", fix))

    def note(self, name: str, flaw: Flaw) -> None:
        """An error goes before a warning; else the first one stays."""
        known = self.flaws.get(name)
        if known is None or (known.level == "warning" and flaw.level == "error"):
            self.flaws[name] = flaw

    def check(self, *, confirmed: bool) -> None:
        """Raises Refused for any error, and for warnings that nobody has confirmed."""
        errors = [flaw for flaw in self.flaws.values() if flaw.level == "error"]
        if errors:
            raise Refused("Не сохранено: исправьте отмеченные поля.", self.flaws)
        if self.flaws and not confirmed:
            raise Refused("Проверьте отмеченное и сохраните ещё раз.", self.flaws)


def searchable(*texts: str) -> str:
    """What lists are searched in: casefolded, ё as е."""
    return " ".join(text for text in texts if text).casefold().replace("ё", "е")
