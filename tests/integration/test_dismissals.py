"""Dismissals: entered, revoked, filed in time or late, moved; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from accessflow.db.tables import DismissalRevocation, Employment, Reminder, RequestRow, Unit
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.services import dismissal_entering, dismissal_making, dismissals, ledger_imports
from accessflow.services.dismissal_entering import Dismissing
from accessflow.services.dismissal_making import Choice
from accessflow.services.dismissal_reminders import KINDS, readers_of
from accessflow.services.ledger_queries import Asked, held
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import FIVE, TODAY, Staff, stays
from tests.factories import NOON
from tests.request_examples import another, house


def test_five_systems_are_revoked_by_five_forms_in_one_go(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire(*FIVE))
    made = staff.make(dismissal)
    assert [(r.system, r.form) for r in made] == [
        ("frllo", "appendix-12"),
        ("frmss", "appendix-08"),
        ("rmo", "appendix-07"),
        ("covid19", "appendix-06"),
        ("lenmedstat", "appendix-13"),
    ]
    assert {(r.kind, r.action) for r in made} == {("revocation", "revoke")}
    assert len({r.batch for r in made}) == 1
    assert [r.error_count for r in made] == [0] * 5
    assert made[1].rows[0].answers["role"] == "Медицинский работник"


def test_a_system_without_roles_gets_a_word_where_the_form_asks_for_one(staff: Staff) -> None:
    [request] = staff.make(staff.enter(staff.hire("rs-tmk")))
    assert (request.form, request.error_count) == ("appendix-12", 0)
    assert request.rows[0].answers["role"] == dismissal_making.USER


def test_one_application_for_both_registers_and_one_row(staff: Staff) -> None:
    [request] = staff.make(staff.enter(staff.hire("frmo", "frmr")))
    assert (request.form, len(request.rows)) == ("appendix-10", 1)


def test_several_dismissed_share_an_application_per_system(staff: Staff) -> None:
    jobs = [staff.hire("frmss", "rmo"), staff.hire("frmss"), staff.hire("rmo")]
    ids = [staff.enter(job) for job in jobs]
    frmss, rmo = staff.make(*ids)
    assert [r.employment_id for r in frmss.rows] == jobs[:2]
    assert [r.employment_id for r in rmo.rows] == [jobs[0], jobs[2]]
    with staff.db.read() as session:
        links = session.execute(
            select(DismissalRevocation.dismissal_id, DismissalRevocation.request_id)
        )
        assert {(d, r) for d, r in links} == {
            (ids[0], frmss.id), (ids[1], frmss.id), (ids[0], rmo.id), (ids[2], rmo.id),
        }  # fmt: skip


def test_what_is_asked_for_already_is_not_asked_for_again(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss", "rmo"))
    assert len(staff.make(dismissal)) == 2
    assert staff.make(dismissal) == []


def test_two_clicks_at_once_make_one_set(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss", "rmo"))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: staff.make(dismissal), range(4)))
    assert sorted(map(len, made)) == [0, 0, 0, 2]


def test_sent_in_time_the_reminders_stop_and_executed_it_is_done(staff: Staff) -> None:
    job = staff.hire("frmss", "rmo")
    dismissal = staff.enter(job)
    assert [kind for kind, _ in staff.due(dismissal)][:3] == ["entry", "morning", "morning"]
    first, second = staff.make(dismissal)
    staff.send(first.id)
    assert staff.one(dismissal).filed_at is None
    staff.life.later(hours=1)
    staff.send(second.id)
    found = staff.one(dismissal)
    assert (found.filed_at, found.late_days, found.done_at) == (staff.life.now, 0, None)
    assert {kind for kind, _ in staff.due(dismissal)} == {"stuck"}
    staff.life.later(days=1)
    staff.execute(first.id)
    assert staff.one(dismissal).done_at is None
    staff.execute(second.id)
    assert staff.one(dismissal).done_at == staff.life.now
    assert staff.due(dismissal) == []
    tomorrow = TODAY + timedelta(days=1)
    assert staff.held(job, tomorrow) == []
    assert staff.held(job, TODAY) == ["frmss", "rmo"]


def test_the_last_two_sent_at_once_leave_nothing_to_remind_of(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss", "rmo", "covid19"))
    ids = [staff.life.ready(request.id) for request in staff.make(dismissal)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda request_id: staff.life.act(request_id, "send"), ids))
    assert staff.one(dismissal).filed_at == NOON
    assert {kind for kind, _ in staff.due(dismissal)} == {"stuck"}


def test_the_nurse_of_28_december_is_due_on_11_january(staff: Staff) -> None:
    staff.life.now = datetime(2026, 12, 28, 8, 20, tzinfo=UTC)
    dismissal = staff.enter(staff.hire(*FIVE), date(2026, 12, 28))
    found = staff.one(dismissal)
    assert (found.due_on, found.due_tentative) == (date(2027, 1, 11), False)
    assert staff.due(dismissal)[:8] == [
        ("entry", "28.12 11:20"),
        ("morning", "29.12 09:00"),
        ("morning", "30.12 09:00"),
        ("morning", "11.01 09:00"),
        ("last_day", "11.01 13:00"),
        ("last_hour", "11.01 16:00"),
        ("missed", "12.01 09:00"),
        ("overdue", "13.01 09:00"),
    ]


def test_sent_after_the_last_day_it_is_late_by_working_days(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss"))
    [request] = staff.make(dismissal)
    staff.life.later(days=7)  # Monday 30.11, due was Thursday 26.11
    staff.send(request.id)
    assert staff.one(dismissal).late_days == 2
    dismissals.give_cause(
        staff.db, actor=staff.actor, dismissal_id=dismissal, cause="Приказ поступил поздно"
    )
    assert staff.one(dismissal).late_cause == "Приказ поступил поздно"


def test_an_annulled_revocation_starts_the_reminders_again(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss"))
    [request] = staff.make(dismissal)
    staff.send(request.id)
    staff.life.later(days=1)
    staff.life.act(request.id, "annul", "miac_specialist", cause="not_template", text="Не та форма")
    assert staff.one(dismissal).filed_at is None
    assert staff.due(dismissal)[:2] == [("returned", "24.11 12:00"), ("morning", "25.11 09:00")]
    [again] = staff.make(dismissal)
    staff.life.later(hours=1)
    staff.send(again.id)
    assert staff.one(dismissal).filed_at == staff.life.now


def test_a_refused_row_is_to_be_asked_for_again(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss"))
    [request] = staff.make(dismissal)
    staff.send(request.id)
    rows = staff.life.decisions(request.id, "refused")
    staff.life.act(request.id, "decide", "miac_specialist", rows=rows)
    assert staff.one(dismissal).filed_at is None
    assert len(staff.make(dismissal)) == 1


def test_a_decision_taken_back_makes_it_undone_again(staff: Staff) -> None:
    job = staff.hire("frmss")
    dismissal = staff.enter(job)
    [request] = staff.make(dismissal)
    staff.send(request.id)
    staff.execute(request.id)
    assert staff.one(dismissal).done_at is not None
    staff.life.act(request.id, "reopen", "miac_specialist", text="Учётная запись ещё работает")
    found = staff.one(dismissal)
    assert (found.done_at, found.filed_at is None) == (None, False)
    assert staff.held(job, TODAY) == ["frmss"]
    assert {kind for kind, _ in staff.due(dismissal)} == {"stuck"}


def test_who_holds_nothing_is_done_at_once_and_never_late(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire(), TODAY - timedelta(days=30))
    found = staff.one(dismissal)
    assert (found.done_at, found.late_days) == (NOON, 0)
    assert staff.due(dismissal) == []


def test_ahead_backdated_and_on_a_day_that_cannot_be(staff: Staff) -> None:
    ahead = staff.enter(staff.hire("frmss"), TODAY + timedelta(days=60))
    assert staff.due(ahead)[0] == ("entry", "23.11 12:00")
    late = staff.enter(staff.hire("frmss"), TODAY - timedelta(days=20))
    assert staff.due(late)[0] == ("missed", "23.11 12:00")
    with pytest.raises(Invalid, match="больше года"):
        staff.enter(staff.hire("frmss"), date(2062, 11, 23))
    with pytest.raises(Invalid, match=r"принят 01\.03\.2026"):
        staff.enter(staff.hire("frmss", since=date(2026, 3, 1)), date(2026, 2, 1))


def test_the_job_ends_and_the_other_job_goes_on(staff: Staff) -> None:
    """A person who leaves one МО and stays in another loses only what belongs to that job."""
    here = staff.hire("frmss", "rmo")
    neighbours = house(staff.db)
    with staff.db.write() as session:
        person = session.get_one(Employment, here).person_id
        job = Employment(person_id=person, organization_id=neighbours.organization, position="Врач")
        session.add(job)
        session.flush()
        there = job.id
        ledger_imports.open_from_list(
            session, job, "frmss", "Администратор МО", NOON, on=TODAY, reference="список"
        )
    dismissal = staff.enter(here)
    assert [g.employment_id for g in staff.picture(dismissal).held] == [here, here]
    for request in staff.make(dismissal):
        staff.send(request.id)
        staff.execute(request.id)
    assert staff.one(dismissal).done_at is not None
    with staff.db.read() as session:
        assert session.get_one(Employment, here).until == TODAY
        assert session.get_one(Employment, there).until is None
        kept = held(session, neighbours.actor, Asked(TODAY, person=person))
        assert [g.employment_id for g in kept] == [there]


def test_the_second_job_in_the_same_organisation_keeps_its_rights(staff: Staff) -> None:
    one = staff.hire("frmss")
    with staff.db.write() as session:
        first = session.get_one(Employment, one)
        second = Employment(
            person_id=first.person_id, organization_id=first.organization_id, position="Статистик"
        )
        session.add(second)
        session.flush()
        other = second.id
    staff.give(other, "rmo")
    dismissal = staff.enter(one)
    [request] = staff.make(dismissal)
    assert request.system == "frmss"
    staff.send(request.id)
    staff.execute(request.id)
    assert staff.one(dismissal).done_at is not None
    assert staff.held(other, TODAY) == ["rmo"]


def test_the_same_file_twice_changes_nothing_and_another_day_moves(staff: Staff) -> None:
    jobs = [staff.hire("frmss") for _ in range(3)]
    call: dict[str, Any] = {"actor": staff.actor, "now": NOON, "catalogue": catalogue()}
    file = [Dismissing(job, TODAY, order_no=f"{n}-лс") for n, job in enumerate(jobs)]
    taken = dismissal_entering.enter_many(staff.db, whats=file, **call)
    assert (len(taken.made), taken.moved, taken.same) == (3, (), ())
    cancelled = taken.made[2]
    stays(staff, cancelled)
    again = dismissal_entering.enter_many(staff.db, whats=file, **call)
    assert (again.made, again.moved, sorted(again.same)) == ((), (), sorted(taken.made))
    assert staff.one(cancelled).cancelled_at == NOON
    file[0] = Dismissing(jobs[0], TODAY + timedelta(days=1), order_no="0-лс")
    third = dismissal_entering.enter_many(staff.db, whats=file, **call)
    assert (third.moved, third.made) == ((taken.made[0],), ())
    assert staff.one(taken.made[0]).moved_from == TODAY


def test_a_second_entry_by_hand_says_that_one_stands(staff: Staff) -> None:
    job = staff.hire("frmss")
    staff.enter(job)
    with pytest.raises(Conflict, match=r"на 23\.11\.2026"):
        staff.enter(job, TODAY + timedelta(days=1))


def test_a_moved_dismissal_has_another_term_and_other_reminders(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss"))
    dismissals.move(
        staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(), dismissal_id=dismissal,
        to=date(2026, 12, 28),
    )  # fmt: skip
    found = staff.one(dismissal)
    assert (found.due_on, found.moved_from) == (date(2027, 1, 11), TODAY)
    assert staff.due(dismissal)[:3] == [
        ("entry", "23.11 12:00"), ("morning", "28.12 09:00"), ("morning", "29.12 09:00"),
    ]  # fmt: skip


def test_a_move_changes_how_late_it_was(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss"), TODAY - timedelta(days=7))
    [request] = staff.make(dismissal)
    staff.send(request.id)
    assert staff.one(dismissal).late_days == 2
    dismissals.move(
        staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(), dismissal_id=dismissal,
        to=TODAY - timedelta(days=3),
    )  # fmt: skip
    assert staff.one(dismissal).late_days == 0


def test_what_is_under_way_is_dropped_withdrawn_or_left(staff: Staff) -> None:
    job = staff.hire("smp")
    roles = dict.fromkeys(("frmss", "rmo", "covid19"), "Медицинский работник")
    draft, alone = staff.life.house.make("frmss", "rmo", people=(job,), roles=roles)
    [shared] = staff.life.house.make("covid19", people=(job, staff.hire()), roles=roles)
    for request in (alone, shared):
        staff.life.attest(request)
        staff.send(request)
    dismissal = staff.enter(job)
    ways = {u.request.id: u.way for u in staff.picture(dismissal).under_way}
    assert ways == {draft: "drop", alone: "withdraw", shared: "turn"}
    closed = dismissal_making.close_under_way(
        staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(), files=staff.life.store,
        dismissal_id=dismissal,
    )  # fmt: skip
    numbers = [staff.life.one(i).number for i in (alone, shared)]
    assert (closed.withdrawn, closed.staying) == ((numbers[0],), (numbers[1],))
    assert len(closed.dropped) == 1
    assert staff.life.one(alone).state == "withdrawn"


def test_a_right_granted_after_the_filing_is_to_be_revoked_too(staff: Staff) -> None:
    """What was under way comes through while its person is leaving: the term is open again."""
    job = staff.hire("frmss")
    roles = {"rmo": "Медицинский работник"}
    [shared] = staff.life.house.make("rmo", people=(job, staff.hire()), roles=roles)
    staff.life.attest(shared)
    staff.send(shared)
    dismissal = staff.enter(job)
    [request] = staff.make(dismissal)
    staff.send(request.id)
    assert staff.one(dismissal).filed_at is not None
    rows = staff.life.decisions(shared, "granted", "granted")
    staff.life.act(shared, "decide", "miac_specialist", rows=rows)
    assert staff.one(dismissal).filed_at is None
    [more] = staff.make(dismissal)
    assert (more.system, len(more.rows)) == ("rmo", 1)


def test_what_colleagues_hold_is_named_as_possibly_unknown(staff: Staff) -> None:
    with staff.db.write() as session:
        unit = Unit(organization_id=staff.life.house.organization, name="Поликлиника")
        session.add(unit)
        session.flush()
        place = {"unit_id": unit.id, "position": "Медсестра", "search_text": "медсестра"}
    leaves = staff.hire("frmss", **place)
    for systems in (("frmss", "rmo"), ("rmo", "covid19"), ()):
        staff.hire(*systems, **place)
    staff.hire("smp", unit_id=place["unit_id"], search_text="врач")
    dismissal = staff.enter(leaves)
    found = staff.picture(dismissal).possible
    assert [(p.system, p.holders, p.colleagues) for p in found] == [
        ("rmo", 2, 3), ("covid19", 1, 3),
    ]  # fmt: skip
    made = staff.make(dismissal, besides={dismissal: ("rmo",)})
    assert [r.system for r in made] == ["frmss", "rmo"]
    assert [p.system for p in staff.picture(dismissal).possible] == ["covid19"]
    staff.send(made[0].id)
    assert staff.one(dismissal).filed_at is None  # the other is still to be sent


def test_only_the_own_staff_enters_and_a_neighbour_sees_nothing(staff: Staff) -> None:
    job = staff.hire("frmss")
    dismissal = staff.enter(job)
    call: dict[str, Any] = {"now": NOON, "catalogue": catalogue()}
    neighbour = another(staff.db, "hr")
    with staff.db.read() as session:
        with pytest.raises(NotFound):
            dismissals.find(session, neighbour, dismissal)
        for role in ("miac_lead", "committee"):
            assert dismissals.find(session, another(staff.db, role), dismissal).id == dismissal
    with pytest.raises(NotFound):
        dismissal_entering.enter(staff.db, actor=neighbour, what=Dismissing(job, TODAY), **call)
    with pytest.raises(Forbidden):
        dismissal_entering.enter(
            staff.db, actor=another(staff.db, "miac_lead"), what=Dismissing(job, TODAY), **call,
        )  # fmt: skip
    with pytest.raises(NotFound):
        dismissal_making.make(staff.db, actor=neighbour, choice=Choice((dismissal,)), **call)


def test_each_reminder_knows_its_readers(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("frmss"))
    with staff.db.read() as session:
        found = dismissals.find(session, staff.actor, dismissal)
        rows = session.scalars(select(Reminder).order_by(Reminder.due_at)).all()
        whom = {r.kind: readers_of(catalogue(), found, r.kind, r.due_at) for r in reversed(rows)}
        assert {r.kind for r in rows} <= set(KINDS)
    assert whom["dismissal_entry"] == {"hr", "secretary"}
    assert whom["dismissal_last_day"] == {"hr", "secretary", "signatory"}
    assert whom["dismissal_missed"] >= {"miac_lead", "committee"}
    assert readers_of(catalogue(), found, "dismissal_stuck", NOON) == {
        "miac_specialist", "miac_lead",
    }  # fmt: skip


def test_many_at_once_are_few_applications(staff: Staff) -> None:
    jobs = [staff.hire("frmss", "rmo") for _ in range(12)]
    taken = dismissal_entering.enter_many(
        staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(),
        whats=[Dismissing(job, TODAY) for job in jobs],
    )  # fmt: skip
    made = staff.make(*taken.made)
    assert [len(r.rows) for r in made] == [12, 12]
    with staff.db.read() as session:
        assert session.scalar(select(func.count()).select_from(RequestRow)) == 24
