"""The blueprint of dismissals; its pages are spread over several modules."""

from __future__ import annotations

from flask import Blueprint

from accessflow.db.tables import Person
from accessflow.services.people import name_of
from accessflow.web.request_blueprint import short_name

blueprint = Blueprint("dismissals", __name__, url_prefix="/dismissals")


@blueprint.app_template_filter("person_name")
def person_name(person: Person) -> str:
    """«Лаптева И. С.»."""
    return short_name(name_of(person))
