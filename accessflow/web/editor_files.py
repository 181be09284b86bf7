"""The files of an application and the pages of its preview, taken from its editor."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.documents.build import Rendering
from accessflow.documents.model import DocumentModel
from accessflow.domain.errors import Forbidden, NotFound
from accessflow.forms.check import Check
from accessflow.services import printing
from accessflow.services.applications import check_of, find
from accessflow.web import access, context
from accessflow.web.downloads import download
from accessflow.web.editor_blueprint import blueprint, title_of
from accessflow.web.editor_view import View


def page_numbers(found: Request, check: Check) -> dict[str, int]:
    """The page of the preview that is asked for, and how many there are."""
    count = printing.page_count(_model(found, check))
    page = request.args.get("page", 1, type=int)
    return {"page": min(max(1, page), count), "pages": count}


_pictures = printing.Pictures()


@blueprint.get("/preview")
def pages(request_id: int) -> ResponseReturnValue:
    """A page of the preview and the way to the others."""
    session = context.session()
    found = find(session, context.actor(), request_id)
    check = check_of(session, context.catalogue(), found)
    view = View(found, check, {})
    return render_template(
        "editor/pages.html", view=view, title=title_of(found), **page_numbers(found, check)
    )


@blueprint.get("/preview/<int:page>.png")
def preview(request_id: int, page: int) -> ResponseReturnValue:
    """A page as the PDF has it. The same content is drawn once; nothing is written."""
    session = context.session()
    found = find(session, context.actor(), request_id)
    model = _model(found, check_of(session, context.catalogue(), found))
    response = Response(mimetype="image/png")
    response.set_etag(f"{printing.fingerprint(model)}-{page}")
    if response.make_conditional(request).status_code != 304:
        response.data = _pictures.get(model, page)
    return response


@blueprint.get("/files/<kind>")
def file(request_id: int, kind: str) -> ResponseReturnValue:
    """A download: pdf, docx, xlsx, or all of them as zip; `rendering=miac` for МИАЦ alone (X14)."""
    if kind not in printing.MIME:
        raise NotFound("Такого файла у заявки нет.", kind=kind)
    session, actor = context.session(), context.actor()
    found = find(session, actor, request_id)
    rendering: Rendering = "miac" if request.args.get("rendering") == "miac" else "organization"
    if rendering == "miac" and actor.role not in access.MIAC:
        raise Forbidden("Исходящую заявку с подписью МИАЦ печатает только МИАЦ.")
    model = _model(found, check_of(session, context.catalogue(), found), rendering)
    made = printing.file_of(model, kind)
    return download(made.data, made.mime, made.name)


def _model(found: Request, check: Check, rendering: Rendering = "organization") -> DocumentModel:
    """As of the day that the paper bears: officials and seals are those of that day (X15)."""
    return printing.model_of(check, context.catalogue_of(found), context.today(), rendering)
