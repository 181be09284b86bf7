"""Reminders fire once each, on working mornings, and only while they still hold."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Letter, Organization, Preference, Reminder, Request, User
from accessflow.services import digests, remind, remind_lists, terms
from accessflow.services.clock import MOSCOW
from tests.life_examples import Life, life
from tests.request_examples import another

QUESTION = "Уточните должность"


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    return life(db, tmp_path, mailbox="office@prb.example")


@pytest.fixture
def asked(ours: Life) -> int:
    """On Monday 23.11.2026 at noon МИАЦ asked for data."""
    made = ours.sent()
    ours.act(made, "take", "miac_specialist")
    ours.act(made, "request_info", "miac_specialist", text=QUESTION)
    return made


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MOSCOW)


def fire(ours: Life, now: datetime) -> int:
    return remind.fire_due(ours.db, catalogue=ours.catalogue, now=now)


def fire_lists(ours: Life, now: datetime) -> int:
    return remind_lists.fire_lists(ours.db, catalogue=ours.catalogue, now=now)


def letters(ours: Life, *kinds: str) -> list[Letter]:
    with ours.db.read() as session:
        query = select(Letter).where(Letter.kind.in_(kinds)).order_by(Letter.id)
        return list(session.scalars(query))


def test_a_request_for_data_is_recalled_on_its_working_days_at_nine(ours: Life, asked: int) -> None:
    assert fire(ours, at(25, 8, 59)) == 0
    assert fire(ours, at(25)) == 1
    assert fire(ours, at(25, 10)) == 0
    assert fire(ours, at(27)) == 1
    [first, _] = letters(ours, "needs_info")
    assert (first.to, first.cc) == (["office@prb.example"], ["sekretar@prb.example"])
    assert "с 23.11.2026" in first.subject
    assert QUESTION in first.text
    assert [e.action for e in ours.events(asked)[-2:]] == ["remind", "remind"]


def test_nothing_fires_on_a_day_off_and_what_gathered_there_is_one_letter(
    ours: Life, asked: int
) -> None:
    assert fire(ours, at(28, 12)) == 0  # Saturday, two are due
    assert fire(ours, at(29, 12)) == 0
    assert fire(ours, at(30)) == 1
    assert len(letters(ours, "needs_info")) == 1


def test_an_answer_cancels_what_was_to_come(ours: Life, asked: int) -> None:
    ours.act(asked, "answer", answer="Вот")
    assert fire(ours, at(15, month=12)) == 0
    ours.act(asked, "request_info", "miac_specialist", text="И ещё")
    with ours.db.read() as session:
        live = session.scalar(
            select(func.count()).where(
                Reminder.cancelled_at.is_(None), Reminder.kind == "needs_info"
            )
        )
    assert live == 3
    assert fire(ours, at(25)) == 1


def test_after_ten_working_days_of_silence_miac_decides_and_nothing_closes_by_itself(
    ours: Life, asked: int
) -> None:
    for day in (25, 27):
        fire(ours, at(day))
    assert fire(ours, at(4, month=12)) == 1  # the last of the reminders
    assert fire(ours, at(7, 8, month=12)) == 0
    assert fire(ours, at(7, month=12)) == 1
    [letter] = letters(ours, "silence")
    assert letter.to == ["ib_lomiac@lenreg.ru"]
    assert f"accessflow://queue/{asked}" in letter.text
    assert ours.one(asked).state == "needs_info"
    assert ours.events(asked)[-1].action == "silence"


def test_a_reminder_does_not_disturb_the_term(ours: Life, asked: int) -> None:
    fire(ours, at(25))
    ours.now = at(30, 12)
    ours.act(asked, "answer", answer="Вот")
    with ours.db.read() as session:
        request = session.get_one(Request, asked)
        assert terms.paused_days(session, ours.catalogue, request, ours.now.date()) == 7


@pytest.mark.parametrize("kind", ["needs_info", "unsigned", "overdue_digest", "stale_draft"])
def test_two_schedulers_at_once_fire_each_reminder_once(ours: Life, kind: str) -> None:
    now = _due(ours, kind)
    start = threading.Barrier(2)
    written: list[int] = []

    def schedule() -> None:
        other = Database(str(ours.db.engine.url.render_as_string(hide_password=False)))
        start.wait()
        written.append(
            remind.fire_due(other, catalogue=ours.catalogue, now=now)
            + remind_lists.fire_lists(other, catalogue=ours.catalogue, now=now)
            + digests.gather(other, catalogue=ours.catalogue, now=now)
        )
        other.dispose()

    threads = [threading.Thread(target=schedule) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(letters(ours, kind)) == sum(written) == {"needs_info": 5}.get(kind, 1)


def _due(ours: Life, kind: str) -> datetime:
    """Five requests whose reminder of that kind is due at the moment that is given back."""
    if kind == "needs_info":
        for system in ("frmss", "rmo", "smp", "frllo", "mfer"):
            role = "Сотрудник МО" if system in ("frllo", "mfer") else "Медицинский работник"
            made = ours.sent(system, role=role)
            ours.act(made, "request_info", "miac_specialist", text=QUESTION)
        return at(25)
    if kind == "overdue_digest":
        with ours.db.write() as session:
            session.get_one(User, ours.actor("miac_lead").user_id).email = "lead@miac.example"
        ours.sent()
        return at(24, month=12)
    drafts = [ours.draft(system) for system in ("frmss", "rmo", "smp")]
    for request_id in drafts if kind == "unsigned" else ():
        ours.act(request_id, "prepare")
    return at(26) if kind == "unsigned" else at(30, 13)


def test_sets_that_wait_for_a_signature_are_recalled_to_author_and_head_in_one_letter(
    ours: Life,
) -> None:
    head = another(ours.db, "signatory", ours.house.organization)
    with ours.db.write() as session:
        session.get_one(User, head.user_id).email = "head@prb.example"
    made = [ours.draft(system) for system in ("frmss", "rmo")]
    for request_id in made:
        ours.act(request_id, "prepare")
    assert fire_lists(ours, at(25)) == 0
    assert fire_lists(ours, at(26)) == 1
    found = letters(ours, "unsigned")
    assert {tuple(one.to) for one in found} == {("sekretar@prb.example",), ("head@prb.example",)}
    assert all(f"accessflow://requests/{request_id}" in found[0].text for request_id in made)
    ours.act(made[0], "rework")
    assert fire_lists(ours, at(30)) == 1  # three days later again, the day off skipped
    assert "· РМО" in letters(ours, "unsigned")[-1].text
    assert "· ФРМСС" not in letters(ours, "unsigned")[-1].text


def test_a_stale_draft_is_recalled_once_until_it_is_touched(ours: Life) -> None:
    made = ours.draft()
    assert fire_lists(ours, at(30, 11, 59)) == 0
    assert fire_lists(ours, at(30, 12)) == 1
    assert fire_lists(ours, at(1, 12, month=12)) == 0
    [letter] = letters(ours, "stale_draft")
    assert letter.to == ["sekretar@prb.example"]
    assert ours.one(made).number in letter.text
    with ours.db.write() as session:
        session.get_one(Request, made).updated_at = at(2, 12, month=12)
    assert fire_lists(ours, at(9, 12, month=12)) == 1


def test_the_lead_learns_in_the_morning_what_is_late_and_what_runs_out(ours: Life) -> None:
    with ours.db.write() as session:
        session.get_one(User, ours.actor("miac_lead").user_id).email = "lead@miac.example"
    early = ours.sent()
    ours.now += timedelta(days=4)
    later = ours.sent("rmo")
    paused = ours.sent("smp")
    ours.act(paused, "request_info", "miac_specialist", text=QUESTION)
    assert fire_lists(ours, at(15, month=12)) == 0
    assert fire_lists(ours, at(24, month=12)) == 1
    assert fire_lists(ours, at(24, 17, month=12)) == 0
    [letter] = letters(ours, "overdue_digest")
    late, soon = letter.text.split("Срок истекает")
    assert ours.one(early).number in late
    assert ours.one(later).number in soon
    assert ours.one(paused).number not in letter.text
    assert "просрочено на 1 день" in late


def test_nothing_that_has_been_deleted_or_sent_is_recalled(ours: Life) -> None:
    made = ours.draft()
    with ours.db.write() as session:
        session.get_one(Request, made).deleted_at = ours.now
    ours.sent("rmo")
    assert fire_lists(ours, at(4, 12, month=12)) == 0


def test_nothing_is_signed_by_a_miac_that_works_outside(db: Database, tmp_path: Path) -> None:
    outside = life(db, tmp_path, miac_outside=True, mailbox="office@prb.example")
    with db.write() as session:
        session.add(Preference(user_id=outside.house.user, digest=True))
        own = session.get_one(Organization, outside.house.organization).short_name
    sent = outside.sent()
    outside.act(sent, "register", registration_no="118")
    outside.act(sent, "request_info", text=QUESTION)
    outside.act(outside.draft("rmo"), "prepare")
    outside.draft("smp")
    for now in (at(25), at(30, 12), at(1, 12, month=12)):
        fire(outside, now)
        fire_lists(outside, now)
        digests.gather(db, catalogue=outside.catalogue, now=now)
    kinds = ("needs_info", "unsigned", "stale_draft", "digest")
    written = letters(outside, *kinds)
    assert {one.kind for one in written} == set(kinds)
    miac = outside.catalogue.region.contacts["miac_name"]
    for one in written:
        assert miac not in one.text + one.html, one.kind
        assert own in one.text.split("\n-- \n")[-1], one.kind
