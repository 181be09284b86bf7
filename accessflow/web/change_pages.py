"""What the pages of every change of a job share: their blueprint, the job, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Employment
from accessflow.domain.errors import AccessflowError, Invalid
from accessflow.services import change_records, people
from accessflow.services.change_records import KINDS
from accessflow.web import context
from accessflow.web.toasts import toast

blueprint = Blueprint("changes", __name__, url_prefix="/changes")
Typed = Mapping[str, str]


def job_of(employment_id: int) -> Employment:
    return change_records.begun_job(context.session(), context.actor(), employment_id)


def to_change(change_id: int) -> ResponseReturnValue:
    context.refresh()
    found = change_records.find(context.session(), context.actor(), change_id)
    made = change_records.requests_of(context.session(), found)
    toast(f"{KINDS[found.kind]}: записано" + (", заявки готовы к проверке" if made else ""))
    return redirect(url_for(".show", change_id=change_id), code=303)


def common(job: Employment, refusal: AccessflowError | None) -> dict[str, Any]:
    """`typed`: what was sent, or what the card says, so that nothing typed is lost."""
    person = job.person
    known: Typed = {
        "position": job.position,
        "unit_id": str(job.unit_id or ""),
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "no_middle_name": "1" if person.no_middle_name else "",
        "email": job.email,
        "happened_on": context.today().isoformat(),
        "ground": "",
    }
    posted = request.method == "POST"
    typed = {key: request.form.get(key, "") for key in known} if posted else known
    prefixes = ("right-", "object-", "way-")
    chosen = {k: v for k, v in request.form.items() if k.startswith(prefixes)}
    return {
        "job": job,
        "name": people.name_of(person).full,
        "typed": typed,
        "chosen": chosen,
        "message": refusal.message if refusal else "",
        "flaws": refusal.fields if isinstance(refusal, Invalid) else {},
    }
