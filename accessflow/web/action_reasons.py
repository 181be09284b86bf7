"""The form of a request for data: its ticked reasons, rows and day; for one or for many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import request

from accessflow.db.tables import Request
from accessflow.domain.dates import read_date
from accessflow.domain.positions import read_positions, told_positions
from accessflow.services import asking, asking_reasons
from accessflow.services.asking_reasons import Reasons, composed
from accessflow.services.letter_words import person_name, short_name
from accessflow.web import context
from accessflow.web.action_form import Typed


def of(found: Request) -> Reasons:
    """Ticked as they were posted; at first, what the checks found."""
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    return _as_posted(asking_reasons.of(session, actor, catalogue, found, context.today()))


def of_many() -> Reasons:
    return _as_posted(asking_reasons.of_many(context.session(), context.catalogue()))


def _as_posted(reasons: Reasons) -> Reasons:
    if not ({"reason", "compose", "text"} & request.form.keys()):
        return reasons
    return replace(reasons, ticked=request.form.getlist("reason"))


def compose(typed: Typed, reasons: Reasons) -> None:
    """The letter's lines, and the rows that the reasons are about besides those typed."""
    typed.values["text"] = composed(typed.values.get("text", ""), reasons)
    rows = typed.values.get("about_rows", "")
    try:
        numbers = set(read_positions(rows))
    except ValueError:  # told when it is sent
        return
    if reasons.rows - numbers:
        typed.values["about_rows"] = told_positions(numbers | reasons.rows)


def begin(typed: Typed, reasons: Reasons) -> None:
    """The form as it opens: composed of what the checks found, with the usual day."""
    typed.values["answer_by"] = f"{asking.usual_day(context.catalogue(), context.today()):%d.%m.%Y}"
    compose(typed, reasons)


def names_of(found: Request, typed: Typed) -> Mapping[str, Any]:
    """`names` of the people in open rows by number; `who`: those of the numbers that are typed."""
    named = (row for row in found.rows if not row.outcome and row.answers.get("last_name"))
    names = {row.position: short_name(person_name(row)) for row in named}
    try:
        numbers = read_positions(typed.values.get("about_rows", ""))
    except ValueError:
        numbers = ()
    return {"names": names, "who": ", ".join(names[n] for n in numbers if n in names)}


def day_ahead(text: str) -> date | None:
    """The working day that a typed day comes to; None for one that cannot be."""
    day = read_date(text)
    try:
        return asking.first_day(context.catalogue(), day, context.today()) if day else None
    except ValueError:
        return None


def moved(text: str) -> str:
    """«28.11.2026 — выходной: МО напомнят 30.11.2026», "" for a working day."""
    day, working = read_date(text), day_ahead(text)
    if day is None or working in (None, day):
        return ""
    return f"{day:%d.%m.%Y} — выходной: МО напомнят {working:%d.%m.%Y}"
