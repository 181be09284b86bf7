"""The queue on its page: what is counted, its tabs and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for

from accessflow.db.tables import Request, User
from accessflow.services import absences, queue, queue_marks, queue_tally, queue_views, terms
from accessflow.services.actor import Actor
from accessflow.services.keyset import Slice
from accessflow.services.queue import Wanted
from accessflow.services.queue_facets import Looker
from accessflow.services.queue_tally import Tally
from accessflow.services.technical import CRITICALITIES, PRIORITIES
from accessflow.web import context, request_words
from accessflow.web.access import MIAC
from accessflow.web.queue_asked import Asked
from accessflow.web.words import initials
from accessflow.workflow.states import OPEN
from accessflow.workflow.term_words import InWords

MOST = 2000
"""Counting stops beyond so many."""
MOST_ON_TAB = 99
TAGS = 2
ALWAYS_SHOWN = frozenset({"open", "new", "mine"})
"""Views whose tabs stand there without a number, too."""
_QUOTED = re.compile(r"«(.+)»\s*$")


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    address: str
    number: str
    current: bool
    own: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """`total` of what is shown, MOST + 1 beyond it. `base`: of what the facets narrow, None where
    that is too much to count; `open`: the same where that is all that is open."""

    total: int
    base: Tally | None
    open: Tally | None


def counts(wanted: Wanted, looker: Looker) -> Counts:
    """All that the facets narrow is looked at once; where that is too much, what matches alone."""
    base = _tally(wanted.everywhere, looker)
    open_ = base if wanted.everywhere == Wanted() else None
    if base is None and wanted.chosen:
        base = _tally(wanted, looker)
    return Counts(MOST + 1 if base is None else base.number(wanted.chosen), base, open_)


def _tally(wanted: Wanted, looker: Looker) -> Tally | None:
    session, actor = context.session(), context.actor()
    query = queue.matching(session, actor, wanted, looker)
    found = queue_tally.facts(session, query, looker, MOST)
    return None if found is None else Tally(found, looker)


def tabs(found: Asked, counted: Counts, looker: Looker) -> list[Tab]:
    """Everybody's views, then those kept; the current one is what the address asks for."""
    session, actor = context.session(), context.actor()
    here = queue_views.arguments(found.wanted) if found.wanted.ids is None else None
    views = queue_views.built_in(actor)
    saved = [(row, queue_views.wanted_of(row.query)) for row in queue_views.saved(session, actor)]
    counting = [view.wanted for view in views if view.counts]
    counting += [kept for _, kept in saved if _is_counted(kept)]
    numbers = iter(_on_tabs(counting, counted, looker))
    made: list[Tab] = []
    for view in views:
        arguments = queue_views.arguments(view.wanted)
        address = url_for("queue.index", **(arguments or ({"view": view.slug} if made else {})))
        number = next(numbers) if view.counts else ""
        if number or not view.counts or arguments == here or view.slug in ALWAYS_SHOWN:
            made.append(Tab(view.label, address, number, arguments == here))
    for row, kept in saved:
        own = row.user_id == actor.user_id
        made.append(
            Tab(
                row.name,
                url_for("queue.index", **row.query),
                next(numbers) if _is_counted(kept) else "",
                queue_views.arguments(kept) == here and not any(tab.current for tab in made),
                row.id if own else 0,
                "" if own else f"Общий вид, {initials(row.user.name)}",
            )
        )
    return made


def _is_counted(kept: Wanted) -> bool:
    return not kept.text and kept.scope == "open"


def _on_tabs(asked: Sequence[Wanted], counted: Counts, looker: Looker) -> list[str]:
    """The numbers of views of what is open, "" for none."""
    session, actor = context.session(), context.actor()
    if counted.open is not None:
        numbers: Sequence[int] = [counted.open.number(one.chosen) for one in asked]
    else:
        choices = [one.chosen for one in asked]
        numbers = queue.on_tabs(session, actor, looker, choices, MOST) or []
    if numbers:
        return [str(number or "") for number in numbers]
    queries = (queue.matching(session, actor, one, looker) for one in asked)
    some = (session.scalars(queue_tally.number_of(query, MOST_ON_TAB)).one() for query in queries)
    return [f"{MOST_ON_TAB}+" if number > MOST_ON_TAB else str(number or "") for number in some]


@dataclass(frozen=True, slots=True)
class Tag:
    label: str
    c: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An application as the queue tells it. `takes`: the reader may take it by one key; `leads`:
    who works on it; `stand_in`: who does so today, `stands_in`: that is the reader."""

    request: Request
    subject: str
    term: InWords
    tags: tuple[Tag, ...]
    more: str
    takes: bool
    leads: str
    stand_in: str
    stands_in: bool

    @property
    def organization(self) -> str:
        """What tells it from the others: «ГБУЗ ЛО» stands before nearly all."""
        name = self.request.organization.short_name
        quoted = _QUOTED.search(name)
        return quoted[1] if quoted else name


def lines(part: Slice[Request], looker: Looker) -> list[Line]:
    session, catalogue, actor = context.session(), context.catalogue(), context.actor()
    items = part.items
    told = terms.shown_of(session, catalogue, items, looker.today, short=True)
    dismissed = queue_marks.dismissals(session, items)
    repeats = queue_marks.repeated(session, items)
    stand_ins = absences.substitutes(session, looker.today)
    made = []
    for item in items:
        tags = tuple(_tags(item, item.id in dismissed, repeats.get(item.id, 0)))
        away = stand_ins.get(item.assignee_id or 0)
        made.append(
            Line(
                request=item,
                subject=request_words.subject(catalogue, item),
                term=told[item.id],
                tags=tags[:TAGS],
                more=", ".join(tag.label for tag in tags[TAGS:]),
                takes=_takes(actor, item, looker),
                leads=_surname(item.assignee),
                stand_in=_surname(away),
                stands_in=away is not None and away.id == actor.user_id,
            )
        )
    return made


def _takes(actor: Actor, item: Request, looker: Looker) -> bool:
    """What nobody leads, or who leads it is away and the reader stands in."""
    if actor.role not in MIAC or item.outside or item.state not in OPEN:
        return False
    theirs = item.assignee_id is not None and item.assignee_id not in looker.mine
    own_already = item.assignee_id == actor.user_id and item.state != "registered"
    return not theirs and not own_already


def _surname(user: User | None) -> str:
    return user.name.split()[0] if user is not None else ""


def _tags(item: Request, dismissed: bool, repeats: int) -> Iterator[Tag]:
    if dismissed:
        yield Tag("увольнение", "danger", "Отзыв доступа уволенного сотрудника")
    if item.error_count:
        yield Tag(f"ошибки: {item.error_count}", "danger")
    if repeats:
        yield Tag(f"повтор: {repeats}", "warn", "Строк, по которым есть другая заявка (R7)")
    if item.priority in PRIORITIES[2:]:
        yield Tag(item.priority, "warn", "Приоритет")
    if item.criticality == CRITICALITIES[-1]:
        yield Tag("критичность высокая", "warn")
    if item.external_no:
        title = ": ".join(filter(None, (item.forwarded_to, item.external_status)))
        yield Tag(f"№ {item.external_no}", "ext", title or "Внешний номер")
    if item.resubmission_of_id:
        yield Tag("исправленная", "mute", "Исправленная копия отклонённой заявки")
