"""Applications, their rows, and what happened to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    TextClause,
    UniqueConstraint,
    bindparam,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessflow.db.base import Base
from accessflow.workflow.states import OPEN

if TYPE_CHECKING:
    from accessflow.db.change_tables import JobChangeRequest
    from accessflow.db.directory_tables import Organization, Signatory, User

_REFUSED = text("outcome = 'refused'")
USUAL = {"priority": "обычный", "criticality": "средняя"}
"""What nearly all applications have; only the others stand in the index of that column."""
_OPEN = text(f"state in ({', '.join(map(repr, OPEN))})")


def _unusual(name: str) -> TextClause:
    return text(f"{name} <> '{USUAL[name]}'")


class Request(Base):
    """An application (заявка): one form, one system, many rows (Рег. 3.4, R12).

    `number` is our own, from creation on; `registration_no` МИАЦ's; `external_no` that of СТП or
    another owner. `content_version` counts changes of what is printed (QR); `lock_version` refuses
    a save over somebody else's. `form_version` keeps the form that it was made with.

    What happened to it stands in `request_events`; `state` and the columns from `outside` to
    `duplicate_of_id` are what those events come to, kept for lists. `due_on` and `paused_since`
    are a cache of the term, rewritten with each event (`services/terms.py`), and so are
    `answered_on`, `answered_days` (calendar days since registration, less the pauses) and
    `answered_late`, which the overview counts by.
    """

    __tablename__ = "requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(20))  # access, revocation, technical, …
    state: Mapped[str] = mapped_column(String(20), default="draft")
    action: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("signatories.id"))
    form: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[str] = mapped_column(String(20))
    system: Mapped[str | None] = mapped_column(String(40))
    batch: Mapped[str] = mapped_column(String(32), default="")  # those made in one go share it
    our_ref: Mapped[str] = mapped_column(String(64), default="")
    our_date: Mapped[date | None]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    row_count: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0)  # of the last check, for the list
    warning_count: Mapped[int] = mapped_column(default=0)
    search_text: Mapped[str] = mapped_column(Text, default="")  # its words, see RequestWord
    content_version: Mapped[int] = mapped_column(default=1)
    lock_version: Mapped[int] = mapped_column(default=1)
    subject: Mapped[str] = mapped_column(String(40), default="")  # of a technical problem, R10, R39
    criticality: Mapped[str] = mapped_column(String(20), default=USUAL["criticality"])  # R23, X22
    priority: Mapped[str] = mapped_column(String(20), default=USUAL["priority"])
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    outside: Mapped[bool] = mapped_column(default=False)  # sent to a МИАЦ that works elsewhere
    channel: Mapped[str] = mapped_column(String(20), default="")  # accessflow, mail, vipnet, paper
    registration_no: Mapped[str | None] = mapped_column(String(64))
    external_no: Mapped[str] = mapped_column(String(64), default="")
    external_status: Mapped[str] = mapped_column(String(255), default="")  # in their own words
    forwarded_to: Mapped[str] = mapped_column(String(255), default="")
    reply_mailbox: Mapped[str] = mapped_column(String(254), default="")  # it came from there, R16
    sent_at: Mapped[datetime | None]
    registered_at: Mapped[datetime | None]
    state_at: Mapped[datetime | None]  # since when it is in its state
    due_on: Mapped[date | None]
    paused_since: Mapped[date | None]
    answered_on: Mapped[date | None]
    answered_days: Mapped[int | None]
    answered_late: Mapped[bool | None]  # null: it had no term
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cause: Mapped[str] = mapped_column(String(40), default="")  # why refused or annulled, a slug
    resubmission_of_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"), index=True)
    # ^ the corrected copy of one that came to nothing (R38)
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"), index=True)
    stage_of_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"), index=True)
    # ^ the letter and the act of КЗ belong to the application of an МО (R41)
    journal_key: Mapped[str | None] = mapped_column(String(64))
    # ^ of one taken over from the old journal: what its row says, as a hash; null: our own

    organization: Mapped[Organization] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    signatory: Mapped[Signatory | None] = relationship()
    rows: Mapped[list[RequestRow]] = relationship(
        back_populates="request", order_by="RequestRow.position", cascade="all, delete-orphan"
    )
    change_link: Mapped[JobChangeRequest | None] = relationship(viewonly=True)

    __mapper_args__ = {"version_id_col": lock_version}
    __table_args__ = (
        # A page of the list is read off an index in its order, however many there are.
        Index(None, "organization_id", "id"),
        Index(None, "organization_id", "updated_at", "id"),
        # The last columns are those that counting looks at besides.
        Index(
            "ix_requests_organization_id_state",
            *("organization_id", "state", "updated_at", "id", "deleted_at"),
        ),
        Index(
            "ix_requests_organization_id_system",
            *("organization_id", "system", "updated_at", "id", "state", "deleted_at"),
        ),
        Index(None, "updated_at", "id"),
        Index(None, "state", "updated_at", "id"),
        Index("ix_requests_system", "system", "updated_at", "id", "state", "deleted_at"),
        Index(None, "batch"),
        # МИАЦ's queue: what is due, in its order; the last columns let what does not match be
        # passed over without looking at its row.
        Index(
            "ix_requests_due",
            *("due_on", "id", "state", "paused_since", "assignee_id", "organization_id", "system"),
        ),
        Index("ix_requests_queue", "state", "due_on", "id"),
        # All that the queue counts by, of open ones alone (`is_open`): a few pages of thousands.
        Index(
            "ix_requests_open",
            *("state", "due_on", "id", "outside", "kind", "action", "deleted_at", "paused_since"),
            *("assignee_id", "organization_id", "system", "criticality", "priority"),
            *("error_count", "external_no", "resubmission_of_id", "updated_at", "sent_at"),
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_requests_sent_at", "sent_at", "id", "state"),
        Index(None, "answered_on"),
        Index("ix_requests_assignee", "assignee_id", "due_on", "id", "state"),
        *(
            Index(
                f"ix_requests_{name}",
                *(name, "updated_at", "id", "state"),
                sqlite_where=_unusual(name),
                postgresql_where=_unusual(name),
            )
            for name in USUAL
        ),
        Index(None, "external_no"),
        Index(None, "registration_no", unique=True),
        Index(None, "organization_id", "journal_key", unique=True),
    )


def is_open() -> ColumnElement[bool]:
    """Filed and not answered, said in the words of the index that holds open ones alone: neither
    database takes it for a condition whose values come apart."""
    return Request.state.in_(bindparam("open", OPEN, expanding=True, literal_execute=True))


def is_unusual(name: str) -> ColumnElement[bool]:
    """That it has another priority or criticality than nearly all, in the words of the index."""
    return literal_column(_unusual(name).text)


class RequestRow(Base):
    """One person of an application. `answers` holds the row's keys as typed (interfaces.md).

    `outcome`: "" while open, else granted, revoked or refused, for `cause`: a slug of
    `workflow/asks.py`, or words of МИАЦ's own.
    """

    __tablename__ = "request_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    position: Mapped[int]
    employment_id: Mapped[int | None] = mapped_column(ForeignKey("employments.id"))
    snils: Mapped[str] = mapped_column(String(11), default="", index=True)  # digits, if valid
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    cause: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime | None]

    request: Mapped[Request] = relationship(back_populates="rows")

    __table_args__ = (
        Index(None, "request_id", "position"),
        # What the overview asks of the few that were refused (`is_refused`).
        Index(
            "ix_request_rows_refused",
            *("decided_at", "request_id", "cause"),
            sqlite_where=_REFUSED,
            postgresql_where=_REFUSED,
        ),
    )


def is_refused() -> ColumnElement[bool]:
    """In the words of the index of refused rows, as `is_open`."""
    return RequestRow.outcome == literal_column("'refused'")


STEM = "((ts_lexize('russian_stem'::regdictionary, word::text))[1])"
"""Of a word, by PostgreSQL's Russian dictionary; null for «и», «на» and the like."""


