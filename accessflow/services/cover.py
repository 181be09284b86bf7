"""The cover of a parcel: App. 2 filled from the application (Рег. 3.4.1; R14).

Five of the nine items say who asks, two what for; form and signed scan go with it.
"""

from __future__ import annotations

from datetime import date

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.documents.build import build
from accessflow.documents.model import DocumentModel
from accessflow.domain.errors import NotFound
from accessflow.domain.text import counted
from accessflow.forms.application import Application
from accessflow.forms.check import Check
from accessflow.forms.spec import FormSpec
from accessflow.services.applications import author_of, form_of, organization_of
from accessflow.services.offers import system_label

FORM = "appendix-02"


def needs_cover(request: Request) -> bool:
    """App. 2 is its own cover; КЗ's letter and act are addressed to СТП and have none."""
    return request.form != FORM and request.kind != "authority"


def cover_of(catalogue: Catalogue, request: Request, on: date) -> DocumentModel:
    """The page of App. 2 in the version in force on that day."""
    spec = catalogue.form(FORM, on=on)
    application = Application(
        form=FORM,
        system=None,
        action="cover",
        organization=organization_of(request.organization),
        author=author_of(request.author),
        fields={
            "description": _description(catalogue, request, form_of(catalogue, request)),
            "expected_result": EXPECTED[request.kind],
            "criticality": request.criticality,
        },
        number=request.number,
        version=request.content_version,
    )
    check = Check(spec, application, None, catalogue.checks_region)
    return build(check, catalogue.region, on=on)


EXPECTED = {
    "access": "Доступ предоставлен всем, кто перечислен в заявке; о решении сообщено ответом.",
    "revocation": "Доступ прекращён у всех, кто перечислен в заявке; о решении сообщено ответом.",
    "network": "Доступ к защищённой сети разграничен; о дальнейших действиях сообщено по телефону.",
    "emd_deletion": "Ошибочные ЭМД удалены из РЭМД; о результате сообщено ответом.",
}


def _description(catalogue: Catalogue, request: Request, spec: FormSpec) -> str:
    people = counted(len(request.rows), "сотрудник", "сотрудника", "сотрудников")
    documents = counted(len(request.rows), "документ", "документа", "документов")
    told = {
        "access": f"Просим предоставить доступ к системе {_system(catalogue, request)}: {people}.",
        "revocation": f"Просим прекратить доступ к системе {_system(catalogue, request)}:"
        f" {people}.",
        "network": "Просим разграничить доступ к защищённой сети.",
        "emd_deletion": f"Просим удалить из РЭМД ошибочно загруженные ЭМД: {documents}.",
    }[request.kind]
    return f"{told} {spec.label}, заявка {request.number}."


def _system(catalogue: Catalogue, request: Request) -> str:
    try:
        return f"«{system_label(catalogue, request.system or '')}»"
    except NotFound:  # a system that the catalogue has dropped
        return f"«{request.system}»"
