"""Alembic's environment: the connection comes from `db/migrate.py`, the tables from code."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from accessflow.db.tables import Base, UtcDateTime


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name plain types only: they must not change when the code does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render,
    render_as_batch=context.config.attributes.get("batch", True),
)
context.run_migrations()
