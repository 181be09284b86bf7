"""A draft while it is changed: what it was, what it becomes, and what that means.

Every change of a draft's data goes through `opened` and `Draft.close`, one transaction each: the
check, the counts, the version of the content, the history and the way back come of themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestRow
from accessflow.forms.answers import Check, across, digits_of
from accessflow.forms.application import Application, Row
from accessflow.forms.defect import Defect
from accessflow.forms.grid import Grid, grid_of, shown, taken
from accessflow.services import details, edit_history, scans, totals, undo
from accessflow.services.actor import Actor
from accessflow.services.applications import application_of, check_of, locked
from accessflow.services.clock import moscow_date
from accessflow.services.draft_checks import (
    Defects,
    by_row,
    check_without_facts,
    count,
    hangs_on_others,
    printed_differs,
)
from accessflow.services.editable import require_decided_kept, require_editable
from accessflow.services.waivers import defects_of

Operation = Callable[["Draft"], None]


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody changed a row (or what stands beside the table) that was also changed here.

    `typed` is what this page sent; `now` what stands there, None where the row has been removed.
    """

    row_id: int | None
    typed: Row
    now: Row | None
    who: str
    at: datetime


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


@dataclass
class Draft:
    """`rows` is the working order; an operation sets `note` and `focus` for the page."""

    session: Session
    actor: Actor
    now: datetime
    catalogue: Catalogue
    request: Request
    check: Check
    grid: Grid
    rows: list[RequestRow]
    was: tuple[undo.Was, ...]
    details: dict[str, str]
    clashes: list[Clash] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    note: str = ""
    focus: str = ""
    undoes: bool = False
    knows_more: bool = False  # something beside the draft changed that its check leans on

    @property
    def application(self) -> Application:
        return self.check.application

    def row(self, row_id: int) -> RequestRow | None:
        return next((row for row in self.rows if row.id == row_id), None)

    def shown(self, row: RequestRow) -> dict[str, str]:
        """What the page shows of a row."""
        return shown(self.grid, row.answers, self.application, self.check.target)

    def put(self, row: RequestRow, typed: Row) -> None:
        """Takes typed texts over into a row."""
        self.answer(row, taken(self.grid, row.answers, typed, self.application, self.check.target))

    def answer(self, row: RequestRow, answers: Row) -> None:
        """A row's answers as a whole. With another СНИЛС it is another person."""
        digits = digits_of(answers) or ""
        if digits != row.snils:
            row.snils, row.employment_id = digits, None
        if dict(answers) != row.answers:
            row.answers = dict(answers)

    def clash(self, row_id: int | None, typed: Row, now: Row | None) -> None:
        newest = edit_history.last(self.session, self.request.id)
        mine = newest is None or newest.user_id == self.actor.user_id
        who = "" if newest is None or mine or newest.user is None else newest.user.name
        at = self.request.updated_at if newest is None else newest.at
        self.clashes.append(Clash(row_id, typed, now, who, at))

    def run(self, operation: Operation) -> None:
        """An operation on the rows; with `undoes` set by it, it can be taken back."""
        self.session.flush()
        before = undo.snapshot(self.rows)
        operation(self)
        self._settle()
        delta = undo.difference(before, undo.snapshot(self.rows))
        moved = [row.id for row in self.rows] != delta["order"]
        if self.undoes and (delta["removed"] or delta["added"] or delta["cells"] or moved):
            undo.keep(
                self.session,
                actor=self.actor,
                now=self.now,
                request_id=self.request.id,
                label=self.note,
                delta=delta,
            )
        else:
            self.undoes = False

    def close(self) -> Outcome:
        """Checks, counts, remembers. Nothing is written where nothing has changed."""
        self._settle()
        what = self._what_changed()
        if not what and not self.knows_more:
            check = check_of(self.session, self.catalogue, self.request)
            return self._outcome(
                check, self._by_row(check, defects_of(self.session, check, self.request))
            )
        require_decided_kept(self.request, self.was, self.rows)
        if printed_differs(self.check, self.checked_now()):
            self.request.content_version += 1
            self._void_scans()
        self.request.updated_at = self.now
        found = totals.refresh(self.session, self.catalogue, self.request)
        check = self.checked_now()
        defects = self._by_row(check, found)
        count(self.request, defects)
        self._remember(what)
        return self._outcome(check, defects, self._touched(defects), changed=True)

    def _void_scans(self) -> None:
        """What was signed is not what would be sent any more."""
        reason = f"данные изменили {moscow_date(self.now):%d.%m.%Y}"
        who = f", {self.actor.name}" if self.actor.name else ""
        scans.void(self.session, self.request, reason + who, self.now, self.actor)

    def _by_row(self, check: Check, found: Sequence[Defect]) -> Defects:
        return by_row(check, self.grid, found, [row.id for row in self.rows])

    def _touched(self, defects: Defects) -> frozenset[int]:
        """Rows that have, or had, a defect because of another row, or of a field beside them."""
        had = {self.was[d.row - 1].id for d in across(self.check) if d.row}
        has = {row_id for row_id, found in defects.items() if row_id and hangs_on_others(found)}
        return frozenset(had | has)

    def _remember(self, what: dict[str, list[str]]) -> None:
        if what:
            edit_history.remember(
                self.session,
                actor=self.actor,
                now=self.now,
                request_id=self.request.id,
                what=what,
            )

    def _settle(self) -> None:
        """The rows numbered in their order, new ones with their ids."""
        for position, row in enumerate(self.rows, 1):
            if row.position != position:
                row.position = position
        if list(self.request.rows) != self.rows:
            self.request.rows = list(self.rows)
            self.session.flush()

    def _what_changed(self) -> dict[str, list[str]]:
        """For the history: row numbers, names of fields, the count of rows. Empty: nothing."""
        old = {row.id: row.answers for row in self.was}
        what: dict[str, list[str]] = {}
        if len(self.rows) != len(self.was):
            what[edit_history.COUNT] = [str(len(self.was)), str(len(self.rows))]
        rows = [str(n) for n, row in enumerate(self.rows, 1) if row.answers != old.get(row.id)]
        if not rows and [row.id for row in self.rows] != [row.id for row in self.was]:
            rows = ["порядок"]
        if rows:
            what[edit_history.ROWS] = ["—", ", ".join(rows)]
        now = details.shown(self.request, self.checked_now())
        fields = [
            details.label(self.check, key) for key in now if now[key] != self.details.get(key)
        ]
        if fields:
            what[edit_history.FIELDS] = ["—", ", ".join(fields)]
        return what

    def checked_now(self) -> Check:
        """What stands there by now, with the facts of the beginning."""
        return replace(self.check, application=application_of(self.request))

    def _outcome(
        self,
        check: Check,
        defects: Defects,
        touched: frozenset[int] = frozenset(),
        *,
        changed: bool = False,
    ) -> Outcome:
        return Outcome(
            request=self.request,
            check=check,
            defects=defects,
            touched=touched,
            clashes=tuple(self.clashes),
            refused=self.refused,
            changed=changed,
            note=self.note,
            undo=self.undoes,
            focus=self.focus,
        )


@contextmanager
def opened(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, request_id: int
) -> Iterator[Draft]:
    """The draft under a lock of its own. Raises NotFound, Forbidden, Conflict once it was sent."""
    with db.write() as session:
        request = locked(session, actor, request_id)
        require_editable(actor, request)
        check = check_without_facts(catalogue, request)
        yield Draft(
            session=session,
            actor=actor,
            now=now,
            catalogue=catalogue,
            request=request,
            check=check,
            grid=grid_of(check.spec, check.application, check.target),
            rows=list(request.rows),
            was=undo.snapshot(request.rows),
            details=details.shown(request, check),
        )


def take_details(draft: Draft, typed: Row) -> None:
    taking = details.Taking(draft.session, draft.request, draft.check, moscow_date(draft.now))
    taking.take(typed)
    draft.refused |= taking.refused
