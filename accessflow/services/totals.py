"""What a request says of itself for the list: rows, defects, the words that it is found by.

Called in the transaction of every change of a request's rows, fields, system or signatory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import delete, insert
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
    """Counts and words brought up to date; returns every defect. The request has its id."""
    defects = defects_of(session, check_of(session, catalogue, request), request)
    request.row_count = len(request.rows)
    request.error_count = sum(d.level == "error" for d in defects)
    request.warning_count = len(defects) - request.error_count
    _index(session, request, words_of(catalogue, request))
    return defects


def words_of(catalogue: Catalogue, request: Request) -> set[str]:
    """Of the number also its tail: «2026-00412» is found by «412»."""
    tail = request.number.rpartition("-")[2]
    texts = [request.number, tail, tail.lstrip("0")]
    if request.system:
        texts.append(system_label(catalogue, request.system))
    texts += (str(row.answers.get(key, "")) for row in request.rows for key in NAME_KEYS)
    return words(*texts)


def words(*texts: str) -> set[str]:
    """The words of texts as they are stored and looked for; of «Ким-Ли» also both halves."""
    whole = _WORD.findall(searchable(*texts))
    parts = [part for word in whole if "-" in word for part in word.split("-")]
    return {word[:LONGEST_WORD] for word in (*whole, *parts) if word}


def _index(session: Session, request: Request, now: Iterable[str]) -> None:
    """Only the difference is written: a draft saves itself every few seconds."""
    before, after = set(request.search_text.split()), set(now)
    request.search_text = " ".join(sorted(after))  # first: the statements below flush it along
    if gone := before - after:
        session.execute(
            delete(RequestWord).where(
                RequestWord.request_id == request.id, RequestWord.word.in_(gone)
            )
        )
    if fresh := after - before:
        rows = [{"request_id": request.id, "word": word} for word in sorted(fresh)]
        session.execute(insert(RequestWord), rows)
