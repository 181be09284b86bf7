"""The blueprint of applications; its pages are spread over several modules."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint

from accessflow.domain.person_name import PersonName
from accessflow.services.clock import MOSCOW

blueprint = Blueprint("requests", __name__, url_prefix="/requests")


@blueprint.app_template_filter("short_name")
def short_name(name: PersonName) -> str:
    """«Петрова А. И.», as lists write it."""
    initials = " ".join(f"{part[0]}." for part in (name.first, name.middle) if part)
    return f"{name.last} {initials}".strip()


@blueprint.app_template_filter("clock")
def clock(value: datetime) -> str:
    """10:41 in Moscow."""
    return value.astimezone(MOSCOW).strftime("%H:%M")
