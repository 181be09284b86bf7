"""In whatever order decisions arrive and are taken back, the ledger comes to the same."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from accessflow.db.tables import Grant
from tests.factories import NOON
from tests.ledger_examples import ADMIN, WORKER, Book, days

Event = tuple[str, str, int]
"""What, of which role, on which day."""
events = st.lists(
    st.tuples(
        st.sampled_from(("granted", "revoked")),
        st.sampled_from((ADMIN, WORKER, "")),
        st.integers(-30, 0),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda event: event[2],
)


def told(book: Book, order: list[Event], undone: set[int]) -> list[tuple[object, ...]]:
    """A new job's rights after the events arrived in that order, some of them taken back."""
    job = book.house.hire()
    rows = []
    for outcome, role, on in order:
        row = book.row(job, role or ("" if outcome == "revoked" else WORKER))
        book.decide(row, outcome, days(on), NOON)
        rows.append((on, row))
        whole(book, job)
    for on, row in rows:
        if on in undone:
            book.undo(row)
            whole(book, job)
    return sorted(
        (g.role, g.since, str(g.until))
        for g in book.grants(job)
        if g.voided_at is None and g.since != g.until
    )


def whole(book: Book, job: int) -> None:
    """No open right without a standing application, none twice, each closed by one that stands."""
    with book.db.read() as session:
        grants = session.scalars(
            select(Grant).where(Grant.employment_id == job, Grant.voided_at.is_(None))
        ).all()
        assert len({g.opened_id for g in grants}) == len(grants)
        open_roles = [g.role for g in grants if g.until is None]
        assert len(set(open_roles)) == len(open_roles)
        for grant in grants:
            row = grant.opened.request_row
            assert row is not None
            assert (row.outcome, grant.opened.withdrawn_at) == ("granted", None)
            if grant.closed is not None:
                assert grant.closed.withdrawn_at is None
                assert grant.closed.request_row is not None
                assert grant.closed.request_row.outcome == "revoked"


def hold_in_any_order(book: Book, found: list[Event], random: Random) -> None:
    shuffled = found.copy()
    random.shuffle(shuffled)
    undone = {on for _, _, on in found if random.random() < 0.3}
    assert told(book, shuffled, undone) == told(book, found, undone)


SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("backend", ["sqlite"])
@given(found=events, random=st.randoms(use_true_random=False))
@settings(max_examples=40, suppress_health_check=SHARED)
def test_any_order_of_arrival_comes_to_the_same(
    book: Book, found: list[Event], random: Random
) -> None:
    hold_in_any_order(book, found, random)


@pytest.mark.parametrize("backend", ["postgresql"])
@given(found=events, random=st.randoms(use_true_random=False))
@settings(max_examples=12, suppress_health_check=SHARED)
def test_any_order_of_arrival_comes_to_the_same_on_postgresql(
    book: Book, found: list[Event], random: Random
) -> None:
    hold_in_any_order(book, found, random)
