"""The ledger of entitlements: decided rows open and close rights, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from accessflow.db.session import Database
from accessflow.db.tables import Change, Employment, Grant, LedgerEntry, Person, Request, RequestRow
from accessflow.domain.errors import NotFound
from accessflow.services import acting, ledger, renewals
from accessflow.services.actor import Actor
from accessflow.services.files import FileStore
from accessflow.services.ledger_queries import (
    Asked,
    closings_without_a_right,
    held,
    history,
    matrix,
    page,
)
from accessflow.workflow.decide import RowDecision
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house

TODAY = date(2026, 11, 23)
ADMIN, WORKER = "Администратор МО", "Медицинский работник"
_positions = count(1)


@dataclass
class Book:
    """An organisation, its application, and a ledger written by its rows."""

    house: House
    request: int
    requests: dict[str, int] = field(default_factory=dict)

    @property
    def db(self) -> Database:
        return self.house.db

    def row(self, job: int | None, role: str = WORKER, **answers: str) -> int:
        with self.db.write() as session:
            person = (
                session.get_one(Person, session.get_one(Employment, job).person_id) if job else None
            )
            row = RequestRow(
                request_id=self.request,
                position=next(_positions),
                employment_id=job,
                snils=answers.pop("digits", person.snils if person else ""),
                answers={"role": role, **answers},
            )
            session.add(row)
            session.flush()
            return row.id

    def of(self, system: str) -> Book:
        if system not in self.requests:
            [self.requests[system]] = self.house.make(system)
        return Book(self.house, self.requests[system], self.requests)

    def grant(self, row: int, on: date = TODAY, now: datetime = NOON) -> None:
        self._decide(row, "granted", on, now)

    def revoke(self, row: int, on: date = TODAY, now: datetime = NOON) -> None:
        self._decide(row, "revoked", on, now)

    def undo(self, row: int, now: datetime = NOON) -> None:
        self._decide(row, "", None, now)

    def _decide(self, row_id: int, outcome: str, on: date | None, now: datetime) -> None:
        with self.db.write() as session:
            row = session.get_one(RequestRow, row_id)
            row.outcome = outcome
            request = session.get_one(Request, row.request_id)
            ledger.follow_rows(session, catalogue(), request, [row], now, on)

    def held(self, on: date = TODAY, known_at: datetime | None = None, **asked: Any) -> list[str]:
        with self.db.read() as session:
            found = held(session, self.house.actor, Asked(on, known_at, **asked))
            return [grant.role for grant in found]

    def grants(self, job: int) -> list[Grant]:
        with self.db.read() as session:
            query = select(Grant).where(Grant.employment_id == job).order_by(Grant.id)
            return list(session.scalars(query))


@pytest.fixture
def book(db: Database) -> Book:
    ours = house(db)
    [request] = ours.make("frmss")
    return Book(ours, request)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def test_a_granted_row_opens_a_right_with_its_application(book: Book) -> None:
    job = book.house.hire()
    row = book.row(job)
    book.grant(row)
    [grant] = book.grants(job)
    assert (grant.system, grant.role, grant.since, grant.until) == ("frmss", WORKER, TODAY, None)
    assert (grant.provenance, grant.reference) == ("request", "2026-00001")
    with book.db.read() as session:
        [found] = held(session, book.house.actor, Asked(TODAY, employment=job))
        assert found.opened.request_row is not None
        assert found.opened.request_row.id == row


def test_a_role_spelled_otherwise_is_the_forms_own(book: Book) -> None:
    job = book.house.hire()
    book.grant(book.row(job, "медицинский  работник"))
    assert [g.role for g in book.grants(job)] == [WORKER]


def test_a_revoked_row_closes_what_it_names_and_leaves_the_other_role(book: Book) -> None:
    job = book.house.hire()
    book.grant(book.row(job, ADMIN), days(-5))
    book.grant(book.row(job, WORKER), days(-5))
    book.revoke(book.row(job, ADMIN))
    assert book.held() == [WORKER]
    assert book.held(days(-1)) == [ADMIN, WORKER]


def test_a_revocation_without_a_role_closes_every_role_of_that_system_alone(book: Book) -> None:
    job = book.house.hire()
    for role in (ADMIN, WORKER):
        book.grant(book.row(job, role), days(-5))
    rmo = book.of("rmo")
    rmo.grant(rmo.row(job, WORKER), days(-5))
    book.revoke(book.row(job, ""))
    with book.db.read() as session:
        found = held(session, book.house.actor, Asked(TODAY, employment=job))
    assert [g.system for g in found] == ["rmo"]


def test_one_application_for_two_systems_makes_two_records_and_closes_both(book: Book) -> None:
    job = book.house.hire()
    both = book.of("frmr")
    both.grant(both.row(job, "Сотрудник"), days(-5))
    assert sorted(g.system for g in book.grants(job)) == ["frmo", "frmr"]
    both.revoke(both.row(job, ""))
    assert [g.until for g in book.grants(job)] == [TODAY, TODAY]


def test_a_right_of_one_job_is_not_that_of_the_other(book: Book, db: Database) -> None:
    """Somebody who works in two organisations and leaves one loses only what belongs there."""
    here = book.house.hire()
    other = house(db)
    [request] = other.make("frmss")
    theirs = Book(other, request)
    with db.write() as session:
        person = session.get_one(Employment, here).person_id
        job = Employment(person_id=person, organization_id=other.organization, position="Врач")
        session.add(job)
        session.flush()
        there = job.id
    book.grant(book.row(here), days(-5))
    theirs.grant(theirs.row(there), days(-5))
    book.revoke(book.row(here, ""))
    assert [g.until for g in book.grants(here)] == [TODAY]
    assert [g.until for g in book.grants(there)] == [None]
    assert book.held(person=person) == []
    assert theirs.held(person=person) == [WORKER]


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


def test_taking_a_grant_back_leaves_no_right_and_keeps_what_was_believed(book: Book) -> None:
    job = book.house.hire()
    row = book.row(job)
    book.grant(row)
    later = NOON + timedelta(hours=2)
    book.undo(row, later)
    assert book.held() == []
    assert book.held(known_at=NOON + timedelta(hours=1)) == [WORKER]
    [voided] = book.grants(job)
    assert (voided.voided_at, voided.void_reason) == (later, ledger.TAKEN_BACK)


def test_taking_a_revocation_back_brings_the_right_back_as_it_was(book: Book) -> None:
    job = book.house.hire()
    book.grant(book.row(job), days(-5), NOON - timedelta(days=5))
    row = book.row(job, "")
    book.revoke(row, TODAY, NOON)
    book.undo(row, NOON + timedelta(days=1))
    assert book.held(days(1)) == [WORKER]
    assert book.held(known_at=NOON + timedelta(hours=1)) == []
    [grant] = [g for g in book.grants(job) if g.voided_at is None]
    assert (grant.since, grant.until) == (days(-5), None)


def test_a_row_decided_anew_is_told_once(book: Book) -> None:
    job = book.house.hire()
    row = book.row(job)
    for _ in range(2):
        book.grant(row)
    book.undo(row)
    book.grant(row, days(1))
    assert [(g.since, g.voided_at is None) for g in book.grants(job)] == [
        (TODAY, False), (days(1), True),
    ]  # fmt: skip


def test_the_second_application_for_one_right_keeps_it_when_the_first_is_taken_back(
    book: Book,
) -> None:
    job = book.house.hire()
    first, second = book.row(job), book.row(job)
    book.grant(first, days(-5))
    book.grant(second, days(-1))
    assert [g.since for g in book.grants(job)] == [days(-5)]
    book.undo(first)
    [grant] = [g for g in book.grants(job) if g.voided_at is None]
    assert grant.since == days(-1)


def test_what_is_known_depends_on_when_it_was_told(book: Book) -> None:
    """Held on the 20th, revoked on the 21st, which the ledger learnt on the 23rd."""
    job = book.house.hire()
    book.grant(book.row(job), days(-10), NOON - timedelta(days=10))
    book.revoke(book.row(job, ""), days(-2), NOON)
    assert book.held(days(-3)) == [WORKER]
    assert book.held(days(-2)) == []
    assert book.held(days(-2), known_at=NOON - timedelta(days=1)) == [WORKER]
    assert book.held(days(-2), known_at=NOON - timedelta(days=11)) == []


def test_a_person_typed_by_hand_is_found_by_number_or_written_down(book: Book) -> None:
    job = book.house.hire()
    digits = book.house.snils(job)
    book.grant(book.row(None, digits=digits))
    assert len(book.grants(job)) == 1
    unknown = factories.snils()
    names = {"last_name": "Ким", "first_name": "Ольга", "middle_name": "Викторовна"}
    book.grant(book.row(None, digits=unknown, position="Врач", **names))
    with book.db.read() as session:
        person = session.scalars(select(Person).where(Person.snils == unknown)).one()
        [grant] = held(session, book.house.actor, Asked(TODAY, person=person.id))
        assert grant.employment.position == "Врач"
        assert grant.employment.organization_id == book.house.organization


def test_of_two_jobs_the_one_of_the_rows_post_is_meant(book: Book) -> None:
    job = book.house.hire(position="Врач")
    with book.db.write() as session:
        person = session.get_one(Employment, job).person_id
        session.add(
            Employment(
                person_id=person, organization_id=book.house.organization, position="Статистик"
            )
        )
    book.grant(book.row(None, digits=book.house.snils(job), position="врач"))
    assert len(book.grants(job)) == 1


def test_a_row_without_a_number_is_noted_in_the_applications_history(book: Book) -> None:
    book.grant(book.row(None))
    with book.db.read() as session:
        assert session.scalars(select(LedgerEntry)).all() == []
        notes = session.scalars(select(Change).where(Change.entity_id == book.request)).all()
        assert any("Реестр прав" in note.what for note in notes)


def test_the_database_itself_refuses_two_open_rights_of_one_kind(book: Book) -> None:
    job = book.house.hire()
    book.grant(book.row(job))
    [grant] = book.grants(job)
    twin = {
        column.key: getattr(grant, column.key)
        for column in Grant.__table__.columns
        if column.key != "id"
    }
    with pytest.raises(IntegrityError), book.db.write() as session:
        session.execute(insert(Grant).values(twin))
    with book.db.write() as session:
        session.execute(insert(Grant).values({**twin, "voided_at": NOON}))
    assert len(book.grants(job)) == 2


def test_decisions_at_once_open_one_right(book: Book) -> None:
    job = book.house.hire()
    rows = [book.row(job) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(book.grant, rows))
    assert [g.until for g in book.grants(job)] == [None]
    with book.db.read() as session:
        assert len(session.scalars(select(LedgerEntry)).all()) == 6


def test_a_list_opens_only_what_the_ledger_does_not_hold(book: Book) -> None:
    known, fresh = book.house.hire(), book.house.hire()
    book.grant(book.row(known), days(-5))
    with book.db.write() as session:
        made = [
            ledger.open_from_list(
                session, session.get_one(Employment, job), "frmss", "медицинский работник", NOON,
                on=TODAY, reference="accounts.xlsx, строка 4", last_seen_on=days(-40),
            )
            for job in (known, fresh)
        ]  # fmt: skip
    assert [entry is None for entry in made] == [True, False]
    assert [g.last_seen_on for g in book.grants(known)] == [days(-40)]
    [grant] = book.grants(fresh)
    assert (grant.provenance, grant.reference) == ("import", "accounts.xlsx, строка 4")
    assert grant.last_seen_on == days(-40)


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


# --- by the actions of an application ---


def act(book: Book, folder: Path, action: str, given: dict[str, object]) -> None:
    acting.act(
        book.db,
        actor=another(book.db, "miac_specialist"),
        now=NOON,
        catalogue=catalogue(),
        files=FileStore(folder),
        request_id=book.request,
        action=action,
        given=given,
    )


def test_a_decision_opens_the_right_and_its_undoing_takes_it_away(
    book: Book, tmp_path: Path
) -> None:
    with book.db.write() as session:
        request = session.get_one(Request, book.request)
        request.state, request.sent_at, request.registration_no = "in_review", NOON, "1"
        [row] = request.rows
        session.add(
            RequestRow(request_id=book.request, position=9, answers={}, snils=factories.snils())
        )
    act(book, tmp_path, "decide", {"rows": [RowDecision(row.id, "granted")]})
    job = row.employment_id
    assert job is not None
    assert [(g.since, g.reference) for g in book.grants(job)] == [(TODAY, request.number)]
    act(book, tmp_path, "undecide", {"rows": [RowDecision(row.id, "")], "text": "Не тот человек"})
    assert [g.voided_at for g in book.grants(job)] == [NOON]
    assert book.held() == []


# --- any order of arrival ---

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
        book._decide(row, outcome, days(on), NOON)
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
