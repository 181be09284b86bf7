"""What is known of a list while it is read, planned and taken, and what a kind of list can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import ImportJob, ImportRow
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.table import Table
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date

Line = dict[str, Any]
"""A row as it is kept in `import_rows`, but for the job's id."""


@dataclass(frozen=True, slots=True)
class Task:
    """`organization_id`: whose list it is; None: МИАЦ's own. `house`: the organisation of rows that
    name none. `system`, `as_of`: of a list of accounts."""

    actor: Actor
    now: datetime
    catalogue: Catalogue
    kind: str
    filename: str
    organization_id: int | None
    house: int | None = None
    system: str = ""
    as_of: date | None = None
    job_id: int = 0

    @property
    def today(self) -> date:
        return moscow_date(self.now)

    @property
    def own(self) -> int:
        """The organisation of a list that has one."""
        return self.organization_id or 0


def task_of(job: ImportJob, actor: Actor, now: datetime, catalogue: Catalogue) -> Task:
    return Task(
        actor=actor,
        now=now,
        catalogue=catalogue,
        kind=job.kind,
        filename=job.filename,
        organization_id=job.organization_id,
        house=job.summary.get("house"),
        system=job.system,
        as_of=job.as_of,
        job_id=job.id,
    )


class Kind(Protocol):
    """A kind of list. `labels`: its columns by key, in order, as the account of what was not taken
    names them; `by_itself`: plans that are taken unless somebody says no; `confirmed`: plans that
    one press may say yes to, all at once."""

    @property
    def labels(self) -> Mapping[str, str]: ...

    @property
    def by_itself(self) -> frozenset[str]: ...

    @property
    def confirmed(self) -> frozenset[str]: ...

    @property
    def step(self) -> int:
        """So many rows are taken in one transaction, some seconds of it at most."""

    def may(self, actor: Actor, organization_id: int | None) -> bool:
        """Whether the actor may load such a list for that organisation, or (None) for МИАЦ."""

    def roles(self, catalogue: Catalogue, system: str) -> Sequence[str]:
        """What may be said of a row that the list tells no role of."""

    def read(
        self, session: Session, task: Task, tables: Sequence[Table]
    ) -> tuple[StaffSheet, Sequence[Any]]:
        """The sheet and its rows. Raises Invalid."""

    def plan(self, session: Session, task: Task, rows: Sequence[Any]) -> list[Line]:
        """What would be done with each of some rows; changes nothing."""

    def take(self, session: Session, task: Task, rows: Sequence[ImportRow]) -> None:
        """Does it for some of the chosen rows, and writes each one's `outcome`."""
