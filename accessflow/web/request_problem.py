"""«Сообщить о проблеме»: the subject first, for it says who helps (Рег. 3.3, 3.4.2; R10, R39)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import technical
from accessflow.services.technical import SUBJECTS
from accessflow.web import context
from accessflow.web.errors import STATUS
from accessflow.web.request_blueprint import blueprint


@blueprint.get("/problem")
def problem() -> ResponseReturnValue:
    return _page(request.args.get("subject", ""))


@blueprint.post("/problem")
def new_problem() -> ResponseReturnValue:
    subject = request.form.get("subject", "")
    try:
        made = technical.create(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            subject=subject,
        )
    except (Invalid, Conflict) as refusal:
        return _page(subject, refusal), STATUS[type(refusal)]
    return redirect(url_for("editor.edit", request_id=made))


def _page(chosen: str, refusal: AccessflowError | None = None) -> str:
    """`chosen`: a subject whose way is shown; one that is not filed here has no button."""
    catalogue = context.catalogue()
    return render_template(
        "requests/problem.html",
        subjects=[(one, technical.way(catalogue, one)) for one in SUBJECTS.values()],
        chosen=chosen,
        refusal=refusal,
    )
