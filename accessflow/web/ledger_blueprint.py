"""The blueprint of «Реестр доступов», and what its pages ask for in common."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, url_for

from accessflow.services.accounts import role_of
from accessflow.web.access import allows
from accessflow.web.context import signed_in

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")


def offered(endpoint: str, **arguments: Any) -> str:
    """The address of another job's page, "" where it is not for the reader."""
    user = signed_in()
    if user is None or endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **arguments) if allows(endpoint, role_of(user.role)) else ""
