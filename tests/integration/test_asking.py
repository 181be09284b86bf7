"""A request for data: to some of the rows, by a day, in the letters and in the reminders."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Letter, Reminder
from accessflow.domain.errors import Invalid
from accessflow.services import asking, remind
from accessflow.services.clock import MOSCOW
from tests.life_examples import Life, life

MIAC = "miac_specialist"


@pytest.fixture
def backend() -> str:
    """Nothing here is put to the database in words of its own."""
    return "sqlite"


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    return life(db, tmp_path, mailbox="office@prb.example")


@pytest.fixture
def made(ours: Life) -> int:
    """Of three people, registered on Monday 23.11.2026."""
    return ours.sent_for_three()


def ask(ours: Life, made: int, **given: Any) -> None:
    ours.act(made, "request_info", MIAC, text="Уточните должность.", **given)


def letter(ours: Life, kind: str) -> Letter:
    with ours.db.read() as session:
        query = select(Letter).where(Letter.kind == kind).order_by(Letter.id.desc())
        return session.scalars(query.limit(1)).one()


def reminders(ours: Life, kind: str) -> list[str]:
    with ours.db.read() as session:
        due = session.scalars(
            select(Reminder.due_at)
            .where(Reminder.kind == kind, Reminder.cancelled_at.is_(None))
            .order_by(Reminder.due_at)
        )
        return [at.astimezone(MOSCOW).strftime("%d.%m %H:%M") for at in due]


def fire(ours: Life, day: int) -> int:
    now = datetime(2026, 11, day, 9, tzinfo=MOSCOW)
    return remind.fire_due(ours.db, catalogue=ours.catalogue, now=now)


def test_rows_and_day_are_kept_with_the_event_and_told_in_the_letter(ours: Life, made: int) -> None:
    ask(ours, made, about_rows="2-3", answer_by="27.11.2026")
    event = ours.events(made)[-1]
    assert event.data["answer_by"] == "2026-11-27"
    assert [row["position"] for row in event.data["about_rows"]] == [2, 3]
    told = letter(ours, "info_requested")
    assert "нужны сведения до 27.11.2026" in told.subject
    assert "Осокин Роман Вячеславович, строка 2" in told.text
    assert "Пак Инна Робертовна, строка 3" in told.html
    assert "Лунёв" not in told.text
    digits = [row.snils for row in ours.one(made).rows]
    assert not any(one in told.text.replace("-", "").replace(" ", "") for one in digits)


def test_nothing_named_asks_about_the_whole_and_reminds_as_usual(ours: Life, made: int) -> None:
    ask(ours, made, about_rows="", answer_by="")
    assert ours.events(made)[-1].data == {"text": "Уточните должность."}
    assert "строка" not in letter(ours, "info_requested").text
    assert reminders(ours, "needs_info") == ["25.11 09:00", "27.11 09:00", "02.12 09:00"]
    assert reminders(ours, "silence") == ["07.12 09:00"]


def test_reminders_follow_the_day_that_was_named(ours: Life, made: int) -> None:
    ask(ours, made, about_rows="2", answer_by="30.11.2026")
    assert reminders(ours, "needs_info") == ["30.11 09:00", "02.12 09:00", "07.12 09:00"]
    assert reminders(ours, "silence") == ["10.12 09:00"]
    assert fire(ours, 27) == 0
    assert fire(ours, 30) == 1
    told = letter(ours, "needs_info")
    assert "попросил дополнить заявку до 30.11.2026" in told.text
    assert "Осокин Роман Вячеславович, строка 2" in told.text


def test_an_early_day_does_not_hurry_the_decision_without_an_answer(ours: Life, made: int) -> None:
    ask(ours, made, answer_by="24.11.2026")
    assert reminders(ours, "needs_info") == ["24.11 09:00", "26.11 09:00", "01.12 09:00"]
    assert reminders(ours, "silence") == ["07.12 09:00"]


def test_a_day_off_is_moved_to_the_next_working_one(ours: Life, made: int) -> None:
    ask(ours, made, answer_by="28.11.2026")  # a Saturday
    assert ours.events(made)[-1].data["answer_by"] == "2026-11-30"
    assert "до 30.11.2026" in letter(ours, "info_requested").text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("answer_by", "23.11.2026", "уже наступила"),
        ("answer_by", "20.11.2026", "уже наступила"),
        ("answer_by", "27.11.2062", "не позже 22.05.2027"),
        ("answer_by", "завтра", "не дата"),
        ("about_rows", "4", "Строки 4 в заявке нет: строки 1–3"),
        ("about_rows", "3-5", "Строк 4, 5 в заявке нет"),
        ("about_rows", "Осокин", "не номер строки"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    ours: Life, made: int, field: str, typed: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(ours, made, **{field: typed})
    assert sentence in refusal.value.fields[field]
    assert ours.one(made).state == "registered"


def test_only_rows_without_a_decision_are_asked_about(ours: Life, made: int) -> None:
    ours.act(made, "decide", MIAC, rows=ours.decisions(made, "granted", "refused", ""))
    with pytest.raises(Invalid) as refusal:
        ask(ours, made, about_rows="1-3")
    assert "По строкам 1, 2 решение уже записано" in refusal.value.fields["about_rows"]
    ask(ours, made, about_rows="3")
    told = letter(ours, "info_requested")
    assert "Пак Инна Робертовна, строка 3" in told.text
    assert "Осокин" not in told.text


def test_an_answer_ends_it_and_the_next_request_stands_by_itself(ours: Life, made: int) -> None:
    ask(ours, made, about_rows="2", answer_by="30.11.2026")
    ours.act(made, "answer", answer="Вот")
    with ours.db.read() as session:
        assert asking.find(session, ours.one(made)) is None
    assert reminders(ours, "needs_info") == []
    ask(ours, made)
    with ours.db.read() as session:
        asked = asking.find(session, ours.one(made))
    assert asked is not None
    assert (asked.rows, asked.answer_by) == (frozenset(), None)
