"""«Заготовки»: what МИАЦ writes often, edited by МИАЦ."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form, SelectField, StringField, TextAreaField

from accessflow.services import canned, history
from accessflow.web import context
from accessflow.web.forms import Entry, posted, texts
from accessflow.web.settings import LISTED
from accessflow.web.timeline import timeline
from accessflow.web.toasts import toast

blueprint = Blueprint("canned", __name__, url_prefix="/settings/texts")


class TextForm(Form):
    kind = SelectField("Для чего", choices=dict(canned.KINDS))
    title = StringField("Название", render_kw={"required": True})
    text = TextAreaField("Текст", render_kw={"required": True, "rows": 8})


@blueprint.get("")
def index() -> ResponseReturnValue:
    found = canned.texts(context.session(), context.catalogue())
    return render_template(
        "settings/texts.html",
        sections=LISTED,
        kinds=canned.KINDS,
        texts=[text for text in found if not text.archived],
        former=[text for text in found if text.archived],
        may_change=context.actor().role in canned.EDITORS,
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _page(Entry(TextForm(kind=request.args.get("kind", "request_info"))))
    entry = Entry(posted(TextForm))
    if entry.save(
        lambda confirmed: canned.add(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            **texts(entry.form),
            confirmed=confirmed,
        )
    ):
        toast("Заготовка добавлена.")
        return redirect(url_for(".index"))
    return _page(entry)


@blueprint.route("/<int(signed=True):text_id>", methods=["GET", "POST"])
def edit(text_id: int) -> ResponseReturnValue:
    if request.method == "GET":
        row = canned.find(context.session(), context.catalogue(), text_id)
        return _page(Entry(TextForm(obj=row)), text_id)
    entry = Entry(posted(TextForm))
    if entry.save(
        lambda confirmed: canned.change(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            text_id=text_id,
            **texts(entry.form),
            confirmed=confirmed,
        )
    ):
        toast("Заготовка сохранена.")
        return redirect(url_for(".index"))
    return _page(entry, text_id)


@blueprint.post("/<int(signed=True):text_id>/<any(archive, restore):step>")
def archive(text_id: int, step: str) -> ResponseReturnValue:
    row_id = canned.set_archived(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        text_id=text_id,
        archived=step == "archive",
    )
    if step == "archive":
        undo = url_for(".archive", text_id=row_id, step="restore")
        toast("Заготовка убрана.", undo=undo)
    else:
        toast("Заготовка возвращена.")
    return redirect(url_for(".index"))


def _page(entry: Entry[TextForm], text_id: int | None = None) -> ResponseReturnValue:
    changes = history.changes_of(context.session(), [("canned", text_id)]) if text_id else []
    page = render_template(
        "settings/text.html",
        entry=entry,
        text_id=text_id,
        history=timeline(context.actor(), changes),
    )
    return page, 422 if entry.flaws else 200
