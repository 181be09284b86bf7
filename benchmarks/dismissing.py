"""Dismissals of one organisation entered, revoked and printed, in a process of its own.

    python -m benchmarks.dismissing URL COUNT

Prints `{"seconds": ..., "rows": ..., "documents": ..., "peak": KiB}`: how long, how many rows of
revocations and how many files came of it, and the most memory that the process has had.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

from sqlalchemy import select

from accessflow.catalogue.load import load
from accessflow.catalogue.spec import Catalogue
from accessflow.config import catalogue_dir
from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.services import dismissal_entering, dismissal_making
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of
from accessflow.services.dismissal_entering import Dismissing
from accessflow.services.dismissal_making import Choice
from accessflow.services.printing import file_of, model_of
from benchmarks.ledger_data import NOW, SECRETARIES, TODAY

SECRETARY = Actor(user_id=SECRETARIES + 1, role="secretary", organization_id=1, name="Малахова")
KINDS = ("docx", "pdf", "xlsx")


def main(url: str, count: int) -> None:
    db, catalogue = Database(url), load(catalogue_dir({}))
    begin = perf_counter()
    whats = [Dismissing(number, TODAY, order_no=str(number)) for number in range(1, count + 1)]
    taken = dismissal_entering.enter_many(
        db, actor=SECRETARY, now=NOW, catalogue=catalogue, whats=whats
    )
    made = dismissal_making.make(
        db, actor=SECRETARY, now=NOW, catalogue=catalogue, choice=Choice(taken.made)
    )
    rows, documents = 0, 0
    for request_id in made:
        written = printed(db, catalogue, request_id)
        rows, documents = rows + written, documents + len(KINDS)
    seconds = perf_counter() - begin
    told = {"seconds": seconds, "rows": rows, "documents": documents, "peak": peak()}
    print(json.dumps(told))


def peak() -> int:
    """KiB. Not `ru_maxrss`, which begins with the memory of whoever started the process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def printed(db: Database, catalogue: Catalogue, request_id: int) -> int:
    """Every file of an application; how many rows it has."""
    with db.read() as session:
        request = session.scalars(select(Request).where(Request.id == request_id)).one()
        model = model_of(check_of(session, catalogue, request), catalogue, TODAY)
        for kind in KINDS:
            file_of(model, kind)
        return len(request.rows)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
