"""The queue in words: what an address asks for, its facets, tabs and rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from accessflow.db.tables import Organization, Request, User
from accessflow.services import absences, queue, queue_facets, queue_views, terms
from accessflow.services.actor import Actor
from accessflow.services.keyset import Slice
from accessflow.services.offers import system_label
from accessflow.services.overview_figures import NO_SYSTEM, OPEN
from accessflow.services.queue import SIZES, SORTS, USUAL_SORT, Wanted
from accessflow.services.queue_facets import FACETS, ME, NOBODY, SIGNS, TERMS, Looker, Tally
from accessflow.services.technical import CRITICALITIES, PRIORITIES
from accessflow.web import context, request_words
from accessflow.web.access import MIAC
from accessflow.web.request_words import STATES
from accessflow.web.words import initials
from accessflow.workflow.states import UNFILED
from accessflow.workflow.term_words import InWords

MOST = 2000
"""Counting stops beyond so many."""
MOST_ON_TAB = 99
USUAL_SIZE = 50
SHOWN = 8
"""So many values of a long facet stand open."""
TAGS = 2
ALWAYS_SHOWN = frozenset({"open", "new", "mine"})
"""Views whose tabs stand there without a number, too."""
_QUOTED = re.compile(r"«(.+)»\s*$")
MOST_IDS = 200

TITLES = {
    "term": "Срок", "state": "Состояние", "assignee": "Кто ведёт", "system": "Система",
    "sign": "Признак", "kind": "Вид", "priority": "Приоритет", "criticality": "Критичность",
    "organization": "Организация",
}  # fmt: skip
LABELS: Mapping[str, Mapping[str, str]] = {
    "term": {
        "late": "просрочено", "today": "сегодня", "soon": "до 5 дней", "ok": "позже",
        "paused": "на паузе", "none": "без срока",
    },
    "sign": {
        "dismissal": "увольнение", "errors": "есть ошибки", "external": "есть внешний №",
        "corrected": "исправленная копия",
    },
    "kind": {
        "access": "доступ", "revocation": "отзыв доступа", "technical": "обращение",
        "emd_deletion": "удаление ЭМД", "network": "сеть", "authority": "письмо КЗ",
    },
}  # fmt: skip
ORDERS: Mapping[str, Sequence[str]] = {
    "term": TERMS, "sign": SIGNS, "kind": tuple(LABELS["kind"]),
    "priority": tuple(reversed(PRIORITIES)), "criticality": tuple(reversed(CRITICALITIES)),
}  # fmt: skip
ALWAYS = frozenset({"term", "state"})
"""Facets that stand there though they tell nothing apart."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    wanted: Wanted
    sort: str
    size: int

    @property
    def arguments(self) -> dict[str, Any]:
        """Of an address that asks for the same."""
        usual = USUAL_SORT[self.wanted.scope]
        kept = queue_views.arguments(
            self.wanted,
            sort="" if self.sort == usual else self.sort,
            size=None if self.size == USUAL_SIZE else self.size,
        )
        ids = self.wanted.ids
        return kept | ({"ids": ",".join(map(str, ids))} if ids is not None else {})


def asked() -> Asked:
    """Nothing of it is trusted: what is not known is left out."""
    args = request.args
    scope = args.get("scope", queue.SCOPES[0])
    wanted = Wanted(
        scope=scope if scope in queue.SCOPES else queue.SCOPES[0],
        text=args.get("q", "").strip(),
        chosen={name: some for name in FACETS if (some := _known(name, args.getlist(name)))},
        ids=ids_of(args["ids"]) if "ids" in args else None,
    )
    if wanted == Wanted() and not {"scope", "view"} & set(args):
        wanted = queue_views.built_in(context.actor())[0].wanted
    usual, size = USUAL_SORT[wanted.scope], args.get("size", USUAL_SIZE, type=int)
    sort = args.get("sort", usual)
    return Asked(
        wanted,
        sort if sort.removeprefix("-") in SORTS else usual,
        size if size in SIZES else USUAL_SIZE,
    )


def ids_of(text: str) -> tuple[int, ...]:
    found = (int(part) for part in text.split(",") if part.isdecimal())
    return tuple(number for number in found if number < 2**31)[:MOST_IDS]


