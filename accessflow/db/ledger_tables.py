"""Who holds what, and what is done about it: the ledger, dismissals, recertification, feeds."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessflow.db.base import Base

if TYPE_CHECKING:
    from accessflow.db.directory_tables import Employment, Organization, Person, User
    from accessflow.db.request_tables import Request, RequestRow

_OPEN = text("until IS NULL AND voided_at IS NULL")
_ENDED = text("until IS NOT NULL")
_EXPIRING = text("until IS NULL AND voided_at IS NULL AND expires_on IS NOT NULL")
_MET_NOTHING = text("met_nothing_at IS NOT NULL AND withdrawn_at IS NULL")
_STANDING = text("cancelled_at IS NULL")
_UNFILED = text("cancelled_at IS NULL AND filed_at IS NULL")
_UNDONE = text("cancelled_at IS NULL AND done_at IS NULL")


class LedgerEntry(Base):
    """What was told: a right of a job was given or taken away on a day, by which row of which
    application or from which list. Append-only; a withdrawn one says when and why.

    `role` "" of a closing means every role of the system. Entries are the ledger's facts; `grants`
    is what they come to (`workflow/holding.py`).
    """

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # open, close
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    system: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(255), default="")
    component: Mapped[str] = mapped_column(String(255), default="")
    happened_on: Mapped[date]
    expires_on: Mapped[date | None]
    provenance: Mapped[str] = mapped_column(String(10))  # request, import
    reference: Mapped[str] = mapped_column(String(255), default="")  # number, or file and row
    request_row_id: Mapped[int | None] = mapped_column(ForeignKey("request_rows.id"))
    import_job_id: Mapped[int | None] = mapped_column(ForeignKey("import_jobs.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(String(255), default="")
    met_nothing_at: Mapped[datetime | None]
    # ^ of a closing: since when it is known to have ended no right; kept by `ledger_settling`

    request_row: Mapped[RequestRow | None] = relationship()
    person: Mapped[Person] = relationship()
    organization: Mapped[Organization] = relationship()

    __table_args__ = (
        CheckConstraint("kind in ('open', 'close')", name="kind"),
        CheckConstraint(
            "provenance = 'import' or request_row_id is not null", name="told_by_an_application"
        ),
        Index(None, "employment_id", "system"),
        Index(None, "request_row_id"),
        Index(None, "organization_id", "kind", "id"),
        Index(None, "kind", "id"),
        Index(None, "person_id", "id"),
        Index(
            "ix_ledger_entries_met_nothing",
            *("organization_id", "id"),
            sqlite_where=_MET_NOTHING,
            postgresql_where=_MET_NOTHING,
        ),
    )


class Grant(Base):
    """A right as the ledger holds it: held on each day of [since, until).

    A version: what turns out otherwise is voided, with the reason, and stands as a new row; so
    what was known at a moment is what had been recorded by then (`recorded_at`,
    `closed_recorded_at`) and not yet voided. No two open ones for one job, system and role.
    """

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    system: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(255), default="")  # "" where the form has none
    component: Mapped[str] = mapped_column(String(255), default="")
    since: Mapped[date]
    until: Mapped[date | None]  # the first day without it
    expires_on: Mapped[date | None]
    no_renewal: Mapped[bool] = mapped_column(default=False)  # «не продлевать»
    last_seen_on: Mapped[date | None]  # as the system's own list says
    provenance: Mapped[str] = mapped_column(String(10))  # request, import
    reference: Mapped[str] = mapped_column(String(255), default="")
    opened_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"))
    closed_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"))
    recorded_at: Mapped[datetime]
    closed_recorded_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(255), default="")

    person: Mapped[Person] = relationship()
    employment: Mapped[Employment] = relationship()
    organization: Mapped[Organization] = relationship()
    opened: Mapped[LedgerEntry] = relationship(foreign_keys=[opened_id])
    closed: Mapped[LedgerEntry | None] = relationship(foreign_keys=[closed_id])

    __table_args__ = (
        CheckConstraint("provenance in ('request', 'import')", name="provenance"),
        CheckConstraint("(until is null) = (closed_id is null)", name="closed_by_an_entry"),
        CheckConstraint(
            "(until is null) = (closed_recorded_at is null)", name="closed_at_a_moment"
        ),
        CheckConstraint("until is null or until >= since", name="closed_after_it_opened"),
        Index(
            "uq_grants_open",
            *("employment_id", "system", "role"),
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(None, "person_id", "since"),
        Index(None, "organization_id", "person_id"),
        Index(None, "organization_id", "system", "id"),
        Index(None, "system", "id"),
        Index(None, "since", "id"),
        Index(None, "recorded_at", "id"),
        Index(
            "ix_grants_ended",
            *("until", "id"),
            sqlite_where=_ENDED,
            postgresql_where=_ENDED,
        ),
        Index(
            "ix_grants_expiring",
            *("expires_on", "organization_id"),
            sqlite_where=_EXPIRING,
            postgresql_where=_EXPIRING,
        ),
    )


class Dismissal(Base):
    """A job ends on `dismissed_on`, the last day of work (Рег. 3.7, R28).

    `due_on`: a cache of the term, the third working day. `filed_at`: when the last revocation that
    it takes was sent; empty again where one comes back. `done_at`: when nothing was held any more.
    `source_key`: what one row of a file says, so that the same file twice changes nothing.
    """

    __tablename__ = "dismissals"

    id: Mapped[int] = mapped_column(primary_key=True)
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    dismissed_on: Mapped[date]
    order_no: Mapped[str] = mapped_column(String(64), default="")
    order_date: Mapped[date | None]
    ground: Mapped[str] = mapped_column(String(255), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
    import_job_id: Mapped[int | None] = mapped_column(ForeignKey("import_jobs.id"))
    source_key: Mapped[str | None] = mapped_column(String(64))
    moved_from: Mapped[date | None]  # the day as it stood before
    moved_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cancel_reason: Mapped[str] = mapped_column(String(255), default="")
    due_on: Mapped[date]
    due_tentative: Mapped[bool] = mapped_column(default=False)  # the year's calendar is not known
    filed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    late_days: Mapped[int] = mapped_column(default=0)  # working days, once it is filed
    late_cause: Mapped[str] = mapped_column(String(500), default="")

    employment: Mapped[Employment] = relationship()
    person: Mapped[Person] = relationship()
    organization: Mapped[Organization] = relationship()
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])

    __table_args__ = (
        Index(
            "uq_dismissals_standing",
            "employment_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        UniqueConstraint("organization_id", "source_key"),
        Index(None, "organization_id", "dismissed_on", "id"),
        Index(None, "dismissed_on", "id"),
        Index(
            "ix_dismissals_unfiled",
            *("organization_id", "due_on"),
            sqlite_where=_UNFILED,
            postgresql_where=_UNFILED,
        ),
        Index(
            "ix_dismissals_undone",
            *("organization_id", "due_on", "filed_at"),
            sqlite_where=_UNDONE,
            postgresql_where=_UNDONE,
        ),
    )


class DismissalRevocation(Base):
    """An application that takes away what one of the dismissed holds; it may name several."""

    __tablename__ = "dismissal_revocations"

    dismissal_id: Mapped[int] = mapped_column(ForeignKey("dismissals.id"), primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True, index=True)

    request: Mapped[Request] = relationship()


class Campaign(Base):
    """A recertification: whoever is responsible confirms each right or takes it away.

    `organizations`, `systems`: ids and slugs, empty for all; `unseen_months`: only rights that the
    system's list says were not used for so long. `due_on` is a working day.
    """

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(255))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    # ^ whose own it is; null: МИАЦ's
    organizations: Mapped[list[Any]] = mapped_column(JSON, default=list)
    systems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    unseen_months: Mapped[int | None]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime]
    due_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    report_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))

    started_by: Mapped[User] = relationship()
    organization: Mapped[Organization | None] = relationship()


class CampaignLine(Base):
    """One right in a campaign. `decision`: "" while open, else keep or revoke."""

    __tablename__ = "campaign_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    decision: Mapped[str] = mapped_column(String(10), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))

    grant: Mapped[Grant] = relationship()
    decided_by: Mapped[User | None] = relationship()
    request: Mapped[Request | None] = relationship()

    __table_args__ = (
        CheckConstraint("decision in ('', 'keep', 'revoke')", name="decision"),
        UniqueConstraint("campaign_id", "grant_id"),
        Index(None, "campaign_id", "organization_id", "decision", "id"),
    )


class CampaignReport(Base):
    """An organisation's part of a campaign, signed by its head: the scan, and who laid it.

    The signed report of the whole is the campaign's own (`Campaign.report_sha256`).
    """

    __tablename__ = "campaign_reports"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    laid_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    laid_at: Mapped[datetime]


class CalendarFeed(Base):
    """A secret link to an organisation's terms (ICS): only its hash is kept, to be withdrawn."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 as hex
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
