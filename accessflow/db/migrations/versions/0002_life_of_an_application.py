"""The life of an application: events, files, messages, the outbox, reminders, the queue"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_texts")),
    )
    op.create_index(op.f("ix_canned_texts_kind"), "canned_texts", ["kind"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "kind",
            "entity",
            "entity_id",
            "due_at",
            name=op.f("uq_reminders_kind_entity_entity_id_due_at"),
        ),
    )
    op.create_index(
        "ix_reminders_due", "reminders", ["fired_at", "cancelled_at", "due_at"], unique=False
    )
    op.create_table(
        "stored_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_files")),
    )
    op.create_table(
        "form_notices",
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_form_notices_organization_id")
        ),
        sa.PrimaryKeyConstraint("form", "version", "organization_id", name=op.f("pk_form_notices")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["users.id"], name=op.f("fk_absences_substitute_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_absences_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_user_id"), "absences", ["user_id"], unique=False)
    op.create_table(
        "bulk_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("request_ids", sa.JSON(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bulk_jobs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_jobs")),
    )
    op.create_index(op.f("ix_bulk_jobs_user_id"), "bulk_jobs", ["user_id"], unique=False)
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=False),
        sa.Column("quiet_until", sa.String(length=5), nullable=False),
        sa.Column("letters_keys", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_preferences_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_user_id"), "saved_views", ["user_id"], unique=False)
    op.create_table(
        "scan_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_scan_batches_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_files.sha256"], name=op.f("fk_scan_batches_sha256")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_scan_batches_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_batches")),
    )
    op.create_index(
        op.f("ix_scan_batches_organization_id"), "scan_batches", ["organization_id"], unique=False
    )
    op.create_table(
        "setting_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_setting_versions_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_versions")),
    )
    op.create_index(
        op.f("ix_setting_versions_key_effective_from_id"),
        "setting_versions",
        ["key", "effective_from", "id"],
        unique=False,
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("in_reply_to", sa.String(length=255), nullable=False),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.Column("cc", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_letters_request_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_letters_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letters_message_id")),
    )
    op.create_index(op.f("ix_letters_created_at"), "letters", ["created_at"], unique=False)
    op.create_index(op.f("ix_letters_request_id"), "letters", ["request_id"], unique=False)
    op.create_index(op.f("ix_letters_state_due_at"), "letters", ["state", "due_at"], unique=False)
    op.create_table(
        "presences",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_presences_request_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_presences_user_id")),
        sa.PrimaryKeyConstraint("request_id", "user_id", name=op.f("pk_presences")),
    )
    op.create_table(
        "request_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_events_request_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_request_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_events")),
        sa.UniqueConstraint("request_id", "seq", name=op.f("uq_request_events_request_id_seq")),
    )
    op.create_index(
        "ix_request_events_at",
        "request_events",
        ["at", "source", "target", "came_at", "request_id"],
        unique=False,
    )
    op.create_table(
        "request_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_messages_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_request_messages_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_messages")),
    )
    op.create_index(
        op.f("ix_request_messages_request_id"), "request_messages", ["request_id"], unique=False
    )
    op.create_table(
        "request_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["request_messages.id"], name=op.f("fk_request_files_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_files_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_files.sha256"], name=op.f("fk_request_files_sha256")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_request_files_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_files")),
    )
    op.create_index(
        op.f("ix_request_files_request_id"), "request_files", ["request_id"], unique=False
    )
    op.create_table(
        "request_waivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_waivers_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["request_rows.id"], name=op.f("fk_request_waivers_row_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_request_waivers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_waivers")),
    )
    op.create_index(
        op.f("ix_request_waivers_request_id"), "request_waivers", ["request_id"], unique=False
    )
    op.add_column(
        "organizations",
        sa.Column("miac_outside", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "request_rows",
        sa.Column("outcome", sa.String(length=20), nullable=False, server_default=""),
    )
    op.add_column(
        "request_rows", sa.Column("cause", sa.String(length=500), nullable=False, server_default="")
    )
    op.add_column(
        "request_rows", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "requests", sa.Column("subject", sa.String(length=40), nullable=False, server_default="")
    )
    op.add_column(
        "requests",
        sa.Column("criticality", sa.String(length=20), nullable=False, server_default="средняя"),
    )
    op.add_column(
        "requests",
        sa.Column("priority", sa.String(length=20), nullable=False, server_default="обычный"),
    )
    op.add_column(
        "requests", sa.Column("outside", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "requests", sa.Column("channel", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("requests", sa.Column("registration_no", sa.String(length=64), nullable=True))
    op.add_column(
        "requests",
        sa.Column("external_no", sa.String(length=64), nullable=False, server_default=""),
    )
    op.add_column(
        "requests",
        sa.Column("external_status", sa.String(length=255), nullable=False, server_default=""),
    )
    op.add_column(
        "requests",
        sa.Column("forwarded_to", sa.String(length=255), nullable=False, server_default=""),
    )
    op.add_column(
        "requests",
        sa.Column("reply_mailbox", sa.String(length=254), nullable=False, server_default=""),
    )
    op.add_column("requests", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("requests", sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("requests", sa.Column("state_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("requests", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("requests", sa.Column("paused_since", sa.Date(), nullable=True))
    op.add_column("requests", sa.Column("answered_on", sa.Date(), nullable=True))
    op.add_column("requests", sa.Column("answered_days", sa.Integer(), nullable=True))
    op.add_column("requests", sa.Column("answered_late", sa.Boolean(), nullable=True))
    _add_reference("requests", "assignee_id", "users")
    op.add_column(
        "requests", sa.Column("cause", sa.String(length=40), nullable=False, server_default="")
    )
    _add_reference("requests", "resubmission_of_id", "requests")
    _add_reference("requests", "duplicate_of_id", "requests")
    _add_reference("requests", "stage_of_id", "requests")
    op.create_index("ix_requests_sent_at", "requests", ["sent_at", "id", "state"], unique=False)
    op.create_index(op.f("ix_requests_answered_on"), "requests", ["answered_on"], unique=False)
    op.create_index(
        "ix_requests_assignee", "requests", ["assignee_id", "due_on", "id", "state"], unique=False
    )
    op.create_index(
        "ix_requests_due",
        "requests",
        ["due_on", "id", "state", "paused_since", "assignee_id", "organization_id", "system"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requests_duplicate_of_id"), "requests", ["duplicate_of_id"], unique=False
    )
    op.create_index(op.f("ix_requests_external_no"), "requests", ["external_no"], unique=False)
    op.create_index("ix_requests_queue", "requests", ["state", "due_on", "id"], unique=False)
    op.create_index(
        op.f("ix_requests_registration_no"), "requests", ["registration_no"], unique=True
    )
    op.create_index(
        op.f("ix_requests_resubmission_of_id"), "requests", ["resubmission_of_id"], unique=False
    )
    op.create_index(op.f("ix_requests_stage_of_id"), "requests", ["stage_of_id"], unique=False)
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "create index ix_request_words_stem on request_words"
            " (((ts_lexize('russian_stem'::regdictionary, word::text))[1]), request_id)"
        )
    # КЗ's letter and act have a life of their own (R41).
    op.execute("update requests set kind = 'authority' where form in ('emd-letter', 'emd-act')")


def downgrade() -> None:
    op.execute("update requests set kind = 'emd_deletion' where kind = 'authority'")
    op.execute("drop index if exists ix_request_words_stem")
    op.drop_index(op.f("ix_requests_stage_of_id"), table_name="requests")
    op.drop_index(op.f("ix_requests_resubmission_of_id"), table_name="requests")
    op.drop_index(op.f("ix_requests_registration_no"), table_name="requests")
    op.drop_index("ix_requests_queue", table_name="requests")
    op.drop_index(op.f("ix_requests_external_no"), table_name="requests")
    op.drop_index(op.f("ix_requests_duplicate_of_id"), table_name="requests")
    op.drop_index("ix_requests_due", table_name="requests")
    op.drop_index("ix_requests_assignee", table_name="requests")
    op.drop_index(op.f("ix_requests_answered_on"), table_name="requests")
    op.drop_index("ix_requests_sent_at", table_name="requests")
    op.drop_column("requests", "stage_of_id")
    op.drop_column("requests", "duplicate_of_id")
    op.drop_column("requests", "resubmission_of_id")
    op.drop_column("requests", "cause")
    op.drop_column("requests", "assignee_id")
    op.drop_column("requests", "answered_late")
    op.drop_column("requests", "answered_days")
    op.drop_column("requests", "answered_on")
    op.drop_column("requests", "paused_since")
    op.drop_column("requests", "due_on")
    op.drop_column("requests", "state_at")
    op.drop_column("requests", "registered_at")
    op.drop_column("requests", "sent_at")
    op.drop_column("requests", "reply_mailbox")
    op.drop_column("requests", "forwarded_to")
    op.drop_column("requests", "external_status")
    op.drop_column("requests", "external_no")
    op.drop_column("requests", "registration_no")
    op.drop_column("requests", "channel")
    op.drop_column("requests", "outside")
    op.drop_column("requests", "priority")
    op.drop_column("requests", "criticality")
    op.drop_column("requests", "subject")
    op.drop_column("request_rows", "decided_at")
    op.drop_column("request_rows", "cause")
    op.drop_column("request_rows", "outcome")
    op.drop_column("organizations", "miac_outside")
    op.drop_index(op.f("ix_request_waivers_request_id"), table_name="request_waivers")
    op.drop_table("request_waivers")
    op.drop_index(op.f("ix_request_files_request_id"), table_name="request_files")
    op.drop_table("request_files")
    op.drop_index(op.f("ix_request_messages_request_id"), table_name="request_messages")
    op.drop_table("request_messages")
    op.drop_index("ix_request_events_at", table_name="request_events")
    op.drop_table("request_events")
    op.drop_table("presences")
    op.drop_index(op.f("ix_letters_state_due_at"), table_name="letters")
    op.drop_index(op.f("ix_letters_request_id"), table_name="letters")
    op.drop_index(op.f("ix_letters_created_at"), table_name="letters")
    op.drop_table("letters")
    op.drop_index(op.f("ix_setting_versions_key_effective_from_id"), table_name="setting_versions")
    op.drop_table("setting_versions")
    op.drop_index(op.f("ix_scan_batches_organization_id"), table_name="scan_batches")
    op.drop_table("scan_batches")
    op.drop_index(op.f("ix_saved_views_user_id"), table_name="saved_views")
    op.drop_table("saved_views")
    op.drop_table("preferences")
    op.drop_index(op.f("ix_bulk_jobs_user_id"), table_name="bulk_jobs")
    op.drop_table("bulk_jobs")
    op.drop_index(op.f("ix_absences_user_id"), table_name="absences")
    op.drop_table("absences")
    op.drop_table("form_notices")
    op.drop_table("stored_files")
    op.drop_index("ix_reminders_due", table_name="reminders")
    op.drop_table("reminders")
    op.drop_index(op.f("ix_canned_texts_kind"), table_name="canned_texts")
    op.drop_table("canned_texts")


def _add_reference(table: str, column: str, to: str) -> None:
    """A column with its foreign key in one statement: SQLite cannot add the key afterwards."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
        f" CONSTRAINT fk_{table}_{column} REFERENCES {to} (id)"
    )
