"""Who of МИАЦ works on what: handed over with a note, taken over; who is away and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Absence, Request
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import absences, assignments
from accessflow.services.absences import Away
from accessflow.services.applications import find
from accessflow.services.assignments import LONGEST_NOTE, may_assign
from accessflow.services.timeline import last_event
from accessflow.web import context, request_words
from accessflow.web.errors import STATUS
from accessflow.web.kept import local_path
from accessflow.web.toasts import toast
from accessflow.web.words import initials

blueprint = Blueprint("assignments", __name__, url_prefix="/queue")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to choose; `away`: until when and who stands in, "" for who is there."""

    id: int
    name: str
    away: str = ""

    @property
    def label(self) -> str:
        return f"{self.name} — {self.away}" if self.away else self.name


def colleagues() -> list[Colleague]:
    """Everybody of МИАЦ, with who stands in for whom today."""
    session, today = context.session(), context.today()
    lasting = {row.user_id: row for row in absences.listed(session, today) if row.since <= today}
    return [
        Colleague(user.id, initials(user.name), _away(lasting.get(user.id)))
        for user in absences.colleagues(session, today)
    ]


def panel(found: Request) -> Mapping[str, object]:
    """What `assignments/_form.html` shows of an application; no `choices`: nothing to choose."""
    actor = context.actor()
    stand_in = absences.substitutes(context.session(), context.today()).get(found.assignee_id or 0)
    return {
        "choices": colleagues() if may_assign(actor, found) else [],
        "assignee": found.assignee_id,
        "mine": found.assignee_id == actor.user_id,
        "stand_in": initials(stand_in.name) if stand_in else "",
        "longest": LONGEST_NOTE,
    }


def _away(row: Absence | None) -> str:
    if row is None:
        return ""
    return f"нет до {row.until:%d.%m}, замещает {initials(row.substitute.name)}"


@blueprint.post("/<int:request_id>/assign")
def assign(request_id: int) -> ResponseReturnValue:
    """To a colleague, to nobody, or (`do` = take) to the actor."""
    try:
        done = _assigned(request_id)
    except (Invalid, Conflict) as refusal:
        return _refused(request_id, refusal), STATUS[type(refusal)]
    context.refresh()
    who = next((c for c in colleagues() if c.id == done.assignee_id), None)
    toast(
        f"Заявку {done.number} ведёт {who.label}" if who else f"Заявку {done.number} не ведёт никто"
    )
    return redirect(_back(request_id), code=303)


def _assigned(request_id: int) -> Request:
    db, actor, now = context.db(), context.actor(), context.now()
    seen = request.form.get("seen", type=int)
    if request.form.get("do") == "take":
        return assignments.take(
            db, actor=actor, now=now, catalogue=context.catalogue(), files=context.files(),
            request_id=request_id, seen=seen,
        )  # fmt: skip
    return assignments.assign(
        db, actor=actor, now=now, catalogue=context.catalogue(), request_id=request_id, seen=seen,
        assignee_id=_number(request.form.get("assignee", "")), note=request.form.get("note", ""),
    )  # fmt: skip


def _refused(request_id: int, refusal: Invalid | Conflict) -> str:
    """A page of its own with everything that was typed."""
    context.refresh()
    session = context.session()
    found = find(session, context.actor(), request_id)
    last = last_event(session, found.id)
    return render_template(
        "assignments/assign.html",
        found=found,
        subject=request_words.subject(context.catalogue(), found),
        state=request_words.state_of(found),
        panel=panel(found),
        chosen=request.form.get("assignee", ""),
        note=request.form.get("note", ""),
        seen=last.seq if last else 0,
        message=refusal.message,
        flaws=refusal.fields if isinstance(refusal, Invalid) else {},
        back=_back(request_id),
    )


def _back(request_id: int) -> str:
    return local_path(request.form.get("back", "")) or url_for("triage.card", request_id=request_id)


@blueprint.get("/absences", endpoint="absences")
def listed() -> ResponseReturnValue:
    return _page()


@blueprint.post("/absences")
def enter() -> ResponseReturnValue:
    """From the form; from the button of «Запись убрана» by its address."""
    typed = request.values
    away = Away(
        _number(typed.get("user", "")), _number(typed.get("substitute", "")),
        read_date(typed.get("since", "")), read_date(typed.get("until", "")),
    )  # fmt: skip
    try:
        absences.enter(context.db(), actor=context.actor(), now=context.now(), away=away)
    except Invalid as refusal:
        return _page(refusal), STATUS[Invalid]
    toast("Отсутствие внесено: на эти дни заявки видит тот, кто замещает")
    return redirect(url_for(".absences"), code=303)


@blueprint.post("/absences/remove")
def remove() -> ResponseReturnValue:
    """Ends it, or takes back what was to come; the toast can enter it again."""
    absence_id = _number(request.form.get("absence", ""))
    if absence_id is None:
        raise Invalid("Выберите, чьё отсутствие закончить.")
    was = absences.remove(
        context.db(), actor=context.actor(), now=context.now(), absence_id=absence_id
    )
    again = url_for(".enter", user=was.user_id, substitute=was.substitute_id,
                    since=_iso(was.since), until=_iso(was.until))  # fmt: skip
    toast("Запись об отсутствии убрана", undo=again)
    return redirect(url_for(".absences"), code=303)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) < 2**31 else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _page(refusal: Invalid | None = None) -> str:
    context.refresh()
    session, actor, today = context.session(), context.actor(), context.today()
    everybody = absences.colleagues(session, today)
    return render_template(
        "assignments/absences.html",
        listed=absences.listed(session, today),
        own=[user for user in everybody if absences.may_enter(actor, user.id)],
        everybody=everybody,
        may=lambda row: absences.may_enter(actor, row.user_id),
        typed=request.values,
        me=str(actor.user_id or ""),
        message=refusal.message if refusal else "",
        flaws=refusal.fields if refusal else {},
        initials=initials,
    )
