"""The two halves of a change of role go together, or not at all."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from accessflow.db.tables import Letter, Request
from accessflow.domain.errors import AccessflowError, Conflict
from accessflow.services import dismissal_making, pairs, requests
from accessflow.workflow.states import UNFILED
from tests.change_examples import ADMIN, TODAY, WORKER, a_pair, execute, roles, signed, state
from tests.dismissal_examples import Staff


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
