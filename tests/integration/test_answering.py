"""The МО answers in place; the term stands meanwhile; what was signed is signed anew (R8, R24)."""

from __future__ import annotations

from datetime import date

import pytest

from accessflow.db.tables import Request, RequestFile
from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.forms.compare import ANYWAY
from accessflow.services import editing, requests, scans, terms, timeline, waivers
from accessflow.services.editing import Typed, TypedRow
from accessflow.services.waivers import Key
from tests.life_examples import Life

MIAC = "miac_specialist"


def correct(ours: Life, request_id: int, **values: str) -> None:
    """As the editor saves it."""
    row = TypedRow(ours.row_ids(request_id)[0], values, ANYWAY)
    editing.save(
        ours.db, actor=ours.actor("secretary"), now=ours.now, catalogue=ours.catalogue,
        request_id=request_id, typed=Typed((row,)),
    )  # fmt: skip


def asked(ours: Life, people: int = 1) -> int:
    made = ours.sent(people=people)
    ours.act(made, "request_info", MIAC, text="Проверьте должность")
    return made


def test_an_answer_goes_on_with_the_review(ours: Life) -> None:
    made = asked(ours)
    assert ours.act(made, "answer", answer="Всё верно").state == "in_review"
    assert ours.events(made)[-1].data["version"] == 1


def test_corrected_data_void_the_scan_in_so_many_words(ours: Life) -> None:
    made = asked(ours)
    correct(ours, made, position="Врач-терапевт")
    with ours.db.read() as session:
        request = session.get_one(Request, made)
        old = scans.voided(session, request)
        assert request.content_version == 2
        assert old is not None
        assert "больше не действует: данные изменили 23.11.2026" in old.void_reason
    with pytest.raises(Conflict, match="новый скан"):
        ours.act(made, "answer", answer="Исправили")
    ours.lay(made)
    assert ours.act(made, "answer", answer="Исправили").state == "in_review"
    assert ours.events(made)[-1].data["version"] == 2


def test_nobody_edits_what_nobody_has_asked_about(ours: Life) -> None:
    made = ours.sent()
    with pytest.raises(Conflict, match="исправленную копию"):
        correct(ours, made, position="Врач-терапевт")


def test_what_is_on_its_way_to_the_signature_is_taken_back_first(ours: Life) -> None:
    made = ours.draft()
    ours.act(made, "prepare")
    with pytest.raises(Conflict, match="верните её в черновик"):
        correct(ours, made, position="Врач-терапевт")
    ours.act(made, "rework", "signatory")
    correct(ours, made, position="Врач-терапевт")


def test_a_decided_row_stays_as_it_is(ours: Life) -> None:
    made = ours.sent(people=2)
    ours.act(made, "decide", MIAC, rows=ours.decisions(made, "granted", ""))
    ours.act(made, "request_info", MIAC, text="Проверьте второго")
    with pytest.raises(Conflict, match="По строке 1 решение уже есть"):
        correct(ours, made, position="Врач-терапевт")


def test_the_term_stands_until_the_answer(ours: Life) -> None:
    made = ours.sent()  # 23.11.2026; 23.12.2026
    assert ours.one(made).due_on == date(2026, 12, 23)
    ours.later(days=2)
    ours.act(made, "request_info", MIAC, text="Пришлите приказ")
    assert ours.one(made).paused_since == date(2026, 11, 25)
    ours.later(days=5)
    assert ours.term(made).words == "на паузе 5 дней (с 25.11.2026), останется 28 дней"
    ours.act(made, "answer", answer="Вот он")
    assert (ours.one(made).due_on, ours.one(made).paused_since) == (date(2026, 12, 28), None)


