"""One thing wrong in one place of an application or a sheet: what a page and `check` show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accessflow.domain.reading import Flaw, Level


@dataclass(frozen=True, slots=True)
class Defect:
    """`row` counts from 1 as a person sees it (in a sheet: as Excel numbers its rows).

    None stands for the whole. `field` is a key of the row or of the form, None where the whole row
    is meant. `message` is a Russian sentence that says how to mend it; `fix` is the whole corrected
    text, only ever offered.
    """

    row: int | None
    field: str | None
    code: str
    level: Level
    message: str
    fix: str | None = None

    @classmethod
    def of(cls, flaw: Flaw, row: int | None, field: str | None) -> Defect:
        """The flaw of one text, put in its place."""
        return cls(row, field, flaw.code, flaw.level, flaw.message, flaw.fix)


def has_errors(defects: Iterable[Defect]) -> bool:
    """Whether anything forbids going on; warnings do not."""
    return any(d.level == "error" for d in defects)
