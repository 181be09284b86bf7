"""The blueprint of МИАЦ's card; its pages are spread over several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("triage", __name__, url_prefix="/queue")
