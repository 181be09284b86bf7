"""What is done to the rows of a draft as a whole; each is an Operation for `editing.save`.

Every one can be taken back. None goes past the 200 rows of an application.
"""

from __future__ import annotations

from typing import Any

from accessflow.db.tables import RequestRow
from accessflow.domain.errors import Conflict, Invalid
from accessflow.forms.application import Row
from accessflow.forms.block import read_block
from accessflow.forms.check import MAX_ROWS
from accessflow.forms.grid import Grid, is_blank
from accessflow.services import undo
from accessflow.services.applications import new_row
from accessflow.services.draft import Draft, Operation


def add(draft: Draft) -> None:
    """A new row at the end."""
    _require_room(draft, 1)
    row = _insert(draft, len(draft.rows), _beginning(draft))
    _said(draft, "Строка добавлена")
    _focus_new(draft, row)


def copy(row_id: int) -> Operation:
    """The same row once more behind itself: for another role, or as a pattern."""

    def operation(draft: Draft) -> None:
        _require_room(draft, 1)
        at = _place(draft, row_id)
        source = draft.rows[at]
        row = _insert(draft, at + 1, source.answers)
        row.employment_id = source.employment_id
        _said(draft, f"Строка {at + 1} скопирована")
        _focus_new(draft, row)

    return operation


def move(row_id: int, by: int) -> Operation:
    """Up (-1) or down (1) by one; at the edge it stays."""

    def operation(draft: Draft) -> None:
        at = _place(draft, row_id)
        to = min(max(at + by, 0), len(draft.rows) - 1)
        row = draft.rows.pop(at)
        draft.rows.insert(to, row)
        _said(draft, f"Строка {at + 1} теперь {to + 1}-я")

    return operation


def remove(row_id: int) -> Operation:
    def operation(draft: Draft) -> None:
        at = _place(draft, row_id)
        draft.rows.pop(at)
        _said(draft, f"Строка {at + 1} удалена")
        if draft.rows:
            neighbour = draft.rows[min(at, len(draft.rows) - 1)]
            draft.focus = f"r{neighbour.id}-{draft.grid.typed[0].key}"

    return operation


def fill_down(row_id: int, key: str) -> Operation:
    """The cell's text into every row below."""

    def operation(draft: Draft) -> None:
        _require_key(draft.grid, key)
        at = _place(draft, row_id)
        text = draft.shown(draft.rows[at])[key]
        below = draft.rows[at + 1 :]
        differing = [row for row in below if draft.shown(row)[key] != text]
        for row in differing:
            draft.put(row, {key: text})
        _said(draft, f"Заполнено вниз, ячеек: {len(differing)}" if differing else _filled(below))

    return operation


def paste(row_id: int | None, key: str, text: str) -> Operation:
    """A block of cells from that cell on; rows are added as needed. Without a row: at the end.

    Raises Invalid where it does not fit.
    """

    def operation(draft: Draft) -> None:
        block = read_block(text, draft.grid, key)
        if not block.rows:
            raise Invalid("Вставлять нечего: скопируйте в таблице ячейки и вставьте их сюда.")
        at = _place(draft, row_id) if row_id else _end(draft)
        _require_room(draft, at + len(block.rows) - len(draft.rows))
        for number, typed in enumerate(block.rows, at):
            if number == len(draft.rows):
                _insert(draft, number, _beginning(draft))
            draft.put(draft.rows[number], typed)
        lost = f", лишних столбцов не взято: {block.lost}" if block.lost else ""
        _said(draft, f"Вставлено строк: {len(block.rows)}{lost}")
        _focus_new(draft, draft.rows[at], key)

    return operation


def replace_all(rows: list[tuple[int | None, Row]]) -> Operation:
    """The rows as a sheet has them: answers as a whole by row id, None for a new row."""

    def operation(draft: Draft) -> None:
        _require_room(draft, len(rows) - len(draft.rows))
        known = {row.id: row for row in draft.rows}
        draft.rows = []
        for number, (row_id, answers) in enumerate(rows, 1):
            row = known.get(row_id) if row_id else None
            if row is None:
                row = _insert(draft, number - 1, {})
            else:
                draft.rows.append(row)
            draft.answer(row, answers)
        _said(draft, f"Взято из файла, строк: {len(rows)}")

    return operation


