"""The ledger: who holds what; dismissals, recertification, calendar feeds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_calendar_feeds_organization_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(
        op.f("ix_calendar_feeds_organization_id"),
        "calendar_feeds",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("organizations", sa.JSON(), nullable=False),
        sa.Column("systems", sa.JSON(), nullable=False),
        sa.Column("unseen_months", sa.Integer(), nullable=True),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_campaigns_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_sha256"], ["stored_files.sha256"], name=op.f("fk_campaigns_report_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["users.id"], name=op.f("fk_campaigns_started_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(
        op.f("ix_campaigns_organization_id"), "campaigns", ["organization_id"], unique=False
    )
    op.create_table(
        "dismissals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("dismissed_on", sa.Date(), nullable=False),
        sa.Column("order_no", sa.String(length=64), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("ground", sa.String(length=255), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_job_id", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=64), nullable=True),
        sa.Column("moved_from", sa.Date(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=255), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_tentative", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("late_cause", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["users.id"], name=op.f("fk_dismissals_cancelled_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["employment_id"], ["employments.id"], name=op.f("fk_dismissals_employment_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_dismissals_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_job_id"], ["import_jobs.id"], name=op.f("fk_dismissals_import_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_dismissals_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_dismissals_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissals")),
        sa.UniqueConstraint(
            "organization_id", "source_key", name=op.f("uq_dismissals_organization_id_source_key")
        ),
    )
    op.create_index(
        op.f("ix_dismissals_dismissed_on_id"), "dismissals", ["dismissed_on", "id"], unique=False
    )
    op.create_index(
        op.f("ix_dismissals_organization_id_dismissed_on_id"),
        "dismissals",
        ["organization_id", "dismissed_on", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_dismissals_person_id"), "dismissals", ["person_id"], unique=False)
    op.create_index(
        "ix_dismissals_undone",
        "dismissals",
        ["organization_id", "due_on", "filed_at"],
        unique=False,
        sqlite_where=sa.text("cancelled_at IS NULL AND done_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL AND done_at IS NULL"),
    )
    op.create_index(
        "ix_dismissals_unfiled",
        "dismissals",
        ["organization_id", "due_on"],
        unique=False,
        sqlite_where=sa.text("cancelled_at IS NULL AND filed_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL AND filed_at IS NULL"),
    )
    op.create_index(
        "uq_dismissals_standing",
        "dismissals",
        ["employment_id"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "dismissal_revocations",
        sa.Column("dismissal_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dismissal_id"], ["dismissals.id"], name=op.f("fk_dismissal_revocations_dismissal_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_dismissal_revocations_request_id")
        ),
        sa.PrimaryKeyConstraint(
            "dismissal_id", "request_id", name=op.f("pk_dismissal_revocations")
        ),
    )
    op.create_index(
        op.f("ix_dismissal_revocations_request_id"),
        "dismissal_revocations",
        ["request_id"],
        unique=False,
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("employment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=255), nullable=False),
        sa.Column("component", sa.String(length=255), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("provenance", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("request_row_id", sa.Integer(), nullable=True),
        sa.Column("import_job_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=255), nullable=False),
        sa.CheckConstraint("kind in ('open', 'close')", name=op.f("ck_ledger_entries_kind")),
        sa.CheckConstraint(
            "provenance = 'import' or request_row_id is not null",
            name=op.f("ck_ledger_entries_told_by_an_application"),
        ),
        sa.ForeignKeyConstraint(
            ["employment_id"], ["employments.id"], name=op.f("fk_ledger_entries_employment_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_job_id"], ["import_jobs.id"], name=op.f("fk_ledger_entries_import_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_ledger_entries_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_ledger_entries_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_row_id"], ["request_rows.id"], name=op.f("fk_ledger_entries_request_row_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index(
        op.f("ix_ledger_entries_employment_id_system"),
        "ledger_entries",
        ["employment_id", "system"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ledger_entries_organization_id_kind_id"),
        "ledger_entries",
        ["organization_id", "kind", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ledger_entries_request_row_id"), "ledger_entries", ["request_row_id"], unique=False
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=255), nullable=False),
        sa.Column("component", sa.String(length=255), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("no_renewal", sa.Boolean(), nullable=False),
        sa.Column("last_seen_on", sa.Date(), nullable=True),
        sa.Column("provenance", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("opened_id", sa.Integer(), nullable=False),
        sa.Column("closed_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "provenance in ('request', 'import')", name=op.f("ck_grants_provenance")
        ),
        sa.CheckConstraint(
            "(until is null) = (closed_id is null)", name=op.f("ck_grants_closed_by_an_entry")
        ),
        sa.CheckConstraint(
            "(until is null) = (closed_recorded_at is null)",
            name=op.f("ck_grants_closed_at_a_moment"),
        ),
        sa.CheckConstraint(
            "until is null or until >= since", name=op.f("ck_grants_closed_after_it_opened")
        ),
        sa.ForeignKeyConstraint(
            ["closed_id"], ["ledger_entries.id"], name=op.f("fk_grants_closed_id")
        ),
        sa.ForeignKeyConstraint(
            ["employment_id"], ["employments.id"], name=op.f("fk_grants_employment_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_id"], ["ledger_entries.id"], name=op.f("fk_grants_opened_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_grants_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_grants_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(
        "ix_grants_expiring",
        "grants",
        ["expires_on", "organization_id"],
        unique=False,
        sqlite_where=sa.text("until IS NULL AND voided_at IS NULL AND expires_on IS NOT NULL"),
        postgresql_where=sa.text("until IS NULL AND voided_at IS NULL AND expires_on IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_grants_organization_id_person_id"),
        "grants",
        ["organization_id", "person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_grants_organization_id_system_id"),
        "grants",
        ["organization_id", "system", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_grants_person_id_since"), "grants", ["person_id", "since"], unique=False
    )
    op.create_index(op.f("ix_grants_system_id"), "grants", ["system", "id"], unique=False)
    op.create_index(
        "uq_grants_open",
        "grants",
        ["employment_id", "system", "role"],
        unique=True,
        sqlite_where=sa.text("until IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("until IS NULL AND voided_at IS NULL"),
    )
    op.create_table(
        "campaign_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "decision in ('', 'keep', 'revoke')", name=op.f("ck_campaign_lines_decision")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_lines_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_campaign_lines_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_campaign_lines_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_campaign_lines_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_campaign_lines_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_lines")),
        sa.UniqueConstraint(
            "campaign_id", "grant_id", name=op.f("uq_campaign_lines_campaign_id_grant_id")
        ),
    )
    op.create_index(
        op.f("ix_campaign_lines_campaign_id_organization_id_decision_id"),
        "campaign_lines",
        ["campaign_id", "organization_id", "decision", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_campaign_lines_grant_id"), "campaign_lines", ["grant_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_campaign_lines_grant_id"), table_name="campaign_lines")
    op.drop_index(
        op.f("ix_campaign_lines_campaign_id_organization_id_decision_id"),
        table_name="campaign_lines",
    )
    op.drop_table("campaign_lines")
    op.drop_index(
        "uq_grants_open",
        table_name="grants",
        sqlite_where=sa.text("until IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("until IS NULL AND voided_at IS NULL"),
    )
    op.drop_index(op.f("ix_grants_system_id"), table_name="grants")
    op.drop_index(op.f("ix_grants_person_id_since"), table_name="grants")
    op.drop_index(op.f("ix_grants_organization_id_system_id"), table_name="grants")
    op.drop_index(op.f("ix_grants_organization_id_person_id"), table_name="grants")
    op.drop_index(
        "ix_grants_expiring",
        table_name="grants",
        sqlite_where=sa.text("until IS NULL AND voided_at IS NULL AND expires_on IS NOT NULL"),
        postgresql_where=sa.text("until IS NULL AND voided_at IS NULL AND expires_on IS NOT NULL"),
    )
    op.drop_table("grants")
    op.drop_index(op.f("ix_ledger_entries_request_row_id"), table_name="ledger_entries")
    op.drop_index(op.f("ix_ledger_entries_organization_id_kind_id"), table_name="ledger_entries")
    op.drop_index(op.f("ix_ledger_entries_employment_id_system"), table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_index(op.f("ix_dismissal_revocations_request_id"), table_name="dismissal_revocations")
    op.drop_table("dismissal_revocations")
    op.drop_index(
        "uq_dismissals_standing",
        table_name="dismissals",
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.drop_index(
        "ix_dismissals_unfiled",
        table_name="dismissals",
        sqlite_where=sa.text("cancelled_at IS NULL AND filed_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL AND filed_at IS NULL"),
    )
    op.drop_index(
        "ix_dismissals_undone",
        table_name="dismissals",
        sqlite_where=sa.text("cancelled_at IS NULL AND done_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL AND done_at IS NULL"),
    )
    op.drop_index(op.f("ix_dismissals_person_id"), table_name="dismissals")
    op.drop_index(op.f("ix_dismissals_organization_id_dismissed_on_id"), table_name="dismissals")
    op.drop_index(op.f("ix_dismissals_dismissed_on_id"), table_name="dismissals")
    op.drop_table("dismissals")
    op.drop_index(op.f("ix_campaigns_organization_id"), table_name="campaigns")
    op.drop_table("campaigns")
    op.drop_index(op.f("ix_calendar_feeds_organization_id"), table_name="calendar_feeds")
    op.drop_table("calendar_feeds")
