"""What a request says of itself for the list: rows, defects, the words that it is found by.

Called in the transaction of every change of a request's rows, fields, system or signatory, and of
its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request, RequestWord
from accessflow.forms.defect import Defect
from accessflow.forms.rows import NAME_KEYS
from accessflow.services.applications import check_of
from accessflow.services.fields import searchable
from accessflow.services.offers import system_label
from accessflow.services.waivers import defects_of

LONGEST_WORD = 64
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def refresh(session: Session, catalogue: Catalogue, request: Request) -> tuple[Defect, ...]:
    """Counts and words brought up to date; returns every defect. Also of a new request, which is
    stored by it."""
    defects = defects_of(session, check_of(session, catalogue, request), request)
    request.row_count = len(request.rows)
    request.error_count = sum(d.level == "error" for d in defects)
    request.warning_count = len(defects) - request.error_count
    reindex(session, catalogue, request)
    return defects


def reindex(session: Session, catalogue: Catalogue, request: Request) -> None:
    """The words alone: after a step, which may have given it numbers."""
    _index(session, request, words_of(catalogue, request))


def words_of(catalogue: Catalogue, request: Request) -> set[str]:
    """Of numbers also their tails: «2026-00412» is found by «412»."""
    texts = [request.external_no, request.organization.short_name]
    if request.journal_key:  # the old journal's number, where ours had to be another
        texts.append(request.our_ref)
    for number in (request.number, request.registration_no or ""):
        tail = number.rpartition("-")[2]
        texts += (number, tail, tail.lstrip("0"))
    if request.system and request.system in catalogue.systems:
        texts.append(system_label(catalogue, request.system))
    texts += (str(row.answers.get(key, "")) for row in request.rows for key in NAME_KEYS)
    return words(*texts)


def add_name(session: Session, organization_id: int, name: str) -> None:
    """The organisation's new name, too, finds all its requests. The old one goes on finding them
    until each is next changed: people remember it."""
    its = Request.organization_id == organization_id
    for word in sorted(words(name)):
        known = select(RequestWord.word).where(
            RequestWord.request_id == Request.id, RequestWord.word == word
        )
        ids = session.scalars(select(Request.id).where(its, ~known.exists())).all()
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            session.execute(insert(RequestWord), [{"request_id": n, "word": word} for n in some])
            session.execute(
                update(Request)
                .where(Request.id.in_(some))
                .values(search_text=Request.search_text + f" {word}"),
                execution_options={"synchronize_session": False},
            )


def words(*texts: str) -> set[str]:
    """The words of texts as they are stored and looked for; of «Ким-Ли» also both halves."""
    whole = _WORD.findall(searchable(*texts))
    parts = [part for word in whole if "-" in word for part in word.split("-")]
    return {word[:LONGEST_WORD] for word in (*whole, *parts) if word}


def _index(session: Session, request: Request, now: Iterable[str]) -> None:
    """Only the difference is written: a draft saves itself every few seconds."""
    before, after = set(request.search_text.split()), set(now)
    request.search_text = " ".join(sorted(after))
    session.flush()  # a new one gets its id
    if gone := before - after:
        session.execute(
            delete(RequestWord).where(
                RequestWord.request_id == request.id, RequestWord.word.in_(gone)
            )
        )
    if fresh := after - before:
        rows = [{"request_id": request.id, "word": word} for word in sorted(fresh)]
        session.execute(insert(cast(Table, RequestWord.__table__)), rows)