def take_back(draft: Draft) -> None:
    """The actor's last operation undone; what has been changed since stays."""
    found = undo.newest(draft.session, draft.actor, draft.request.id)
    if found is None:
        draft.note = "Отменять нечего"
        return
    delta = found.delta
    _drop_added(draft, delta["added"])
    for row_id, before, after, employment_id in delta["cells"]:
        if row := draft.row(row_id):
            draft.answer(row, undo.reverted(row.answers, before, after))
            if row.answers == before:
                row.employment_id = employment_id
    order = _restore(draft, delta["removed"], delta["order"])
    draft.rows = undo.in_order(draft.rows, order)
    draft.session.delete(found)
    draft.note = f"Отменено: {found.label[:1].lower()}{found.label[1:]}"


def _drop_added(draft: Draft, added: list[Any]) -> None:
    """Rows that the operation added, unless somebody has gone on with them."""
    untouched = {row_id for row_id, answers in added if _same(draft, row_id, answers)}
    draft.rows = [row for row in draft.rows if row.id not in untouched]


def _same(draft: Draft, row_id: object, answers: object) -> bool:
    return any(row.id == row_id and row.answers == answers for row in draft.rows)


def _restore(draft: Draft, removed: list[Any], order: list[int]) -> list[int]:
    """Brings removed rows back; the order with their ids, which may have been taken meanwhile."""
    order = list(order)
    for row_id, at, answers, employment_id in removed:
        row = new_row(at, answers)
        row.employment_id = employment_id
        if draft.session.get(RequestRow, row_id) is None:
            row.id = row_id
        order[at] = insert(draft, len(draft.rows), row).id
    return order


def insert(draft: Draft, at: int, row: RequestRow) -> RequestRow:
    """The row at that place of the draft, with its id."""
    row.request_id = draft.request.id
    draft.session.add(row)
    draft.session.flush()
    draft.rows.insert(at, row)
    return row


def _insert(draft: Draft, at: int, answers: Row) -> RequestRow:
    return insert(draft, at, new_row(at + 1, answers))


def _place(draft: Draft, row_id: int | None) -> int:
    at = next((at for at, row in enumerate(draft.rows) if row.id == row_id), None)
    if at is None:
        raise Conflict("Этой строки уже нет: её удалили в другой вкладке или другой человек.")
    return at


def _end(draft: Draft) -> int:
    """Behind the last row that somebody has begun."""
    at = len(draft.rows)
    while at and is_blank(draft.grid, draft.rows[at - 1].answers):
        at -= 1
    return at


def _require_room(draft: Draft, more: int) -> None:
    left = MAX_ROWS - len(draft.rows)
    if more > left:
        raise Invalid(
            f"В одной заявке не больше {MAX_ROWS} строк, а стало бы {len(draft.rows) + more}."
            " Ничего не добавлено: разделите список на две заявки."
        )


def _require_key(grid: Grid, key: str) -> None:
    if key not in grid.keys:
        raise Invalid("Сначала встаньте в ячейку, которой нужно заполнить столбец.")


def _beginning(draft: Draft) -> Row:
    """What a new row says from the start: the role where the organisation has but one."""
    kind = draft.application.organization.kind
    roles = draft.check.target.roles if draft.check.target else ()
    own = [r.name for r in roles if kind in r.kinds or draft.application.action != "grant"]
    column = draft.grid.column("role")
    return {"role": own[0]} if column and not column.fixed and len(own) == 1 else {}


def _said(draft: Draft, note: str) -> None:
    draft.note, draft.undoes = note, True


def _filled(below: list[RequestRow]) -> str:
    return "Ниже везде уже то же самое" if below else "Ниже строк нет"


def _focus_new(draft: Draft, row: RequestRow, key: str = "") -> None:
    draft.focus = f"r{row.id}-{key or draft.grid.typed[0].key}"
