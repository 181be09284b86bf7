"""The reaction term of a request: from its timeline, cached for lists (Рег. 3.5, R22-R26)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request


def cache(session: Session, catalogue: Catalogue, request: Request, today: date) -> None:
    """Rewrites `due_on` and `paused_since` from the events."""
