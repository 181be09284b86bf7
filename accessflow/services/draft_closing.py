"""The end of a change of a draft: checked, counted, remembered; what the page is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accessflow.db.tables import Request
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect
from accessflow.forms.people_checks import across
from accessflow.services import details, edit_history, scans, totals
from accessflow.services.applications import check_of
from accessflow.services.clock import moscow_date
from accessflow.services.draft import Clash, Draft
from accessflow.services.draft_checks import (
    Defects,
    by_row,
    count,
    hangs_on_others,
    printed_differs,
)
from accessflow.services.editable import require_decided_kept
from accessflow.services.waivers import defects_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """A draft after a change. `defects` by row id; `touched`: the rows whose defects are others now
    because of another row.

    `refused`: fields beside the table that were not taken, and why. `note` says what an operation
    did, `undo` tells that it can be taken back, `focus` is the cell to go to.
    """

    request: Request
    check: Check
    defects: Defects
    touched: frozenset[int] = frozenset()
    clashes: tuple[Clash, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    changed: bool = False
    note: str = ""
    undo: bool = False
    focus: str = ""


def close(draft: Draft) -> Outcome:
    """Checks, counts, remembers. Nothing is written where nothing has changed."""
    draft.settle()
    session, request = draft.session, draft.request
    what = _what_changed(draft)
    if not what and not draft.knows_more:
        check = check_of(session, draft.catalogue, request)
        return _outcome(draft, check, _by_row(draft, check, defects_of(session, check, request)))
    require_decided_kept(request, draft.was, draft.rows)
    if printed_differs(draft.check, draft.checked_now()):
        request.content_version += 1
        _void_scans(draft)
    request.updated_at = draft.now
    found = totals.refresh(session, draft.catalogue, request)
    check = draft.checked_now()
    defects = _by_row(draft, check, found)
    count(request, defects)
    if what:
        edit_history.remember(
            session, actor=draft.actor, now=draft.now, request_id=request.id, what=what
        )
    return _outcome(draft, check, defects, _touched(draft, defects), changed=True)


def _what_changed(draft: Draft) -> dict[str, list[str]]:
    """For the history: row numbers, names of fields, the count of rows. Empty: nothing."""
    old = {row.id: row.answers for row in draft.was}
    what: dict[str, list[str]] = {}
    if len(draft.rows) != len(draft.was):
        what[edit_history.COUNT] = [str(len(draft.was)), str(len(draft.rows))]
    rows = [str(n) for n, row in enumerate(draft.rows, 1) if row.answers != old.get(row.id)]
    if not rows and [row.id for row in draft.rows] != [row.id for row in draft.was]:
        rows = ["порядок"]
    if rows:
        what[edit_history.ROWS] = ["—", ", ".join(rows)]
    now = details.shown(draft.request, draft.checked_now())
    fields = [details.label(draft.check, key) for key in now if now[key] != draft.details.get(key)]
    if fields:
        what[edit_history.FIELDS] = ["—", ", ".join(fields)]
    return what


def _void_scans(draft: Draft) -> None:
    """What was signed is not what would be sent any more."""
    reason = f"данные изменили {moscow_date(draft.now):%d.%m.%Y}"
    who = f", {draft.actor.name}" if draft.actor.name else ""
    scans.void(draft.session, draft.request, reason + who, draft.now, draft.actor)


def _by_row(draft: Draft, check: Check, found: Sequence[Defect]) -> Defects:
    return by_row(check, draft.grid, found, [row.id for row in draft.rows])


def _touched(draft: Draft, defects: Defects) -> frozenset[int]:
    """Rows that have, or had, a defect because of another row, or of a field beside them."""
    had = {draft.was[d.row - 1].id for d in across(draft.check) if d.row}
    has = {row_id for row_id, found in defects.items() if row_id and hangs_on_others(found)}
    return frozenset(had | has)


def _outcome(
    draft: Draft,
    check: Check,
    defects: Defects,
    touched: frozenset[int] = frozenset(),
    *,
    changed: bool = False,
) -> Outcome:
    return Outcome(
        request=draft.request,
        check=check,
        defects=defects,
        touched=touched,
        clashes=tuple(draft.clashes),
        refused=draft.refused,
        changed=changed,
        note=draft.note,
        undo=draft.undoes,
        focus=draft.focus,
    )
