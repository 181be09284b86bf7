"""One line to enter a dismissal: who, by ФИО or СНИЛС, the last day of work, the order.

What is typed is posted: it may be a СНИЛС. Without scripts «Найти» and the answers are buttons.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from flask import request, url_for
from sqlalchemy import func, select

from accessflow.db.tables import Dismissal, Grant
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import candidates, dismissal_entering, dismissals, people
from accessflow.services.candidates import Candidate
from accessflow.services.dismissal_entering import Dismissing
from accessflow.web import context, dismissal_view
from accessflow.web.request_blueprint import short_name
from accessflow.web.request_words import marked
from accessflow.web.toasts import toast
from accessflow.web.words import day

WHO_MISSING = "Впишите фамилию или СНИЛС и выберите сотрудника из списка."


@dataclass
class Typed:
    """The line as it stands. `flaws`: field -> sentence; `standing`: a dismissal in the way."""

    who: str = ""
    employment: int | None = None
    on: str = ""
    order_no: str = ""
    order_date: str = ""
    flaws: dict[str, str] = field(default_factory=dict)
    standing: int | None = None

    @property
    def day(self) -> date | None:
        return read_date(self.on)


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who matches: what they hold, and the day of a dismissal that stands."""

    candidate: Candidate
    held: int
    dismissed_on: date | None


def fresh() -> Typed:
    """An empty line, or one that another page has begun: `employment` in the address."""
    chosen = request.args.get("employment", type=int)
    typed = Typed(on=context.today().isoformat())
    return with_job(typed, chosen) if chosen else typed


def sent() -> Typed:
    form = request.form
    return Typed(
        who=form.get("who", "").strip(),
        employment=form.get("employment", type=int),
        on=form.get("on", "").strip(),
        order_no=form.get("order_no", "").strip(),
        order_date=form.get("order_date", "").strip(),
    )


def deadline_of(text: str) -> dismissal_view.Deadline:
    calendar = context.catalogue().working_calendar
    return dismissal_view.deadline(read_date(text), text, context.today(), calendar)


def words(typed: Typed) -> dict[str, object]:
    """What the line's template needs."""
    chosen = _candidate(typed.employment)
    return {
        "typed": typed,
        "chosen": chosen,
        "found": [] if chosen else _found(typed.who),
        "deadline": deadline_of(typed.on),
        "marked": marked,
        "reaches": dismissal_view.reaches,
    }


def with_job(typed: Typed, employment_id: int) -> Typed:
    """The person is chosen; the last day that their card knows of is taken over."""
    chosen = _candidate(employment_id)
    if chosen is None:
        return typed
    until = chosen.until.isoformat() if chosen.until else typed.on
    return replace(typed, employment=employment_id, who=chosen.name.full, on=until)


def _candidate(employment_id: int | None) -> Candidate | None:
    owner = context.actor().organization_id
    if not employment_id or owner is None:
        return None
    return next(iter(candidates.load(context.session(), owner, [employment_id])), None)


def _found(text: str) -> list[Found]:
    session, owner = context.session(), context.actor().organization_id or 0
    hits, _ = candidates.search(session, owner, text, "revoke", context.today())
    ids = [hit.employment for hit in hits]
    held = select(Grant.employment_id, func.count()).where(
        Grant.employment_id.in_(ids), Grant.until.is_(None), Grant.voided_at.is_(None)
    )
    numbers = {row[0]: row[1] for row in session.execute(held.group_by(Grant.employment_id))}
    days = select(Dismissal.employment_id, Dismissal.dismissed_on).where(
        Dismissal.employment_id.in_(ids), Dismissal.cancelled_at.is_(None)
    )
    gone = {row[0]: row[1] for row in session.execute(days)}
    return [Found(hit, numbers.get(hit.employment, 0), gone.get(hit.employment)) for hit in hits]


def enter(typed: Typed) -> str | None:
    """Where to go on, or None with the flaws noted."""
    _read(typed)
    if typed.flaws or typed.employment is None or typed.day is None:
        return None
    order_date = read_date(typed.order_date)
    what = Dismissing(typed.employment, typed.day, typed.order_no, order_date)
    try:
        made = dismissal_entering.enter(
            context.db(), actor=context.actor(), now=context.now(),
            catalogue=context.catalogue(), what=what,
        )  # fmt: skip
    except Conflict as refusal:
        typed.flaws["who"] = refusal.message
        typed.standing = _number(refusal.ids.get("dismissal"))
        return None
    except Invalid as refusal:
        typed.flaws["on"] = refusal.message
        return None
    return _told(made)


def _read(typed: Typed) -> None:
    """Notes the flaws; the only one who matches is taken for chosen."""
    if typed.employment is None:
        found = _found(typed.who)
        if len(found) == 1:
            typed.employment = found[0].candidate.employment
        elif found:
            typed.flaws["who"] = "Подходят несколько человек: выберите одного из списка."
        elif typed.who:
            typed.flaws["who"] = (
                "Такого сотрудника в списке нет: сверьте фамилию или СНИЛС или сначала добавьте."
            )
        else:
            typed.flaws["who"] = WHO_MISSING
    for name, text in (("on", typed.on), ("order_date", typed.order_date)):
        if text and read_date(text) is None:
            typed.flaws[name] = f"«{text}» — не дата. Пример: 23.11.2026."
    if not typed.on:
        typed.flaws["on"] = "Впишите последний день работы."


def _told(dismissal_id: int) -> str:
    context.refresh()
    found = dismissals.find(context.session(), context.actor(), dismissal_id)
    name = short_name(people.name_of(found.person))
    undo = url_for("dismissals.take_back", dismissal_id=dismissal_id)
    if found.done_at is not None:
        toast(f"Увольнение записано: {name}, доступов в реестре нет.", undo=undo)
        return dismissal_view.place(dismissal_id, tab="done")
    toast(f"Увольнение записано: {name}, отправить отзыв до {day(found.due_on)}.", undo=undo)
    return dismissal_view.place(dismissal_id)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
