"""The decider: who may do what from where, and what happens by itself. No database, no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.domain.roles import LABELS, ROLES, Role
from accessflow.workflow.asks import ASKS, CAUSES
from accessflow.workflow.decide import RowDecision, allowed, decide, refusals, settle
from accessflow.workflow.graph import BrokenMachine, check
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.snapshot import Acting, RowState, Snapshot
from accessflow.workflow.spec import Kind, Machine, State, Transition

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRETARY, MIAC = Acting("secretary", owns=True), Acting("miac_specialist")
FACTS = frozenset({"registered", "director_signed", "signed", "settled"})
EVERY = [t for machine in MACHINES.values() for t in machine.transitions]


def request(state: str = "in_review", **values: Any) -> Snapshot:
    known = Snapshot("access", state, rows=(RowState(1), RowState(2)), facts=FACTS, state_at=NOW)
    return replace(known, **values)


def answers(transition: Transition) -> dict[str, Any]:
    """Something for everything that it asks for."""
    kinds = {
        "date": "2026-11-23", "request": "7", "rows": [RowDecision(1, "refused", "other")],
        "flag": "1", "positions": "1, 2",
    }  # fmt: skip
    given = {key: kinds.get(ASKS[key].kind, "слова") for key in transition.asks}
    for key in ("cause", "extension_cause"):
        if key in given:
            given[key] = next(iter(CAUSES[transition.action]))
    return given


def willing(transition: Transition, kind: Kind) -> Snapshot:
    """An application that every guard of the transition lets through."""
    wants = set(transition.guards)
    outcome = "granted" if kind != "revocation" else "revoked"
    rows = (RowState(1), RowState(2))
    if "some_decided" in wants or "some_executed" in wants:
        rows = (RowState(1, "refused"), RowState(2))
    if "all_decided" in wants:
        last = "refused" if "none_executed" in wants else outcome
        rows = (RowState(1, "refused"), RowState(2, last))
    facts = (FACTS | wants) - {"no_committee_stage", "stands_alone"}
    facts -= {"committee_stage"} if "no_committee_stage" in wants else set()
    facts -= {"stage_document"} if "stands_alone" in wants else set()
    outside = transition.where == "outside"
    return Snapshot(kind, transition.source, outside, rows, facts=facts, state_at=NOW)


@pytest.mark.parametrize(
    ("kind", "transition"),
    [(m.kind, t) for m in MACHINES.values() for t in m.transitions if not t.automatic],
    ids=lambda value: value if isinstance(value, str) else f"{value.source}-{value.action}",
)
def test_every_row_can_be_taken_by_whom_it_names_and_by_nobody_else(
    kind: Kind, transition: Transition
) -> None:
    snapshot, given = willing(transition, kind), answers(transition)
    for role in ROLES:
        for owns in (True, False):
            actor = Acting(role, owns)
            # Another row of the machine may let this one do the same.
            mine = [t for t in allowed(snapshot, actor) if t.action == transition.action]
            if role in transition.actors and (owns or not transition.own):
                outcome = decide(snapshot, transition.action, actor, NOW, given)
                assert outcome.steps[0].transition.target == transition.target
            elif not mine:
                with pytest.raises(Forbidden) as refused:
                    decide(snapshot, transition.action, actor, NOW, given)
                assert "может" in refused.value.message
                assert any(LABELS[r] in refused.value.message for r in ROLES)


@given(st.sampled_from(EVERY), st.sampled_from(list(MACHINES)), st.sampled_from(ROLES))
def test_from_any_other_state_it_is_told_from_where_and_by_whom(
    transition: Transition, kind: Kind, role: Role
) -> None:
    machine = MACHINES[kind]
    sources = {t.source for t in machine.transitions if t.action == transition.action}
    for state in machine.states:
        if state.slug in sources:
            continue
        with pytest.raises(Conflict) as refused:
            decide(Snapshot(machine.kind, state.slug), transition.action, Acting(role, True), NOW)
        if sources:
            assert f"«{state.label}»" in refused.value.message
            assert "возможно из" in refused.value.message
            assert "может" in refused.value.message
        else:
            assert "Такого действия" in refused.value.message


def test_what_is_missing_is_named_by_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        decide(request(), "extend", MIAC, NOW, {"extension_cause": "луна", "until": "завтра"})
    assert refused.value.fields.keys() == {
        "extension_cause", "until", "author_facts", "outside_need", "actions_taken",
    }  # fmt: skip


@pytest.mark.parametrize(("text", "ok"), [("a" * 64, True), ("a" * 65, False), (" ", False)])
def test_a_text_is_as_long_as_its_column(text: str, ok: bool) -> None:
    snapshot = request("sent", outside=True, facts=frozenset())
    if ok:
        decide(snapshot, "register", SECRETARY, NOW, {"registration_no": text})
        return
    with pytest.raises(Invalid) as refused:
        decide(snapshot, "register", SECRETARY, NOW, {"registration_no": text})
    assert refused.value.fields.keys() == {"registration_no"}


@pytest.mark.parametrize("text", ["2026-11-24", "24.11.2026"])
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    snapshot = request("sent", outside=True)
    outcome = decide(
        snapshot, "register", SECRETARY, NOW, {"registration_no": "1", "happened_on": text}
    )
    assert outcome.steps[0].given["happened_on"] == date(2026, 11, 24)


def test_what_was_not_asked_for_is_left_out() -> None:
    outcome = decide(request(), "refuse", MIAC, NOW, {
        "cause": "other", "text": "Нет", "state": "closed", "rows": [RowDecision(9, "granted")],
    })  # fmt: skip
    assert outcome.steps[0].given.keys() == {"cause", "text"}
    assert [r.row_id for r in outcome.rows] == [1, 2]


@pytest.mark.parametrize("value", ["x", "-1", "1" * 10, "٣" * 20])
def test_an_id_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(Invalid) as refused:
        decide(request(), "mark_duplicate", MIAC, NOW, {"duplicate_of": value})
    assert refused.value.fields.keys() == {"duplicate_of"}


def test_registration_follows_sending_by_itself_where_miac_works_here() -> None:
    sent = decide(request("ready"), "send", SECRETARY, NOW)
    assert [s.transition.target for s in sent.steps] == ["sent", "registered"]
    assert [s.role for s in sent.steps] == ["secretary", "system"]
    outside = decide(request("ready", outside=True), "send", SECRETARY, NOW)
    assert [s.transition.target for s in outside.steps] == ["sent"]


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (("granted", "granted"), "executed"),
        (("granted", "refused"), "executed"),
        (("refused", "refused"), "refused"),
        (("granted", ""), "in_review"),
    ],
)
def test_the_last_row_ends_the_application(outcomes: tuple[str, ...], state: str) -> None:
    rows = [RowDecision(n, o, "other") for n, o in enumerate(outcomes, 1) if o]
    assert decide(request(), "decide", MIAC, NOW, {"rows": rows}).after.state == state


@pytest.mark.parametrize("outcome", ["revoked", "deleted", "нет"])
def test_an_outcome_of_another_kind_is_refused(outcome: str) -> None:
    with pytest.raises(Invalid, match="не бывает"):
        decide(request(), "decide", MIAC, NOW, {"rows": [RowDecision(1, outcome)]})


def test_a_refused_row_needs_its_cause() -> None:
    with pytest.raises(Invalid) as refused:
        decide(request(), "decide", MIAC, NOW, {"rows": [RowDecision(2, "refused", " ")]})
    assert refused.value.fields.keys() == {"cause-2"}


def test_reopening_takes_up_the_refused_rows_and_waits_for_a_decision() -> None:
    done = request("executed", rows=(RowState(1, "granted"), RowState(2, "refused")))
    after = decide(done, "reopen", MIAC, NOW, {"text": "Ошибка"}).after
    assert (after.state, [r.outcome for r in after.rows]) == ("in_review", ["granted", ""])


def test_the_window_of_reopening_ends() -> None:
    old = request("closed", state_at=NOW - timedelta(days=14, seconds=1))
    with pytest.raises(Conflict, match="Срок"):
        decide(old, "reopen", MIAC, NOW, {"text": "Ошибка"})


def test_what_is_missing_for_sending_is_told_in_full() -> None:
    with pytest.raises(Conflict, match="Нет скана"):
        decide(request("ready", missing=("Нет скана.",)), "send", SECRETARY, NOW)


def test_a_refused_button_has_its_reason() -> None:
    [forward] = [t for t in allowed(request(), MIAC) if t.action == "forward"]
    [reason] = refusals(forward, request(facts=FACTS | {"committee_stage"}), NOW)
    assert "Передать в КЗ ЛО" in reason
    assert refusals(forward, request(), NOW) == ()


def test_nothing_happens_by_itself_where_nothing_is_due() -> None:
    assert settle(request(), NOW).steps == ()
    waiting = Snapshot("authority", "ready", facts=frozenset({"stage_sent"}))
    assert [s.transition.target for s in settle(waiting, NOW).steps] == ["sent"]


# The graph --------------------------------------------------------------------------------------

START, END = State("draft", "Черновик"), State("closed", "Закрыта", terminal=True)


def line(source: str, target: str, action: str = "go", **values: Any) -> Transition:
    known = Transition(source, action, target, frozenset({"secretary"}), "Дальше")
    return replace(known, **values)


@pytest.mark.parametrize(
    ("states", "lines", "told"),
    [
        ((START, END), (), "unreachable"),
        ((START, State("ready", "Готова"), END),
         (line("draft", "closed"), line("draft", "ready", "b")),
         "no way to an end from: ready"),
        ((START, END), (line("draft", "closed"), line("draft", "closed")), "two rows"),
        ((START, END), (line("draft", "closed", guards=("luna",)),), "unknown guards"),
        ((START, END), (line("draft", "closed", asks=("luna",)),), "unknown asks"),
        ((START, END), (line("draft", "closed", label=" "),), "label"),
    ],
)  # fmt: skip
def test_a_broken_machine_stops_the_start(
    states: tuple[State, ...], lines: tuple[Transition, ...], told: str
) -> None:
    with pytest.raises(BrokenMachine, match=told):
        check(Machine("access", states, lines))


def test_every_state_and_kind_of_the_interfaces_is_there() -> None:
    kinds = ["access", "revocation", "technical", "emd_deletion", "network"]
    known = {s.slug for machine in MACHINES.values() for s in machine.states}
    wanted = (
        "draft ready sent registered in_review needs_info forwarded executed closed refused"
        " annulled duplicate withdrawn deleted reuploaded awaiting_call"
    )
    assert set(kinds) <= MACHINES.keys()
    assert set(wanted.split()) <= known
