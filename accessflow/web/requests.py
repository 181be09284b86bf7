"""The list of applications: tabs, search, filters, pages, a sheet to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from accessflow.db.tables import Request, RequestFile
from accessflow.domain.errors import NotFound
from accessflow.domain.person_name import PersonName
from accessflow.services import asking, people, request_counts, request_list, scope, terms
from accessflow.services.applications import form_of
from accessflow.services.editable import may_edit
from accessflow.services.offers import offers
from accessflow.services.request_counts import MOST_IN_TAB, Counts
from accessflow.services.request_list import SORTS, TABS, Filter
from accessflow.web import (
    context,
    request_acts,
    request_answer,
    request_card,
    request_new,
    request_problem,
    request_words,
)
from accessflow.web.exports import long_sheet
from accessflow.web.request_blueprint import blueprint, short_name
from accessflow.web.request_next import Next, next_step, standing
from accessflow.web.request_words import ACTIONS, state_of
from accessflow.web.searches import asked_ids, kept, search_requests
from accessflow.web.words import moment
from accessflow.workflow.term_words import InWords

__all__ = [
    "blueprint",
    "request_acts",
    "request_answer",
    "request_card",
    "request_new",
    "request_problem",
]  # their pages belong to the blueprint

DEFAULT_SORT = "-updated"
WIDTHS = (12, 28, 16, 10, 14, 18, 32, 36, 7, 8, 28, 16, 16, 20, 16, 16, 16, 12, 12, 24, 24, 28)
"""Of the columns of the sheet, in characters."""
KEPT = ("tab", "system", "action", "organization", "errors", "author", "sort")


@dataclass(frozen=True, slots=True)
class Line:
    """An application as the list tells it. `next`: what is to be done with it, if anything;
    `standing`: its term, before that what it waits for."""

    request: Request
    subject: str
    form: str
    names: tuple[str, ...]
    next: Next | None
    standing: InWords
    editable: bool
    superseded: bool

    @property
    def mine(self) -> bool:
        """The next step is the reader's."""
        return self.next is not None and self.next.mine

    @property
    def more(self) -> int:
        """How many people there are, where not all are named."""
        all_named = not self.names or self.request.row_count <= len(self.names)
        return 0 if all_named else self.request.row_count


