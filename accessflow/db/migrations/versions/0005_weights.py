"""Applications by their priority and criticality, where these are not what nearly all have; of the
ledger closings that ended no right"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

USUAL = {"priority": "обычный", "criticality": "средняя"}


def upgrade() -> None:
    for name, usual in USUAL.items():
        others = sa.text(f"{name} <> '{usual}'")
        op.create_index(
            f"ix_requests_{name}",
            "requests",
            [name, "updated_at", "id", "state"],
            sqlite_where=others,
            postgresql_where=others,
        )
    op.add_column(
        "ledger_entries", sa.Column("met_nothing_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        "UPDATE ledger_entries SET met_nothing_at = recorded_at"
        " WHERE kind = 'close' AND withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM grants"
        # By the person, which rights are indexed by.
        " WHERE grants.person_id = ledger_entries.person_id"
        " AND grants.closed_id = ledger_entries.id AND grants.voided_at IS NULL)"
    )
    met_nothing = sa.text("met_nothing_at IS NOT NULL AND withdrawn_at IS NULL")
    op.create_index(
        "ix_ledger_entries_met_nothing",
        "ledger_entries",
        ["organization_id", "id"],
        sqlite_where=met_nothing,
        postgresql_where=met_nothing,
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_entries_met_nothing", table_name="ledger_entries")
    op.drop_column("ledger_entries", "met_nothing_at")
    for name in USUAL:
        op.drop_index(f"ix_requests_{name}", table_name="requests")
