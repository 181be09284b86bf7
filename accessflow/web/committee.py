"""КЗ's page: what it has to sign and send itself, and what it waits for (R29, R37, R41)."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from accessflow.services import committee, request_list
from accessflow.web import context, request_words
from accessflow.web.request_blueprint import short_name

blueprint = Blueprint("committee", __name__, url_prefix="/committee")


@blueprint.get("")
def index() -> ResponseReturnValue:
    session, catalogue = context.session(), context.catalogue()
    desk = committee.desk(session, context.actor())
    everything = [*desk.stage, *desk.arrived, *desk.sent]
    names = request_list.names_of(session, everything)
    return render_template(
        "committee/index.html",
        groups=(
            ("stage", "Подписать и отправить", desk.stage),
            ("arrived", "Пришли письма об удалении ЭМД", desk.arrived),
            ("sent", "Отправлены, ждём уведомления об удалении", desk.sent),
        ),
        empty=not everything,
        most=committee.MOST,
        subject=lambda found: request_words.subject(catalogue, found),
        names=lambda found: ", ".join(map(short_name, names.get(found.id, ()))),
    )
