"""What МИАЦ looks at on an application: its rows, what was checked, what it repeats (R7, R18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request, RequestRow
from accessflow.domain.errors import AccessflowError
from accessflow.forms.check import Check
from accessflow.forms.row_people import name_of
from accessflow.forms.rows import has_no_middle_name, printed_row
from accessflow.forms.spec import Column
from accessflow.services import duplicates, repeats
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of
from accessflow.services.repeats import Repeat
from accessflow.services.triage_checks import Line, lines_of


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as the desk reads it; `cells` for a form whose rows are no people."""

    row: RequestRow
    who: str
    no_middle_name: bool
    role: str
    cells: tuple[str, ...]
    repeat: Repeat | None


@dataclass(frozen=True, slots=True)
class Twin:
    """Another application on the same matter. `covers`: this one could be marked as its duplicate;
    `compared`: label, here, there, of the first row that repeats."""

    other: Request
    repeats: tuple[Repeat, ...]
    covers: bool
    compared: tuple[tuple[str, str, str], ...]

    @property
    def positions(self) -> str:
        return ", ".join(str(r.position) for r in self.repeats)

    @property
    def identical(self) -> bool:
        return any(r.identical for r in self.repeats)


@dataclass(frozen=True, slots=True)
class Desk:
    """`headers`: of `RowView.cells`, empty where rows are people."""

    check: Check
    headers: tuple[str, ...]
    rows: tuple[RowView, ...]
    lines: tuple[Line, ...]
    twins: tuple[Twin, ...]

    @property
    def role_label(self) -> str:
        """What the last column of people is: App. 3 asks for an object instead of a role."""
        keys = {column.key for column in self.check.spec.columns}
        return "Роль" if "role" in keys else "Объект доступа"

    @property
    def to_look_at(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.level != "ok")

    @property
    def passed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.level == "ok")


def desk_of(
    session: Session, actor: Actor, catalogue: Catalogue, request: Request, today: date
) -> Desk:
    """For whoever may see the request (`applications.find`); `today` is the day in Moscow."""
    check = check_of(session, catalogue, request)
    found = repeats.of_request(session, catalogue, request, everywhere=True)
    people = check.spec.has_people
    columns = _shown(check)
    return Desk(
        check=check,
        headers=() if people else tuple(c.plain_header for c in columns),
        rows=tuple(_row(check, row, found, n) for n, row in enumerate(request.rows)),
        lines=tuple(lines_of(session, catalogue, request, check, found, today)),
        twins=_twins(session, actor, check, request, found),
    )


def _shown(check: Check) -> tuple[Column, ...]:
    """The page numbers the rows itself."""
    return tuple(column for column in check.spec.columns if column.source != "number")


def _row(check: Check, row: RequestRow, found: Sequence[Repeat], n: int) -> RowView:
    printed = _printed(check, n)
    mine = [r for r in found if r.position == row.position]
    return RowView(
        row=row,
        who=name_of(row.answers).full,
        no_middle_name=has_no_middle_name(row.answers),
        role=printed.get("role") or printed.get("functional_object", ""),
        cells=()
        if check.spec.has_people
        else tuple(printed[column.key] for column in _shown(check)),
        repeat=next((r for r in mine if r.identical), mine[0] if mine else None),
    )


def _printed(check: Check, n: int) -> dict[str, str]:
    application = check.application
    return printed_row(check.spec, application.rows[n], application, check.target, check.region)


def _twins(
    session: Session, actor: Actor, check: Check, request: Request, found: Sequence[Repeat]
) -> tuple[Twin, ...]:
    """By application, those that it could be marked as a duplicate of first."""
    by_other: dict[int, list[Repeat]] = {}
    for repeat in found:
        by_other.setdefault(repeat.other.id, []).append(repeat)
    twins = [
        Twin(
            other=own[0].other,
            repeats=tuple(own),
            covers=_covers(session, actor, request, own[0].other),
            compared=_compared(check, request, own[0]),
        )
        for own in by_other.values()
    ]
    return tuple(sorted(twins, key=lambda t: (not t.covers, not t.identical, -t.other.id)))


def _covers(session: Session, actor: Actor, request: Request, other: Request) -> bool:
    try:
        kept = duplicates.root_of(session, actor, other.id)
    except AccessflowError:
        return False
    same = kept.organization_id == request.organization_id and kept.kind == request.kind
    return same and kept.id != request.id and not duplicates.uncovered(request, kept)


def _compared(check: Check, request: Request, repeat: Repeat) -> tuple[tuple[str, str, str], ...]:
    """What stands in both rows, by column, as typed."""
    here = next((r.answers for r in request.rows if r.position == repeat.position), {})
    there = repeat.other_row.answers
    columns = [(key, _header(check, key)) for key in dict.fromkeys((*here, *there))]
    return tuple(
        (label, str(here.get(key, "")), str(there.get(key, "")))
        for key, label in columns
        if label and (here.get(key) or there.get(key)) and key != "snils"
    )


NAMES = {"last_name": "Фамилия", "first_name": "Имя", "middle_name": "Отчество"}


def _header(check: Check, key: str) -> str:
    column = next((c for c in check.spec.columns if c.key == key), None)
    return column.plain_header.strip("* ") if column else NAMES.get(key, "")
