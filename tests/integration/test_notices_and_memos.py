"""A new version of a form is announced once to each organisation; a grant brings a memo."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from accessflow.catalogue import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Letter, User
from accessflow.domain.errors import Conflict, Forbidden
from accessflow.services import memos, notices
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.life_examples import Life


def written(db: Database, kind: str) -> list[Letter]:
    with db.read() as session:
        query = select(Letter).where(Letter.kind == kind).order_by(Letter.id)
        return list(session.scalars(query))


def with_next_version(on: date) -> Catalogue:
    """The catalogue with another version of App. 8 from that day on."""
    found = catalogue()
    present = found.form("appendix-08")
    coming = replace(present, version="1.6", effective_from=on)
    return replace(found, forms={**found.forms, "appendix-08": (present, coming)})


def test_each_organisation_is_told_once_with_the_day(db: Database) -> None:
    factories.organization(db, mailbox="one@mo.example")
    other = factories.organization(db)
    user = factories.account(db, "secretary", other)
    with db.write() as session:
        session.get_one(User, user).email = "clerk@mo.example"
    factories.organization(db, mailbox="gone@mo.example", archived_at=NOON)
    coming = with_next_version(date(2026, 12, 23))
    assert notices.announce(db, catalogue=coming, now=NOON) == 2
    assert notices.announce(db, catalogue=coming, now=NOON) == 0
    letters = written(db, "form_notice")
    assert [letter.to for letter in letters] == [["one@mo.example"], ["clerk@mo.example"]]
    assert "23.12.2026" in letters[0].text
    assert "приложение 8" in letters[0].text
    late_comer = factories.organization(db, mailbox="new@mo.example")
    assert late_comer
    assert notices.announce(db, catalogue=coming, now=NOON) == 1


def test_where_miac_works_outside_nothing_is_announced_in_its_name(db: Database) -> None:
    factories.organization(db, mailbox="one@mo.example", miac_outside=True)
    notices.announce(db, catalogue=with_next_version(date(2026, 12, 23)), now=NOON)
    [letter] = written(db, "form_notice")
    assert catalogue().region.contacts["miac_name"] not in letter.text + letter.html


def test_a_version_in_force_is_not_announced(db: Database) -> None:
    factories.organization(db, mailbox="one@mo.example")
    assert notices.announce(db, catalogue=catalogue(), now=NOON) == 0
    assert notices.announce(db, catalogue=with_next_version(date(2026, 11, 23)), now=NOON) == 0


@pytest.mark.parametrize(("on", "late"), [(date(2026, 12, 23), False), (date(2026, 12, 22), True)])
def test_fewer_than_thirty_days_are_told(
    db: Database, caplog: pytest.LogCaptureFixture, on: date, late: bool
) -> None:
    factories.organization(db, mailbox="one@mo.example")
    coming = with_next_version(on)
    notices.announce(db, catalogue=coming, now=NOON)
    with db.read() as session:
        [found] = notices.upcoming(session, coming, date(2026, 12, 10))
    assert (found.told, found.late) == (1, late)
    assert ("announced later" in caplog.text) is late


def test_two_schedulers_tell_each_organisation_once(db: Database, database_url: str) -> None:
    for number in range(6):
        factories.organization(db, mailbox=f"mo{number}@mo.example")
    coming, start, told = with_next_version(date(2027, 2, 1)), threading.Barrier(2), []

    def announce() -> None:
        other = Database(database_url)
        start.wait()
        told.append(notices.announce(other, catalogue=coming, now=NOON))
        other.dispose()

    threads = [threading.Thread(target=announce) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written(db, "form_notice")) == sum(told) == 6


def granted(ours: Life, system: str = "frmss") -> int:
    made = ours.sent(system, people=2)
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", "refused"))
    return made


def memos_of(ours: Life, request_id: int) -> list[memos.Memo]:
    with ours.db.read() as session:
        return memos.memos_of(session, ours.catalogue, ours.actor("secretary"), request_id)


def test_whoever_got_the_access_gets_a_memo(ours: Life) -> None:
    made = granted(ours)
    [memo] = memos_of(ours, made)
    assert (memo.system, memo.role) == ("ФРМСС", "Медицинский работник")
    assert memo.addresses == ("http://frmss.egisz.rosminzdrav.ru",)
    assert any("ЕСИА" in step for step in memo.steps)


def test_before_the_decision_there_is_none(ours: Life) -> None:
    assert memos_of(ours, ours.sent()) == []


def mailed(ours: Life, request_id: int, who: str, *row_ids: int) -> int:
    return memos.mail(
        ours.db, actor=ours.actor(who), now=datetime(2026, 11, 23, 9, tzinfo=UTC),
        catalogue=ours.catalogue, request_id=request_id, row_ids=row_ids,
    )  # fmt: skip


def test_a_memo_is_mailed_to_the_employee_by_the_organisation(ours: Life) -> None:
    made = granted(ours)
    first, second = ours.row_ids(made)
    assert mailed(ours, made, "secretary", first, second) == 1
    [letter] = written(ours.db, "memo")
    [memo] = memos_of(ours, made)
    assert letter.to == [memo.email]
    assert memo.name in letter.text
    assert "http://frmss.egisz.rosminzdrav.ru" in letter.text
    assert ours.one(made).rows[0].snils not in letter.text + letter.html
    assert ours.events(made)[-1].action == "memo"
    with pytest.raises(Conflict):
        mailed(ours, made, "secretary", second)
    with pytest.raises(Forbidden):
        mailed(ours, made, "miac_specialist", first)