def test_asking_a_third_party_pauses_and_forwarding_does_not(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "forward", MIAC, forwarded_to="СТП ЕГИСЗ")
    ours.later(days=3)
    assert ours.one(made).paused_since is None
    ours.act(made, "ask_third", MIAC, third_party="НМИЦ", text="Уточните")
    ours.later(days=4)
    ours.act(made, "third_answered", MIAC)
    assert ours.one(made).due_on == date(2026, 12, 28)  # 27.12 is a Sunday


STATEMENTS = {
    "extension_cause": "not_reproducible",
    "author_facts": "От автора",
    "outside_need": "Нужен НМИЦ",
    "actions_taken": "Писали дважды",
}


def test_an_extension_shifts_the_term_by_as_many_days(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "extend", MIAC, until="2026-12-03", **STATEMENTS)
    assert ours.one(made).due_on == date(2027, 1, 11)  # 02.01.2027 is off
    assert ours.events(made)[-1].data["until"] == "2026-12-03"


@pytest.mark.parametrize("key", [*STATEMENTS, "until"])
def test_an_extension_needs_its_cause_and_all_three_statements(ours: Life, key: str) -> None:
    made = ours.sent()
    given = {**STATEMENTS, "until": "2026-12-03", key: ""}
    with pytest.raises(Invalid) as refused:
        ours.act(made, "extend", MIAC, **given)
    assert refused.value.fields.keys() == {key}


def test_an_extension_into_the_past_is_refused(ours: Life) -> None:
    made = ours.sent()
    with pytest.raises(Invalid, match="наступила"):
        ours.act(made, "extend", MIAC, until="23.11.2026", **STATEMENTS)
    assert ours.one(made).due_on == date(2026, 12, 23)


def test_reopening_neither_loses_nor_doubles_a_pause(ours: Life) -> None:
    made = asked(ours)
    ours.later(days=4)
    ours.act(made, "answer", answer="Вот")
    due = ours.one(made).due_on
    for _ in range(2):
        ours.act(made, "annul", MIAC, cause="not_template", text="Не та форма")
        assert (ours.one(made).due_on, ours.term(made).words) == (None, "—")
        ours.act(made, "reopen", MIAC, text="Та")
        assert ours.one(made).due_on == due


def test_the_cache_is_what_the_timeline_comes_to(ours: Life) -> None:
    made = asked(ours)
    ours.later(days=6)
    with ours.db.read() as session:
        request = session.get_one(Request, made)
        events = timeline.events_of(session, made)
        kept = (request.due_on, request.paused_since)
        assert terms.cached(events, request, ours.catalogue) == kept
        assert terms.paused_days(session, ours.catalogue, request, date(2026, 11, 29)) == 6


# Corrected copies (R19, R38) --------------------------------------------------------------------


def resubmit(ours: Life, made: int) -> int:
    return requests.resubmit(
        ours.db, actor=ours.actor("secretary"), now=ours.now, catalogue=ours.catalogue,
        request_id=made,
    )  # fmt: skip


def test_an_annulled_application_has_a_corrected_copy(ours: Life) -> None:
    made = ours.sent(people=2)
    ours.act(made, "annul", MIAC, cause="not_template", text="Не та форма")
    copy = ours.one(resubmit(ours, made))
    assert (copy.resubmission_of_id, copy.state) == (made, "draft")
    assert [r.snils for r in copy.rows] == [r.snils for r in ours.one(made).rows]
    assert ours.one(made).cause == "not_template"


def test_of_a_partly_refused_one_the_refused_rows_are_asked_for_again(ours: Life) -> None:
    made = ours.sent(people=3)
    ours.act(made, "decide", MIAC, rows=ours.decisions(made, "granted", "refused", "granted"))
    copy = ours.one(resubmit(ours, made))
    assert [r.snils for r in copy.rows] == [ours.one(made).rows[1].snils]


def test_what_is_open_or_wholly_executed_has_none(ours: Life) -> None:
    made = ours.sent()
    with pytest.raises(Conflict, match="после отказа"):
        resubmit(ours, made)
    ours.act(made, "decide", MIAC, rows=ours.decisions(made, "granted"))
    with pytest.raises(Conflict, match="Все строки"):
        resubmit(ours, made)


