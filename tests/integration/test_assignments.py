"""Who of МИАЦ works on what: taken, assigned, handed over; who stands in for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accessflow.db.tables import Letter, Preference, Request, User
from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.services import absences, assignments, letters, queue
from accessflow.services.absences import Away
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.queue import Wanted
from tests.life_examples import Life
from tests.request_examples import another

TODAY = date(2026, 11, 23)
LAST = date(2026, 11, 30)


@pytest.fixture
def anna(ours: Life) -> Actor:
    return ours.actor("miac_specialist")


@pytest.fixture
def boris(ours: Life) -> Actor:
    return named(ours, "Борисов Борис Борисович")


def named(ours: Life, name: str, role: str = "miac_specialist") -> Actor:
    made = another(ours.db, role, None)
    with ours.db.write() as session:
        session.get_one(User, made.user_id).name = name
    return replace(made, name=name)


def assign(ours: Life, actor: Actor, made: int, to: Actor | None, note: str = "") -> Request:
    return assignments.assign(
        ours.db, actor=actor, now=ours.now, catalogue=ours.catalogue, request_id=made, note=note,
        assignee_id=to.user_id if to else None,
    )  # fmt: skip


def take(ours: Life, actor: Actor, made: int) -> Request:
    return assignments.take(
        ours.db, actor=actor, now=ours.now, catalogue=ours.catalogue, files=ours.store,
        request_id=made,
    )  # fmt: skip


def enter(
    ours: Life, actor: Actor, away: Actor, by: Actor, since: date = TODAY, until: date = LAST
) -> int:
    return absences.enter(
        ours.db, actor=actor, now=ours.now,
        away=Away(away.user_id, by.user_id, since, until),
    )  # fmt: skip


def test_taken_from_the_queue_it_comes_under_review(ours: Life, anna: Actor) -> None:
    made = ours.sent()
    taken = take(ours, anna, made)
    assert (taken.state, taken.assignee_id) == ("in_review", anna.user_id)
    with pytest.raises(Conflict, match="уже у вас"):
        take(ours, anna, made)


def test_handed_over_with_a_note_that_the_timeline_keeps(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    made = ours.sent()
    take(ours, anna, made)
    found = assign(ours, anna, made, boris, "Ждём  справку\nот МО")
    assert found.assignee_id == boris.user_id
    last = ours.events(made)[-1]
    assert (last.action, last.source, last.target) == ("assign", "in_review", "in_review")
    assert last.data["to"] == "Борисов Борис Борисович"
    assert last.data["note"] == "Ждём справку от МО"
    assert last.data["from"]


def told(ours: Life) -> list[Letter]:
    with ours.db.read() as session:
        return list(session.scalars(select(Letter).where(Letter.kind == "assigned")))


def with_mail(ours: Life, actor: Actor, address: str, **wishes: str | bool) -> None:
    with ours.db.write() as session:
        session.get_one(User, actor.user_id).email = address
        session.add(Preference(user_id=actor.user_id, **wishes))


def test_whoever_is_given_it_gets_a_letter_whoever_takes_it_none(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    with_mail(ours, boris, "boris@miac.example")
    made = ours.sent()
    assign(ours, anna, made, boris, "Ждём справку")
    [letter] = told(ours)
    assert (letter.to, letter.user_id) == (["boris@miac.example"], boris.user_id)
    assert ours.one(made).number in letter.subject
    assert "Ждём справку" in letter.text
    assert f"accessflow://queue/{made}" in letter.text
    assign(ours, anna, made, None)
    take(ours, boris, made)
    assert len(told(ours)) == 1


def test_the_letter_comes_as_its_reader_wishes_or_to_who_stands_in(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    with_mail(ours, boris, "boris@miac.example", digest=True)
    with_mail(ours, anna, "anna@miac.example")
    lead = ours.actor("miac_lead")
    assign(ours, lead, ours.sent(), boris)
    enter(ours, boris, boris, anna)
    assign(ours, lead, ours.sent("rmo"), boris)
    own, instead = told(ours)
    assert (own.to, own.digest) == (["boris@miac.example"], True)
    assert (instead.to, instead.digest) == (["anna@miac.example"], False)


def test_taken_over_from_a_colleague(ours: Life, anna: Actor, boris: Actor) -> None:
    made = ours.sent()
    take(ours, anna, made)
    found = take(ours, boris, made)
    assert (found.assignee_id, found.state) == (boris.user_id, "in_review")
    assert ours.events(made)[-1].action == "assign"


def test_given_back_to_nobody(ours: Life, anna: Actor) -> None:
    made = ours.sent()
    take(ours, anna, made)
    assert assign(ours, anna, made, None).assignee_id is None
    assert ours.events(made)[-1].data["to"] == "никто"
    with pytest.raises(Conflict, match="никто не ведёт"):
        assign(ours, anna, made, None)


def test_only_to_somebody_of_miac_and_only_by_miac(ours: Life, anna: Actor) -> None:
    made = ours.sent()
    with pytest.raises(Invalid, match="сотрудника МИАЦ") as refusal:
        assign(ours, anna, made, ours.actor("secretary"))
    assert "assignee" in refusal.value.fields
    with pytest.raises(Forbidden):
        assign(ours, ours.actor("secretary"), made, anna)
    with pytest.raises(Invalid, match="длиннее"):
        assign(ours, anna, made, anna, "о" * 1001)
    assert ours.one(made).assignee_id is None


def test_nothing_to_work_on_is_not_assigned(ours: Life, anna: Actor) -> None:
    made = ours.sent()
    ours.act(made, "refuse", "miac_specialist", cause="incomplete", text="Не хватает сведений.")
    with pytest.raises(Conflict, match="вести её уже не нужно"):
        assign(ours, anna, made, anna)


def test_what_changed_meanwhile_is_told_not_overwritten(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    made = ours.sent()
    seen = ours.events(made)[-1].seq
    ours.act(made, "refuse", "miac_specialist", cause="incomplete", text="Не хватает сведений.")
    with pytest.raises(Conflict, match="изменили"):
        assignments.assign(
            ours.db, actor=anna, now=ours.now, catalogue=ours.catalogue, request_id=made,
            assignee_id=boris.user_id, seen=seen,
        )  # fmt: skip


def test_the_substitute_sees_the_absent_ones_work_as_their_own(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    made = ours.sent()
    take(ours, anna, made)
    assert mine(ours, boris) == []
    enter(ours, anna, anna, boris)
    assert mine(ours, boris) == [made]
    with ours.db.read() as session:
        assert absences.covered(session, boris, LAST) == {anna.user_id}
        assert absences.covered(session, boris, LAST + timedelta(days=1)) == frozenset()
        assert absences.covered(session, anna, TODAY) == frozenset()
    ours.later(days=8)
    assert mine(ours, boris) == []


def mine(ours: Life, actor: Actor) -> list[int]:
    with ours.db.read() as session:
        looker = queue.looker_of(session, actor, moscow_date(ours.now))
        query = queue.matching(session, actor, Wanted(chosen={"assignee": ("me",)}), looker)
        return [row.id for row in session.scalars(query)]


def test_a_substitute_of_a_substitute_stands_in_for_both(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    vera = named(ours, "Верина Вера Викторовна")
    enter(ours, anna, anna, boris)
    enter(ours, boris, boris, vera)
    with ours.db.read() as session:
        assert absences.covered(session, vera, TODAY) == {anna.user_id, boris.user_id}


def test_two_who_stand_in_for_each_other_do_no_harm(ours: Life, anna: Actor, boris: Actor) -> None:
    enter(ours, anna, anna, boris)
    enter(ours, boris, boris, anna)
    with ours.db.read() as session:
        assert absences.covered(session, anna, TODAY) == {boris.user_id}
        assert absences.covered(session, boris, TODAY) == {anna.user_id}


def test_a_new_assignment_to_the_absent_one_names_and_writes_to_the_substitute(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    made = ours.sent()
    enter(ours, anna, anna, boris)
    found = assign(ours, boris, made, anna)
    assert found.assignee_id == anna.user_id
    assert ours.events(made)[-1].data["to"].endswith("замещает Борисов Борис Борисович")
    with ours.db.read() as session:
        person = letters.on_duty(session, session.get_one(Request, made), TODAY)
        assert person is not None
        assert person.id == boris.user_id


def test_an_absence_is_entered_by_oneself_or_the_lead(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    with pytest.raises(Forbidden, match="руководитель МИАЦ"):
        enter(ours, anna, boris, anna)
    lead = ours.actor("miac_lead")
    made = enter(ours, lead, boris, anna)
    with pytest.raises(Forbidden):
        absences.remove(ours.db, actor=anna, now=ours.now, absence_id=made)
    was = absences.remove(ours.db, actor=lead, now=ours.now, absence_id=made)
    assert was == Away(boris.user_id, anna.user_id, TODAY, LAST)
    with ours.db.read() as session:
        assert list(absences.listed(session, TODAY)) == []


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (None, LAST, "since"),
        (LAST, TODAY, "until"),
        (date(2026, 11, 2), date(2026, 11, 20), "until"),
        (TODAY, TODAY + timedelta(days=400), "until"),
    ],
)
def test_days_that_make_no_absence_are_refused_beside_their_field(
    ours: Life, anna: Actor, boris: Actor, since: date | None, until: date, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        absences.enter(
            ours.db, actor=anna, now=ours.now,
            away=Away(anna.user_id, boris.user_id, since, until),
        )  # fmt: skip
    assert list(refusal.value.fields) == [field]


def test_nobody_stands_in_for_themselves_or_is_away_twice(
    ours: Life, anna: Actor, boris: Actor
) -> None:
    with pytest.raises(Invalid) as refusal:
        enter(ours, anna, anna, anna)
    assert "substitute" in refusal.value.fields
    enter(ours, anna, anna, boris)
    with pytest.raises(Invalid, match="уже внесено"):
        enter(ours, anna, anna, boris, LAST, LAST + timedelta(days=3))
