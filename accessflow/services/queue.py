"""МИАЦ's queue: the filed applications of every organisation, what is due first.

What is open is read off indices that hold nothing else, so that passing over what does not match
costs no more than there is to do; of all there are a page is read off an index in its order
(keyset.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from accessflow.db.request_tables import is_open
from accessflow.db.tables import Organization, Request
from accessflow.domain.errors import Forbidden
from accessflow.domain.person_name import PersonName
from accessflow.services import absences, request_list, scope
from accessflow.services.actor import Actor
from accessflow.services.keyset import Bucket, Slice, Sort, page
from accessflow.services.queue_facets import (
    FACETS,
    LEADING,
    WALKED,
    Chosen,
    Columns,
    Looker,
)
from accessflow.services.queue_tally import number_of, numbers
from accessflow.services.word_search import EVERYTHING, LookedFor, look_for
from accessflow.workflow.states import OPEN

SIZES = (25, 50, 100, 200)
EXPORT_CHUNK = 500
SCOPES = ("open", "all")
SORTS = ("term", "received", "number", "organization", "updated")
USUAL_SORT: Mapping[str, str] = {"open": "term", "all": "-updated"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the queue is narrowed to. `scope`: open is what МИАЦ has yet to answer here, without
    organisations that it serves from outside; all is whatever was filed. `ids`: what a СНИЛС was
    found in."""

    scope: str = "open"
    text: str = ""
    chosen: Chosen = field(default_factory=dict)
    ids: tuple[int, ...] | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.text.strip() or self.chosen or self.ids is not None)

    @property
    def everywhere(self) -> Wanted:
        """The same without facets."""
        return replace(self, chosen={})


_OPEN_IDS = select(Request.id).where(is_open(), Request.deleted_at.is_(None))


def looker_of(session: Session, actor: Actor, today: date) -> Looker:
    mine = {actor.user_id or 0, *absences.covered(session, actor, today)}
    return Looker(frozenset(mine), today)


def matching(
    session: Session, actor: Actor, wanted: Wanted, looker: Looker, *, sort: str = ""
) -> Select[Request]:
    """Every application that is wanted, in no order; `sort` is the one that it will be read in, ""
    where it is only counted.

    Raises Forbidden for people of an organisation.
    """
    return _matching(session, actor, wanted, looker, sort)[0]


def _matching(
    session: Session, actor: Actor, wanted: Wanted, looker: Looker, sort: str
) -> tuple[Select[Request], bool]:
    """Also whether they are among a few ids."""
    among = _OPEN_IDS if wanted.scope == "open" else None
    looked_for = look_for(session, wanted.text, wanted.ids, among)
    return narrowed(actor, wanted, looker, sort, looked_for), looked_for.ids is not None


def narrowed(
    actor: Actor, wanted: Wanted, looker: Looker, sort: str, looked_for: LookedFor
) -> Select[Request]:
    """`matching`, once its words have been looked for."""
    require(actor)
    columns = _columns(wanted, sort) if looked_for.ids is None else WALKED
    query = select(Request).where(
        Request.deleted_at.is_(None),
        scope.requests_seen(actor, Request.organization_id + 0),
        scope.FILED,
        *looked_for.conditions,
        *_scope(wanted, sort, by_ids=looked_for.ids is not None),
    )
    facets = (FACETS[name].where(some, columns, looker) for name, some in wanted.chosen.items())
    return query.where(*facets)


def require(actor: Actor) -> None:
    """Raises Forbidden: an organisation's people have a list of their own."""
    if not scope.sees_all(actor):
        raise Forbidden("Очередь видит МИАЦ, а не организации.", user=actor.user_id)


def _columns(wanted: Wanted, sort: str) -> Columns:
    """Which of the columns have an index in the order of the sort."""
    name = sort.removeprefix("-")
    if wanted.scope == "open" and name != "term":
        return replace(WALKED, state=LEADING.state)  # the index of what is open begins with it
    if name in ("", "updated"):
        return LEADING
    if name == "term":
        leading = {key: some for key, some in wanted.chosen.items() if len(some) == 1}
        state = LEADING.state if "state" in leading else WALKED.state
        by_assignee = "assignee" in leading and "state" not in leading
        assignee = LEADING.assignee_id if by_assignee else WALKED.assignee_id
        return replace(WALKED, state=state, assignee_id=assignee)
    return WALKED


def _scope(wanted: Wanted, sort: str, *, by_ids: bool) -> Iterator[ColumnElement[bool]]:
    if wanted.scope != "open":
        return
    yield Request.outside.is_(False)
    yield Request.kind != "authority"  # КЗ's own letters
    if by_ids:
        yield WALKED.state.in_(OPEN)
    elif sort.removeprefix("-") != "term":
        yield is_open()
    else:  # what is due is open; so the index of terms need not be led by states
        yield or_(Request.due_on.is_not(None), WALKED.state.in_(OPEN))


