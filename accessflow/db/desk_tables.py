"""The desk: what people keep while they work; counters and history of anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessflow.db.base import Base

if TYPE_CHECKING:
    from accessflow.db.directory_tables import User


class Counter(Base):
    """The last number given of a series, raised by one atomic UPDATE."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]


class Change(Base):
    """History of anything: who changed what when. СНИЛС in `what` is masked."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(
        String(40)
    )  # organization, unit, signatory, person, request …
    entity_id: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(
        String(40)
    )  # created, changed, attested, deleted, restored …
    what: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # label -> [before, after]

    user: Mapped[User | None] = relationship()

    __table_args__ = (Index(None, "entity", "entity_id", "id"),)


class ImportJob(Base):
    """A list on its way in: previewed, then taken in steps (`services/imports`).

    `organization_id`: whose list it is; null: МИАЦ's own, of many organisations. `system`,
    `as_of`: of a list of accounts, whose and of which day. `state`: reading (not to be seen yet),
    preview, running, done; a list that was taken back goes on to withdrawing and withdrawn.
    """

    __tablename__ = "import_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # staff, frmr, dismissals, accounts, journal
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    filename: Mapped[str] = mapped_column(String(255))
    system: Mapped[str] = mapped_column(String(40), default="")
    as_of: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20), default="preview")
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class ImportRow(Base):
    """One row of the sheet: its number in the file, what was understood, planned and done.

    `values`: what may be taken; `cells`: the texts that stood there; `flawed`: it has defects.
    Of lists other than of staff also whom it is about: `employment_id`, as matched or as somebody
    has said, of the jobs in `candidates`; `role` and `blocked`: of an account; `made_id`: the
    dismissal, the entry of the ledger or the application that it came to; `name`: whom and what it
    is looked for by, casefolded.
    """

    __tablename__ = "import_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("import_jobs.id"))
    number: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cells: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    defects: Mapped[list[Any]] = mapped_column(JSON, default=list)
    flawed: Mapped[bool] = mapped_column(default=False)
    plan: Mapped[str] = mapped_column(
        String(20), default=""
    )  # new, change, same, question, refused; see the kinds of `services/imports`
    chosen: Mapped[bool] = mapped_column(default=True)
    outcome: Mapped[str] = mapped_column(String(20), default="")  # created, changed, same, refused
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was refused while being taken
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    employment_id: Mapped[int | None] = mapped_column(ForeignKey("employments.id"))
    candidates: Mapped[list[Any]] = mapped_column(JSON, default=list)
    role: Mapped[str] = mapped_column(String(255), default="")
    blocked: Mapped[bool] = mapped_column(default=False)
    made_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(255), default="")

    __table_args__ = (
        Index(None, "job_id", "number"),
        Index(None, "job_id", "employment_id"),
    )


class Selection(Base):
    """What somebody has picked on «Новая заявка» so far; gone when the drafts are made."""

    __tablename__ = "selections"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime]


class SavedView(Base):
    """A filter of the queue under a name; a shared one is seen by all of МИАЦ."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    query: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # arguments of the address
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class CannedText(Base):
    """What МИАЦ writes often. `kind`: refuse, annul, request_info, extend, reply."""

    __tablename__ = "canned_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    archived_at: Mapped[datetime | None]


class SettingVersion(Base):
    """A value over the catalogue's, from a day on; older ones stay as history.

    `key`: «officials.miac_director.name», «letters.registered.text» …; null `value`: the
    catalogue's again.
    """

    __tablename__ = "setting_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    effective_from: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")

    user: Mapped[User | None] = relationship()

    __table_args__ = (Index(None, "key", "effective_from", "id"),)


class Absence(Base):
    """A specialist is away from a day to a day inclusive; `substitute_id` works in the place."""

    __tablename__ = "absences"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    since: Mapped[date]
    until: Mapped[date]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    substitute: Mapped[User] = relationship(foreign_keys=[substitute_id])


class Presence(Base):
    """Who has a card open just now; rows older than a minute say nothing."""

    __tablename__ = "presences"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]

    user: Mapped[User] = relationship()


class BulkJob(Base):
    """One action on many requests: what is done, what could not be and why.

    `results`: list of {id, number, ok, text}.
    """

    __tablename__ = "bulk_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    given: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    results: Mapped[list[Any]] = mapped_column(JSON, default=list)
    done: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="running")  # running, done
    created_at: Mapped[datetime]
