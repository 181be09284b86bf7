"""Who does something: what every service is told about the person behind it."""

from __future__ import annotations

from dataclasses import dataclass

from accessflow.domain.errors import Forbidden
from accessflow.domain.roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """`user_id` is None for the system itself only (demonstration data, command line)."""

    user_id: int | None
    role: Role
    organization_id: int | None
    name: str = ""

    def require(self, *roles: Role) -> None:
        """Raises Forbidden unless the actor has one of the roles."""
        if self.role not in roles:
            raise Forbidden(
                "Для этого действия у вашей учётной записи нет прав. "
                "Если оно нужно по работе, обратитесь к администратору.",
                user=self.user_id,
                role=self.role,
            )


SYSTEM = Actor(user_id=None, role="admin", organization_id=None, name="accessflow")
