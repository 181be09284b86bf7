"""How applications are found by words, whole or begun: rare ones first, common ones on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    false,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from accessflow.db.id_list import is_among
from accessflow.db.request_tables import STEM
from accessflow.db.session import once
from accessflow.db.tables import Request, RequestWord
from accessflow.services.totals import words

FEW_IDS = 300
"""So many matches of a word are looked up one by one; where there are more, any page meets some."""
FEW_AMONG = 2000
"""So many matches of common words are looked up among what is open."""


@dataclass(frozen=True, slots=True)
class LookedFor:
    """`ids`: the few among which everything is that matches; None where they are many."""

    ids: frozenset[int] | None
    conditions: tuple[ColumnElement[bool], ...]


EVERYTHING = LookedFor(None, ())


def look_for(
    session: Session,
    text: str,
    ids: Iterable[int] | None = None,
    among: Select[int] | None = None,
) -> LookedFor:
    """Every word of `text`, among `ids` alone where they are given.

    Rare words are looked up first: then the query goes by those ids alone. Common ones are met on
    the way through any order; `among`, ids of which there are few however many requests there are,
    they are looked up, too. Which is which no planner without statistics can tell.
    """
    looked_for = words(text)
    if text.strip() and not looked_for:  # signs only: nothing is found by them
        return LookedFor(frozenset(), (false(),))
    few = None if ids is None else frozenset(ids)
    common = []
    for word in sorted(looked_for):
        matches, found = once(session, ("word", word), partial(_looked_up, session, word))
        if found is None:
            # Not `exists`, which a planner may turn round: from all that has the word.
            here = select(RequestWord.word).where(RequestWord.request_id == Request.id, matches)
            common.append(here.limit(1).scalar_subquery().is_not(None))
        else:
            few = found if few is None else few & found
    if common and among is not None and few is None:
        met = among.where(*common).limit(FEW_AMONG + 1)
        key = ("among", *sorted(looked_for))
        found = once(session, key, lambda: frozenset(session.scalars(met)))
        if len(found) <= FEW_AMONG:
            few, common = found, []
    by_id = () if few is None else (is_among(session, Request.id, few),)
    return LookedFor(few, (*by_id, *common))


def _looked_up(session: Session, word: str) -> tuple[ColumnElement[bool], frozenset[int] | None]:
    """What matches on the way through any order, and the requests where they are few."""
    begins, stem = _begins(word), _stem_of(session, word)
    if not stem or stem == word:
        return begins, _few(session, begins)
    forms = or_(RequestWord.word == stem, literal_column(STEM) == stem)
    few = _few(session, begins)
    if few is not None:  # of a common word the index of stems would be a long way round
        others = _few(session, forms)
        few = None if others is None else few | others
    # A stem stands at the beginning of its words: of each request few need be looked at.
    return and_(_begins(stem), or_(begins, forms)), few


def _few(session: Session, matches: ColumnElement[bool]) -> frozenset[int] | None:
    """The requests with a word that matches; None where they are many."""
    few = select(RequestWord.request_id).where(matches).limit(FEW_IDS + 1)
    ids = frozenset(session.scalars(few))
    return ids if len(ids) <= FEW_IDS else None


def _begins(start: str) -> ColumnElement[bool]:
    return and_(RequestWord.word >= start, RequestWord.word < start + "\U0010ffff")


def _stem_of(session: Session, word: str) -> str | None:
    """On PostgreSQL, where the other forms of a word are found, too; SQLite knows none."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    typed = select(literal(word).label("word")).subquery()
    return session.scalar(select(literal_column(STEM, String)).select_from(typed))
