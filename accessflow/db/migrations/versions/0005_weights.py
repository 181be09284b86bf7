"""Applications by their priority and criticality, where these are not what nearly all have"""

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


def downgrade() -> None:
    for name in USUAL:
        op.drop_index(f"ix_requests_{name}", table_name="requests")
