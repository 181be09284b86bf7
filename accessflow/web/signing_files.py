"""A request's files as they are served: by their row, never by a path; under a safe type."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from accessflow.documents import media, scan
from accessflow.documents.picture import page_picture
from accessflow.domain.errors import NotFound
from accessflow.services import attachments
from accessflow.web import context
from accessflow.web.downloads import download
from accessflow.web.signing_blueprint import blueprint

PICTURES = frozenset({media.PNG, media.JPEG})
SHOWN = PICTURES | {media.PDF}
"""What a browser may show in its window; everything else is only saved."""
SANDBOX = "default-src 'none'; sandbox"
WIDTHS = {"thumb": 480, "page": 1400}


@blueprint.get("/files/<int:file_id>")
def file(file_id: int) -> ResponseReturnValue:
    """The file as it is kept; what is sent only encrypted is here for those of the application."""
    row = attachments.seen(context.session(), context.actor(), file_id)
    content = context.files().read(row.sha256)
    kind = row.stored.media_type
    response = download(content, kind, row.name)
    if kind in SHOWN and not request.args.get("save"):
        named = response.headers["Content-Disposition"]
        response.headers["Content-Disposition"] = named.replace("attachment", "inline", 1)
    return _safe(response)


@blueprint.get("/files/<int:file_id>/<int:page>.png")
def page(file_id: int, page: int) -> ResponseReturnValue:
    """A page (from 1) of a PDF or a picture, drawn by us: nothing of the file itself is run."""
    row = attachments.seen(context.session(), context.actor(), file_id)
    width = WIDTHS.get(request.args.get("w", ""), WIDTHS["thumb"])
    response = Response(mimetype=media.PNG)
    response.set_etag(f"{row.sha256}-{page}-{width}")
    if response.make_conditional(request).status_code != 304:
        response.data = page_picture(_pdf(context.files().read(row.sha256), row.name), page, width)
    return _safe(response)


def _pdf(content: bytes, name: str) -> bytes:
    kind = media.media_type(content)
    if kind == media.PDF:
        return content
    if kind in PICTURES:
        return scan.assemble([(name, content)])
    raise NotFound("У этого файла нет страниц.")


def _safe(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
