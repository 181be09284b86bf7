"""A draft's own XLSX, completed offline, on its way back: what would change, and the change itself.

What the sheet says in another spelling of the same (8 921… and +7 921…) is no change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.documents.sheet_in import read_tables
from accessflow.domain.errors import Conflict, Invalid
from accessflow.forms import kinds
from accessflow.forms.application import Application, Row
from accessflow.forms.check import Check
from accessflow.forms.compare import fingerprint
from accessflow.forms.grid import FLAG, Grid, grid_of, shown, taken
from accessflow.forms.row_people import digits_of, name_of
from accessflow.forms.sheet_application import application_from_sheet, meta_of
from accessflow.services import details
from accessflow.services.draft import Draft, Operation, take_details
from accessflow.services.row_operations import replace_all

Kind = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of the draft and of the sheet. `number` counts in the sheet, for a removed one in the
    draft. `cells`: label, text now, text of the sheet."""

    kind: Kind
    number: int
    name: str
    row_id: int | None
    answers: Row
    cells: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`fields`: name on the page, label, text now, text of the sheet. `base` tells one state of the
    draft from another."""

    rows: tuple[RowChange, ...]
    fields: tuple[tuple[str, str, str, str], ...]
    base: str

    def of(self, kind: Kind) -> list[RowChange]:
        return [row for row in self.rows if row.kind == kind]

    @property
    def changes(self) -> int:
        return sum(row.kind != "same" for row in self.rows) + len(self.fields)


class Outdated(Invalid):
    """The sheet was downloaded before the draft's last changes."""


def read_sheet(
    catalogue: Catalogue, request: Request, data: bytes, filename: str, *, outdated: bool = False
) -> Application:
    """What the file says. `outdated` takes an older version of the same application as well.

    Raises Invalid for a file that is not ours, of another form or application; Outdated.
    """
    tables = read_tables(data, filename)
    meta = meta_of(tables)
    _require_same(catalogue, request, meta)
    application = application_from_sheet(tables, catalogue)
    if application.action != request.action:
        raise Invalid(
            "В файле другой статус доступа, чем у этой заявки. Для него нужна своя заявка."
        )
    if application.system not in (None, request.system):
        raise Invalid(
            f"Этот файл — заявка в другую систему: «{_system(catalogue, application)}»."
            " Загрузите его в заявку на неё."
        )
    if not outdated and meta.get("number") and application.version < request.content_version:
        raise Outdated(
            f"Этот файл скачан раньше: в нём версия {application.version}, а в заявке уже"
            f" {request.content_version}. Скачайте XLSX заново, чтобы не вернуть старое."
        )
    return application


def _require_same(catalogue: Catalogue, request: Request, meta: Mapping[str, str]) -> None:
    number = meta.get("number", "")
    if number and number != request.number:
        raise Invalid(
            f"Этот файл — заявка {number}, а здесь {request.number}. Загрузите его в ту заявку."
        )
    if meta["form"] != request.form:
        ours = catalogue.form(request.form, version=request.form_version).label
        known = catalogue.forms.get(meta["form"])
        theirs = known[-1].label if known else meta["form"]
        raise Invalid(f"Этот файл другой формы: {theirs}. Здесь нужна форма: {ours}.")
    if meta.get("form_version", request.form_version) != request.form_version:
        raise Invalid(
            f"Этот файл прежней версии формы: {meta['form_version']}, а у заявки"
            f" {request.form_version}. Скачайте XLSX этой заявки и перенесите данные в него."
        )


def _system(catalogue: Catalogue, application: Application) -> str:
    system = catalogue.systems.get(application.system or "")
    return system.label if system else str(application.system)


def plan_of(check: Check, request: Request, sheet: Application) -> Plan:
    """What the sheet would change in the draft."""
    grid = grid_of(check.spec, check.application, check.target)
    old = {row.id: row.answers for row in request.rows}
    pairs = _paired(check, list(old.items()), sheet.rows)
    rows = [
        _compared(check, grid, number, row_id, old.get(row_id or 0, {}), new)
        for number, (row_id, new) in enumerate(pairs, 1)
    ]
    kept = {row_id for row_id, _ in pairs}
    gone = [
        RowChange("removed", number, _name(check, row.answers, number), row.id, row.answers)
        for number, row in enumerate(request.rows, 1)
        if row.id not in kept
    ]
    return Plan((*rows, *gone), _fields(check, request, sheet), state_of(request))