class RequestWord(Base):
    """A word that a request is found by: of its number, names, system; no СНИЛС.

    Casefolded, ё as е, compared byte by byte, so that a prefix is a range of the index on both
    databases. Kept by `services/totals.py`. PostgreSQL also knows the stem of each word, so that
    any form of it is found.
    """

    __tablename__ = "request_words"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    word: Mapped[str] = mapped_column(
        String(64).with_variant(String(64, collation="C"), "postgresql"), primary_key=True
    )

    __table_args__ = (
        Index(None, "word", "request_id"),
        Index("ix_request_words_stem", text(STEM), "request_id").ddl_if(dialect="postgresql"),
    )


class RequestUndo(Base):
    """What takes back an operation on a draft's rows: `delta` as `services/undo.py` writes it.

    The newest few of each draft are kept; they hold what the rows held.
    """

    __tablename__ = "request_undos"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    label: Mapped[str] = mapped_column(String(100))
    delta: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (Index(None, "request_id", "user_id", "id"),)


class RequestEvent(Base):
    """What happened to a request: append-only, each event hash-chained to the one before (R27).

    `seq` runs 1, 2, … within a request. `data` is what the action was given; no full СНИЛС in it.
    `hash` is the SHA-256 of the previous one and this event's own words (`services/timeline.py`).
    `came_at`: since when it had been in the state that it leaves; a cache for the overview, null
    where the state stays.
    """

    __tablename__ = "request_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(20))  # system, where nobody did it
    action: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[str] = mapped_column(String(64), default="")
    hash: Mapped[str] = mapped_column(String(64))
    came_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship()

    __table_args__ = (
        UniqueConstraint("request_id", "seq"),
        # All that the overview asks of an event.
        Index("ix_request_events_at", "at", "source", "target", "came_at", "request_id"),
    )


class RequestMessage(Base):
    """A message between МО and МИАЦ on the card; `internal`: a note that only МИАЦ sees."""

    __tablename__ = "request_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    internal: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)

    user: Mapped[User] = relationship()


class RequestWaiver(Base):
    """МИАЦ lets a defect through, with a reason kept on the card (X9, X27, apostrophes)."""

    __tablename__ = "request_waivers"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))  # of the defect
    row_id: Mapped[int | None] = mapped_column(ForeignKey("request_rows.id"))
    reason: Mapped[str] = mapped_column(String(500))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    user: Mapped[User] = relationship()
