"""`accessflow states` and `accessflow audit verify` as scripts call them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from accessflow.cli.main import main
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestEvent
from accessflow.workflow.machines import MACHINES
from tests.life_examples import Life, life


def test_states_are_printed_as_the_interfaces_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["states", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [machine["kind"] for machine in found] == list(MACHINES)
    for machine in found:
        assert machine.keys() == {"kind", "states", "transitions"}
        slugs = [state["slug"] for state in machine["states"]]
        for state in machine["states"]:
            assert state.keys() == {"slug", "label", "terminal", "pauses"}
            assert state["label"].strip()
        for transition in machine["transitions"]:
            assert transition.keys() == {"source", "action", "target", "actors", "label"}
            assert transition["label"].strip()
            assert transition["actors"]
            assert {transition["source"], transition["target"]} <= set(slugs)


def test_states_are_printed_for_people_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["states"]) == 0
    assert "ready -send-> sent" in capsys.readouterr().out


@pytest.fixture
def ours(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ACCESSFLOW_DATA", str(tmp_path / "data"))
    database = Database(database_url)
    yield life(database, tmp_path)
    database.dispose()


def verify(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["audit", "verify"])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_whole_timelines_hold(ours: Life, capsys: pytest.CaptureFixture[str]) -> None:
    ours.sent()
    ours.sent("rmo")
    assert verify(capsys) == (0, "6 events of 2 applications hold\n")


@pytest.mark.parametrize(
    "change", [{"data": {"version": 7}}, {"action": "annul"}, {"user_id": None}, {"seq": 9}]
)
def test_a_changed_event_is_named(
    ours: Life, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    made = ours.sent()
    second = (RequestEvent.request_id == made) & (RequestEvent.seq == 2)
    with ours.db.write() as session:
        session.execute(update(RequestEvent).where(second).values(**change))
    code, told = verify(capsys)
    assert code == 1
    # Moved to the end it leaves a gap behind it, which is met first.
    assert f"application {ours.one(made).number}, event {3 if 'seq' in change else 2}" in told


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_an_event_that_was_taken_out_is_missed(
    ours: Life, capsys: pytest.CaptureFixture[str], seq: int
) -> None:
    made = ours.sent()
    gone = (RequestEvent.request_id == made) & (RequestEvent.seq == seq)
    with ours.db.write() as session:
        session.execute(delete(RequestEvent).where(gone))
    code, told = verify(capsys)
    assert (code, ours.one(made).number in told) == (1, True)


def test_a_state_that_no_event_has_led_to_is_told(
    ours: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ours.draft()
    with ours.db.write() as session:
        session.execute(update(Request).where(Request.id == made).values(state="executed"))
    code, told = verify(capsys)
    assert (code, "without any event" in told) == (1, True)
