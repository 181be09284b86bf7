"""What a right is to, where its form names it (App. 3, 4, 12): the functional object of the
application that gave it, so that what takes it away or asks for it again names the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from accessflow.db.tables import Grant, LedgerEntry, RequestRow
from accessflow.domain.text import clean
from accessflow.forms.spec import FormSpec

KEY = "functional_object"
LONGEST = 500
CHUNK = 500


def names_object(form: FormSpec) -> bool:
    return any(column.key == KEY for column in form.columns)


def of_jobs(
    session: Session, jobs: Iterable[int], systems: Collection[str]
) -> Mapping[tuple[int, str], str]:
    """By job and system: of the rights that are open in these systems, as far as it was named."""
    if not systems:
        return {}
    wanted = list(dict.fromkeys(jobs))
    found: dict[tuple[int, str], str] = {}
    for start in range(0, len(wanted), CHUNK):
        these = Grant.employment_id.in_(wanted[start : start + CHUNK])
        opened = (these, Grant.system.in_(systems), Grant.until.is_(None))
        for _, job, system, named in _named(session, *opened, Grant.voided_at.is_(None)):
            found[job, system] = named
    return found


def of_grants(session: Session, grants: Iterable[Grant]) -> Mapping[int, str]:
    """By right, open or over."""
    ids = [grant.id for grant in grants]
    found: dict[int, str] = {}
    for start in range(0, len(ids), CHUNK):
        part = Grant.id.in_(ids[start : start + CHUNK])
        found |= {grant: named for grant, _, _, named in _named(session, part)}
    return found


def _named(session: Session, *which: ColumnElement[bool]) -> Iterable[tuple[int, int, str, str]]:
    query = (
        select(Grant.id, Grant.employment_id, Grant.system, RequestRow.answers)
        .join(LedgerEntry, LedgerEntry.id == Grant.opened_id)
        .join(RequestRow, RequestRow.id == LedgerEntry.request_row_id)
        .where(*which)
        .order_by(Grant.id)
    )
    for grant, job, system, answers in session.execute(query):
        if named := clean(str(answers.get(KEY, ""))):
            yield grant, job, system, named
