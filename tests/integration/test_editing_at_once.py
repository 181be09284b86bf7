"""Many hands on one draft at the same moment: nothing is lost, nothing is written over unseen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.forms import compare
from accessflow.forms.grid import told
from accessflow.services import editing, row_operations
from accessflow.services.draft import opened
from accessflow.services.draft_closing import Outcome
from accessflow.services.editing import Typed, TypedRow
from tests.catalogue_examples import catalogue
from tests.draft_examples import answers, draft, people, row_ids, stored
from tests.factories import NOON
from tests.request_examples import House, house


@pytest.fixture
def clinic(database_url: str) -> Iterator[House]:
    db = Database(database_url)
    yield house(db)
    db.dispose()


def save(clinic: House, request: int, row: int, position: str, base: str) -> Outcome:
    typed = Typed((TypedRow(row, {"position": position}, base),))
    return editing.save(
        clinic.db,
        actor=clinic.actor,
        now=NOON,
        catalogue=catalogue(),
        request_id=request,
        typed=typed,
    )


def fingerprint(clinic: House, request: int, row: int) -> str:
    """The one that a page opened now would carry."""
    with opened(
        clinic.db, actor=clinic.actor, now=NOON, catalogue=catalogue(), request_id=request
    ) as found:
        known = found.row(row)
        assert known is not None
        return compare.fingerprint(told(found.grid, found.shown(known)))


def test_saves_of_different_rows_all_arrive(clinic: House) -> None:
    request = draft(clinic, people(8))
    ids = row_ids(clinic.db, request)
    bases = [fingerprint(clinic, request, row) for row in ids]
    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda n: save(clinic, request, ids[n], f"Врач {n}", bases[n]), range(8))
        )
    assert not any(outcome.clashes for outcome in done)
    assert [row["position"] for row in answers(clinic.db, request)] == [
        f"Врач {n}" for n in range(8)
    ]
    assert stored(clinic.db, request).content_version == 9


def test_of_several_saves_of_one_row_one_wins_and_the_others_are_told(clinic: House) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(clinic.db, request)
    base = fingerprint(clinic, request, row)
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda n: save(clinic, request, row, f"Врач {n}", base), range(6)))
    assert sum(not outcome.clashes for outcome in done) == 1
    winner = next(n for n, outcome in enumerate(done) if not outcome.clashes)
    assert answers(clinic.db, request)[0]["position"] == f"Врач {winner}"


def test_rows_added_at_once_are_all_there_in_a_clean_order(clinic: House) -> None:
    request = draft(clinic, people(1))

    def add(_: int) -> Outcome:
        return editing.save(
            clinic.db,
            actor=clinic.actor,
            now=NOON,
            catalogue=catalogue(),
            request_id=request,
            typed=Typed(),
            operation=row_operations.add,
        )

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(6)))
    with clinic.db.read() as session:
        positions = [row.position for row in session.get_one(Request, request).rows]
    assert positions == [1, 2, 3, 4, 5, 6, 7]
