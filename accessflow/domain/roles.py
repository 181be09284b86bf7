"""Who uses the system: the roles of accounts (Рег. 2.2)."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal[
    "secretary",
    "signatory",
    "hr",
    "miac_specialist",
    "miac_lead",
    "committee",
    "admin",
    "auditor",
]
ROLES: tuple[Role, ...] = get_args(Role)

LABELS: dict[Role, str] = {
    "secretary": "секретарь",
    "signatory": "руководитель",
    "hr": "кадры",
    "miac_specialist": "специалист МИАЦ",
    "miac_lead": "руководитель МИАЦ",
    "committee": "специалист КЗ",
    "admin": "администратор",
    "auditor": "аудитор",
}

OF_ORGANIZATION: frozenset[Role] = frozenset({"secretary", "signatory", "hr"})
"""They belong to an organisation and see nothing but it."""

NEEDS_ORGANIZATION: frozenset[Role] = OF_ORGANIZATION | {"committee"}
"""Accounts that cannot be without one: КЗ files applications of its own, too (Рег. 3.2, R2)."""

ANYONE: frozenset[Role] = frozenset(ROLES)
