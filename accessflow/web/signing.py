"""«На подпись»: what waits, printed in one go; one scan of it all, parted by its codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import ScanBatch
from accessflow.documents import media
from accessflow.documents.picture import page_picture
from accessflow.domain.errors import AccessflowError, Invalid
from accessflow.domain.text import counted
from accessflow.services import scan_batches, scans, signing
from accessflow.web import context, request_words, signing_files, signing_scan, signing_send
from accessflow.web.downloads import download
from accessflow.web.errors import STATUS
from accessflow.web.signing_blueprint import blueprint, picked, uploads
from accessflow.web.toasts import toast

__all__ = ["blueprint", "signing_files", "signing_scan", "signing_send"]
# ^ their pages belong to the blueprint

THUMB = 360


@blueprint.get("/signing")
def index() -> ResponseReturnValue:
    return _page()


def _page(message: str = "") -> str:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    sets = signing.waiting(session, actor, catalogue, context.now())
    return render_template(
        "signing/index.html",
        unsigned=[one for one in sets if one.scan is None],
        scanned=[one for one in sets if one.scan is not None and not one.signed],
        signed=[one for one in sets if one.signed],
        batches=scan_batches.unfinished(session, actor),
        subject=lambda found: request_words.subject(catalogue, found),
        titles=request_words.TITLES,
        may_send=actor.role != "signatory",
        message=message,
    )


@blueprint.post("/signing/print")
def print_all() -> ResponseReturnValue:
    """What is picked as one PDF; the applications remember it."""
    made = signing.print_sets(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_ids=picked(),
    )
    return download(made.data, made.mime, made.name)


@blueprint.post("/signing/scans")
def upload_batch() -> ResponseReturnValue:
    """One scan of one or of many applications."""
    try:
        batch_id = scan_batches.lay(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            files=context.files(),
            uploads=uploads(),
        )
    except Invalid as refusal:
        return _page(refusal.message), STATUS[Invalid]
    return redirect(url_for(".batch", batch_id=batch_id), code=303)


@blueprint.get("/signing/scans/<int:batch_id>")
def batch(batch_id: int) -> ResponseReturnValue:
    """What became of each page; whose the others are, a person says."""
    return _batch_page(batch_id)


@blueprint.post("/signing/scans/<int:batch_id>/turn")
def turn_page(batch_id: int) -> ResponseReturnValue:
    """The page again, a quarter turned; what was chosen for the others stays chosen."""
    scan_batches.find(context.session(), context.actor(), batch_id)
    number, _, degrees = request.form.get("turn", "").partition(":")
    if not (number.isdecimal() and degrees.isdecimal()):
        raise Invalid("Выберите страницу и в какую сторону её повернуть.")
    scan_batches.turn(
        context.db(),
        actor=context.actor(),
        batch_id=batch_id,
        page=int(number),
        degrees=int(degrees),
    )
    context.refresh()
    return _batch_page(batch_id, _chosen())


def _batch_page(batch_id: int, chosen: Mapping[int, int] = MappingProxyType({})) -> str:
    """`chosen`: page to application, or 0 for one that is not needed, as far as it was typed."""
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    found = scan_batches.find(session, actor, batch_id)
    sets = {one.request.id: one for one in signing.waiting(
        session, actor, catalogue, context.now())}  # fmt: skip
    laid = dict.fromkeys(p["request_id"] for p in found.pages if p["state"] == "laid")
    return render_template(
        "signing/batch.html",
        batch=found,
        waiting=[page for page in found.pages if page["state"] == "waiting"],
        put_aside=[page for page in found.pages if page["state"] == "dropped"],
        blank=[page["page"] for page in found.pages if page["state"] == "blank"],
        laid=[sets[request_id] for request_id in laid if request_id in sets],
        gone=[request_id for request_id in laid if request_id not in sets],
        choices=[one.request for one in sets.values()],
        guess=_guess(found),
        chosen=chosen,
        subject=lambda one: request_words.subject(catalogue, one),
    )


def _guess(found: ScanBatch) -> dict[int, int]:
    """Whose a page without a code may be: that of the page before it, for papers lie together."""
    guessed, last = {}, 0
    for page in found.pages:
        if page["request_id"]:
            last = page["request_id"]
        elif last:
            guessed[page["page"]] = last
    return guessed


def _chosen() -> dict[int, int]:
    return {
        int(name.removeprefix("page-")): int(value)
        for name, value in request.form.items()
        if name.startswith("page-") and name[5:].isdecimal() and value.isdecimal()
    }


@blueprint.post("/signing/scans/<int:batch_id>")
def assign(batch_id: int) -> ResponseReturnValue:
    chosen = _chosen()
    scan_batches.find(context.session(), context.actor(), batch_id)
    if not chosen:
        raise Invalid("Выберите, чьи это страницы.")
    scan_batches.assign(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        files=context.files(),
        batch_id=batch_id,
        pages=chosen,
    )
    return redirect(url_for(".batch", batch_id=batch_id), code=303)


@blueprint.get("/signing/scans/<int:batch_id>/<int:page>.png")
def batch_page(batch_id: int, page: int) -> ResponseReturnValue:
    found = scan_batches.find(context.session(), context.actor(), batch_id)
    width = signing_files.WIDTHS["page"] if request.args.get("w") == "page" else THUMB
    pdf = scan_batches.picture_of(context.files(), found, page)
    return Response(page_picture(pdf, 1, width), mimetype=media.PNG)


@blueprint.post("/signing/confirm")
def confirm_many() -> ResponseReturnValue:
    """The scans that somebody has looked at, by «request:file»."""
    pairs = [text.split(":") for text in request.form.getlist("scan-of")]
    numbers = [pair for pair in pairs if len(pair) == 2 and all(map(str.isdecimal, pair))]
    chosen = [(int(request_id), int(file_id)) for request_id, file_id in numbers]
    if not chosen:
        raise Invalid("Отметьте сканы, на которых есть подпись и печать.")
    refused = []
    for request_id, file_id in chosen:
        try:
            scans.confirm(
                context.db(), actor=context.actor(), now=context.now(),
                request_id=request_id, file_id=file_id,
            )  # fmt: skip
        except AccessflowError as refusal:
            refused.append(refusal.message)
    done = len(chosen) - len(refused)
    toast(" ".join([f"Подтверждено: {counted(done, 'скан', 'скана', 'сканов')}.", *refused]),
          kind="warn" if refused else "ok")  # fmt: skip
    return redirect(url_for(".index"), code=303)
