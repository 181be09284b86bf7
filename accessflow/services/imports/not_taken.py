"""The sheet of what was not taken and why, to be mended and loaded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import ImportJob, ImportRow
from accessflow.documents.sheet_out import write_long_table
from accessflow.services.imports.kinds import KINDS

TITLE = "Что не взято из списка и почему"
NOT_CHOSEN = "Строку не отметили при загрузке."
_QUESTIONS = frozenset({"question", "confirm", "choose", "nobody", "ask_role", "role"})
_WIDTHS = {"Что не взято": 20.0, "Почему": 60.0}


def not_taken(session: Session, job: ImportJob) -> IO[bytes]:
    """The `.xlsx`: every row left out, and every row that was taken without some cell.

    Its columns are named as the import recognises them. Whoever gets the file closes it.
    """
    labels = KINDS[job.kind].labels
    given = _given(job)
    names = [name for name in labels if name in given]
    headers = ["Строка в файле", "Что не взято", "Почему", *(labels[name] for name in names)]
    widths = [_WIDTHS.get(header, 18.0) for header in headers]
    return write_long_table(TITLE, headers, widths, _lines(session, job, names, labels))


def _lines(
    session: Session, job: ImportJob, names: Sequence[str], labels: Mapping[str, str]
) -> Iterator[Sequence[str]]:
    query = select(ImportRow).where(ImportRow.job_id == job.id).order_by(ImportRow.number)
    for row in session.scalars(query.execution_options(yield_per=500)):
        for lost, why in _losses(row, labels):
            yield [str(row.number), lost, why, *(_cell(row, name) for name in names)]
        session.expunge(row)


def _cell(row: ImportRow, name: str) -> str:
    return str(row.cells.get(name, ""))


def _given(job: ImportJob) -> set[str]:
    """The fields that the file had. Of a list of staff a whole name is told by its parts, and a
    unit may be a heading."""
    given = set(job.summary["fields"])
    if job.kind in ("staff", "frmr"):
        return given - {"full_name"} | {"unit", *_NAME}
    return given - set(_NAME) if "full_name" in given else given


_NAME = ("last_name", "first_name", "middle_name")


def _losses(row: ImportRow, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was lost of a row and why; nothing for a row that was taken whole."""
    errors = [defect for defect in row.defects if defect["level"] == "error"]
    reasons = [defect["message"] for defect in errors]
    if row.reason:
        return [("вся строка", " ".join([row.reason, *reasons]))]
    if row.plan == "refused":
        return [("вся строка", " ".join(reasons))]
    if row.plan == "blocked":
        return []
    if not row.chosen:
        asked = [d["message"] for d in row.defects if row.plan in _QUESTIONS]
        return [("вся строка", " ".join([NOT_CHOSEN, *asked]))]
    lost = dict.fromkeys(labels.get(defect["field"] or "", "строка") for defect in errors)
    return [(", ".join(lost), " ".join(reasons))] if errors else []
