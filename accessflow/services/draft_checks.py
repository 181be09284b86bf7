"""What a change of a draft means: its defects by row, its counts, whether the page differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.forms.application import Row
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect
from accessflow.forms.grid import Grid, is_blank
from accessflow.forms.rows import printed_fields, printed_row
from accessflow.services.applications import application_of, form_of

WHOLE = None
"""In place of a row id: the application as a whole, and the fields beside its table."""
Defects = Mapping[int | None, tuple[Defect, ...]]


def by_row(
    check: Check, grid: Grid, defects: Sequence[Defect], row_ids: Sequence[int]
) -> dict[int | None, tuple[Defect, ...]]:
    """The defects by row id. A row that nobody has begun has one instead of one for each cell."""
    found: dict[int | None, tuple[Defect, ...]] = {}
    for defect in defects:
        row_id = None if defect.row is None else row_ids[defect.row - 1]
        found[row_id] = (*found.get(row_id, ()), defect)
    for number, (row_id, row) in enumerate(zip(row_ids, check.application.rows, strict=True), 1):
        if row_id in found and is_blank(grid, row):
            message = "Строка пустая. Заполните её или удалите."
            found[row_id] = (Defect(number, None, "blank_row", "error", message),)
    return found


def hangs_on_others(found: Sequence[Defect]) -> bool:
    return any(d.code in ("duplicate_row", "email_not_unique", "role_not_allowed") for d in found)


def check_without_facts(catalogue: Catalogue, request: Request) -> Check:
    """Enough to show and to compare; `check_of` asks the database what else is known."""
    spec, application = form_of(catalogue, request), application_of(request)
    return Check(
        spec=spec,
        application=application,
        target=catalogue.target_of(spec, application),
        region=catalogue.checks_region,
    )


def count(request: Request, defects: Defects) -> None:
    """The counts for lists, as the editor shows them."""
    every = [defect for group in defects.values() for defect in group]
    request.error_count = sum(defect.level == "error" for defect in every)
    request.warning_count = len(every) - request.error_count


def printed_differs(before: Check, after: Check) -> bool:
    """Whether the two would print different pages."""
    old, new = before.application, after.application
    if (old.signatory, old.our_ref, old.our_date, len(old.rows)) != (
        new.signatory,
        new.our_ref,
        new.our_date,
        len(new.rows),
    ):
        return True
    if old.fields != new.fields and printed_fields(
        before.spec, old, before.region
    ) != printed_fields(after.spec, new, after.region):
        return True
    return any(
        a != b and _printed(before, a) != _printed(after, b)
        for a, b in zip(old.rows, new.rows, strict=True)
    )


def _printed(check: Check, row: Row) -> list[str]:
    texts = printed_row(check.spec, row, check.application, check.target, check.region)
    return [texts[column.key] for column in check.spec.printed]
