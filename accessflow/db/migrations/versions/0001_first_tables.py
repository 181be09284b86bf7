"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "login_failures",
        sa.Column("login_key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("login_key", name=op.f("pk_login_failures")),
    )
    op.create_index(
        op.f("ix_login_failures_updated_at"), "login_failures", ["updated_at"], unique=False
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("full_name", sa.String(length=500), nullable=False),
        sa.Column("short_name", sa.String(length=255), nullable=False),
        sa.Column("oid", sa.String(length=64), nullable=True),
        sa.Column("inn", sa.String(length=12), nullable=False),
        sa.Column("legal_address", sa.String(length=500), nullable=False),
        sa.Column("actual_address", sa.String(length=500), nullable=False),
        sa.Column("subject_rf", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("mailbox", sa.String(length=254), nullable=False),
        sa.Column("vipnet_ready", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('mo', 'committee', 'miac')", name=op.f("ck_organizations_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("oid", name=op.f("uq_organizations_oid")),
    )
    op.create_index(
        op.f("ix_organizations_short_name"), "organizations", ["short_name"], unique=False
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snils", sa.String(length=11), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("middle_name", sa.String(length=100), nullable=False),
        sa.Column("no_middle_name", sa.Boolean(), nullable=False),
        sa.Column("search_name", sa.String(length=310), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("snils", name=op.f("uq_persons_snils")),
    )
    op.create_index(op.f("ix_persons_search_name"), "persons", ["search_name"], unique=False)
    op.create_table(
        "signatories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=255), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("middle_name", sa.String(length=100), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_signatories_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatories")),
    )
    op.create_index(
        op.f("ix_signatories_organization_id"), "signatories", ["organization_id"], unique=False
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("oid", sa.String(length=128), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_units_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_units_organization_id_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("position", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_users_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "attestations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('esia', 'frmr', 'gosuslugi')", name=op.f("ck_attestations_kind")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_attestations_person_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attestations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_attestations_person_id_kind")),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_changes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(
        op.f("ix_changes_entity_entity_id_id"),
        "changes",
        ["entity", "entity_id", "id"],
        unique=False,
    )
    op.create_table(
        "employments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.String(length=255), nullable=False),
        sa.Column("personnel_no", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("work_phone", sa.String(length=40), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_employments_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_employments_person_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_employments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
    )
    op.create_index(
        op.f("ix_employments_organization_id_person_id"),
        "employments",
        ["organization_id", "person_id"],
        unique=False,
    )
    op.create_index(op.f("ix_employments_person_id"), "employments", ["person_id"], unique=False)
    op.create_table(
        "import_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_import_jobs_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_import_jobs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_jobs")),
    )
    op.create_index(
        op.f("ix_import_jobs_organization_id"), "import_jobs", ["organization_id"], unique=False
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=True),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("our_ref", sa.String(length=64), nullable=False),
        sa.Column("our_date", sa.Date(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column("warning_count", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_requests_author_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_requests_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["signatories.id"], name=op.f("fk_requests_signatory_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_requests_number")),
    )
    op.create_index(op.f("ix_requests_batch"), "requests", ["batch"], unique=False)
    op.create_index(
        op.f("ix_requests_organization_id_id"), "requests", ["organization_id", "id"], unique=False
    )
    op.create_index(
        "ix_requests_organization_id_state",
        "requests",
        ["organization_id", "state", "updated_at", "id", "deleted_at"],
        unique=False,
    )
    op.create_index(
        "ix_requests_organization_id_system",
        "requests",
        ["organization_id", "system", "updated_at", "id", "state", "deleted_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requests_organization_id_updated_at_id"),
        "requests",
        ["organization_id", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requests_state_updated_at_id"),
        "requests",
        ["state", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_requests_system",
        "requests",
        ["system", "updated_at", "id", "state", "deleted_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requests_updated_at_id"), "requests", ["updated_at", "id"], unique=False
    )
    op.create_table(
        "selections",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_selections_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_selections")),
    )
    op.create_table(
        "email_claims",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("snils", sa.String(length=11), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_email_claims_request_id")
        ),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_email_claims")),
    )
    op.create_index(op.f("ix_email_claims_snils"), "email_claims", ["snils"], unique=False)
    op.create_table(
        "import_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("defects", sa.JSON(), nullable=False),
        sa.Column("flawed", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.String(length=20), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["import_jobs.id"], name=op.f("fk_import_rows_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
    )
    op.create_index(
        op.f("ix_import_rows_job_id_number"), "import_rows", ["job_id", "number"], unique=False
    )
    op.create_table(
        "request_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("employment_id", sa.Integer(), nullable=True),
        sa.Column("snils", sa.String(length=11), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employment_id"], ["employments.id"], name=op.f("fk_request_rows_employment_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_rows_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_rows")),
    )
    op.create_index(
        op.f("ix_request_rows_request_id_position"),
        "request_rows",
        ["request_id", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_request_rows_snils"), "request_rows", ["snils"], unique=False)
    op.create_table(
        "request_undos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("delta", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_undos_request_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_request_undos_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_undos")),
    )
    op.create_index(
        op.f("ix_request_undos_request_id_user_id_id"),
        "request_undos",
        ["request_id", "user_id", "id"],
        unique=False,
    )
    op.create_table(
        "request_words",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "word",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_words_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "word", name=op.f("pk_request_words")),
    )
    op.create_index(
        op.f("ix_request_words_word_request_id"),
        "request_words",
        ["word", "request_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_request_words_word_request_id"), table_name="request_words")
    op.drop_table("request_words")
    op.drop_index(op.f("ix_request_undos_request_id_user_id_id"), table_name="request_undos")
    op.drop_table("request_undos")
    op.drop_index(op.f("ix_request_rows_snils"), table_name="request_rows")
    op.drop_index(op.f("ix_request_rows_request_id_position"), table_name="request_rows")
    op.drop_table("request_rows")
    op.drop_index(op.f("ix_import_rows_job_id_number"), table_name="import_rows")
    op.drop_table("import_rows")
    op.drop_index(op.f("ix_email_claims_snils"), table_name="email_claims")
    op.drop_table("email_claims")
    op.drop_table("selections")
    op.drop_index(op.f("ix_requests_updated_at_id"), table_name="requests")
    op.drop_index("ix_requests_system", table_name="requests")
    op.drop_index(op.f("ix_requests_state_updated_at_id"), table_name="requests")
    op.drop_index(op.f("ix_requests_organization_id_updated_at_id"), table_name="requests")
    op.drop_index("ix_requests_organization_id_system", table_name="requests")
    op.drop_index("ix_requests_organization_id_state", table_name="requests")
    op.drop_index(op.f("ix_requests_organization_id_id"), table_name="requests")
    op.drop_index(op.f("ix_requests_batch"), table_name="requests")
    op.drop_table("requests")
    op.drop_index(op.f("ix_import_jobs_organization_id"), table_name="import_jobs")
    op.drop_table("import_jobs")
    op.drop_index(op.f("ix_employments_person_id"), table_name="employments")
    op.drop_index(op.f("ix_employments_organization_id_person_id"), table_name="employments")
    op.drop_table("employments")
    op.drop_index(op.f("ix_changes_entity_entity_id_id"), table_name="changes")
    op.drop_table("changes")
    op.drop_table("attestations")
    op.drop_table("users")
    op.drop_table("units")
    op.drop_index(op.f("ix_signatories_organization_id"), table_name="signatories")
    op.drop_table("signatories")
    op.drop_index(op.f("ix_persons_search_name"), table_name="persons")
    op.drop_table("persons")
    op.drop_index(op.f("ix_organizations_short_name"), table_name="organizations")
    op.drop_table("organizations")
    op.drop_index(op.f("ix_login_failures_updated_at"), table_name="login_failures")
    op.drop_table("login_failures")
    op.drop_table("counters")
