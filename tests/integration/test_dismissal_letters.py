"""Reminders of a dismissal: on working days, to those concerned, once each, and no longer than
something is left to send."""

from __future__ import annotations

import threading
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Letter, User
from accessflow.services import dismissal_entering, dismissal_letters, preferences
from accessflow.services.clock import MOSCOW
from accessflow.services.dismissal_entering import Dismissing
from accessflow.services.preferences import Wishes
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import FIVE, TODAY, Staff
from tests.life_examples import life

DESK = ["hr@prb.example", "secretary@prb.example"]
HEAD = "signatory@prb.example"
ABOVE = ["committee@prb.example", "miac_lead@prb.example"]


@pytest.fixture
def backend() -> str:
    """What is claimed is tried on both (below); the letters are the same."""
    return "sqlite"


@pytest.fixture
def staff(db: Database, tmp_path: Path) -> Staff:
    made = Staff(life(db, tmp_path, mailbox="office@prb.example"))
    for role in ("secretary", "hr", "signatory", "miac_lead", "committee", "miac_specialist"):
        with db.write() as session:
            session.get_one(User, made.life.actor(role).user_id).email = f"{role}@prb.example"
    return made


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=MOSCOW)


def fire(staff: Staff, now: datetime) -> list[Letter]:
    """The letters that are written at that moment, in the order of their readers."""
    before = {letter.id for letter in _letters(staff)}
    written = dismissal_letters.fire_due(staff.db, catalogue=catalogue(), now=now)
    new = [letter for letter in _letters(staff) if letter.id not in before]
    assert len(new) == written
    return sorted(new, key=lambda letter: letter.to)


def _letters(staff: Staff) -> list[Letter]:
    with staff.db.read() as session:
        query = select(Letter).where(Letter.kind.startswith("dismissal_")).order_by(Letter.id)
        return list(session.scalars(query))


def to(letters: list[Letter]) -> list[str]:
    return [address for letter in letters for address in letter.to]


def told(letters: list[Letter]) -> tuple[str, list[str]]:
    [kind] = {letter.kind.removeprefix("dismissal_") for letter in letters} or {"nothing"}
    return kind, to(letters)


def test_the_whole_term_of_28_december_on_its_working_days(staff: Staff) -> None:
    staff.life.now = at(28, 11, 20, month=12)
    staff.enter(staff.hire(*FIVE), date(2026, 12, 28))
    assert told(fire(staff, at(28, 11, 21, month=12))) == ("entry", DESK)
    assert fire(staff, at(28, 18, month=12)) == []
    assert told(fire(staff, at(29, month=12))) == ("due", DESK)
    assert told(fire(staff, at(30, month=12))) == ("due", [*DESK, HEAD])
    for day in (1, 4, 9):  # holidays
        assert fire(staff, at(day, 12, month=1, year=2027)) == []
    morning = fire(staff, at(11, month=1, year=2027))
    assert told(morning) == ("due", [*DESK, HEAD])
    assert "сегодня последний день" in morning[0].subject
    for hour in (13, 16):
        [first, *_] = last = fire(staff, at(11, hour, month=1, year=2027))
        assert told(last) == ("last_day", [*DESK, HEAD])
        assert "МИАЦ работает до 17:00" in first.text
    missed = fire(staff, at(12, month=1, year=2027))
    assert told(missed) == ("missed", sorted([*DESK, HEAD, *ABOVE]))
    assert told(fire(staff, at(13, month=1, year=2027))) == ("overdue", [*DESK, HEAD])


