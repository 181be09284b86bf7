"""What is done about a dismissal: its revocations made and signed, moved, cancelled, explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Dismissal
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Conflict, Invalid
from accessflow.domain.text import counted
from accessflow.forms.check import MAX_ROWS
from accessflow.services import (
    dismissal_lists,
    dismissal_making,
    dismissal_signing,
    dismissals,
    people,
)
from accessflow.services.counting import count_all
from accessflow.services.dismissal_making import Choice
from accessflow.services.imports import jobs
from accessflow.services.imports.dismissals import entered_by
from accessflow.web import context, dismissal_cancel, dismissal_entry
from accessflow.web.dismissal_blueprint import blueprint
from accessflow.web.errors import STATUS
from accessflow.web.htmx import is_htmx
from accessflow.web.kept import local_path
from accessflow.web.keys import keys_in
from accessflow.web.request_blueprint import short_name
from accessflow.web.toasts import toast
from accessflow.web.words import day


@blueprint.post("/make")
def make() -> ResponseReturnValue:
    """«Сформировать все отзывы»: of the one whose button it was, else of all that are picked."""
    ids = _picked()
    if not ids:
        toast("Сначала отметьте сотрудников в списке.", kind="warn")
        return redirect(_back(), code=303)
    choice = Choice(tuple(ids), _besides())
    made = dismissal_making.make(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        choice=choice,
    )  # fmt: skip
    if made:
        words = counted(len(made), "заявка", "заявки", "заявок")
        toast(f"Сформировано: {words} на отзыв. Дальше — «На подпись»: печать, подпись, скан.")
    else:
        toast("Все отзывы уже сформированы.", kind="info")
    return redirect(_back(), code=303)


@blueprint.post("/make-all")
def make_all() -> ResponseReturnValue:
    """The same of everybody whose revocations are not sent, or of one file: a part with each call,
    so that the page tells how far it is. What is made stays made, whenever one stops."""
    form = request.form
    import_job = form.get("import_job", type=int)
    after, done, made = (form.get(name, type=int) for name in ("after", "done", "made"))
    [total] = count_all(context.session(), [dismissal_lists.unfiled(context.actor(), import_job)])
    if after is None:
        return _progress(import_job, 0, 0, 0, total)
    ids = dismissal_lists.unfiled_after(
        context.session(), context.actor(), import_job, after, MAX_ROWS
    )
    if not ids:
        words = counted(made or 0, "заявка", "заявки", "заявок")
        toast(f"Сформировано: {words} на отзыв." if made else "Все отзывы уже сформированы.")
        return _done(url_for(".index", import_job=import_job))
    drafts = dismissal_making.make(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        choice=Choice(tuple(ids)),
    )  # fmt: skip
    return _progress(
        import_job, ids[-1], (done or 0) + len(ids), (made or 0) + len(drafts), total
    )  # fmt: skip


def _progress(import_job: int | None, after: int, done: int, made: int, total: int) -> str:
    return render_template(
        "dismissals/_progress.html" if is_htmx() else "dismissals/running.html",
        import_job=import_job, after=after, done=done, made=made, total=total,
    )  # fmt: skip


@blueprint.post("/sign")
def sign() -> ResponseReturnValue:
    """Drafts without an error go to «На подпись», to be printed in one go."""
    done = dismissal_signing.prepare(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        files=context.files(), dismissal_ids=_picked(),
    )  # fmt: skip
    for _, number, why in done.kept[:3]:
        toast(f"Заявка {number} ещё не готова к подписи: {why}", kind="warn")
    if not done.ready:
        if not done.kept:
            toast("Черновиков на отзыв нет: сначала сформируйте их.", kind="info")
        first = done.kept[0][0] if done.kept else None
        return redirect(url_for("editor.edit", request_id=first) if first else _back(), code=303)
    words = counted(len(done.ready), "заявка", "заявки", "заявок")
    toast(f"На подписи: {words}. Напечатайте их одним файлом, сканы примем тоже одним.")
    return redirect(url_for("signing.index"), code=303)


@blueprint.post("/<int:dismissal_id>/close-under-way")
def close_under_way(dismissal_id: int) -> ResponseReturnValue:
    closed = dismissal_making.close_under_way(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        files=context.files(), dismissal_id=dismissal_id,
    )  # fmt: skip
    said = (
        ("строка убрана из черновиков", closed.dropped),
        ("отозваны", closed.withdrawn),
        ("остаются, выданное по ним отзовём", closed.staying),
    )
    told = "; ".join(f"{words}: {', '.join(numbers)}" for words, numbers in said if numbers)
    toast(f"Заявки на доступ закрыты: {told}." if told else "Открытых заявок на доступ уже нет.")
    return redirect(_back(), code=303)


@dataclass
class Asked:
    """A form about one dismissal. `values`, `flaws` by field; `late`: it has moved on since."""

    kind: str
    found: Dismissal
    values: Mapping[str, str] = field(default_factory=dict)
    flaws: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


TITLES = {
    "move": ("Перенести увольнение", "Перенести"),
    "cancel": ("Отменить увольнение", "Отменить увольнение"),
    "cause": ("Причина опоздания", "Записать"),
}
"""The heading of a form and its button."""
FIELDS = {"move": "on", "cancel": "reason", "cause": "cause"}


@blueprint.get("/<int:dismissal_id>/<any(move, cancel, cause):what>")
def ask(dismissal_id: int, what: str) -> ResponseReturnValue:
    found = dismissals.find(context.session(), context.actor(), dismissal_id)
    values = {"on": found.dismissed_on.isoformat(), "reason": "", "cause": found.late_cause}
    return _form(Asked(what, found, values))


@blueprint.post("/<int:dismissal_id>/<any(move, cancel, cause):what>")
def answer(dismissal_id: int, what: str) -> ResponseReturnValue:
    typed = request.form.get(FIELDS[what], "").strip()
    try:
        _ACTS[what](dismissal_id, typed)
    except (Invalid, Conflict) as refusal:
        context.refresh()
        found = dismissals.find(context.session(), context.actor(), dismissal_id)
        known = refusal.fields if isinstance(refusal, Invalid) else {}
        flaws = {FIELDS[what]: next(iter(known.values()))} if known else {}
        asked = Asked(what, found, {FIELDS[what]: typed}, flaws, "" if flaws else refusal.message)
        return _form(asked), STATUS[type(refusal)]
    return _done(_back())


def _done(address: str) -> ResponseReturnValue:
    """On to another page; out of a window or a part of a page by htmx's own header."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def _form(asked: Asked) -> str:
    title, button = TITLES[asked.kind]
    return render_template(
        "dismissals/dialog.html" if is_htmx() else "dismissals/ask.html",
        asked=asked,
        found=asked.found,
        name=short_name(people.name_of(asked.found.person)),
        title=title,
        button=button,
        back=_back(asked.found.id),
        deadline=dismissal_entry.deadline_of(asked.values.get("on", "")),
        **(dismissal_cancel.words(asked.found) if asked.kind == "cancel" else {}),
    )


