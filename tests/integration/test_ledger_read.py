"""What is asked of the ledger: by whom, as of which day, as a matrix, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accessflow.db.tables import Employment, LedgerEntry
from accessflow.domain.errors import NotFound
from accessflow.services import ledger, renewals
from accessflow.services.actor import Actor
from accessflow.services.ledger_queries import (
    Asked,
    closings_without_a_right,
    history,
    matrix,
    page,
)
from tests.factories import NOON
from tests.ledger_examples import ADMIN, TODAY, WORKER, Book, days
from tests.request_examples import another


def closings(book: Book, actor: Actor | None = None, **asked: Any) -> list[LedgerEntry]:
    """Those that ended no right."""
    with book.db.read() as session:
        query = closings_without_a_right(actor or book.house.actor, **asked)
        return list(session.scalars(query))


def test_a_revocation_of_what_nobody_knows_is_kept_and_shown(book: Book) -> None:
    job = book.house.hire()
    book.revoke(book.row(job, WORKER))
    assert book.grants(job) == []
    [note] = closings(book)
    assert (note.employment_id, note.role, note.met_nothing_at) == (job, WORKER, NOON)
    assert closings(book, another(book.db, "secretary")) == []
    assert [one.id for one in closings(book, text="ПЕТРОВА")] == [note.id]
    assert closings(book, text="Сидорова") == []
    given_ = book.row(job)
    book.grant(given_, days(-3))
    assert book.held() == []
    assert closings(book) == []
    book.undo(given_, NOON)
    assert [one.id for one in closings(book)] == [note.id]


def test_what_is_known_depends_on_when_it_was_told(book: Book) -> None:
    """Held on the 20th, revoked on the 21st, which the ledger learnt on the 23rd."""
    job = book.house.hire()
    book.grant(book.row(job), days(-10), NOON - timedelta(days=10))
    book.revoke(book.row(job, ""), days(-2), NOON)
    assert book.held(days(-3)) == [WORKER]
    assert book.held(days(-2)) == []
    assert book.held(days(-2), known_at=NOON - timedelta(days=1)) == [WORKER]
    assert book.held(days(-2), known_at=NOON - timedelta(days=11)) == []


def test_only_the_own_organisation_and_those_above_see_a_right(book: Book) -> None:
    job = book.house.hire()
    book.grant(book.row(job))
    with book.db.read() as session:
        person = session.get_one(Employment, job).person_id

        def seen(actor: Actor) -> int:
            asked = Asked(TODAY, system="frmss")
            return len(page(session, actor, asked)) + len(history(session, actor, person))

        neighbour = another(book.db, "secretary")
        assert seen(neighbour) == 0
        assert seen(another(book.db, "hr", book.house.organization)) == 2
        assert seen(another(book.db, "miac_lead")) == 2
        with pytest.raises(NotFound):
            matrix(session, neighbour, Asked(TODAY, organization=book.house.organization))


def test_the_matrix_shows_people_by_name_page_by_page(book: Book) -> None:
    names = ["Авдеева Анна Ивановна", "Белова Анна Ивановна", "Власова Анна Ивановна"]
    jobs = [book.house.hire(name) for name in reversed(names)]
    rmo = book.of("rmo")
    for job in jobs:
        book.grant(book.row(job, ADMIN))
        book.grant(book.row(job, WORKER))
        rmo.grant(rmo.row(job))
    gone = book.house.hire("Абрамова Анна Ивановна")
    row = book.row(gone)
    book.grant(row, days(-5))
    book.revoke(book.row(gone, ""), days(-1))
    with book.db.read() as session:
        asked = Asked(TODAY, organization=book.house.organization)
        first = matrix(session, book.house.actor, asked, limit=2)
        assert [p.last_name for p in first.people] == ["Авдеева", "Белова"]
        assert first.systems == {"frmss", "rmo"}
        cell = first.cells[first.people[0].id, "frmss"]
        assert [grant.role for grant in cell] == [ADMIN, WORKER]
        rest = matrix(session, book.house.actor, asked, after=first.after, limit=2)
        assert ([p.last_name for p in rest.people], rest.after) == (["Власова"], None)


def test_pages_of_a_system_meet(book: Book) -> None:
    for _ in range(5):
        book.grant(book.row(book.house.hire()))
    with book.db.read() as session:
        asked = Asked(TODAY, system="frmss", organization=book.house.organization)
        first = page(session, book.house.actor, asked, limit=3)
        second = page(session, book.house.actor, asked, after=first[-1].id, limit=3)
    assert (len(first), len(second)) == (3, 2)


def test_rights_that_run_out_are_found_but_those_not_to_be_renewed(book: Book) -> None:
    jobs = [book.house.hire() for _ in range(3)]
    for job, term in zip(jobs, (20, 25, 40), strict=True):
        book.grant(book.row(job, expires_on=days(term).isoformat()))
    with book.db.write() as session:
        ledger.do_not_renew(session, [book.grants(jobs[0])[0].id])
    with book.db.read() as session:
        soon = renewals.listed(book.house.actor, renewals.Filter(days=30), TODAY)
        assert [g.employment_id for g in session.scalars(soon)] == [jobs[1]]
