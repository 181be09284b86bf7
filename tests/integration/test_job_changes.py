"""Changes of role, unit, place and name: pairs that go together, the ledger that follows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, JobChange, Letter, Request, Unit
from accessflow.domain.errors import AccessflowError, Conflict, Forbidden, NotFound
from accessflow.services import (
    change_records,
    dismissal_cancelling,
    dismissal_making,
    dismissal_staying,
    job_changes,
    name_ways,
    pairs,
    requests,
    surname,
)
from accessflow.services.fields import Refused
from accessflow.services.job_changes import Decision, Move
from accessflow.services.job_rights import rights_of, suggestions
from accessflow.services.ledger_queries import Asked, held
from accessflow.services.surname import NewName
from accessflow.workflow.decide import RowDecision
from accessflow.workflow.states import UNFILED
from tests import factories
from tests.dismissal_examples import Staff
from tests.request_examples import another, house

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
ADMIN, WORKER = "Администратор МО", "Медицинский работник"


def key(staff: Staff, job: int, system: str) -> str:
    with staff.db.read() as session:
        rights = rights_of(session, staff.life.catalogue, session.get_one(Employment, job), TODAY)
        return next(right.key for right in rights if right.offer.slug == system)


def change(staff: Staff, job: int, **steps: Decision) -> int:
    """The id of the change; `steps` by system."""
    decisions = {key(staff, job, system): one for system, one in steps.items()}
    return job_changes.change_role(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        move=Move(job, decisions, ground="приказ № 5-к"),
    )  # fmt: skip


def made(staff: Staff, change_id: int) -> list[tuple[int, str, int]]:
    """Pair, action, id."""
    with staff.db.read() as session:
        found = change_records.requests_of(session, session.get_one(JobChange, change_id))
        return [(pair, request.action, request.id) for pair, request in found]


def a_pair(staff: Staff, role: str = ADMIN) -> tuple[int, int, int]:
    """The job, the revocation and the grant of a changed role."""
    job = staff.hire("frmss")
    [(_, _, revocation), (_, _, grant)] = made(
        staff, change(staff, job, frmss=Decision("change", role))
    )
    staff.life.attest(grant)
    staff.life.attest(revocation)
    return job, revocation, grant


def roles(staff: Staff, job: int) -> set[tuple[str, str]]:
    with staff.db.read() as session:
        rights = held(session, staff.actor, Asked(TODAY, employment=job))
        return {(right.system, right.role) for right in rights}


def state(staff: Staff, request_id: int) -> str:
    with staff.db.read() as session:
        return session.get_one(Request, request_id).state


def signed(staff: Staff, *request_ids: int) -> None:
    staff.life.act(request_ids[0], "prepare")
    for request_id in request_ids:
        staff.life.lay(request_id)


def execute(staff: Staff, request_id: int, outcome: str) -> None:
    staff.life.act(request_id, "take", "miac_specialist")
    staff.life.act(
        request_id, "decide", "miac_specialist",
        rows=[RowDecision(row, outcome) for row in staff.life.row_ids(request_id)],
    )  # fmt: skip


def test_a_role_is_changed_by_a_pair_made_at_once(staff: Staff) -> None:
    job, revocation, grant = a_pair(staff)
    with staff.db.read() as session:
        taken, given_ = session.get_one(Request, revocation), session.get_one(Request, grant)
        assert [row.answers["role"] for row in taken.rows] == [WORKER]
        assert [row.answers["role"] for row in given_.rows] == [ADMIN]
        assert taken.batch == given_.batch == taken.number
        assert pairs.partner_of(session, taken) is given_
        assert pairs.partner_of(session, given_) is taken
        [told] = change_records.of_person(session, staff.actor, taken_person(session, job))
        assert told.what == {"Доступ: ФРМСС": [WORKER, ADMIN]}
        assert told.ground == "приказ № 5-к"


def taken_person(session: Session, job: int) -> int:
    return session.get_one(Employment, job).person_id


def test_the_two_are_signed_and_sent_together_and_the_ledger_follows(staff: Staff) -> None:
    job, revocation, grant = a_pair(staff)
    staff.life.act(grant, "prepare")
    assert {state(staff, r) for r in (revocation, grant)} == {"ready"}
    staff.life.lay(grant)
    with pytest.raises(Conflict):
        staff.life.act(grant, "send")
    assert {state(staff, r) for r in (revocation, grant)} == {"ready"}
    staff.life.lay(revocation)
    staff.life.act(revocation, "send")
    assert {state(staff, r) for r in (revocation, grant)} == {"registered"}
    execute(staff, grant, "granted")
    assert roles(staff, job) == {("frmss", WORKER), ("frmss", ADMIN)}
    execute(staff, revocation, "revoked")
    assert roles(staff, job) == {("frmss", ADMIN)}


def test_what_the_other_half_lacks_is_said_with_the_way_there(staff: Staff) -> None:
    from accessflow.services import sending

    _, revocation, grant = a_pair(staff)
    staff.life.act(grant, "prepare")
    staff.life.lay(grant)
    with staff.db.read() as session:
        request = session.get_one(Request, grant)
        [one] = sending.missing(session, staff.life.catalogue, request, TODAY)
    assert one.text.startswith("Пара 2026-00001: Нет скана")
    assert (one.endpoint, one.values) == ("requests.card", {"request_id": revocation})


def test_a_flaw_of_one_half_keeps_both_from_the_signature(staff: Staff) -> None:
    _, revocation, grant = a_pair(staff)
    with staff.db.write() as session:
        session.get_one(Request, revocation).error_count = 1
    with pytest.raises(Conflict, match="В паре 2026-00001 есть ошибки"):
        staff.life.act(grant, "prepare")
    assert {state(staff, r) for r in (revocation, grant)} == {"draft"}


def test_the_end_of_one_half_is_told_to_the_other(staff: Staff) -> None:
    _, revocation, grant = a_pair(staff)
    signed(staff, grant, revocation)
    staff.life.act(grant, "send")
    staff.life.act(grant, "take", "miac_specialist")
    staff.life.act(grant, "refuse", "miac_specialist", cause="not_in_frmr", text="Нет в ФРМР")
    assert state(staff, revocation) == "registered"
    assert staff.life.events(revocation)[-1].action == "pair_ended"
    with staff.db.read() as session:
        [letter] = session.scalars(select(Letter).where(Letter.kind == "pair_ended")).all()
        assert letter.request_id == revocation
        assert "2026-00002 (предоставление новой роли)" in letter.text


def test_the_two_are_withdrawn_put_away_and_brought_back_together(staff: Staff) -> None:
    _, revocation, grant = a_pair(staff)
    call: dict[str, Any] = {"actor": staff.actor, "now": staff.life.now}
    assert len(requests.delete(staff.db, request_ids=[grant], **call)) == 2
    assert len(requests.restore(staff.db, request_ids=[grant], **call)) == 2
    signed(staff, grant, revocation)
    staff.life.act(grant, "send")
    staff.life.act(revocation, "withdraw", note="Ошиблись")
    assert {state(staff, r) for r in (revocation, grant)} == {"withdrawn"}
    again = requests.resubmit(
        staff.db,
        catalogue=staff.life.catalogue,
        request_id=grant,
        **call,
    )
    with staff.db.read() as session:
        copy = session.get_one(Request, again)
        other = pairs.partner_of(session, copy)
        assert other is not None
        assert (other.state, other.resubmission_of_id) == ("draft", revocation)


def test_a_refused_half_is_asked_for_again_alone(staff: Staff) -> None:
    job, revocation, grant = a_pair(staff)
    signed(staff, grant, revocation)
    staff.life.act(grant, "send")
    staff.life.act(grant, "take", "miac_specialist")
    staff.life.act(grant, "refuse", "miac_specialist", cause="not_in_frmr", text="Нет в ФРМР")
    again = requests.resubmit(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        request_id=grant,
    )  # fmt: skip
    with staff.db.read() as session:
        found = pairs.partner_of(session, session.get_one(Request, revocation))
        assert found is not None
        assert found.id == again
    staff.life.ready(again)
    staff.life.act(again, "send")
    execute(staff, again, "granted")
    execute(staff, revocation, "revoked")
    assert roles(staff, job) == {("frmss", ADMIN)}


STEPS = ("prepare", "rework", "scan", "send", "withdraw", "delete", "restore", "resubmit")


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walk=st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), max_size=14))
def test_however_a_pair_is_handled_no_half_is_ever_sent_alone(
    staff: Staff, walk: list[tuple[str, bool]]
) -> None:
    _, revocation, grant = a_pair(staff)
    halves = [revocation, grant]
    for step, first in walk:
        which = 0 if first else 1
        with suppress(AccessflowError):
            halves = _taken(staff, halves, step, which)
        states = [state(staff, half) for half in halves]
        assert (states[0] in UNFILED) == (states[1] in UNFILED), (step, states)
        with staff.db.read() as session:
            gone = [session.get_one(Request, half).deleted_at is not None for half in halves]
        assert gone[0] == gone[1]


def _taken(staff: Staff, halves: list[int], step: str, which: int) -> list[int]:
    """The newest halves after a step on one of them."""
    half = halves[which]
    call: dict[str, Any] = {"actor": staff.actor, "now": staff.life.now}
    if step == "scan":
        if state(staff, half) == "ready":
            staff.life.lay(half, confirmed=True)
    elif step == "delete":
        requests.delete(staff.db, request_ids=[half], **call)
    elif step == "restore":
        requests.restore(staff.db, request_ids=[half], **call)
    elif step == "resubmit":
        copy = requests.resubmit(
            staff.db,
            catalogue=staff.life.catalogue,
            request_id=half,
            **call,
        )
        with staff.db.read() as session:
            other = pairs.partner_of(session, session.get_one(Request, copy))
        halves = [copy, other.id if other else halves[1 - which]]
        return halves if which == 0 else halves[::-1]
    else:
        given = {"note": "так надо"} if step == "withdraw" else {}
        staff.life.act(half, step, **given)
    return halves


def test_a_transfer_keeps_changes_and_takes_away_on_one_page(staff: Staff) -> None:
    job = staff.hire("frmss", "rmo", "frllo", position="Медсестра", search_text="медсестра")
    with staff.db.write() as session:
        unit = Unit(organization_id=staff.life.house.organization, name="Приёмное отделение")
        session.add(unit)
        session.flush()
        unit_id = unit.id
    decisions = {
        key(staff, job, "frmss"): Decision("change", ADMIN),
        key(staff, job, "frllo"): Decision("revoke"),
    }
    change_id = job_changes.transfer(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        move=Move(job, decisions, "24.11.2026", position="Старшая медсестра", unit_id=str(unit_id)),
    )  # fmt: skip
    assert [(pair, action) for pair, action, _ in made(staff, change_id)] == [
        (0, "revoke"), (1, "revoke"), (1, "grant"),
    ]  # fmt: skip
    with staff.db.read() as session:
        row = session.get_one(Employment, job)
        assert (row.unit_id, row.position) == (unit_id, "Старшая медсестра")
        found = session.get_one(JobChange, change_id)
        assert found.happened_on == date(2026, 11, 24)
        assert found.what["Подразделение"] == ["—", "Приёмное отделение"]
        [grant] = [r for _, a, r in made(staff, change_id) if a == "grant"]
        answers = session.get_one(Request, grant).rows[0].answers
        assert answers["position"] == "Старшая медсестра"


def test_a_right_given_again_as_it_is_waits_for_its_revocation(staff: Staff) -> None:
    job = staff.hire("frmss")
    [(_, _, revocation), (_, _, grant)] = made(staff, change(staff, job, frmss=Decision("again")))
    staff.life.attest(grant)
    signed(staff, grant, revocation)
    staff.life.act(grant, "send")
    with pytest.raises(Conflict, match="Сначала исполните отзыв"):
        execute(staff, grant, "granted")
    execute(staff, revocation, "revoked")
    assert roles(staff, job) == set()
    staff.life.act(
        grant, "decide", "miac_specialist",
        rows=[RowDecision(row, "granted") for row in staff.life.row_ids(grant)],
    )  # fmt: skip
    assert roles(staff, job) == {("frmss", WORKER)}


def holds(staff: Staff, system: str, functional_object: str) -> int:
    """A job with a right that an application gave, to what it named."""
    job = staff.life.house.hire()
    [request_id] = staff.life.house.make(system, people=(job,))
    with staff.db.write() as session:
        row = session.get_one(Request, request_id).rows[0]
        row.answers = {**row.answers, "functional_object": functional_object}
    staff.life.attest(request_id)
    staff.send(request_id)
    execute(staff, request_id, "granted")
    return job


def objects_in(staff: Staff, ids: Iterable[int]) -> dict[str, str]:
    """By action, what the first row of each application names."""
    found = [staff.life.one(request_id) for request_id in ids]
    return {r.action: str(r.rows[0].answers.get("functional_object", "")) for r in found}


@pytest.mark.parametrize("system", ["frllo", "rs-tmk"])
def test_what_is_given_again_names_the_object_of_what_is_taken_away(
    staff: Staff, system: str
) -> None:
    job = holds(staff, system, "Поликлиника № 2")
    ids = [r for _, _, r in made(staff, change(staff, job, **{system: Decision("again")}))]
    assert objects_in(staff, ids) == {"revoke": "Поликлиника № 2", "grant": "Поликлиника № 2"}


def test_another_unit_may_need_another_object_and_the_revocation_names_the_former(
    staff: Staff,
) -> None:
    job = holds(staff, "frllo", "Поликлиника № 2")
    again = Decision("again", functional_object="Стационар")
    change_id = job_changes.transfer(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        move=Move(job, {key(staff, job, "frllo"): again}, position="Старшая медсестра"),
    )  # fmt: skip
    ids = [r for _, _, r in made(staff, change_id)]
    assert objects_in(staff, ids) == {"revoke": "Поликлиника № 2", "grant": "Стационар"}


def test_a_dismissal_names_the_object_too_and_asks_for_it_again_when_it_is_cancelled(
    staff: Staff,
) -> None:
    dismissal = staff.enter(holds(staff, "frllo", "Поликлиника № 2"))
    [revocation] = staff.make(dismissal)
    assert objects_in(staff, [revocation.id]) == {"revoke": "Поликлиника № 2"}
    staff.send(revocation.id)
    staff.execute(revocation.id)
    dismissal_cancelling.cancel(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        files=staff.life.store, dismissal_id=dismissal, reason="Осталась",
    )  # fmt: skip
    ids = dismissal_staying.ask_again(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        dismissal_id=dismissal,
    )  # fmt: skip
    assert objects_in(staff, ids) == {"grant": "Поликлиника № 2"}


def test_what_cannot_be_changed_is_refused_and_nothing_is_made(staff: Staff) -> None:
    job, _, _ = a_pair(staff)
    with pytest.raises(Conflict, match="уже отзывает заявка 2026-00001"):
        change(staff, job, frmss=Decision("revoke"))
    other = staff.hire("rmo")
    with pytest.raises(Refused, match="исправьте"):
        change(staff, other, rmo=Decision("change", "Роль, которой нет"))
    with pytest.raises(Refused, match="исправьте"):
        change(staff, other)
    with staff.db.read() as session:
        assert len(session.scalars(select(JobChange)).all()) == 1


def test_another_organisation_neither_sees_nor_changes_it(staff: Staff) -> None:
    job, _, _ = a_pair(staff)
    stranger = another(staff.db, "secretary", house(staff.db).organization)
    move = Move(job, {key(staff, job, "frmss"): Decision("revoke")})
    with pytest.raises(NotFound):
        job_changes.change_role(
            staff.db, actor=stranger, now=staff.life.now, catalogue=staff.life.catalogue, move=move
        )
    with staff.db.read() as session:
        [change_id] = session.scalars(select(JobChange.id)).all()
        with pytest.raises(NotFound):
            change_records.find(session, stranger, change_id)
    head = staff.life.actor("signatory")
    with pytest.raises(Forbidden):
        job_changes.change_role(
            staff.db, actor=head, now=staff.life.now, catalogue=staff.life.catalogue, move=move
        )


def test_somebody_new_is_offered_what_colleagues_hold_and_nothing_from_elsewhere(
    staff: Staff,
) -> None:
    elsewhere = house(staff.db)
    person_digits = factories.snils()
    staff.hire("frmss", position="Медсестра", search_text="медсестра")
    job = staff.life.house.hire(position="Медсестра", search_text="медсестра", digits=person_digits)
    there = elsewhere.hire(position="Медсестра", search_text="медсестра")
    with staff.db.write() as session:
        row = session.get_one(Employment, there)
        row.person_id = session.get_one(Employment, job).person_id
    staff.give(there, "rmo")
    with staff.db.read() as session:
        found = suggestions(session, staff.life.catalogue, session.get_one(Employment, job), TODAY)
    assert [(s.offer.slug, s.role, s.why) for s in found] == [
        ("frmss", WORKER, "есть у 1 из 1 в той же должности")
    ]
    change_id = job_changes.arrive(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        employment_id=job, wanted=[found[0].key],
    )  # fmt: skip
    assert [(pair, action) for pair, action, _ in made(staff, change_id)] == [(0, "grant")]
    with staff.db.read() as session:
        left = suggestions(session, staff.life.catalogue, session.get_one(Employment, job), TODAY)
    assert left == ()


def test_a_new_surname_reaches_the_card_the_drafts_and_the_systems(staff: Staff) -> None:
    job = staff.hire("frmss", "rmo")
    [draft] = staff.life.house.make("frllo", people=(job,))
    [waiting] = staff.life.house.make("covid19", people=(job,), roles={"covid19": WORKER})
    staff.life.attest(waiting)
    staff.life.ready(waiting)
    change_id = surname.change_name(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        files=staff.life.store,
        typed=NewName(
            job, "Сидорова", "Анна", "Ивановна", False, "sidorova@prb.example",
            ground="свидетельство о браке", ways={key(staff, job, "rmo"): "keep"},
            ready=frozenset({"frmr"}),
        ),
    )  # fmt: skip
    with staff.db.read() as session:
        person = session.get_one(Employment, job).person
        assert person.last_name == "Сидорова"
        for request_id in (draft, waiting):
            request = session.get_one(Request, request_id)
            assert request.state == "draft"
            assert request.rows[0].answers["last_name"] == "Сидорова"
            assert request.rows[0].answers["email"] == "sidorova@prb.example"
        [(pair, told)] = change_records.requests_of(session, session.get_one(JobChange, change_id))
        assert (pair, told.kind, told.subject) == (0, "technical", "access")
        text = told.fields["description"]
        assert "Сидорова Анна Ивановна (ранее: Петрова Анна Ивановна)" in text
        assert "Система: ФРМСС" in text
        assert person.snils not in text
        assert (told.error_count, told.system) == (0, None)


def test_a_name_that_has_not_changed_is_said_so(staff: Staff) -> None:
    job = staff.hire("frmss")
    with staff.db.read() as session:
        address = session.get_one(Employment, job).email
    with pytest.raises(Refused) as refused:
        surname.change_name(
            staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
            files=staff.life.store,
            typed=NewName(job, "Петрова", "Анна", "Ивановна", False, address),
        )  # fmt: skip
    assert "last_name" in refused.value.flaws


def renames(staff: Staff, job: int, **typed: Any) -> int:
    return surname.change_name(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        files=staff.life.store,
        typed=NewName(
            job, "Сидорова", "Анна", "Ивановна", False, "sidorova@prb.example", **typed,
        ),
    )  # fmt: skip


def names_in(staff: Staff, ids: Iterable[int]) -> dict[str, str]:
    """By action, whom the first row of each application names."""
    found = [staff.life.one(request_id) for request_id in ids]
    return {r.action: str(r.rows[0].answers["last_name"]) for r in found}


@pytest.mark.parametrize(
    ("system", "way"),
    [("frmss", "tell"), ("frllo", "tell"), ("rs-tmk", "again"), ("ipra", "again"),
     ("vimis-onko", "keep")],
)  # fmt: skip
def test_what_a_new_name_needs_follows_from_what_the_form_prints(
    staff: Staff, system: str, way: str
) -> None:
    job = staff.hire(system)
    with staff.db.read() as session:
        [right] = rights_of(session, staff.life.catalogue, session.get_one(Employment, job), TODAY)
    assert name_ways.usual_way(right) == way


def test_where_the_name_alone_tells_whose_an_account_is_a_pair_moves_it(staff: Staff) -> None:
    job = staff.hire("ipra")
    ids = [r for pair, _, r in made(staff, renames(staff, job)) if pair == 1]
    assert names_in(staff, ids) == {"revoke": "Петрова", "grant": "Сидорова"}
    grant, revocation = sorted(ids, key=lambda r: staff.life.one(r).action)
    with staff.db.read() as session:
        words = pairs.words_of(session, session.get_one(Request, revocation))
        assert words == "отзыв на прежнее ФИО"
    signed(staff, grant, revocation)
    staff.life.act(grant, "send")
    with pytest.raises(Conflict, match="Сначала исполните отзыв"):
        execute(staff, grant, "granted")
    execute(staff, revocation, "revoked")
    staff.life.act(
        grant, "decide", "miac_specialist",
        rows=[RowDecision(row, "granted") for row in staff.life.row_ids(grant)],
    )  # fmt: skip
    assert {system for system, _ in roles(staff, job)} == {"ipra"}


def test_another_name_again_leaves_the_revocation_at_the_name_that_the_account_has(
    staff: Staff,
) -> None:
    job = staff.hire("ipra")
    ids = [r for _, _, r in made(staff, renames(staff, job))]
    with staff.db.read() as session:
        [right] = rights_of(session, staff.life.catalogue, session.get_one(Employment, job), TODAY)
    assert name_ways.usual_way(right) == "keep"  # it is being taken away already
    surname.change_name(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        files=staff.life.store,
        typed=NewName(job, "Орлова", "Анна", "Ивановна", False, "sidorova@prb.example"),
    )  # fmt: skip
    assert names_in(staff, ids) == {"revoke": "Петрова", "grant": "Орлова"}


def test_another_address_alone_takes_nothing_away(staff: Staff) -> None:
    job = staff.hire("ipra")
    change_id = surname.change_name(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        files=staff.life.store,
        typed=NewName(job, "Петрова", "Анна", "Ивановна", False, "new@prb.example"),
    )  # fmt: skip
    assert [(pair, action) for pair, action, _ in made(staff, change_id)] == [(0, "cover")]


def test_a_register_asks_first_for_the_new_name_in_the_personnel_register(staff: Staff) -> None:
    job = staff.hire("frmss")
    with pytest.raises(Refused) as refused:
        renames(staff, job)
    assert refused.value.can_be_confirmed
    assert list(refused.value.flaws) == ["ready-frmr"]
    assert made(staff, renames(staff, job, confirmed=True))[0][1] == "cover"


def test_a_dismissal_keeps_the_revocation_of_a_pair_and_lets_the_grant_go(staff: Staff) -> None:
    job, revocation, grant = a_pair(staff)
    signed(staff, grant, revocation)
    staff.life.act(grant, "send")
    dismissal = staff.enter(job)
    dismissal_making.close_under_way(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        files=staff.life.store, dismissal_id=dismissal,
    )  # fmt: skip
    assert (state(staff, grant), state(staff, revocation)) == ("withdrawn", "registered")
    assert staff.life.events(revocation)[-1].action == "pair_ended"
