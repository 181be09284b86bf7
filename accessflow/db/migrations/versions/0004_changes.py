"""Changes of role, unit and surname, and the pairs of applications made for them; signed parts of
recertifications; a calendar feed no longer notes its use (a GET writes nothing)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


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
        sa.PrimaryKeyConstraint(
            "campaign_id", "organization_id", name=op.f("pk_campaign_reports")
        ),
    )
    with op.batch_alter_table("calendar_feeds") as table:
        table.drop_column("used_at")


def downgrade() -> None:
    with op.batch_alter_table("calendar_feeds") as table:
        table.add_column(sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_table("campaign_reports")
    op.drop_index(op.f("ix_job_change_requests_change_id_pair"), table_name="job_change_requests")
    op.drop_table("job_change_requests")
    op.drop_index(op.f("ix_job_changes_organization_id_id"), table_name="job_changes")
    op.drop_index(op.f("ix_job_changes_person_id"), table_name="job_changes")
    op.drop_table("job_changes")
