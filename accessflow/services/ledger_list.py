"""The ledger as a list: a page of rights in an order, however many there are, and all of them.

What is narrowed to an organisation, to some people or to few rights is sorted as it is; elsewhere
a page is walked to (`ledger_walk.py`). A cursor is the id of a right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Employment, Grant
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.ledger_queries import NEW, Asked, conditions, with_applications
from accessflow.services.ledger_walk import Conditions, Walk

PAGE_SIZE = 25
FEW = 2000
"""So many rights are sorted as they are; where there are more, any walk soon meets some."""
MOST, MOST_OWN = 1000, 10_000
"""Counting stops beyond these: in the whole region, in one organisation."""
CHUNK = 500
SORTS = ("name", "system", "organization", "since", "until")


@dataclass(frozen=True, slots=True)
class Part:
    """`before` and `after` are the cursors of its neighbours, 0 at the ends."""

    items: Sequence[Grant]
    before: int
    after: int


@dataclass(frozen=True)
class Rights:
    """The rights that an actor may see of what is asked for."""

    session: Session
    actor: Actor
    catalogue: Catalogue
    asked: Asked

    @cached_property
    def where(self) -> Conditions:
        """Bounded to the few ids among which everything is that matches, where they are few."""
        seen = tuple(conditions(self.actor, self.asked))
        if self._leavers is not None:
            return (*seen, Grant.employment_id.in_(self._leavers))
        return seen if self.few is None else (*seen, Grant.id.in_(self.few))

    @cached_property
    def narrow(self) -> bool:
        """Whether no more than one organisation's rights are asked for, or those of some people."""
        asked = self.asked
        about = (asked.organization, asked.people, asked.person, asked.employment)
        rare = asked.state in ("gone", "expiring")
        return rare or not scope.sees_all(self.actor) or any(x is not None for x in about)

    @property
    def most(self) -> int:
        return MOST_OWN if self.narrow else MOST

    def total(self) -> int:
        """How many there are, `most` + 1 where there are more."""
        some = select(Grant.id).where(*self.where).limit(self.most + 1).subquery()
        return self.session.scalar(select(func.count()).select_from(some)) or 0

    def part(self, *, sort: str, after: int = 0, before: int = 0, size: int = PAGE_SIZE) -> Part:
        """`size` rights after a cursor or before one; the first ones without a cursor, and where
        it says nothing. `sort` is one of SORTS, falling with «-» in front; `until` of the revoked.
        """
        back = bool(before) and not after
        start = self._place(before if back else after)
        back = back and start is not None
        falling = sort.startswith("-") != back
        ids = self._walk.ids(sort.removeprefix("-"), start, size + 1, falling=falling)
        more, ids = len(ids) > size, ids[:size]
        if back and not more:  # the beginning: a whole first page rather than its rest
            return self.part(sort=sort, size=size)
        if back:
            ids.reverse()
        return Part(
            self.load(ids),
            before=ids[0] if ids and start is not None else 0,
            after=ids[-1] if ids and (back or more) else 0,
        )

    def everything(self) -> Iterator[list[Grant]]:
        """All of them in chunks, of one organisation by name: for a sheet."""
        if self.narrow:
            rows: Iterator[int] = iter(self._walk.ids("name", None, None, falling=False))
        else:
            query = select(Grant.id).where(*self.where).order_by(Grant.id)
            rows = iter(self.session.scalars(query.execution_options(yield_per=CHUNK)))
        while ids := list(islice(rows, CHUNK)):
            yield self.load(ids)

    def load(self, ids: Sequence[int]) -> list[Grant]:
        """With whose they are and by which applications, in the order of the ids."""
        query = with_applications(select(Grant).where(Grant.id.in_(ids)))
        found = {grant.id: grant for grant in self.session.scalars(query)}
        return [found[n] for n in ids]

    def _place(self, cursor: int) -> Grant | None:
        if not cursor:
            return None
        return self.session.scalar(
            select(Grant)
            .where(Grant.id == cursor, scope.within(self.actor, Grant.organization_id))
            .options(joinedload(Grant.person), joinedload(Grant.organization))
        )

    @cached_property
    def _leavers(self) -> list[int] | None:
        """Jobs that were over and held something still, in a region; None where
        they are many, or it is another question."""
        asked = self.asked
        one = asked.organization is not None or not scope.sees_all(self.actor)
        if asked.state != "gone" or asked.known_at is not None or one:
            return None
        still = select(Grant.id).where(
            Grant.person_id == Employment.person_id,  # an index has it
            Grant.employment_id == Employment.id,
            or_(Grant.until.is_(None), Grant.until > asked.on),
            Grant.voided_at.is_(None),
        )
        query = select(Employment.id).where(
            Employment.until < asked.on, still.limit(1).scalar_subquery().is_not(None)
        )
        found = list(self.session.scalars(query.limit(FEW + 1)))
        return found if len(found) <= FEW else None

    @cached_property
    def few(self) -> list[int] | None:
        """The ids that meet the rarest condition, None where more meet each of them."""
        for condition, order in () if self.narrow else self._probes():
            query = select(Grant.id).where(condition).order_by(order).limit(FEW + 1)
            number = self.session.scalar(select(func.count()).select_from(query.subquery())) or 0
            if number <= FEW:
                return list(self.session.scalars(query))
        return None

    def _probes(self) -> Iterator[tuple[ColumnElement[bool], Any]]:
        """Conditions that an index answers, with its order."""
        asked = self.asked
        yield Grant.since <= asked.on, Grant.since
        for slug in self._slugs() if len(self._slugs()) == 1 else ():
            yield Grant.system == slug, Grant.id
        if asked.state == "revoked":
            yield Grant.until <= asked.on, Grant.until
        if asked.state == "new":
            yield Grant.since > asked.on - NEW, Grant.since.desc()
        if asked.known_at is not None:
            yield Grant.recorded_at <= asked.known_at, Grant.recorded_at

    def _slugs(self) -> tuple[str, ...]:
        """The systems asked for, () for all."""
        return (self.asked.system,) if self.asked.system else self.asked.systems or ()

    @cached_property
    def _walk(self) -> Walk:
        whole = self.narrow or self.few is not None
        return Walk(self.session, self.catalogue, self.where, self._slugs(), whole)
