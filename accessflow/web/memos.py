"""Memos of employees whose access was granted: to print or to mail."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain.text import counted
from accessflow.services import memos, scope
from accessflow.services.applications import find
from accessflow.web import context
from accessflow.web.toasts import toast

blueprint = Blueprint("memos", __name__, url_prefix="/requests")


@blueprint.get("/<int:request_id>/memo")
def show(request_id: int) -> ResponseReturnValue:
    actor, session = context.actor(), context.session()
    found = find(session, actor, request_id)
    return render_template(
        "mail/memos.html",
        request_=found,
        memos=memos.memos_of(session, context.catalogue(), actor, request_id),
        may_mail=scope.may_file(actor, found.organization_id),
    )


@blueprint.post("/<int:request_id>/memo")
def mail(request_id: int) -> ResponseReturnValue:
    number = memos.mail(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
        row_ids=request.form.getlist("row", type=int),
    )
    toast(f"Отправляем {counted(number, 'памятку', 'памятки', 'памяток')}")
    return redirect(url_for(".show", request_id=request_id))
