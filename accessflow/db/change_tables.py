"""What happens to a job and its rights in one go: a change, and the applications made for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessflow.db.base import Base

if TYPE_CHECKING:
    from accessflow.db.directory_tables import Employment, Person, User
    from accessflow.db.request_tables import Request


class JobChange(Base):
    """A role, the unit or the surname of somebody was changed, or they came from elsewhere.

    `what`: Russian label -> [before, after], as the history tells it.
    """

    __tablename__ = "job_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # role, unit, surname, arrival
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    happened_on: Mapped[date]
    ground: Mapped[str] = mapped_column(String(255), default="")  # the order, as typed
    what: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]

    employment: Mapped[Employment] = relationship()
    person: Mapped[Person] = relationship()
    made_by: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("kind in ('role', 'unit', 'surname', 'arrival')", name="kind"),
        Index(None, "organization_id", "id"),
    )


class JobChangeRequest(Base):
    """An application made for a change. Those of one `pair` are the halves of one move: what takes
    a role away and what gives another, and whatever corrected copy stands in for either; 0: alone.
    """

    __tablename__ = "job_change_requests"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("job_changes.id"))
    pair: Mapped[int] = mapped_column(default=0)

    request: Mapped[Request] = relationship()
    change: Mapped[JobChange] = relationship()

    __table_args__ = (Index(None, "change_id", "pair"),)
