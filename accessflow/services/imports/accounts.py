"""A system's own list of accounts, as a kind of list: rights that are held already (first fill)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Dismissal, Employment, Grant, ImportRow
from accessflow.domain.roles import Role
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.accounts import Known as KnownRoles
from accessflow.forms.sheets.accounts import read_accounts, recognise_accounts
from accessflow.forms.sheets.listing import ListRow
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.table import Table
from accessflow.services import ledger_imports, scope
from accessflow.services.actor import Actor
from accessflow.services.dismissal_standing import refresh_all
from accessflow.services.imports.matched import (
    ASKED,
    NO_HOUSE,
    PERSON_LABELS,
    PeopleList,
    jobs_of,
    known_houses,
    line,
    matched_rows,
    question,
    refuse,
    whom,
)
from accessflow.services.imports.task import Line, Task
from accessflow.services.ledger_imports import Listed
from accessflow.services.list_matching import Matched
from accessflow.workflow.holding import role_key

MIAC: frozenset[Role] = frozenset({"miac_specialist", "miac_lead"})
LOADERS: frozenset[Role] = frozenset({"secretary", "committee"})
WHICH_ROLE = "Роли в списке нет, или её нет у этой системы: выберите."


def may_load(actor: Actor, organization_id: int | None) -> bool:
    """МИАЦ for everybody, an organisation's secretary for it."""
    if organization_id is None:
        return actor.role in MIAC
    return actor.role in LOADERS and scope.may_file(actor, organization_id)


class LedgerList(PeopleList):
    """A list that the ledger is first filled from."""

    def may(self, actor: Actor, organization_id: int | None) -> bool:
        return may_load(actor, organization_id)


class Accounts(LedgerList):
    labels: ClassVar[Mapping[str, str]] = {
        "login": "Логин",
        **PERSON_LABELS,
        "organization": "Организация",
        "role": "Роль",
        "last_seen_on": "Последний вход",
        "status": "Статус",
    }
    by_itself = frozenset({"new", "same", "gone"})
    step = 500

    def roles(self, catalogue: Catalogue, system: str) -> Sequence[str]:
        return tuple(dict.fromkeys(spellings(catalogue, system).values()))

    def read(
        self, session: Session, task: Task, tables: Sequence[Table]
    ) -> tuple[StaffSheet, Sequence[ListRow]]:
        sheet = recognise_accounts(tables)
        houses = known_houses(session, task).houses
        known = KnownRoles(spellings(task.catalogue, task.system), houses)
        return sheet, read_accounts(sheet, task.today, known)

    def plan(self, session: Session, task: Task, rows: Sequence[ListRow]) -> list[Line]:
        known = known_houses(session, task)
        on = task.as_of or task.today
        found = list(matched_rows(session, known, task, rows, on))
        jobs = [matched.job for _, _, matched in found if matched and matched.job]
        held = _held(session, task.system, jobs)
        return [_line(task, row, house, matched, held) for row, house, matched in found]

    def take(self, session: Session, task: Task, rows: Sequence[ImportRow]) -> None:
        jobs = jobs_of(session, task, rows)
        roles = self.roles(task.catalogue, task.system)
        for row in rows:
            if row.id in jobs and roles and not row.role:
                refuse(row, WHICH_ROLE)
                del jobs[row.id]
        taken = take_over(session, task, [(row, jobs[row.id]) for row in rows if row.id in jobs])
        for row, is_new in taken:
            row.outcome = "created" if is_new else "same"
        follow_dismissals(session, task, [job.id for job in jobs.values()])


def spellings(catalogue: Catalogue, system: str) -> Mapping[str, str]:
    """Every spelling of the system's roles to the role. Empty where they are not fixed."""
    spec = catalogue.system(system)
    known = catalogue.roles_of(spec, catalogue.form(spec.grant_form))
    return {spelling: role.name for role in known for spelling in (role.name, *role.aliases)}