@blueprint.get("")
def index() -> ResponseReturnValue:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    found, sort = _filter(), _sort()
    query = _matching(found)
    part = request_list.part(
        session,
        query,
        catalogue,
        sort=sort,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    counts = request_counts.counts(session, actor, catalogue, found)
    overseer = scope.sees_all(actor)
    return render_template(
        "requests/index.html",
        lines=_lines(part.items),
        part=part,
        first=max(1, request.args.get("n", 1, type=int)),
        size=request_list.PAGE_SIZE,
        total=counts.total,
        most=request_counts.MOST,
        tabs=_tabs(found, counts),
        everywhere=counts.tabs[""],
        waiting=_waiting(found, counts),
        found=found,
        narrowed=_narrowed(found),
        sort=sort,
        offers=offers(catalogue, "grant", "mo", context.today()),
        actions=ACTIONS,
        organizations=people.organizations_with_people(session, actor) if overseer else (),
        authors=request_list.authors(session, actor),
        overseer=overseer,
        acts=actor.role in ("signatory", "committee"),
        may_file=scope.may_file(actor, actor.organization_id),
    )


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    return search_requests(kept(KEPT))


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    headers = ("Номер", "Система", "Форма", "Версия формы", "Действие", "Состояние", "Организация",
               "Сотрудники", "Строк", "Ошибок", "Автор", "Создана", "Обновлена", "Номер МИАЦ",
               "Внешний номер", "Отправлена", "Зарегистрирована", "Срок ответа", "На паузе с",
               "Кому передана", "Их статус", "Причина отказа")  # fmt: skip
    everything = request_list.everything(context.session(), _matching(_filter()))
    rows = (_exported(item, names) for item, names in everything)
    return long_sheet("Заявки", headers, WIDTHS, rows)


def _matching(found: Filter) -> Select[Request]:
    return request_list.matching(context.session(), context.actor(), context.catalogue(), found)


def _filter() -> Filter:
    args = request.args
    tab, action, errors = (args.get(name, "") for name in ("tab", "action", "errors"))
    system = args.get("system", "")
    return Filter(
        tab=tab if tab in TABS else "",
        text=args.get("q", "").strip(),
        system=system if system in context.catalogue().systems else "",
        action=action if action in ACTIONS else "",
        organization=args.get("organization", type=int),
        errors=errors if errors in ("yes", "no") else "",
        author=args.get("author", type=int),
        ids=asked_ids(),
    )


def _narrowed(found: Filter) -> bool:
    return replace(found, tab="") != Filter()


def _sort() -> str:
    """For those who file what waits for them comes first."""
    actor = context.actor()
    usual = "turn" if scope.may_file(actor, actor.organization_id) else DEFAULT_SORT
    sort = request.args.get("sort", usual)
    return sort if sort.removeprefix("-") in SORTS else usual


def _tabs(found: Filter, counts: Counts) -> list[tuple[str, str, str]]:
    """Slug, label and number of each tab; beyond the first two only those that hold something."""
    always = {"", found.tab} if scope.sees_all(context.actor()) else {"", "draft", found.tab}
    return [
        (tab, label, _told(counts.tabs[tab]))
        for tab, label in request_words.TABS.items()
        if counts.tabs[tab] or tab in always
    ]


def _told(number: int | None) -> str:
    if number is None:
        return ""
    return f"{MOST_IN_TAB}+" if number > MOST_IN_TAB else str(number)


def _waiting(found: Filter, counts: Counts) -> list[tuple[str, str, str]]:
    """What waits for the reader, before any filter: tab, how many, and for what."""
    actor = context.actor()
    if found != Filter() or not scope.may_file(actor, actor.organization_id):
        return []
    return [
        (tab, _told(counts.tabs[tab]), words)
        for tab, words in request_words.WAITING.items()
        if counts.tabs[tab]
    ]


def _lines(items: Sequence[Request]) -> list[Line]:
    session, catalogue = context.session(), context.catalogue()
    names = request_list.names_of(session, items)
    scans = request_list.scans_of(session, items)
    told = terms.shown_of(session, catalogue, items, context.today(), short=True)
    asked = asking.days_of(session, items)
    return [
        _line(i, names.get(i.id, ()), scans.get(i.id), told[i.id], asked.get(i.id)) for i in items
    ]


def _line(
    item: Request, names: tuple[PersonName, ...], scan: RequestFile | None, term: InWords,
    answer_by: date | None,
) -> Line:  # fmt: skip
    label, superseded = _form(item)
    editable = may_edit(context.actor(), item)
    return Line(
        request=item,
        subject=request_words.subject(context.catalogue(), item),
        form=request_words.form_label(label),
        names=tuple(map(short_name, names)),
        next=next_step(context.actor(), item, scan),
        standing=standing(item, scan, term, answer_by, context.today()),
        editable=editable,
        superseded=superseded and editable,
    )


def _form(item: Request) -> tuple[str, bool]:
    """The form's label, and whether another version is in force by now."""
    catalogue = context.catalogue()
    try:
        form = form_of(catalogue, item)
        return form.label, catalogue.superseded(form, context.today())
    except NotFound:  # a form that the catalogue has dropped
        return item.form, True


def _exported(item: Request, names: tuple[PersonName, ...]) -> list[str]:
    shown = tuple(map(short_name, names))
    more = len(shown) and item.row_count > len(shown)
    people_told = ", ".join(shown) + (f" и др., всего {item.row_count}" if more else "")
    form, _ = _form(item)
    return [
        item.number, request_words.subject(context.catalogue(), item),
        request_words.form_label(form), item.form_version, ACTIONS[item.action][0],
        state_of(item).label, item.organization.short_name, people_told, str(item.row_count),
        str(item.error_count), item.author.name, moment(item.created_at), moment(item.updated_at),
        item.registration_no or "", item.external_no, _moment(item.sent_at),
        _moment(item.registered_at), _day(item.due_on), _day(item.paused_since),
        item.forwarded_to, item.external_status, request_words.cause(item.cause),
    ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return moment(at) if at else ""


def _day(day: date | None) -> str:
    return day.strftime("%d.%m.%Y") if day else ""
