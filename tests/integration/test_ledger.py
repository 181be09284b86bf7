"""The ledger of entitlements: decided rows and lists open and close rights, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from accessflow.db.session import Database
from accessflow.db.tables import Change, Employment, Grant, LedgerEntry, Person, Request, RequestRow
from accessflow.services import acting, ledger, ledger_imports
from accessflow.services.files import FileStore
from accessflow.services.ledger_queries import (
    Asked,
    held,
)
from accessflow.workflow.decide import RowDecision
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.ledger_examples import ADMIN, TODAY, WORKER, Book, days
from tests.request_examples import another, house


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
            ledger_imports.open_from_list(
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
