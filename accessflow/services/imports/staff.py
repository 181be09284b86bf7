"""Lists of staff and of those entered in ФРМР, as kinds of list."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import ImportRow
from accessflow.forms.sheets.staff import LABELS, StaffSheet, recognise
from accessflow.forms.sheets.staff_checks import understand
from accessflow.forms.sheets.staff_rows import StaffRow
from accessflow.forms.sheets.table import Table
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.imports.plan import TAKEN_BY_ITSELF, plan_rows
from accessflow.services.imports.staff_taking import take_rows
from accessflow.services.imports.task import Line, Task


class Staff:
    labels = LABELS
    by_itself = frozenset(TAKEN_BY_ITSELF)
    step = 500
    confirmed = frozenset[str]()

    def may(self, actor: Actor, organization_id: int | None) -> bool:
        return organization_id is not None and scope.may_change_people(actor, organization_id)

    def roles(self, catalogue: Catalogue, system: str) -> Sequence[str]:
        return ()

    def read(
        self, session: Session, task: Task, tables: Sequence[Table]
    ) -> tuple[StaffSheet, Sequence[StaffRow]]:
        sheet = recognise(tables)
        area_code = task.catalogue.region.area_code
        return sheet, understand(sheet, task.today, default_code=area_code)

    def plan(self, session: Session, task: Task, rows: Sequence[StaffRow]) -> list[Line]:
        return plan_rows(session, task.own, task.kind, rows, task.today)

    def take(self, session: Session, task: Task, rows: Sequence[ImportRow]) -> None:
        take_rows(session, task, rows)