def take_over(
    session: Session, task: Task, rows: Sequence[tuple[ImportRow, Employment]]
) -> list[tuple[ImportRow, bool]]:
    """The rows' rights go into the ledger; with each, whether it was not there already."""
    told = [_listed(task, row, job) for row, job in rows]
    entries = ledger_imports.open_many_from_list(session, told, task.now)
    for (row, _), entry in zip(rows, entries, strict=True):
        row.made_id = entry.id if entry else row.made_id
    return [(row, entry is not None) for (row, _), entry in zip(rows, entries, strict=True)]


def _listed(task: Task, row: ImportRow, job: Employment) -> Listed:
    seen = row.values.get("last_seen_on")
    return Listed(
        job,
        task.system,
        row.role,
        on=task.as_of or task.today,
        reference=f"{task.filename[-220:]}, строка {row.number}",
        import_job_id=task.job_id,
        last_seen_on=date.fromisoformat(seen) if seen else None,
    )


def follow_dismissals(session: Session, task: Task, jobs: Sequence[int]) -> None:
    """Somebody dismissed turned out to hold something: it is to be revoked, too."""
    query = select(Dismissal).where(
        Dismissal.employment_id.in_(jobs), Dismissal.cancelled_at.is_(None)
    )
    refresh_all(session, task.catalogue, list(session.scalars(query)), task.now)


def _held(
    session: Session, system: str, jobs: Sequence[Employment]
) -> Mapping[tuple[int, int], set[str]]:
    """Keys of the roles held now, by (person, organisation)."""
    query = select(Grant.person_id, Grant.organization_id, Grant.role).where(
        Grant.person_id.in_({job.person_id for job in jobs}),
        Grant.system == system,
        Grant.until.is_(None),
        Grant.voided_at.is_(None),
    )
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for person, organization, role in session.execute(query):
        found[person, organization].add(role_key(role))
    return found


def _line(
    task: Task,
    row: ListRow,
    house: int | None,
    matched: Matched | None,
    held: Mapping[tuple[int, int], set[str]],
) -> Line:
    blocked = "blocked" in row.values
    about = {"organization_id": house, "blocked": blocked, "role": _role(task, row)}
    if matched is None:
        flaws = [] if row.refused else [_no_house(row)]
        return line(row, "refused", *flaws, **about)
    about |= whom(matched)
    if blocked:
        return line(row, "blocked", **about)
    if matched.how in ASKED:
        return line(row, matched.how, question(row, matched.why), **about)
    if not about["role"] and spellings(task.catalogue, task.system):
        return line(row, "ask_role", question(row, WHICH_ROLE), **about)
    job = matched.jobs[0]
    roles = held.get((job.person_id, job.organization_id), set())
    plan = _plan(task, job, str(about["role"]), roles)
    if plan == "role":
        message = "В реестре у этого человека другая роль. Отметьте, если верна и эта."
        return line(row, plan, Defect(row.number, "role", "role", "warning", message), **about)
    return line(row, plan, chosen=True, **about)


def _plan(task: Task, job: Employment, role: str, held: set[str]) -> str:
    if role_key(role) in held:
        return "same"
    if held:
        return "role"
    on = task.as_of or task.today
    return "gone" if job.until is not None and job.until < on else "new"


def _no_house(row: ListRow) -> Defect:
    return Defect(row.number, "organization", "required", "error", NO_HOUSE)


def _role(task: Task, row: ListRow) -> str:
    """As the catalogue spells it; the only one there is where the list tells none."""
    roles = set(spellings(task.catalogue, task.system).values())
    told = row.values.get("role", "")
    if told in roles:
        return told
    if len(roles) == 1:
        return roles.pop()
    spec = task.catalogue.system(task.system)
    form = task.catalogue.form(spec.grant_form)
    asked = any(column.kind == "role" for column in form.columns)
    return told if asked and not roles else ""
