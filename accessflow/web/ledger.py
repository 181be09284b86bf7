"""«Реестр доступов»: who holds what on which day, as a list; its search and its sheet."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accessflow.services import scope
from accessflow.services.admitted import ground_of
from accessflow.services.ledger_list import PAGE_SIZE, Rights
from accessflow.services.ledger_queries import Asked
from accessflow.web import (
    context,
    ledger_admitted,
    ledger_asked,
    ledger_matrix,
    ledger_of,
)
from accessflow.web.exports import long_sheet
from accessflow.web.ledger_around import around
from accessflow.web.ledger_asked import Question
from accessflow.web.ledger_blueprint import blueprint
from accessflow.web.ledger_of import rights_of
from accessflow.web.ledger_words import Line, lines
from accessflow.web.searches import search_people
from accessflow.web.words import day, masked_snils, moment

__all__ = ["blueprint", "ledger_admitted", "ledger_matrix", "ledger_of", "rights_of"]
# The pages of these belong to the blueprint.


@blueprint.get("")
def index() -> ResponseReturnValue:
    found = ledger_asked.question()
    sort = ledger_asked.asked_sort(found)
    rights = _rights(found)
    part = rights.part(
        sort=sort,
        after=request.args.get("after", 0, type=int),
        before=request.args.get("before", 0, type=int),
    )
    beside = around(found)
    asked = found.asked
    plain = asked.state == "active" and asked.people is None and not (asked.system or asked.role)
    sums = beside["sums"] if plain else None
    return render_template(
        "ledger/index.html",
        part=part,
        lines=lines(part.items, on=found.on, known_at=found.known_at),
        first=max(1, request.args.get("n", 1, type=int)),
        size=PAGE_SIZE,
        total=sums.rights if sums else rights.total(),
        most=rights.most,
        sort=sort,
        view="list",
        whose=not found.organization and scope.sees_all(context.actor()),
        empty=not part.items and not found.narrowed and _is_empty(found),
        **beside,
    )


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    page = ".matrix" if request.form.get("view") == "matrix" else ".index"
    today = request.form.get("on") == context.today().isoformat()
    return search_people([name for name in ledger_asked.KEPT if name != "on" or not today], page)


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    """Everything that the list shows under the same arguments, without a bound."""
    found = ledger_asked.question()
    headers = ["Сотрудник", "СНИЛС", "Организация", "Должность", "Система", "Роль", "С", "По",
               "Срок", "Состояние", "Основание", "Отозван заявкой", "Внесено в реестр",
               "Об отзыве узнали"]  # fmt: skip
    widths = [34, 16, 34, 28, 26, 24, 11, 11, 11, 24, 16, 16, 18, 18]
    title = "Реестр доступов" + (f" на {found.on:%d.%m.%Y}" if found.past else "")
    return long_sheet(title, headers, widths, _exported(found))


def _rights(found: Question) -> Rights:
    return Rights(context.session(), context.actor(), context.catalogue(), found.asked)


def _is_empty(found: Question) -> bool:
    """Whether the ledger holds nothing at all that the reader might see."""
    asked = Asked(context.today(), organization=found.organization, state="all")
    catalogue = context.catalogue()
    return not Rights(context.session(), context.actor(), catalogue, asked).part(
        sort="since", size=1
    ).items  # fmt: skip


def _exported(found: Question) -> Iterator[list[str]]:
    for chunk in _rights(found).everything():
        for line in lines(chunk, on=found.on, known_at=found.known_at):
            yield _row(line)


def _row(line: Line) -> list[str]:
    g = line.grant
    return [
        line.name, masked_snils(g.person.snils), g.organization.short_name, g.employment.position,
        line.system, g.role or "—", day(g.since), day(line.until) if line.until else "",
        day(g.expires_on) if g.expires_on else "", line.word.label, ground_of(g),
        line.closed.number if line.closed else "", moment(g.recorded_at),
        moment(g.closed_recorded_at) if g.closed_recorded_at and line.until else "",
    ]  # fmt: skip
