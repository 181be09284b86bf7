"""The list of applications: what matches, a page of it, bounded counts.

Nothing here grows with the number of applications: a page is read off an index (keyset.py), words
are ranges of an index, and counting stops at a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    or_,
    select,
)
from sqlalchemy.orm import Session, defer, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request, RequestFile, RequestRow, User
from accessflow.domain.person_name import PersonName
from accessflow.forms.row_people import name_of
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.keyset import Bucket, Slice, Sort, page
from accessflow.services.offers import system_label, together
from accessflow.services.word_search import look_for
from accessflow.workflow import states as workflow

PAGE_SIZE = 25
NAMES_SHOWN = 2
EXPORT_CHUNK = 500

STATES = tuple(workflow.STATES)
"""In the order of an application's life (interfaces.md)."""

YOURS = ("needs_info", "deleted", "sent", "ready", "draft")
"""Where it is the organisation's move, the most pressing first. «sent» stays so only where МИАЦ is
outside and its number is still to be noted down."""

TABS: dict[str, tuple[str, ...]] = {
    "mine": YOURS,
    "": (),
    "draft": ("draft",),
    "ready": ("ready",),
    "miac": ("sent", "registered", "in_review", "third_party"),
    "needs_info": ("needs_info",),
    "committee": ("at_committee",),
    "forwarded": ("forwarded", "awaiting_call"),
    "deleted": ("deleted",),
    "done": (
        "executed", "reuploaded", "closed", "refused", "annulled", "duplicate", "withdrawn",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to. `errors`: yes, no or "". `ids`: what a СНИЛС was found in."""

    tab: str = ""
    text: str = ""
    system: str = ""
    action: str = ""
    organization: int | None = None
    errors: str = ""
    author: int | None = None
    ids: tuple[int, ...] | None = None


def matching(
    session: Session, actor: Actor, catalogue: Catalogue, found: Filter
) -> Select[Request]:
    """What the actor may see of what is looked for, in no order."""
    looked_for = look_for(session, found.text, found.ids)
    columns = INDEXED if looked_for.ids is None else BY_IDS
    query = select(Request).where(
        Request.deleted_at.is_(None), scope.requests_seen(actor, columns.organization_id)
    )
    return query.where(*looked_for.conditions, *_conditions(catalogue, found, columns))


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that filters ask for."""

    organization_id: SQLColumnExpression[int]
    state: SQLColumnExpression[str]
    system: SQLColumnExpression[str | None]


INDEXED = Columns(Request.organization_id, Request.state, Request.system)
# With the ids known an index of these would be a long way round, so they are made expressions.
BY_IDS = Columns(Request.organization_id + 0, Request.state + "", Request.system + "")


def _conditions(
    catalogue: Catalogue, found: Filter, columns: Columns
) -> Iterator[ColumnElement[bool]]:
    yield from of_tab(found.tab, columns)
    if found.system:
        slugs = [system.slug for system in together(catalogue, found.system)]
        yield columns.system == slugs[0] if len(slugs) == 1 else columns.system.in_(slugs)
    if found.action:
        yield Request.action == found.action
    if found.organization is not None:
        yield columns.organization_id == found.organization
    if found.errors:
        yield Request.error_count > 0 if found.errors == "yes" else Request.error_count == 0
    if found.author is not None:
        yield Request.author_id == found.author


def of_tab(tab: str, columns: Columns = INDEXED) -> Iterator[ColumnElement[bool]]:
    if states := TABS.get(tab):
        yield columns.state == states[0] if len(states) == 1 else columns.state.in_(states)


def sort_of(catalogue: Catalogue, name: str) -> Sort:
    """`name`: turn, updated, number, system, state or term, with «-» in front for falling.

    `term`: what has one, the nearest first, then all else. `turn`: what waits for the organisation
    first. Of the rest most are no such thing, so that
    walking past those few costs nothing.
    """
    falling, column = name.startswith("-"), name.removeprefix("-")
    if column == "number":  # given in the order of the ids
        return Sort((Request.id,), falling)
    if column == "turn":
        waiting = [(state, Request.state == state) for state in YOURS]
        buckets: list[Bucket] = [*waiting, ("rest", Request.state.not_in(YOURS))]
        return Sort((Request.updated_at, Request.id), True, tuple(buckets))
    if column == "term":
        termed: tuple[Bucket, ...] = (
            ("term", Request.due_on.is_not(None)),
            ("none", Request.due_on.is_(None)),
        )
        own = {"none": (Request.id,)}
        return Sort((Request.due_on, Request.id), falling, termed, own)
    if column not in ("system", "state"):
        return Sort((Request.updated_at, Request.id), falling)
    if column == "system":
        slugs = sorted(catalogue.systems, key=lambda s: (system_label(catalogue, s).casefold(), s))
        buckets = [(slug, Request.system == slug) for slug in slugs]
        buckets.append(("none", Request.system.is_(None)))
    else:
        buckets = [(state, Request.state == state) for state in STATES]
    newest_first = (Request.updated_at, Request.id)
    return Sort(newest_first, True, tuple(reversed(buckets) if falling else buckets))


SORTS = ("turn", "updated", "number", "system", "state", "term")


def part(
    session: Session,
    query: Select[Request],
    catalogue: Catalogue,
    *,
    sort: str,
    after: str = "",
    before: str = "",
) -> Slice[Request]:
    """A page of the list with organisation and author."""
    loaded = query.options(
        joinedload(Request.organization),
        joinedload(Request.author),
        defer(Request.search_text),
        defer(Request.fields),
    )
    return page(
        session, loaded, sort_of(catalogue, sort), size=PAGE_SIZE, after=after, before=before
    )


def names_of(session: Session, requests: Iterable[Request]) -> dict[int, tuple[PersonName, ...]]:
    """The first people of each request."""
    ids = [request.id for request in requests]
    rows = session.execute(
        select(RequestRow.request_id, RequestRow.answers)
        .where(RequestRow.request_id.in_(ids), RequestRow.position <= NAMES_SHOWN)
        .order_by(RequestRow.request_id, RequestRow.position)
    )
    found: dict[int, tuple[PersonName, ...]] = {}
    for request_id, answers in rows:
        if (name := name_of(answers)).last:
            found[request_id] = (*found.get(request_id, ()), name)
    return found


def scans_of(session: Session, requests: Iterable[Request]) -> dict[int, RequestFile]:
    """The valid scan of each of those that wait for their signature, as far as there is one."""
    versions = {r.id: r.content_version for r in requests if r.state == "ready"}
    if not versions:
        return {}
    rows = session.scalars(
        select(RequestFile)
        .where(
            RequestFile.request_id.in_(versions),
            RequestFile.kind == "scan",
            RequestFile.voided_at.is_(None),
        )
        .order_by(RequestFile.id)
    )
    return {row.request_id: row for row in rows if row.content_version == versions[row.request_id]}


def everything(
    session: Session, query: Select[Request]
) -> Iterator[tuple[Request, tuple[PersonName, ...]]]:
    """All that match, newest first, with their first people: for a sheet."""
    ordered = query.options(
        joinedload(Request.organization), joinedload(Request.author), defer(Request.search_text)
    ).order_by(Request.updated_at.desc(), Request.id.desc())
    rows = iter(session.scalars(ordered.execution_options(yield_per=EXPORT_CHUNK)))
    while chunk := list(islice(rows, EXPORT_CHUNK)):
        names = names_of(session, chunk)
        for request in chunk:
            yield request, names.get(request.id, ())
            session.expunge(request)


def ids_by_digits(
    session: Session, actor: Actor, digits: str, text: str, most: int = 100
) -> list[int]:
    """The newest requests that name the person with this СНИЛС, or have such a number themselves:
    others' numbers look alike."""
    seen = scope.requests_seen(actor)
    named = select(RequestRow.request_id).where(RequestRow.snils == digits)
    numbered = select(Request.id).where(*look_for(session, text).conditions)
    return list(
        session.scalars(
            select(Request.id)
            .where(
                or_(Request.id.in_(named), Request.id.in_(numbered)),
                Request.deleted_at.is_(None),
                seen,
            )
            .order_by(Request.id.desc())
            .limit(most)
        )
    )


def authors(session: Session, actor: Actor) -> Sequence[User]:
    """Whom the list may be narrowed to: the accounts of one's own organisation."""
    if actor.organization_id is None:
        return ()
    return session.scalars(
        select(User).where(User.organization_id == actor.organization_id).order_by(User.name)
    ).all()