def _known(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """Values that the facet may have, each once."""
    known: set[str] | None = None
    if name == "state":
        known = set(STATES) - UNFILED
    elif name in ORDERS:
        known = set(ORDERS[name])
    return tuple(
        dict.fromkeys(v for v in values if (v in known if known is not None else 0 < len(v) <= 40))
    )


@dataclass(frozen=True, slots=True)
class Value:
    """`number` is "" where it is not known."""

    slug: str
    label: str
    number: str
    picked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A facet as it stands on the page: `more` under «ещё»; `others`: what else can be picked."""

    name: str
    title: str
    values: tuple[Value, ...]
    more: tuple[Value, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


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
    """`total` of what is shown, MOST + 1 beyond it. `base`: of what the facets narrow, `open`: of
    all that is open; None where that is too much to count."""

    total: int
    base: Tally | None
    open: Tally | None


def counts(wanted: Wanted, looker: Looker) -> Counts:
    """All that is open is looked at once, for tabs and facets; where that is too much, or the rest
    is asked for, what matches alone."""
    open_ = base = _tally(Wanted(), looker)
    if wanted.everywhere != Wanted():
        base = _tally(wanted.everywhere, looker)
    if base is None and wanted.chosen:
        base = _tally(wanted, looker)
    return Counts(MOST + 1 if base is None else base.number(wanted.chosen), base, open_)


def _tally(wanted: Wanted, looker: Looker) -> Tally | None:
    session, actor = context.session(), context.actor()
    query = queue.matching(session, actor, wanted, looker)
    found = queue_facets.facts(session, query, MOST)
    return None if found is None else Tally(found, looker)


def tabs(found: Asked, counted: Counts, looker: Looker) -> list[Tab]:
    """Everybody's views, then those kept; the current one is what the address asks for."""
    session, actor = context.session(), context.actor()
    here = queue_views.arguments(found.wanted) if found.wanted.ids is None else None
    made: list[Tab] = []
    for view in queue_views.built_in(actor):
        arguments = queue_views.arguments(view.wanted)
        address = url_for("queue.index", **(arguments or ({"view": view.slug} if made else {})))
        number = _on_tab(view.wanted, counted, looker) if view.counts else ""
        if number or not view.counts or arguments == here or view.slug in ALWAYS_SHOWN:
            made.append(Tab(view.label, address, number, arguments == here))
    for row in queue_views.saved(session, actor):
        kept = queue_views.wanted_of(row.query)
        own = row.user_id == actor.user_id
        made.append(
            Tab(
                row.name,
                url_for("queue.index", **row.query),
                "" if kept.text or kept.scope != "open" else _on_tab(kept, counted, looker),
                queue_views.arguments(kept) == here and not any(tab.current for tab in made),
                row.id if own else 0,
                "" if own else f"Общий вид, {initials(row.user.name)}",
            )
        )
    return made


def _on_tab(wanted: Wanted, counted: Counts, looker: Looker) -> str:
    if counted.open is not None:
        return str(counted.open.number(wanted.chosen) or "")
    session, actor = context.session(), context.actor()
    query = queue.matching(session, actor, wanted, looker)
    number = queue.counted(session, query, MOST_ON_TAB)
    return f"{MOST_ON_TAB}+" if number > MOST_ON_TAB else str(number or "")


def groups(found: Asked, counted: Counts) -> list[Group]:
    return [group for name in FACETS if (group := _group(name, found, counted)) is not None]


def _group(name: str, found: Asked, counted: Counts) -> Group | None:
    """None where it could tell nothing apart."""
    chosen = found.wanted.chosen.get(name, ())
    counter = counted.base.values(name, found.wanted.chosen) if counted.base else None
    slugs = _slugs(name, found.wanted, counter)
    there = [s for s in slugs if s in chosen or counter is None or counter[s]]
    if name in ALWAYS and counter is not None:
        there = [s for s in slugs if s in chosen or counter[s]]
    words = labels(name, there)
    values = tuple(
        Value(
            slug,
            words.get(slug, slug),
            "" if counter is None else str(counter[slug]),
            slug in chosen,
        )
        for slug in there
    )
    others = _organizations(there) if name == "organization" else ()
    if not chosen and not others and len(values) < (1 if name in ALWAYS else 2):
        return None
    picked = [v for v in values[SHOWN:] if v.picked]
    return Group(
        name,
        TITLES[name],
        (*values[:SHOWN], *picked),
        tuple(v for v in values[SHOWN:] if not v.picked),
        others,
    )


def _slugs(name: str, wanted: Wanted, counter: Counter[str] | None) -> list[str]:
    """In the order of the facet; those without one by how many there are."""
    chosen = wanted.chosen.get(name, ())
    if name == "state":
        possible = OPEN if wanted.scope == "open" else [s for s in STATES if s not in UNFILED]
        return list(dict.fromkeys((*possible, *chosen)))
    if name in ORDERS:
        return list(ORDERS[name])
    if counter is not None:
        by_number = [slug for slug, _ in counter.most_common()]
        first = [s for s in (ME, NOBODY) if name == "assignee" and (counter[s] or s in chosen)]
        return list(dict.fromkeys((*first, *by_number, *chosen)))
    if name == "system":
        return sorted(context.catalogue().systems, key=lambda slug: _system(slug).casefold())
    if name == "assignee":
        people = absences.colleagues(context.session())
        return [ME, NOBODY, *(str(user.id) for user in people)]
    return list(chosen)


def labels(name: str, slugs: Sequence[str]) -> Mapping[str, str]:
    """Values of a facet in words; those that are words already may be missing."""
    if name in LABELS:
        return LABELS[name]
    if name == "state":
        return {slug: STATES[slug].label for slug in slugs}
    if name == "system":
        return {slug: _system(slug) for slug in slugs}
    if name == "assignee":
        named = _names(User.id, User.name, slugs)
        people = {slug: initials(text) for slug, text in named.items()}
        return {ME: "мои", NOBODY: "никто", **people}
    if name == "organization":
        return _names(Organization.id, Organization.short_name, slugs)
    return {}


def _names(key: Any, name: Any, slugs: Sequence[str]) -> dict[str, str]:
    ids = [int(slug) for slug in slugs if slug.isdecimal() and int(slug) < 2**31]
    rows = context.session().execute(select(key, name).where(key.in_(ids)))
    return {str(one): text for one, text in rows}


def _organizations(there: Sequence[str]) -> tuple[tuple[str, str], ...]:
    query = select(Organization.id, Organization.short_name).order_by(Organization.short_name)
    found = ((str(key), name) for key, name in context.session().execute(query))
    return tuple((key, name) for key, name in found if key not in there)


def _system(slug: str) -> str:
    catalogue = context.catalogue()
    if slug == NO_SYSTEM:
        return "без системы"
    return system_label(catalogue, slug) if slug in catalogue.systems else slug


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
    dismissed, repeats = queue.dismissals(session, items), queue.repeated(session, items)
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
