"""What МИАЦ may let through: a system in development, a role on the whole region that the МО has
justified, an apostrophe in a name (X9, X27, domain.md D).

With a justification such a defect does not keep an application from being sent: МИАЦ decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from accessflow.domain.person_name import APOSTROPHES
from accessflow.forms.application import Row
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect
from accessflow.forms.rows import NAME_KEYS

JUSTIFICATION = "justification"
"""The key of `Application.fields` under which the МО says why."""
GIVEN = " Обоснование приложено: решит МИАЦ."


def is_waivable(check: Check, defect: Defect) -> bool:
    if defect.code == "system_in_development":
        return True
    if defect.row is None:
        return False
    row = check.application.rows[defect.row - 1]
    if defect.code == "role_not_allowed":
        return _is_justified_role(check, row)
    return defect.code == "name_characters" and has_apostrophe(row, defect.field or "")


def has_apostrophe(row: Row, key: str) -> bool:
    return key in NAME_KEYS and any(sign in str(row.get(key, "")) for sign in APOSTROPHES)


def asks_for_grace(check: Check) -> bool:
    """Whether anything but a role may need МИАЦ's consent here."""
    developing = check.target is not None and check.target.in_development
    if check.application.action != "grant":
        return False
    return developing or any(
        has_apostrophe(row, key) for row in check.application.rows for key in NAME_KEYS
    )


def soften(check: Check, defects: Iterable[Defect]) -> tuple[Defect, ...]:
    """The same defects; those that the МО has justified only warn, for МИАЦ decides on them."""
    if not str(check.application.fields.get(JUSTIFICATION, "")).strip():
        return tuple(defects)
    return tuple(
        replace(d, level="warning", message=d.message + GIVEN)
        if d.level == "error" and is_waivable(check, d)
        else d
        for d in defects
    )


def _is_justified_role(check: Check, row: Row) -> bool:
    typed = str(row.get("role", "")).strip()
    roles = check.target.roles if check.target else ()
    return any(r.justified and typed in (r.name, *r.aliases) for r in roles)
