"""The form of an action as it was filled in, and what of it an action is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import func, or_, select

from accessflow.db.tables import Request
from accessflow.domain.errors import Invalid
from accessflow.services import canned, scope
from accessflow.web import context
from accessflow.workflow.asks import ASKS
from accessflow.workflow.decide import RowDecision

OWN_WORDS = "own"
"""The choice of a row's cause that is typed."""
REPEAT = "repeat"
"""A row's outcome on the desk: refused, for the matter is solved by another application (R7)."""


@dataclass
class Typed:
    """What the form holds: `values` by ask, `rows` by row id -> (outcome, cause, own words)."""

    values: dict[str, str] = field(default_factory=dict)
    rows: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    message: str = ""
    flaws: dict[str, str] = field(default_factory=dict)
    late: bool = False


def typed() -> Typed:
    values = {key: request.form[key] for key in ASKS if key in request.form}
    rows: dict[int, tuple[str, str, str]] = {}
    for name in request.form:
        prefix, _, number = name.partition("-")
        if prefix == "outcome" and number.isdecimal():
            rows[int(number)] = (
                request.form[name],
                request.form.get(f"cause-{number}", ""),
                request.form.get(f"words-{number}", ""),
            )
    return Typed(values, rows)


def with_canned(form: Typed) -> Typed:
    """A ready text put behind what is typed: the select names it, the button says into which."""
    key, number = request.form["canned"], request.form.get("ready", type=int)
    if number:
        ready = canned.find(context.session(), context.catalogue(), number).text
        form.values[key] = "\n".join(filter(None, (form.values.get(key, "").strip(), ready)))
    return form


def given_of(form: Typed) -> dict[str, Any]:
    given: dict[str, Any] = dict(form.values)
    if "duplicate_of" in given:
        given["duplicate_of"] = _number_of(given["duplicate_of"])
    if form.rows:
        given["rows"] = _decisions(form)
    return given


def _decisions(form: Typed) -> list[RowDecision]:
    """The rows with an outcome; those left open are left out."""
    return [
        _decision(row_id, outcome, words if cause == OWN_WORDS else cause)
        for row_id, (outcome, cause, words) in form.rows.items()
        if outcome
    ]


def _decision(row_id: int, outcome: str, cause: str) -> RowDecision:
    if outcome == REPEAT:
        return RowDecision(row_id, "refused", REPEAT)
    return RowDecision(row_id, outcome, cause if outcome == "refused" else "")


def _number_of(text: str) -> str:
    """The id of the application with this number, ours or МИАЦ's. Raises Invalid."""
    number = text.strip()
    if not number:
        return ""
    found = context.session().scalar(
        select(Request.id).where(
            or_(Request.number == number, func.lower(Request.registration_no) == number.lower()),
            scope.requests_seen(context.actor()),
            Request.deleted_at.is_(None),
        )
    )
    if found is None:
        message = f"Заявки {number} нет: проверьте номер, он на её карточке."
        raise Invalid(message, {"duplicate_of": message})
    return str(found)
