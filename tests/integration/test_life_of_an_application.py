"""From a draft to the closing through the services, on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from accessflow.db.session import Database
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.services import timeline
from tests.life_examples import Life, life
from tests.request_examples import another


def test_a_signed_application_is_registered_the_moment_it_is_sent(ours: Life) -> None:
    made = ours.ready(ours.draft())
    done = ours.act(made, "send")
    assert (done.state, done.registration_no) == ("registered", "МИАЦ-2026-000001")
    found = ours.one(made)
    assert (found.channel, found.outside, found.sent_at) == ("accessflow", False, ours.now)
    assert found.reply_mailbox == found.organization.mailbox
    assert [e.action for e in ours.events(made)] == ["prepare", "send", "register"]


def test_numbers_come_in_order(ours: Life) -> None:
    numbers = [ours.one(ours.sent()).registration_no for _ in range(3)]
    assert numbers == [f"МИАЦ-2026-00000{n}" for n in (1, 2, 3)]


def test_rows_end_one_by_one_and_the_application_with_the_last(ours: Life) -> None:
    made = ours.sent(people=2)
    ours.act(made, "take", "miac_specialist")
    first = ours.decisions(made, "granted", "")
    assert ours.act(made, "decide", "miac_specialist", rows=first).state == "in_review"
    second = ours.decisions(made, "", "refused")
    done = ours.act(made, "decide", "miac_specialist", rows=second)
    assert done.state == "executed"
    rows = ours.one(made).rows
    assert [(r.outcome, r.cause) for r in rows] == [("granted", ""), ("refused", "not_in_frmr")]
    assert ours.act(made, "close", "miac_lead").state == "closed"


def test_where_every_row_is_refused_so_is_the_application(ours: Life) -> None:
    made = ours.sent(people=2)
    rows = ours.decisions(made, "refused", "refused")
    assert ours.act(made, "decide", "miac_specialist", rows=rows).state == "refused"
    assert ours.one(made).cause == "not_in_frmr"


def test_a_decision_on_a_row_is_taken_back_with_a_reason(ours: Life) -> None:
    made = ours.sent(people=2)
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", ""))
    with pytest.raises(Conflict, match="уже записано"):
        ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "refused", ""))
    with pytest.raises(Invalid):
        ours.act(made, "undecide", "miac_specialist", rows=ours.decisions(made, "granted", ""))
    ours.act(
        made, "undecide", "miac_specialist", rows=ours.decisions(made, "granted", ""), text="Ошибка"
    )
    assert [r.outcome for r in ours.one(made).rows] == ["", ""]
    assert ours.events(made)[-1].data["rows"][0]["position"] == 1


def test_a_row_of_another_application_is_not_decided_here(ours: Life) -> None:
    made, other = ours.sent(), ours.sent("rmo")
    with pytest.raises(Conflict, match="Такой строки"):
        ours.act(made, "decide", "miac_specialist", rows=ours.decisions(other, "granted"))


def test_withdrawing_ends_with_the_first_executed_row(ours: Life) -> None:
    made = ours.sent(people=2)
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", ""))
    with pytest.raises(Conflict, match="исполненные строки"):
        ours.act(made, "withdraw")
    ours.act(
        made, "undecide", "miac_specialist", rows=ours.decisions(made, "granted", ""), text="Ошибка"
    )
    assert ours.act(made, "withdraw").state == "withdrawn"


def test_a_closed_application_is_reopened_within_its_time_alone(ours: Life) -> None:
    made = ours.sent(people=2)
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", "refused"))
    ours.act(made, "close", "miac_specialist")
    ours.later(days=14)
    assert ours.act(made, "reopen", "miac_specialist", text="Ошиблись").state == "in_review"
    # What was granted stays granted: the refused row is what is taken up again.
    assert [r.outcome for r in ours.one(made).rows] == ["granted", ""]
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "", "refused"))
    ours.later(days=14, seconds=1)
    with pytest.raises(Conflict, match="Срок"):
        ours.act(made, "reopen", "miac_specialist", text="Ошиблись")


def test_where_nothing_was_refused_reopening_takes_up_every_row(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted"))
    assert ours.act(made, "reopen", "miac_lead", text="Доступа нет").state == "in_review"
    assert [r.outcome for r in ours.one(made).rows] == [""]


def test_what_was_withdrawn_before_registration_is_not_reopened(
    db: Database, tmp_path: Path
) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    made = outside.sent()
    outside.act(made, "withdraw")
    with pytest.raises(Conflict, match="не была зарегистрирована"):
        outside.act(made, "reopen")


def test_the_second_decision_meets_the_changed_state(ours: Life) -> None:
    made = ours.sent()
    seen = ours.events(made)[-1].seq
    ours.act(made, "take", "miac_specialist")
    with pytest.raises(Conflict, match=r"Пока вы смотрели.*На рассмотрении"):
        ours.act(made, "annul", "miac_lead", cause="not_template", text="Нет", seen=seen)


def test_a_second_press_of_send_finds_it_sent(ours: Life) -> None:
    made = ours.sent()
    with pytest.raises(Conflict, match="«Зарегистрирована»"):
        ours.act(made, "send")


def test_whoever_takes_it_answers_for_it(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "take", "miac_specialist")
    assert ours.one(made).assignee_id == ours.actor("miac_specialist").user_id


@pytest.mark.parametrize("role", ["secretary", "signatory", "hr", "committee", "admin", "auditor"])
def test_nobody_but_miac_decides(ours: Life, role: str) -> None:
    made = ours.sent()
    with pytest.raises(Forbidden, match="специалист МИАЦ"):
        ours.act(made, "decide", role, rows=ours.decisions(made, "granted"))


def test_a_neighbour_cannot_even_find_it(ours: Life) -> None:
    made = ours.sent()
    with pytest.raises(NotFound):
        ours.as_(another(ours.db, "secretary"), made, "withdraw")


def test_a_refused_action_changes_nothing(ours: Life) -> None:
    made = ours.sent()
    before = [e.hash for e in ours.events(made)]
    with pytest.raises(Invalid) as refused:
        ours.act(made, "refuse", "miac_specialist", cause="нет такой", text="")
    assert refused.value.fields.keys() == {"cause", "text"}
    assert [e.hash for e in ours.events(made)] == before
    assert ours.one(made).state == "registered"


def test_the_timeline_is_one_chain(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "request_info", "miac_specialist", text="Пришлите приказ")
    events = ours.events(made)
    assert timeline.first_broken(events) is None
    assert [e.seq for e in events] == [1, 2, 3, 4]


# МИАЦ outside ---------------------------------------------------------------------------------


def test_outside_the_secretary_enters_number_and_answers(db: Database, tmp_path: Path) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    made = outside.sent(people=2)
    found = outside.one(made)
    assert (found.state, found.channel, found.outside) == ("sent", "mail", True)
    outside.later(days=2)
    outside.act(made, "register", registration_no="ИБ-77", happened_on="2026-11-24")
    assert outside.one(made).registration_no == "ИБ-77"
    assert outside.one(made).due_on == date(2026, 12, 24)
    outside.act(made, "request_info", text="Просят приказ")
    outside.act(made, "answer", answer="Отправили приказ письмом")
    outside.act(made, "forward", forwarded_to="СТП ЕГИСЗ", external_no="SD-1")
    rows = outside.decisions(made, "granted", "refused")
    assert outside.act(made, "decide", rows=rows).state == "executed"
    assert outside.act(made, "close").state == "closed"


def test_outside_miac_cannot_act_here(db: Database, tmp_path: Path) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    made = outside.sent()
    with pytest.raises(Forbidden, match="секретарь"):
        outside.act(made, "register", "miac_specialist", registration_no="1")


def test_a_number_belongs_to_one_application(db: Database, tmp_path: Path) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    first, second = outside.sent(), outside.sent("rmo")
    outside.act(first, "register", registration_no="ИБ-1")
    with pytest.raises(Conflict, match="уже записан"):
        outside.act(second, "register", registration_no="ИБ-1")
    assert outside.one(second).state == "sent"


def test_a_typed_number_is_passed_over_by_the_series(
    db: Database, ours: Life, tmp_path: Path
) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    made = outside.sent()
    outside.act(made, "register", registration_no="МИАЦ-2026-000001")
    assert ours.one(ours.sent()).registration_no == "МИАЦ-2026-000002"


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-24", "завтра"])
def test_what_is_noted_happened_after_the_sending_and_before_tomorrow(
    db: Database, tmp_path: Path, day: str
) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    made = outside.sent()
    with pytest.raises(Invalid) as refused:
        outside.act(made, "register", registration_no="1", happened_on=day)
    assert refused.value.fields.keys() == {"happened_on"}