# What МИАЦ lets through (X9, X27) ---------------------------------------------------------------


def with_apostrophe(ours: Life) -> int:
    made = ours.draft()
    correct(ours, made, last_name="Д'Артаньян")
    return made


def test_an_apostrophe_is_an_error_until_it_is_justified(ours: Life) -> None:
    made = with_apostrophe(ours)
    with pytest.raises(Conflict, match="ошибки"):
        ours.act(made, "prepare")
    ours.fill(made, {"justification": "Так в паспорте и в ФРМР"})
    ours.attest(made)
    assert ours.one(made).error_count == 0
    ours.act(ours.ready(made), "send")


def test_miac_lets_it_through_with_a_reason_or_does_not_forward_it(ours: Life) -> None:
    made = with_apostrophe(ours)
    ours.fill(made, {"justification": "Так в паспорте"})
    ours.act(ours.ready(made), "send")
    with pytest.raises(Conflict, match="пропустить"):
        ours.act(made, "forward", MIAC, forwarded_to="СТП")
    with ours.db.read() as session:
        [one] = waivers.pending(session, ours.catalogue, session.get_one(Request, made))
    assert (one.key.code, one.position) == ("name_characters", 1)
    before = ours.one(made).warning_count
    waive(ours, made, one.key, "ФРМР проверен")
    assert ours.one(made).warning_count == before - 1
    assert ours.events(made)[-1].data["reason"] == "ФРМР проверен"
    assert ours.act(made, "forward", MIAC, forwarded_to="СТП").state == "forwarded"


def waive(ours: Life, made: int, key: Key, reason: str, who: str = MIAC) -> None:
    waivers.waive(
        ours.db, actor=ours.actor(who), now=ours.now, catalogue=ours.catalogue, request_id=made,
        code=key.code, row_id=key.row_id, reason=reason,
    )  # fmt: skip


def test_a_role_on_the_whole_region_is_let_through_by_miac(ours: Life) -> None:
    made = ours.draft("covid19", role="ОУЗ")
    ours.fill(made, {"justification": "Ведём область"})
    ours.act(ours.ready(made), "send")
    with ours.db.read() as session:
        [one] = waivers.pending(session, ours.catalogue, session.get_one(Request, made))
    assert one.key.code == "role_not_allowed"
    waive(ours, made, one.key, "Согласовано")
    with ours.db.read() as session:
        assert waivers.pending(session, ours.catalogue, session.get_one(Request, made)) == ()


def test_only_miac_lets_through_only_what_is_there_and_says_why(ours: Life) -> None:
    made = ours.sent()
    key = Key("name_characters", ours.row_ids(made)[0])
    with pytest.raises(Forbidden):
        waive(ours, made, key, "Можно", "secretary")
    with pytest.raises(Invalid):
        waive(ours, made, key, " ")
    with pytest.raises(Conflict, match="замечания"):
        waive(ours, made, key, "Можно")


def test_voided_scans_are_kept(ours: Life) -> None:
    made = asked(ours)
    correct(ours, made, position="Врач-терапевт")
    ours.lay(made)
    with ours.db.read() as session:
        kinds = session.query(RequestFile.kind).filter_by(request_id=made, kind="scan").count()
    assert kinds == 2


def test_access_is_not_granted_to_what_miac_has_not_let_through(ours: Life) -> None:
    made = with_apostrophe(ours)
    ours.fill(made, {"justification": "Так в паспорте"})
    ours.act(ours.ready(made), "send")
    with pytest.raises(Conflict, match="Строка 1: Апостроф"):
        ours.act(made, "decide", MIAC, rows=ours.decisions(made, "granted"))
    assert ours.act(made, "decide", MIAC, rows=ours.decisions(made, "refused")).state == "refused"
