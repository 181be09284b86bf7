"""The sheet of what was not taken and why, to be mended and loaded again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import ImportJob, ImportRow
from accessflow.documents.sheet_out import write_table
from accessflow.forms.sheets.staff import LABELS

TITLE = "Что не взято из списка и почему"
NOT_CHOSEN = "Строку не отметили при загрузке."


def not_taken(session: Session, job: ImportJob) -> bytes:
    """The `.xlsx`: every row left out, and every row that was taken without some cell.

    Its columns are named as the import recognises them.
    """
    rows = session.scalars(
        select(ImportRow).where(ImportRow.job_id == job.id).order_by(ImportRow.number)
    )
    names = [name for name in LABELS if name != "full_name" and name in _given(job)]
    headers = ["Строка в файле", "Что не взято", "Почему", *(LABELS[name] for name in names)]
    lines = [
        [str(row.number), lost, why, *(str(row.cells.get(name, "")) for name in names)]
        for row in rows
        for lost, why in _losses(row)
    ]
    return write_table(TITLE, headers, lines)


def _given(job: ImportJob) -> set[str]:
    """The fields that the file had; a whole name is told by its parts, a unit may be a heading."""
    given = {*job.summary["fields"], "unit"}
    return given | {"last_name", "first_name", "middle_name"}


def _losses(row: ImportRow) -> list[tuple[str, str]]:
    """What was lost of a row and why; nothing for a row that was taken whole."""
    errors = [defect for defect in row.defects if defect["level"] == "error"]
    reasons = [defect["message"] for defect in errors]
    if row.reason:
        return [("вся строка", " ".join([row.reason, *reasons]))]
    if row.plan == "refused":
        return [("вся строка", " ".join(reasons))]
    if not row.chosen:
        asked = [defect["message"] for defect in row.defects if row.plan == "question"]
        return [("вся строка", " ".join([NOT_CHOSEN, *asked]))]
    lost = dict.fromkeys(LABELS.get(defect["field"] or "", "строка") for defect in errors)
    return [(", ".join(lost), " ".join(reasons))] if errors else []
