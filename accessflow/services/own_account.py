"""What people change of their own account: how they are reached (R14), how they want letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accessflow.db.session import Database
from accessflow.db.tables import User
from accessflow.domain import email, phone
from accessflow.domain.errors import NotFound
from accessflow.services import history, preferences
from accessflow.services.actor import Actor
from accessflow.services.fields import Fields
from accessflow.services.preferences import Wishes

LABELS = {"position": "Должность", "phone": "Телефон", "email": "E-mail"}


@dataclass(frozen=True, slots=True)
class Own:
    """As typed."""

    position: str
    phone: str
    email: str
    wishes: Wishes


def change(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    area_code: str,
    own: Own,
    confirmed: bool = False,
) -> None:
    """Raises Refused with what is wrong by field."""
    fields = Fields()
    call = fields.optional("phone", own.phone, lambda text: phone.read(text, area_code))
    address = fields.optional("email", own.email, email.read)
    values = {
        "position": fields.text("position", own.position, 255),
        "phone": call.formatted if call else "",
        "email": str(address or ""),
    }
    for name, message in preferences.flaws_of(own.wishes).items():
        fields.error(name, "time", message)
    fields.check(confirmed=confirmed)
    with db.write() as session:
        user = session.get(User, actor.user_id)
        if user is None:
            raise NotFound("Такой учётной записи нет.", user=actor.user_id)
        history.apply(
            session, actor=actor, now=now, entity="user", row=user, values=values, labels=LABELS
        )
        preferences.keep(session, user.id, own.wishes)
