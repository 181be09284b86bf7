"""The person stays: what to do with each revocation is asked in the same step."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Dismissal, Request
from accessflow.domain.text import counted
from accessflow.services import dismissal_cancelling, dismissal_staying, people
from accessflow.services.dismissal_cancelling import NOTHING, Left
from accessflow.services.dismissal_staying import Staying
from accessflow.services.offers import system_label
from accessflow.web import context, dismissal_view
from accessflow.web.dismissal_blueprint import blueprint
from accessflow.web.request_blueprint import short_name
from accessflow.web.toasts import toast
from accessflow.workflow.states import STATES

MISTAKE = "Внесено по ошибке"


def words(found: Dismissal) -> dict[str, Any]:
    """For the form: what stands under each heading, and what is ticked. At first everything is;
    a form that comes back stays as it was sent."""
    session, catalogue = context.session(), context.catalogue()
    fates = dismissal_staying.fates(session, context.actor(), catalogue, found, context.now())
    sent = request.method == "POST"
    ticked = {int(i) for name in ("withdraw", "tell") for i in _numbers(name)}
    if not sent:
        ticked = {fate.request.id for fate in fates}
    name = short_name(people.name_of(found.person))
    return {
        "drafts": [fate for fate in fates if fate.way == "drop"],
        "withdrawable": [fate for fate in fates if fate.way == "withdraw"],
        "tellable": [fate for fate in fates if fate.way == "tell"],
        "written_about": any(fate.written_about for fate in fates),
        "past": [fate for fate in fates if fate.way == "past"],
        "lost": _lost(found),
        "ticked": ticked,
        "again": bool(request.form.get("again")) if sent else True,
        "message_text": request.form.get("message", "") if sent else _message(name),
        "subject": dismissal_view.subject,
        "state_label": _state_label,
    }


def leftovers(found: Dismissal) -> dict[str, Any]:
    """Of a cancelled one, for its page: revocations that are still on their way, and the systems
    that were lost."""
    if found.cancelled_at is None:
        return {"left": (), "lost": ()}
    session, catalogue = context.session(), context.catalogue()
    fates = dismissal_staying.fates(session, context.actor(), catalogue, found, context.now())
    seen = [f for f in fates if f.way != "past" and dismissal_view.opens(f.request)]
    return {"left": seen, "lost": _lost(found)}


def cancel(dismissal_id: int, reason: str) -> None:
    """As the form says. Raises Invalid, Conflict, NotFound, Forbidden."""
    choice = Staying(
        withdraw=tuple(map(int, _numbers("withdraw"))),
        tell=tuple(map(int, _numbers("tell"))),
        message=request.form.get("message", ""),
        again=bool(request.form.get("again")),
    )
    _cancel(dismissal_id, reason, choice)


@blueprint.post("/<int:dismissal_id>/take-back")
def take_back(dismissal_id: int) -> ResponseReturnValue:
    """The way back from entering one."""
    _cancel(dismissal_id, MISTAKE, NOTHING)
    return redirect(url_for(".index"), code=303)


@blueprint.post("/<int:dismissal_id>/restore")
def restore(dismissal_id: int) -> ResponseReturnValue:
    back = dismissal_cancelling.restore(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        files=context.files(), dismissal_id=dismissal_id,
    )  # fmt: skip
    said = (
        ("Черновики снова на месте", back.drafts),
        ("Снова у МИАЦ", back.reopened),
        ("Отозваны, сформируйте заново", back.ended),
    )
    told = " ".join(f"{what}: {', '.join(numbers)}." for what, numbers in said if numbers)
    toast(f"Увольнение возвращено, срок снова идёт. {told}".strip())
    return redirect(dismissal_view.place(dismissal_id), code=303)


@blueprint.post("/<int:dismissal_id>/ask-again")
def ask_again(dismissal_id: int) -> ResponseReturnValue:
    """Grants of what a cancelled dismissal has taken away."""
    made = dismissal_staying.ask_again(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        dismissal_id=dismissal_id,
    )  # fmt: skip
    drafts = counted(len(made), "черновик", "черновика", "черновиков")
    toast(f"Создано: {drafts} на предоставление. Проверьте и передайте на подпись.")
    return redirect(url_for("requests.index", tab="draft"), code=303)


def _cancel(dismissal_id: int, reason: str, choice: Staying) -> None:
    left = dismissal_cancelling.cancel(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        files=context.files(), dismissal_id=dismissal_id, reason=reason, choice=choice,
    )  # fmt: skip
    undo = url_for(".restore", dismissal_id=dismissal_id)
    toast(_said(left), undo=undo, undo_text="Вернуть увольнение",
          kind="warn" if left.filed else "ok")  # fmt: skip


def _said(left: Left) -> str:
    said = (
        ("Убраны из черновиков", left.put_away),
        ("Отозваны заявки", left.withdrawn),
        ("МИАЦ написано о заявках", left.told),
        ("Черновики на предоставление", left.again),
        ("Ещё идут, доступ по ним отзовут", left.filed),
    )
    told = " ".join(f"{what}: {', '.join(numbers)}." for what, numbers in said if numbers)
    return f"Увольнение отменено. {told}".strip()


def _message(name: str) -> str:
    return (
        f"Увольнение отменено: {name} продолжает работать. Просим не отзывать доступ по этой"
        " заявке; если она передана дальше, остановите отзыв и там."
    )


def _lost(found: Dismissal) -> list[str]:
    """The systems, as people call them."""
    catalogue = context.catalogue()
    lost = dismissal_staying.lost(context.session(), catalogue, found)
    return list(dict.fromkeys(system_label(catalogue, grant.system) for grant in lost))


def _numbers(name: str) -> list[str]:
    return [text for text in request.form.getlist(name) if text.isdecimal()]


def _state_label(found: Request) -> str:
    return STATES[found.state].label.lower()
