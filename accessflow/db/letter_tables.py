"""What leaves and what is due: the outbox, reminders, notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accessflow.db.base import Base


class Letter(Base):
    """The outbox: a letter that leaves, written in the transaction of what caused it (R16, R27).

    `state`: queued, sending (claimed until `lease_until`), sent, failed, cancelled. A claim whose
    lease ran out is sent again under the same `message_id`, and `repeated` tells it.
    `attachments`: list of {sha256, name, media_type}. `digest`: waits for its reader's digest.
    """

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # whose preferences hold
    kind: Mapped[str] = mapped_column(String(40))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    in_reply_to: Mapped[str] = mapped_column(String(255), default="")
    to: Mapped[list[Any]] = mapped_column(JSON, default=list)
    cc: Mapped[list[Any]] = mapped_column(JSON, default=list)
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    attachments: Mapped[list[Any]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(20), default="queued")
    digest: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]  # not before; grows with each attempt
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None]
    repeated: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "state", "due_at"), Index(None, "created_at"))


class Reminder(Base):
    """Something that is due once: claimed by a conditional UPDATE of `fired_at`.

    `kind`: needs_info, overdue_digest, stale_draft, unsigned, silence …; `entity`: what it is of.
    """

    __tablename__ = "reminders"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    entity: Mapped[str] = mapped_column(String(20))  # request, user, dismissal …
    entity_id: Mapped[int]
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("kind", "entity", "entity_id", "due_at"),
        Index("ix_reminders_due", "fired_at", "cancelled_at", "due_at"),
    )


class FormNotice(Base):
    """An organisation was told of a new version of a form, in writing (Рег. 2.3, R3)."""

    __tablename__ = "form_notices"

    form: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    at: Mapped[datetime]
