"""An e-mail address belongs to one person for good, from the first sending on (R34)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.insert import insert
from accessflow.db.tables import EmailClaim, Request, RequestRow
from accessflow.domain import email as emails
from accessflow.domain.errors import Conflict
from accessflow.forms.spec import FormSpec


def claim_emails(session: Session, request: Request, *, spec: FormSpec, now: datetime) -> None:
    """Claims the addresses of the request's rows for their СНИЛС, in the caller's transaction.

    The primary key of `email_claims` decides: of two transactions at once the second waits for the
    first and then meets its claim. A person's own address may be claimed again. Where the form only
    warns of a shared address a stranger's claim is left as it is; where it asks for none nothing is
    claimed. Raises Conflict, naming row and address but nobody.
    """
    if spec.unique_email == "none" or not spec.has_people:
        return
    # Always in one order: two transactions with the same addresses must not lock each other out.
    for address, _, row in sorted(_addresses(request), key=lambda found: found[:2]):
        if _claim(session, address, row, now) != row.snils and spec.unique_email == "error":
            raise Conflict(
                f"Строка {row.position}: адрес {address} уже занят другим человеком."
                " Впишите личный адрес сотрудника, который больше ни у кого не указан.",
                request=request.id,
                row=row.position,
            )


def _addresses(request: Request) -> Iterator[tuple[str, int, RequestRow]]:
    """Normalised address, position and row, of every row with an address and a СНИЛС."""
    for row in request.rows:
        address = emails.read(str(row.answers.get("email", ""))).value
        if address is not None and row.snils:
            yield address.normalized, row.position, row


def _claim(session: Session, address: str, row: RequestRow, now: datetime) -> str:
    """The СНИЛС that holds the address now: the row's, or that of whoever was first."""
    claim = insert(session, EmailClaim).values(
        email=address, snils=row.snils, request_id=row.request_id, claimed_at=now
    )
    session.execute(claim.on_conflict_do_nothing(index_elements=[EmailClaim.email]))
    return session.scalars(select(EmailClaim.snils).where(EmailClaim.email == address)).one()
