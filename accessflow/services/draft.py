"""A draft while it is changed: what it was, what it becomes, and the way back.

Every change of a draft's data goes through `opened` and `draft_closing.close`, one transaction: the
check, the counts, the version of the content and the history come of themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestRow
from accessflow.forms.application import Application, Row
from accessflow.forms.check import Check
from accessflow.forms.grid import Grid, grid_of, shown, taken
from accessflow.forms.row_people import digits_of
from accessflow.services import details, edit_history, undo
from accessflow.services.actor import Actor
from accessflow.services.applications import application_of, locked
from accessflow.services.clock import moscow_date
from accessflow.services.draft_checks import check_without_facts
from accessflow.services.editable import require_editable

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
        self.settle()
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

    def settle(self) -> None:
        """The rows numbered in their order, new ones with their ids."""
        for position, row in enumerate(self.rows, 1):
            if row.position != position:
                row.position = position
        if list(self.request.rows) != self.rows:
            self.request.rows = list(self.rows)
            self.session.flush()

    def checked_now(self) -> Check:
        """What stands there by now, with the facts of the beginning."""
        return replace(self.check, application=application_of(self.request))


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