def test_a_letter_says_who_how_long_and_what_is_left_but_no_snils(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss", "rmo"))
    staff.send(staff.make(dismissal)[0].id)
    [letter, _] = fire(staff, staff.life.now)
    assert letter.subject.endswith("осталось 3 раб. дня (до 26.11.2026)")
    assert "последний день 23.11.2026" in letter.text
    assert "отправить: РМО" in letter.text
    assert f"accessflow://dismissals/{dismissal}" in letter.text
    assert staff.one(dismissal).person.snils not in letter.text + letter.html


def test_nobody_is_reminded_before_nine_or_at_the_weekend(staff: Staff) -> None:
    staff.life.now = at(21, 12)  # Saturday
    staff.enter(staff.hire("frmss"), date(2026, 11, 20))
    assert fire(staff, at(21, 12)) == []
    assert fire(staff, at(23, 8, 59)) == []
    assert len(fire(staff, at(23))) == 2


def test_they_stop_when_the_last_is_sent_and_come_again_when_one_is_annulled(
    staff: Staff,
) -> None:
    dismissal = staff.enter(staff.hire("frmss", "rmo"))
    fire(staff, staff.life.now)
    first, second = staff.make(dismissal)
    staff.send(first.id)
    assert told(fire(staff, at(24))) == ("due", DESK)
    staff.life.now = at(24, 15)
    staff.send(second.id)
    assert fire(staff, at(25)) == []
    staff.life.now = at(25, 10)
    staff.life.act(first.id, "annul", "miac_specialist", cause="not_template", text="Не та форма")
    returned = fire(staff, at(25, 10, 1))
    assert told(returned) == ("returned", [*DESK, HEAD])
    assert "остался 1 раб. день" in returned[0].subject
    [again] = staff.make(dismissal)
    staff.send(again.id)
    assert fire(staff, at(26)) == []


def test_several_dismissed_are_one_letter_to_each_reader(staff: Staff) -> None:
    whats = [Dismissing(staff.hire("frmss"), TODAY) for _ in range(60)]
    dismissal_entering.enter_many(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=catalogue(), whats=whats
    )
    letters = fire(staff, staff.life.now)
    assert to(letters) == DESK
    assert "60 чел." in letters[0].subject
    assert letters[0].text.count("последний день 23.11.2026") == dismissal_letters.LISTED
    assert "И ещё 10" in letters[0].text


def test_what_gathered_while_nothing_ran_is_told_once_by_what_weighs_most(staff: Staff) -> None:
    staff.enter(staff.hire("frmss"))
    assert told(fire(staff, at(26, 14))) == ("last_day", [*DESK, HEAD])
    assert fire(staff, at(26, 15)) == []


def test_wishes_hold_but_never_past_the_last_day(staff: Staff) -> None:
    hr = staff.life.actor("hr").user_id or 0
    with staff.db.write() as session:
        preferences.keep(session, hr, Wishes(digest=True, quiet_from="08:00", quiet_until="18:00"))
    staff.enter(staff.hire("frmss"))
    waiting, at_once = fire(staff, at(24))
    assert (waiting.digest, waiting.due_at) == (True, at(25))
    assert (at_once.digest, at_once.due_at) == (False, at(24))
    last = fire(staff, at(26))
    assert [(letter.digest, letter.due_at) for letter in last] == [(False, at(26))] * 3


def test_without_an_address_in_the_office_the_mailbox_is_written_to(staff: Staff) -> None:
    with staff.db.write() as session:
        for role in ("hr", "secretary"):
            session.get_one(User, staff.life.actor(role).user_id).email = ""
    staff.enter(staff.hire("frmss"))
    assert to(fire(staff, staff.life.now)) == ["office@prb.example"]


def test_what_is_stuck_is_followed_up_where_it_lies(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss", "rmo"))
    fire(staff, staff.life.now)
    first, second = staff.make(dismissal)
    for request in (first, second):
        staff.send(request.id)
    staff.life.act(first.id, "take", "miac_specialist")
    staff.life.act(
        first.id, "forward", "miac_specialist", forwarded_to="СТП ЕГИСЗ stp@egisz.example",
        external_no="СТП 7",
    )  # fmt: skip
    assert fire(staff, at(27)) == []
    letters = fire(staff, at(30))
    assert to(letters) == [
        "miac_lead@prb.example", "miac_specialist@prb.example", "stp@egisz.example",
    ]  # fmt: skip
    lead, specialist, owner = letters
    assert first.number in lead.text
    assert second.number in lead.text
    assert f"accessflow://queue/{first.id}" in specialist.text
    assert second.number not in specialist.text
    assert "внешний номер СТП 7" in owner.text
    assert "accessflow://" not in owner.text
    staff.execute(first.id)
    staff.life.act(second.id, "take", "miac_specialist")
    assert to(fire(staff, at(7, month=12))) == [
        "miac_lead@prb.example", "miac_specialist@prb.example",
    ]  # fmt: skip
    staff.execute(second.id)
    assert fire(staff, at(14, month=12)) == []


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_two_schedulers_at_once_write_each_letter_once(staff: Staff, backend: str) -> None:
    for _ in range(3):
        staff.enter(staff.hire("frmss"))
    together = threading.Barrier(4)
    written: list[int] = []

    def look() -> None:
        together.wait()
        written.append(
            dismissal_letters.fire_due(staff.db, catalogue=catalogue(), now=staff.life.now)
        )

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == [0, 0, 0, 2]
    assert len(_letters(staff)) == 2
