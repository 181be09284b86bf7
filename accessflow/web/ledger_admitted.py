"""«Список допущенных»: what it is to name, and the file to print and sign."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Grant
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services import ledger_sums, people, printing, scope
from accessflow.services.admitted import admitted, admitted_model, head_of
from accessflow.services.ledger_queries import Asked
from accessflow.web import context
from accessflow.web.downloads import download
from accessflow.web.ledger_asked import Question, arguments, question
from accessflow.web.ledger_blueprint import blueprint

FORMATS = ("pdf", "docx")
MOST_ROWS = 5000
"""So many lines are some two hundred pages: nobody signs more at once."""


@blueprint.get("/admitted")
def admitted_page() -> ResponseReturnValue:
    """Which organisation and system, who signs and how many lines there will be."""
    found = question()
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    overseer = scope.sees_all(actor)
    its = found.organization or (None if overseer else actor.organization_id)
    organization = scope.organization(session, actor, its) if its else None
    sums = None
    if organization:
        asked = Asked(found.on, organization=organization.id)
        sums = ledger_sums.sums(session, actor, asked)
    rows = None
    if organization and sums and sums.rights <= MOST_ROWS:
        rows = admitted(session, actor, catalogue, organization.id, found.system, found.on)
    return render_template(
        "ledger/admitted.html",
        found=found,
        overseer=overseer,
        organizations=people.organization_names(session, actor) if overseer else (),
        organization=organization,
        sums=sums,
        systems=sorted(catalogue.systems.values(), key=lambda s: s.label.casefold()),
        number=len(rows) if rows is not None else None,
        left=_left(sums, found, rows),
        signs=head_of(session, organization, found.on) if organization else ("", ""),
        formats=FORMATS,
        kept=arguments,
    )


@blueprint.get("/admitted.<extension>")
def admitted_file(extension: str) -> ResponseReturnValue:
    """Raises NotFound, Invalid for a list that is too long to sign."""
    if extension not in FORMATS:
        raise NotFound("Такого файла у списка нет.", extension=extension)
    found = question()
    session, actor = context.session(), context.actor()
    its = found.organization or (None if scope.sees_all(actor) else actor.organization_id)
    if its is None:
        raise Invalid("Список составляют по одной организации: выберите её.")
    asked = Asked(found.on, organization=its, system=found.system or None)
    if ledger_sums.sums(session, actor, asked).rights > MOST_ROWS:
        raise Invalid(f"В списке больше {MOST_ROWS} строк: выберите систему.")
    model = admitted_model(
        session,
        actor,
        context.catalogue(),
        organization_id=its,
        system=found.system,
        on=found.on,
    )
    file = printing.file_of(model, extension)
    return download(file.data, file.mime, file.name)


def _left(sums: ledger_sums.Sums | None, found: Question, rows: list[Grant] | None) -> int:
    """How many rights are held by people who have left: they are not admitted."""
    if sums is None or rows is None:
        return 0
    held = sums.systems.get(found.system, 0) if found.system else sums.rights
    return held - len(rows)
