"""The blueprint of the editor, and how its application is called."""

from __future__ import annotations

from flask import Blueprint

from accessflow.db.tables import Request
from accessflow.web import context
from accessflow.web import editor_words as words
from accessflow.web.request_words import TITLES, subject

blueprint = Blueprint("editor", __name__, url_prefix="/requests/<int:request_id>")
blueprint.add_app_template_filter(words.at)
blueprint.add_app_template_filter(words.official)
blueprint.add_app_template_filter(words.signer)
blueprint.add_app_template_filter(words.lower_first)
blueprint.add_app_template_filter(words.in_cell)


def title_of(found: Request) -> str:
    """«ФРМСС: предоставить доступ», or what the form is."""
    what = subject(context.catalogue(), found)
    return f"{what}: {TITLES[found.action]}" if found.system else what
