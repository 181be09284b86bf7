"""How many applications there are by tab: counted up to a bound, so that it never takes long."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.services.actor import Actor
from accessflow.services.request_list import TABS, Filter, matching, of_tab

MOST, MOST_IN_TAB = 1000, 99
"""Counting stops beyond these."""


def _bounded(query: Select[Request], most: int) -> ScalarSelect[int]:
    """How many match; `most` + 1 where there are more than that."""
    some = query.with_only_columns(Request.id).limit(most + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Counts:
    """`total` of what is shown, and by tab; beyond their bounds MOST + 1, None where not known."""

    total: int
    tabs: dict[str, int | None]


def counts(session: Session, actor: Actor, catalogue: Catalogue, found: Filter) -> Counts:
    """Without a filter each tab is counted off its index up to MOST_IN_TAB. With one, everything
    that matches is counted in one go up to MOST, and beyond that the tabs stay without numbers: a
    rare state among many matches cannot be found without looking through them."""
    everywhere = replace(found, tab="")
    query = matching(session, actor, catalogue, everywhere)
    if everywhere == Filter():
        every = [_bounded(query.where(*of_tab(tab)), MOST_IN_TAB) for tab in TABS]
        shown = _bounded(query.where(*of_tab(found.tab)), MOST)
        numbers = list(session.execute(select(shown, *every)).one())
        return Counts(numbers[0], dict(zip(TABS, numbers[1:], strict=True)))
    some = query.with_only_columns(Request.state).limit(MOST + 1).subquery()
    grouped = session.execute(select(some.c.state, func.count()).group_by(some.c.state))
    by_state: Counter[str] = Counter({state: number for state, number in grouped})  # noqa: C416
    if by_state.total() > MOST:
        total = MOST + 1
        if found.tab:
            here = _bounded(query.where(*of_tab(found.tab)), MOST)
            total = session.scalars(select(here)).one()
        return Counts(total, dict.fromkeys(TABS))
    tabs = {tab: sum(by_state[s] for s in states or by_state) for tab, states in TABS.items()}
    return Counts(tabs[found.tab], dict(tabs))
