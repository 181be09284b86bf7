"""The employee's memo on a grant: address, role, the first steps with ЕСИА; printed or mailed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue, SystemSpec
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestRow
from accessflow.domain import email as emails
from accessflow.domain.errors import Conflict
from accessflow.notify import messages
from accessflow.services import timeline
from accessflow.services.actor import Actor
from accessflow.services.applications import find, locked
from accessflow.services.letter_words import house_of_organization, person_name
from accessflow.services.outbox import Box, put
from accessflow.services.scope import require_filer

ENTER = "Откройте адрес системы и нажмите «Войти через Госуслуги (ЕСИА)»."
ENTER_INSIDE = "Откройте адрес системы на рабочем компьютере: из интернета она не видна."
LOGIN = "Войдите под своей учётной записью Госуслуг: СНИЛС и пароль от неё никому не передавайте."
LOGIN_INSIDE = "Войдите под учётной записью, которую сообщит МИАЦ: никому её не передавайте."
CHOOSE = "Если система спросит, выберите свою организацию и роль, указанную выше."


@dataclass(frozen=True, slots=True)
class Memo:
    """What one employee needs for the first entry; no СНИЛС."""

    row_id: int
    name: str
    email: str
    system: str
    full_system: str
    addresses: tuple[str, ...]
    role: str
    organization: str
    steps: tuple[str, ...]
    author: str
    phone: str


def memos_of(session: Session, catalogue: Catalogue, actor: Actor, request_id: int) -> list[Memo]:
    """One for each person whose access was granted, in the order of the rows. Raises NotFound."""
    request = find(session, actor, request_id)
    return list(_memos(catalogue, request))


def mail(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    request_id: int,
    row_ids: Sequence[int],
) -> int:
    """Sends each chosen employee the memo; how many. Who has no address is left out.

    Raises NotFound, Forbidden, Conflict where nobody can be written to.
    """
    with db.write() as session:
        request = locked(session, actor, request_id)
        require_filer(actor, request.organization_id)
        chosen = [m for m in _memos(catalogue, request) if m.row_id in row_ids and m.email]
        if not chosen:
            raise Conflict("Некому отправить: выберите сотрудников, у которых указан e-mail.")
        box = Box(session, catalogue, now)
        house = house_of_organization(catalogue, request.organization)
        for memo in chosen:
            message = messages.memo(
                house,
                name=memo.name,
                system=memo.system,
                full_system=memo.full_system,
                addresses=memo.addresses,
                role=memo.role,
                organization=memo.organization,
                steps=memo.steps,
                author=memo.author,
                phone=memo.phone,
            )
            put(box, message, to=(memo.email,), request=request)
        timeline.append(
            session, request, actor=actor, now=now, action="memo", data={"count": len(chosen)}
        )
        return len(chosen)


def _memos(catalogue: Catalogue, request: Request) -> Iterator[Memo]:
    system = catalogue.systems.get(request.system or "")
    if system is None or request.kind != "access":
        return
    for row in request.rows:
        if row.outcome == "granted":
            yield _memo(catalogue, request, row, system)


def _memo(catalogue: Catalogue, request: Request, row: RequestRow, system: SystemSpec) -> Memo:
    address = emails.read(str(row.answers.get("email", ""))).value
    return Memo(
        row_id=row.id,
        name=person_name(row),
        email=str(address or ""),
        system=system.label,
        full_system=system.name,
        addresses=system.url,
        role=str(row.answers.get("role", "")).strip(),
        organization=request.organization.short_name,
        steps=steps_of(catalogue, system),
        author=request.author.name,
        phone=request.author.phone,
    )


def steps_of(catalogue: Catalogue, system: SystemSpec) -> tuple[str, ...]:
    """What to do first: through ЕСИА where the system is a federal one (R32)."""
    if not system.federal:
        return (ENTER_INSIDE, LOGIN_INSIDE, CHOOSE)
    first = f"Понадобится {_lower_first(catalogue.region.prerequisites['gosuslugi'])}."
    return (first, ENTER, LOGIN, CHOOSE)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