def _move(dismissal_id: int, typed: str) -> None:
    to = read_date(typed)
    if to is None:
        message = f"«{typed}» — не дата. Пример: 23.11.2026." if typed else "Впишите новый день."
        raise Invalid(message, {"on": message})
    dismissals.move(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        dismissal_id=dismissal_id, to=to,
    )  # fmt: skip
    context.refresh()
    found = dismissals.find(context.session(), context.actor(), dismissal_id)
    toast(f"Перенесено на {day(to)}: отправить отзыв до {day(found.due_on)}.")


def _give_cause(dismissal_id: int, cause: str) -> None:
    if not cause:
        message = "Напишите, почему срок пропущен: причина войдёт в отчёт для КЗ."
        raise Invalid(message, {"cause": message})
    dismissals.give_cause(
        context.db(), actor=context.actor(), dismissal_id=dismissal_id, cause=cause
    )
    toast("Причина записана, она войдёт в отчёт.")


_ACTS: Mapping[str, Callable[[int, str], None]] = {
    "move": _move,
    "cancel": dismissal_cancel.cancel,
    "cause": _give_cause,
}


def _picked() -> list[int]:
    only = request.form.get("only", type=int)
    if only is not None:
        return [only]
    if (of_list := request.form.get("of_list", type=int)) is not None:
        jobs.job(context.session(), context.actor(), of_list)
        return entered_by(context.session(), of_list)
    return keys_in(request.form.getlist("pick"))


def _besides() -> Mapping[int, tuple[str, ...]]:
    """Systems ticked under «возможно, не учтено», by dismissal."""
    known = context.catalogue().systems
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for text in request.form.getlist("besides"):
        number, _, slug = text.partition(":")
        if number.isdecimal() and slug in known:
            found[int(number)] += (slug,)
    return {number: slugs for number, slugs in found.items() if number in _picked()}


def _back(dismissal_id: int | None = None) -> str:
    """Where the person came from."""
    usual = url_for(".show", dismissal_id=dismissal_id) if dismissal_id else url_for(".index")
    return local_path(request.values.get("back", "")) or usual