def sort_of(session: Session, wanted: Wanted, name: str) -> Sort:
    """`name`: one of SORTS, with «-» in front for falling."""
    sort = _sort_of(session, wanted, name)
    by_term = name.removeprefix("-") == "term"
    return sort if by_term else replace(sort, few=wanted.scope == "open")


def _sort_of(session: Session, wanted: Wanted, name: str) -> Sort:
    falling, column = name.startswith("-"), name.removeprefix("-")
    match column:
        case "number":  # given in the order of the ids
            return Sort((Request.id,), falling)
        case "updated":
            return Sort((Request.updated_at, Request.id), falling)
        case "received":
            buckets: tuple[Bucket, ...] = (
                ("sent", Request.sent_at.is_not(None)),
                ("unknown", Request.sent_at.is_(None)),
            )
            return _sorted((Request.sent_at, Request.id), falling, buckets, ("unknown",))
        case "organization":
            ids = session.scalars(select(Organization.id).order_by(Organization.short_name))
            by_name = tuple((str(one), Request.organization_id == one) for one in ids)
            return Sort((Request.id,), True, by_name[::-1] if falling else by_name)
    # State by state where only open ones are wanted: there are many answered ones.
    return by_term(
        wanted.chosen.get("state", OPEN) if wanted.scope == "open" else (), falling=falling
    )


@lru_cache(maxsize=64)  # it takes longer to say than to read a page by it
def by_term(states: tuple[str, ...], *, falling: bool) -> Sort:
    """What has no term comes last, in the order of the states where there are any."""
    none = Request.due_on.is_(None)
    without: tuple[Bucket, ...] = (("none", none),)
    if states:
        without = tuple((state, and_(none, Request.state == state)) for state in states)
    named = (("running", _running()), ("paused", _standing()), *without)
    return _sorted(
        (Request.due_on, Request.id), falling, named, tuple(bucket for bucket, _ in without)
    )


def _sorted(
    columns: Any, falling: bool, buckets: tuple[Bucket, ...], by_id: tuple[str, ...]
) -> Sort:
    """The buckets in `by_id` have nothing in the columns but the id."""
    own = dict.fromkeys(by_id, (Request.id,))
    return Sort(columns, falling, buckets[::-1] if falling else buckets, own)


def _running() -> ColumnElement[bool]:
    """Also what was late already when its pause began."""
    due, paused = Request.due_on, Request.paused_since
    return and_(due.is_not(None), or_(paused.is_(None), paused > due))


def _standing() -> ColumnElement[bool]:
    return and_(Request.due_on.is_not(None), Request.paused_since <= Request.due_on)


def part(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    looker: Looker,
    *,
    sort: str,
    size: int,
    after: str = "",
    before: str = "",
) -> Slice[Request]:
    """A page of the queue with organisation and assignee."""
    found, by_ids = _matching(session, actor, wanted, looker, sort)
    query = found.options(
        joinedload(Request.organization),
        joinedload(Request.assignee),
        defer(Request.search_text),
        defer(Request.fields),
    )
    order = sort_of(session, wanted, sort)
    order = replace(order, few=order.few or by_ids)
    return page(session, query, order, size=size, after=after, before=before)


def everything(
    session: Session, actor: Actor, wanted: Wanted, looker: Looker, *, sort: str
) -> Iterator[tuple[Sequence[Request], Mapping[int, tuple[PersonName, ...]]]]:
    """All that match in the order of the page, some hundreds at a time, with their first people."""
    after = ""
    while True:
        chunk = part(session, actor, wanted, looker, sort=sort, size=EXPORT_CHUNK, after=after)
        if chunk.items:
            yield chunk.items, request_list.names_of(session, chunk.items)
        session.expunge_all()
        if not chunk.after:
            return
        after = chunk.after


WAITING = ("registered", "in_review")
"""Where the move is МИАЦ's own."""


def waiting(session: Session, actor: Actor, today: date, most: int) -> Select[int]:
    """Counts what waits for the actor: taken by nobody, or the actor's own; up to `most` + 1."""
    return _waiting(actor, looker_of(session, actor, today), most)


@lru_cache(maxsize=256)  # every page asks
def _waiting(actor: Actor, looker: Looker, most: int) -> Select[int]:
    own = {"state": WAITING, "assignee": ("me", "none")}
    return number_of(narrowed(actor, Wanted(chosen=own), looker, "", EVERYTHING), most)


def on_tabs(
    session: Session, actor: Actor, looker: Looker, asked: Sequence[Chosen], most: int
) -> Sequence[int] | None:
    """How many each choice leaves of what is open; None where that is more than `most`."""
    choices = tuple(tuple(sorted(chosen.items())) for chosen in asked)
    total, *found = session.execute(_on_tabs(actor, looker, choices, most)).one()
    return None if total > most else found


@lru_cache(maxsize=256)  # every page of the queue asks
def _on_tabs(
    actor: Actor, looker: Looker, choices: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...],
    most: int,
) -> Select[Any]:  # fmt: skip
    open_ = narrowed(actor, Wanted(), looker, "", EVERYTHING)
    return numbers(open_, [dict(choice) for choice in choices], looker, most)
