"""One application on its way to a signature: printed, scanned, confirmed, its files."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.services import attachments, scan_rights, scan_uploads, scans, sending, timeline
from accessflow.services.applications import check_of, find, form_of
from accessflow.services.scans import KINDS
from accessflow.web import context, request_words
from accessflow.web.errors import STATUS
from accessflow.web.kept import local_path
from accessflow.web.signing_blueprint import blueprint, uploads
from accessflow.web.signing_view import scan_view
from accessflow.web.toasts import toast


@blueprint.get("/requests/<int:request_id>/signing")
def upload(request_id: int) -> ResponseReturnValue:
    """The way of one application: print, sign, scan; what is missing is on the page of sending."""
    return _page(_found(request_id))


@blueprint.post("/requests/<int:request_id>/signing")
def lay(request_id: int) -> ResponseReturnValue:
    """A scan of this application; `kind` says whose signature it bears."""
    kind = request.form.get("kind", "scan")
    if kind not in KINDS:
        raise NotFound("Такого скана не бывает.", kind=kind)
    try:
        laid = scan_uploads.upload(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            files=context.files(),
            request_id=request_id,
            uploads=uploads(),
            kind=kind,
        )
    except (Invalid, Conflict) as refusal:
        return _page(_found(request_id), refusal.message, kind), STATUS[type(refusal)]
    toast("Этот скан уже загружен: ничего не изменилось." if laid.repeated
          else "Скан загружен: посмотрите подпись и печать.", kind="info")  # fmt: skip
    return redirect(_back(request_id), code=303)


@blueprint.post("/requests/<int:request_id>/scans/<int:file_id>/confirm")
def confirm(request_id: int, file_id: int) -> ResponseReturnValue:
    scans.confirm(
        context.db(), actor=context.actor(), now=context.now(),
        request_id=request_id, file_id=file_id,
    )  # fmt: skip
    toast("Подтверждено: подпись и печать есть.")
    return redirect(_back(request_id), code=303)


@blueprint.post("/requests/<int:request_id>/scans/<int:file_id>/turn")
def turn(request_id: int, file_id: int) -> ResponseReturnValue:
    page, _, degrees = request.form.get("turn", "").partition(":")
    _found(request_id)
    if not (page.isdecimal() and degrees.isdecimal()):
        raise Invalid("Выберите страницу и в какую сторону её повернуть.")
    scans.turn(
        context.db(), actor=context.actor(), now=context.now(), files=context.files(),
        request_id=request_id, file_id=file_id, page=int(page), degrees=int(degrees),
    )  # fmt: skip
    return redirect(f"{_back(request_id)}#scan-{file_id}", code=303)


@blueprint.post("/requests/<int:request_id>/files")
def attach(request_id: int) -> ResponseReturnValue:
    """A file beside the scan: «Статус свидетельств», a screenshot, what was sent and answered."""
    try:
        for name, content in uploads():
            attachments.add(
                context.db(), actor=context.actor(), now=context.now(), files=context.files(),
                request_id=request_id, kind=request.form.get("kind", ""), name=name,
                content=content,
            )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _page(_found(request_id), refusal.message, "files"), STATUS[type(refusal)]
    toast("Файл приложен.")
    return redirect(_back(request_id), code=303)


@blueprint.post("/requests/<int:request_id>/files/<int:file_id>/remove")
def detach(request_id: int, file_id: int) -> ResponseReturnValue:
    name = attachments.remove(
        context.db(), actor=context.actor(), now=context.now(),
        request_id=request_id, file_id=file_id,
    )  # fmt: skip
    toast(f"Файл убран: {name}")
    return redirect(_back(request_id), code=303)


def _found(request_id: int) -> Request:
    context.refresh()
    return find(context.session(), context.actor(), request_id)


def _back(request_id: int) -> str:
    """Where the form stood: the card, triage, or this page."""
    return local_path(request.form.get("back", "")) or url_for(".upload", request_id=request_id)


def _page(found: Request, message: str = "", where: str = "") -> str:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    spec = form_of(catalogue, found)
    births = found.kind == "emd_deletion" and sending.is_birth(check_of(session, catalogue, found))
    asks_files = births or found.kind == "technical"
    printed = [e for e in timeline.events_of(session, found.id) if e.action == "print"]
    return render_template(
        "signing/one.html",
        found=found,
        spec=spec,
        title=request_words.subject(catalogue, found),
        state=request_words.state_of(found),
        view=scan_view(session, actor, found),
        printed=printed[-1] if printed else None,
        births=births,
        kinds={"certificate_status": attachments.LABELS["certificate_status"]} if births
        else {k: v for k, v in attachments.LABELS.items() if k != "certificate_status"},
        attached=attachments.of(session, found),
        labels=attachments.LABELS,
        asks_files=asks_files,
        may_attach=attachments.may(actor, found),
        may_print=scan_rights.may(actor, found) and found.state == "ready",
        may_send=actor.role != "signatory" and actor.organization_id == found.organization_id,
        message=message,
        where=where,
    )  # fmt: skip
