"""What an application is about, in a word or two."""

from __future__ import annotations

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.domain.errors import NotFound
from accessflow.services.offers import system_label
from accessflow.services.technical import SUBJECTS


def subject(catalogue: Catalogue, request: Request) -> str:
    """Its system, else its form."""
    if request.system:
        try:
            return system_label(catalogue, request.system)
        except NotFound:  # a system that the catalogue has dropped
            return request.system
    if request.subject in SUBJECTS:  # «Вход и права» of «Вход и права: не пускает, …»
        return SUBJECTS[request.subject].label.partition(":")[0].partition(" (")[0]
    return catalogue.form(request.form, version=request.form_version).summary
