"""One thing done with many applications: each for itself, resumable, accounted for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from accessflow.db.tables import BulkJob, Letter, Organization, User
from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.domain.roles import Role
from accessflow.services import assignments, bulk, bulk_steps
from accessflow.services.asking_reasons import INTRO_OF_MANY
from accessflow.services.bulk_doing import BULKS
from tests.card_examples import birth, network
from tests.life_examples import Life
from tests.request_examples import another

MIAC: Role = "miac_specialist"


def start(ours: Life, action: str, ids: Sequence[int], **given: Any) -> int:
    return bulk.start(
        ours.db, actor=ours.actor(MIAC), now=ours.now, catalogue=ours.catalogue, action=action,
        request_ids=ids, given=given,
    )  # fmt: skip


def step(ours: Life, job_id: int, clock: Callable[[], float] = lambda: 0.0) -> BulkJob:
    """With a clock that stands still a step goes to the end; else as far as it lets."""
    return bulk_steps.step(
        ours.db, actor=ours.actor(MIAC), now=ours.now, catalogue=ours.catalogue,
        files=ours.store, job_id=job_id, clock=clock,
    )  # fmt: skip


def one_at_a_time() -> Callable[[], float]:
    ticks = iter(range(0, 1000, 10))
    return lambda: float(next(ticks))


def told(job: BulkJob) -> list[tuple[int, bool]]:
    return [(result["id"], result["ok"]) for result in job.results]


def test_each_is_done_and_what_cannot_be_is_told_with_its_reason(ours: Life) -> None:
    one, two, closed = ours.sent(), ours.sent(), ours.sent()
    ours.act(closed, "refuse", MIAC, cause="incomplete", text="Не хватает сведений.")
    before = len(ours.events(closed))
    job = step(ours, start(ours, "request_info", [one, closed, two], text="Пришлите приказ."))
    assert job.state == "done"
    assert told(job) == [(one, True), (closed, False), (two, True)]
    assert "Запросить данные" in job.results[1]["text"]
    assert [ours.one(made).state for made in (one, two)] == ["needs_info", "needs_info"]
    assert ours.events(one)[-1].data["text"] == "Пришлите приказ."
    assert (ours.one(closed).state, len(ours.events(closed))) == ("refused", before)


def test_data_are_asked_for_by_a_day_with_what_the_checks_of_each_found(ours: Life) -> None:
    right, wrong = ours.sent(), ours.sent(people=2)
    ours.fill(wrong, {}, ({}, {"last_name": "Петрoва"}))  # with a Latin «o»
    text = f"{INTRO_OF_MANY}\n1. Пришлите приказ."
    given = {"text": text, "answer_by": "28.11.2026", "checks": "1"}
    job = step(ours, start(ours, "request_info", [right, wrong], **given))
    assert told(job) == [(right, True), (wrong, True)]
    first, second = (ours.events(made)[-1].data for made in (right, wrong))
    assert first["answer_by"] == second["answer_by"] == "2026-11-30"
    intro = f"По заявке {ours.one(right).number} (ФРМСС) нужны сведения:"
    assert first["text"] == f"{intro}\n1. Пришлите приказ."
    assert "about_rows" not in first
    lines = second["text"].splitlines()
    assert (lines[1], lines[2][:13]) == ("1. Пришлите приказ.", "2. Строка 2: ")
    assert [row["position"] for row in second["about_rows"]] == [2]


def test_without_words_of_its_own_a_request_goes_where_the_checks_found_anything(
    ours: Life,
) -> None:
    right, wrong = ours.sent(), ours.sent()
    ours.fill(wrong, {}, ({"last_name": "Петрoва"},))
    job = step(ours, start(ours, "request_info", [right, wrong], text="", checks="1"))
    assert told(job) == [(right, False), (wrong, True)]
    assert "Проверки ничего не нашли" in job.results[0]["text"]
    assert ours.one(right).state == "registered"


@pytest.mark.parametrize("day", ["23.11.2026", "вчера"])
def test_a_day_that_cannot_be_is_told_before_anything_begins(ours: Life, day: str) -> None:
    with pytest.raises(Invalid) as refusal:
        start(ours, "request_info", [ours.sent()], text="Пришлите приказ.", answer_by=day)
    assert list(refusal.value.fields) == ["answer_by"]


def test_it_goes_on_where_it_stood_and_does_nothing_twice(ours: Life) -> None:
    ids = [ours.sent() for _ in range(3)]
    job_id = start(ours, "take", ids)
    job = step(ours, job_id, one_at_a_time())
    assert (job.done, job.state) == (1, "running")
    with ours.db.read() as session:
        assert [row.id for row in bulk.unfinished(session, ours.actor(MIAC))] == [job_id]
    job = step(ours, job_id)
    assert (job.done, job.state) == (3, "done")
    step(ours, job_id)
    taken = [[e.action for e in ours.events(made)].count("take") for made in ids]
    assert taken == [1, 1, 1]
    with ours.db.read() as session:
        assert list(bulk.unfinished(session, ours.actor(MIAC))) == []


def test_assigned_together_with_a_note(ours: Life) -> None:
    ids = [ours.sent(), ours.sent()]
    to = another(ours.db, MIAC, None)
    with ours.db.write() as session:
        session.get_one(User, to.user_id).email = "colleague@miac.example"
    job = step(ours, start(ours, "assign", ids, assignee=to.user_id, note="Пока я в отпуске"))
    assert told(job) == [(made, True) for made in ids]
    assert {ours.one(made).assignee_id for made in ids} == {to.user_id}
    assert ours.events(ids[0])[-1].data["note"] == "Пока я в отпуске"
    with ours.db.read() as session:  # one letter about both
        [letter] = session.scalars(select(Letter).where(Letter.kind == "assigned"))
    assert letter.to == ["colleague@miac.example"]
    assert all(ours.one(made).number in letter.text for made in ids)
    assert "Пока я в отпуске" in letter.text


def test_executing_decides_the_rows_that_are_open(ours: Life) -> None:
    part, grant = ours.sent(people=2), ours.sent()
    ours.act(part, "decide", MIAC, rows=ours.decisions(part, "refused", ""))
    job = step(ours, start(ours, "execute", [part, grant]))
    assert told(job) == [(part, True), (grant, True)]
    assert job.results[0]["text"] == "открытые строки исполнены"
    assert [row.outcome for row in ours.one(part).rows] == ["refused", "granted"]
    assert (ours.one(part).state, ours.one(grant).state) == ("executed", "executed")


def test_what_has_no_rows_is_executed_as_its_kind_is(ours: Life) -> None:
    grant, problem = ours.sent(), ours.problem()
    ours.lay(problem, "screenshot")
    ours.act(problem, "send")
    joined = network(ours)
    ids = [grant, problem, joined]
    with pytest.raises(Invalid) as refusal:
        start(ours, "execute", ids)  # a problem is solved in words
    assert "text" in refusal.value.fields
    job = step(ours, start(ours, "execute", ids, text="Учётная запись заведена."))
    assert [(r["ok"], r["text"]) for r in job.results] == [
        (True, "открытые строки исполнены"),
        (True, "вопрос решён"),
        (True, "подключение подтверждено"),
    ]
    assert {ours.one(made).state for made in ids} == {"executed"}
    assert ours.events(problem)[-1].data["text"] == "Учётная запись заведена."


def test_an_emd_is_told_deleted_only_where_it_was_passed_on(ours: Life) -> None:
    made = birth(ours)
    job = step(ours, start(ours, "execute", [made]))
    assert told(job) == [(made, False)]
    assert "ЭМД удалён" in job.results[0]["text"]


def test_executed_ones_are_closed_together(ours: Life) -> None:
    done, open_ = ours.sent(), ours.sent()
    ours.act(done, "decide", MIAC, rows=ours.decisions(done, "granted"))
    job = step(ours, start(ours, "close", [done, open_]))
    assert told(job) == [(done, True), (open_, False)]
    assert (ours.one(done).state, ours.one(open_).state) == ("closed", "registered")


def test_passed_on_together_under_one_number_in_one_letter(ours: Life) -> None:
    ids = [ours.sent() for _ in range(3)]
    job = step(ours, start(ours, "forward", ids, forwarded_to="СТП ЕГИСЗ", external_no="0918274",
                           note="Срочно"))  # fmt: skip
    assert told(job) == [(made, True) for made in ids]
    found = [ours.one(made) for made in ids]
    assert {(r.state, r.external_no, r.forwarded_to) for r in found} == {
        ("forwarded", "0918274", "СТП ЕГИСЗ")
    }
    with ours.db.read() as session:
        packages = session.scalars(select(Letter).where(Letter.kind == "package")).all()
    leaving = [letter for letter in packages if letter.state == "queued"]
    assert len(leaving) == 1
    assert leaving[0].due_at == ours.now
    assert all(r.registration_no in leaving[0].text for r in found if r.registration_no)
    assert {letter.state for letter in packages} == {"queued", "gathered"}
    carried = sum(len(letter.attachments) for letter in packages if letter.state == "gathered")
    assert len(leaving[0].attachments) > carried


def test_a_fault_of_the_program_keeps_one_back_and_not_those_behind_it(
    ours: Life, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = ours.sent(), ours.sent()
    real = assignments.take_within

    def broken(*args: Any) -> Any:
        if args[-1].id == one:
            args[-1].assignee_id = args[1].user_id
            raise ZeroDivisionError
        return real(*args)

    monkeypatch.setattr(assignments, "take_within", broken)
    job = step(ours, start(ours, "take", [one, two]))
    assert told(job) == [(one, False), (two, True)]
    assert job.results[0]["text"] == bulk_steps.BROKEN
    assert ours.one(one).assignee_id is None
    assert "broke off" in caplog.text


def test_what_is_missing_is_told_before_anything_begins(ours: Life) -> None:
    made = ours.sent()
    with pytest.raises(Invalid) as refusal:
        start(ours, "request_info", [made], text="  ")
    assert "text" in refusal.value.fields
    with pytest.raises(Invalid, match="Отметьте"):
        start(ours, "close", [])
    with pytest.raises(Invalid, match="не больше"):
        start(ours, "close", range(1, bulk.MOST + 2))
    with ours.db.read() as session:
        assert session.scalars(select(BulkJob)).all() == []


def test_it_is_miacs_and_done_in_the_name_of_whoever_began_it(ours: Life) -> None:
    made = ours.sent()
    with pytest.raises(Forbidden):
        bulk.start(
            ours.db, actor=ours.actor("secretary"), now=ours.now, catalogue=ours.catalogue,
            action="close", request_ids=[made], given={},
        )  # fmt: skip
    job_id = start(ours, "take", [made])
    with pytest.raises(Conflict, match="кто начал"):
        bulk_steps.step(
            ours.db, actor=ours.actor("miac_lead"), now=ours.now, catalogue=ours.catalogue,
            files=ours.store, job_id=job_id,
        )  # fmt: skip
    with ours.db.read() as session:
        assert bulk.job(session, ours.actor("miac_lead"), job_id).done == 0
        with pytest.raises(Forbidden):
            bulk.job(session, ours.actor("secretary"), job_id)


@pytest.mark.parametrize("action", BULKS)
def test_what_its_state_hinders_is_known_before(ours: Life, action: str) -> None:
    """Whatever is said to be hindered is refused when it is tried, and the other way round."""
    registered, refused, away, executed = ours.sent(), ours.sent(), ours.sent(), ours.sent()
    ours.act(refused, "refuse", MIAC, cause="incomplete", text="Не хватает сведений.")
    ours.act(executed, "decide", MIAC, rows=ours.decisions(executed, "granted"))
    with ours.db.write() as session:
        session.get_one(Organization, ours.house.organization).miac_outside = True
    outside = ours.sent()
    ids = [registered, refused, away, executed, outside]
    known = [not bulk.hindrance(ours.actor(MIAC), BULKS[action], ours.one(one)) for one in ids]
    given = {"text": "Уточните.", "forwarded_to": "СТП ЕГИСЗ", "assignee": ours.actor(MIAC).user_id}
    job = step(ours, start(ours, action, ids, **given))
    assert [ok for _, ok in told(job)] == known
