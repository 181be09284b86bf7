"""Changes of role, unit and surname, and the pairs of applications made for them; signed parts of
recertifications; a calendar feed no longer notes its use (a GET writes nothing)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LEDGER_INDEXES = (
    ("ix_grants_since_id", "grants", ["since", "id"], ""),
    ("ix_grants_recorded_at_id", "grants", ["recorded_at", "id"], ""),
    ("ix_grants_ended", "grants", ["until", "id"], "until IS NOT NULL"),
    ("ix_employments_ended", "employments", ["until"], "until IS NOT NULL"),
    ("ix_ledger_entries_kind_id", "ledger_entries", ["kind", "id"], ""),
    ("ix_ledger_entries_person_id_id", "ledger_entries", ["person_id", "id"], ""),
)
"""What the pages of the ledger are read off: the newest and the ended rights, whose job is over."""

REQUEST_OPEN = (
    "state in ('sent', 'registered', 'in_review', 'needs_info', 'third_party', 'at_committee',"
    " 'forwarded', 'awaiting_call')"
)
REQUEST_OPEN_COLUMNS = (
    *("state", "due_on", "id", "outside", "kind", "action", "deleted_at", "paused_since"),
    *("assignee_id", "organization_id", "system", "criticality", "priority"),
    *("error_count", "external_no", "resubmission_of_id", "updated_at", "sent_at"),
)
"""What the queue counts by."""


def upgrade() -> None:
    op.create_table(
        "job_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("employment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(length=255), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('role', 'unit', 'surname', 'arrival')", name=op.f("ck_job_changes_kind")
        ),
        sa.ForeignKeyConstraint(
            ["employment_id"], ["employments.id"], name=op.f("fk_job_changes_employment_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_job_changes_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_job_changes_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_job_changes_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_changes")),
    )
    op.create_index(op.f("ix_job_changes_person_id"), "job_changes", ["person_id"])
    op.create_index(
        op.f("ix_job_changes_organization_id_id"), "job_changes", ["organization_id", "id"]
    )
    op.create_table(
        "job_change_requests",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["job_changes.id"], name=op.f("fk_job_change_requests_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_job_change_requests_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_job_change_requests")),
    )
    op.create_index(
        op.f("ix_job_change_requests_change_id_pair"), "job_change_requests", ["change_id", "pair"]
    )
    op.create_table(
        "campaign_reports",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("laid_by_id", sa.Integer(), nullable=False),
        sa.Column("laid_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_reports_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_campaign_reports_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_files.sha256"], name=op.f("fk_campaign_reports_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["laid_by_id"], ["users.id"], name=op.f("fk_campaign_reports_laid_by_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "organization_id", name=op.f("pk_campaign_reports")),
    )
    with op.batch_alter_table("calendar_feeds") as table:
        table.drop_column("used_at")
    for name, table_name, columns, only in LEDGER_INDEXES:
        where = sa.text(only) if only else None
        op.create_index(name, table_name, columns, sqlite_where=where, postgresql_where=where)
    _open_lists()
    is_open = sa.text(REQUEST_OPEN)
    op.create_index(
        "ix_requests_open", "requests", list(REQUEST_OPEN_COLUMNS),
        sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip
    is_refused = sa.text("outcome = 'refused'")
    op.create_index(
        "ix_request_rows_refused", "request_rows", ["decided_at", "request_id", "cause"],
        sqlite_where=is_refused, postgresql_where=is_refused,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_request_rows_refused", table_name="request_rows")
    op.drop_index("ix_requests_open", table_name="requests")
    _close_lists()
    for name, table_name, _, _ in LEDGER_INDEXES:
        op.drop_index(name, table_name=table_name)
    with op.batch_alter_table("calendar_feeds") as table:
        table.add_column(sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_table("campaign_reports")
    op.drop_index(op.f("ix_job_change_requests_change_id_pair"), table_name="job_change_requests")
    op.drop_table("job_change_requests")
    op.drop_index(op.f("ix_job_changes_organization_id_id"), table_name="job_changes")
    op.drop_index(op.f("ix_job_changes_person_id"), table_name="job_changes")
    op.drop_table("job_changes")


def _open_lists() -> None:
    """Lists of accounts and old journals: of many organisations, each row about somebody."""
    _let_be_null("import_jobs", "organization_id", nullable=True)
    op.add_column(
        "import_jobs", sa.Column("system", sa.String(40), nullable=False, server_default="")
    )
    op.add_column("import_jobs", sa.Column("as_of", sa.Date(), nullable=True))
    for name, table in (("organization_id", "organizations"), ("employment_id", "employments")):
        op.execute(  # as in 0002: SQLite cannot add the key afterwards
            f"ALTER TABLE import_rows ADD COLUMN {name} INTEGER"
            f" CONSTRAINT fk_import_rows_{name} REFERENCES {table} (id)"
        )
    op.add_column(
        "import_rows", sa.Column("candidates", sa.JSON(), nullable=False, server_default="[]")
    )
    for name in ("role", "name"):
        op.add_column(
            "import_rows", sa.Column(name, sa.String(255), nullable=False, server_default="")
        )
    op.add_column(
        "import_rows", sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("import_rows", sa.Column("made_id", sa.Integer(), nullable=True))
    op.create_index(
        op.f("ix_import_rows_job_id_employment_id"), "import_rows", ["job_id", "employment_id"]
    )
    op.add_column("requests", sa.Column("journal_key", sa.String(64), nullable=True))
    op.create_index(
        op.f("ix_requests_organization_id_journal_key"),
        "requests",
        ["organization_id", "journal_key"],
        unique=True,
    )


def _close_lists() -> None:
    op.drop_index(op.f("ix_requests_organization_id_journal_key"), table_name="requests")
    op.drop_column("requests", "journal_key")
    op.drop_index(op.f("ix_import_rows_job_id_employment_id"), table_name="import_rows")
    for name in (
        *("made_id", "blocked", "name", "role", "candidates", "employment_id", "organization_id"),
    ):
        op.drop_column("import_rows", name)
    op.drop_column("import_jobs", "as_of")
    op.drop_column("import_jobs", "system")
    op.execute(
        "update import_jobs set organization_id = (select min(id) from organizations)"
        " where organization_id is null"
    )
    _let_be_null("import_jobs", "organization_id", nullable=False)


def _let_be_null(table: str, column: str, *, nullable: bool) -> None:
    """SQLite could do it by a copy of the table alone, which those that refer to it do not let go;
    so its text is changed, as its manual has it («Making Other Kinds Of Table Schema Changes»)."""
    if op.get_context().dialect.name != "sqlite":
        op.alter_column(table, column, existing_type=sa.Integer(), nullable=nullable)
        return
    texts = (f"{column} INTEGER NOT NULL", f"{column} INTEGER")
    before, after = texts if nullable else texts[::-1]
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
        (before, after, table),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