def state_of(request: Request) -> str:
    """Tells whether a draft's rows and fields are still those that a plan was made for."""
    rows = {str(row.id): fingerprint(row.answers) for row in request.rows}
    return fingerprint({**rows, "fields": fingerprint(request.fields)})


def taking(plan: Plan) -> Operation:
    """The plan carried out. Raises Conflict where the draft has changed since."""

    def operation(draft: Draft) -> None:
        if state_of(draft.request) != plan.base:
            raise Conflict("Пока вы смотрели, заявку изменили. Загрузите файл ещё раз.")
        kept = [(row.row_id, row.answers) for row in plan.rows if row.kind != "removed"]
        replace_all(kept)(draft)
        if plan.fields:
            take_details(draft, {name: after for name, _, _, after in plan.fields})

    return operation


Known = tuple[int, Row]


def _paired(check: Check, old: Sequence[Known], new: Sequence[Row]) -> list[tuple[int | None, Row]]:
    """Each row of the sheet with the row of the draft that it is: the surest likeness first."""
    left = dict(old)
    found: dict[int, int] = {}
    likenesses: list[Callable[[Row], object]] = [lambda row: tuple(sorted(row.items()))]
    if check.spec.has_people:
        likenesses += [
            lambda row: (digits := digits_of(row)) and (digits, row.get("role")),
            lambda row: re.sub(r"\D", "", str(row.get("snils", ""))),
            lambda row: name_of(row).key,
            lambda row: str(row.get("email", "")).strip().lower(),
        ]
    for like in likenesses:
        _pair(found, left, new, like)
    if not check.spec.has_people:
        rest = iter(list(left))
        for at in range(len(new)):
            if at not in found and (row_id := next(rest, None)) is not None:
                found[at] = row_id
    return [(found.get(at), row) for at, row in enumerate(new)]


def _pair(
    found: dict[int, int], left: dict[int, Row], new: Sequence[Row], like: Callable[[Row], object]
) -> None:
    waiting: dict[object, list[int]] = {}
    for row_id, row in left.items():
        waiting.setdefault(like(row), []).append(row_id)
    for at, row in enumerate(new):
        key = like(row)
        if at in found or not key or not waiting.get(key):
            continue
        found[at] = waiting[key].pop(0)
        del left[found[at]]


def _compared(
    check: Check, grid: Grid, number: int, row_id: int | None, old: Row, new: Row
) -> RowChange:
    before, after = (shown(grid, row, check.application, check.target) for row in (old, new))
    typed: dict[str, str] = {}
    cells: list[tuple[str, str, str]] = []
    for key in (*(c.key for c in grid.columns if not c.locked), *([FLAG] if FLAG in after else [])):
        is_same = _says_the_same(check, grid, key, before[key], after[key])
        typed[key] = before[key] if is_same else after[key]
        if not is_same:
            cells.append((_label(grid, key), before[key], after[key]))
    answers = taken(grid, old, typed, check.application, check.target)
    kind: Kind = "added" if row_id is None else "changed" if cells else "same"
    return RowChange(kind, number, _name(check, answers, number), row_id, answers, tuple(cells))


def _says_the_same(check: Check, grid: Grid, key: str, a: str, b: str) -> bool:
    if a == b:
        return True
    column = grid.column(key)
    if column is None or not (a and b):
        return False
    if column.kind == "role":
        first, second = check.spec.role(a), check.spec.role(b)
        return first is not None and first == second
    readings = [kinds.read(column.kind, text, check.region).value for text in (a, b)]
    return readings[0] is not None and readings[0] == readings[1]


def _label(grid: Grid, key: str) -> str:
    column = grid.column(key)
    return column.label if column else "Отчества нет"


def _name(check: Check, row: Row, number: int) -> str:
    name = name_of(row).short if check.spec.has_people else ""
    return name or f"строка {number}"


def _fields(
    check: Check, request: Request, sheet: Application
) -> tuple[tuple[str, str, str, str], ...]:
    if check.spec.layout != "label_value":
        return ()  # a letter's fields stand within its sentences: the sheet cannot change them
    now = details.shown(request, check)
    other = details.shown_fields(check, sheet)
    return tuple(
        (name, details.label(check, name), now[name], after)
        for name, after in other.items()
        if now[name] != after
    )
