"""Random people do random things to applications; whatever they do, the books stay right."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Letter, Request
from accessflow.domain.errors import AccessflowError
from accessflow.services import audit, duplicates, terms, timeline
from accessflow.services.actor import Actor
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.asks import ASKS, CAUSES
from accessflow.workflow.decide import RowDecision, allowed, refusals
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.snapshot import EXECUTED
from accessflow.workflow.states import UNFILED
from tests.life_examples import Life, life
from tests.request_examples import another

ACTIONS = sorted({t.action for m in MACHINES.values() for t in m.transitions})
PEOPLE = ("secretary", "hr", "signatory", "miac_specialist", "miac_lead", "committee", "auditor",
          "admin", "neighbour")  # fmt: skip
INSIDERS = ("miac_specialist", "secretary", "committee")
WAITING_ROOM = 5
"""So many applications of each example at most."""


class Office(RuleBasedStateMachine):
    """Two organisations, one of them with МИАЦ outside; a rule is somebody's press of a button."""

    databases: ClassVar[Any] = None  # makes a fresh, migrated database: its address

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.db = Database(next(Office.databases))
        self.houses: list[Life] = []
        self.made: list[tuple[Life, int]] = []
        self.before: dict[int, tuple[str, int]] = {}

    def teardown(self) -> None:
        self.db.dispose()
        shutil.rmtree(self.folder)

    @initialize()
    def open_the_office(self) -> None:
        self.houses = [life(self.db, self.folder), life(self.db, self.folder, miac_outside=True)]
        for one in self.houses:
            one.cast["neighbour"] = another(self.db, "secretary")

    # What people do ----------------------------------------------------------------------------

    @rule(
        which=st.integers(0, 1), people=st.integers(1, 3), send=st.sampled_from((True, True, False))
    )
    def make(self, which: int, people: int, send: bool) -> None:
        if len(self.made) >= WAITING_ROOM:
            return
        ours = self.houses[which]
        made = ours.draft(people=people)
        if send:
            ours.act(ours.ready(made), "send")
        self.made.append((ours, made))

    @rule(which=st.integers(0, 1), subject=st.sampled_from(["access", "screening"]))
    def complain(self, which: int, subject: str) -> None:
        if len(self.made) < WAITING_ROOM:
            ours = self.houses[which]
            self.made.append((ours, ours.problem(subject)))

    @rule(number=st.integers(0, 9), kind=st.sampled_from(["scan", "screenshot", "director_scan"]))
    def lay(self, number: int, kind: str) -> None:
        if self.made:
            ours, request_id = self.made[number % len(self.made)]
            ours.lay(request_id, kind)

    @rule(days=st.integers(0, 12))
    def wait(self, days: int) -> None:
        for ours in self.houses:
            ours.now += timedelta(days=days, minutes=7)

    @rule(
        number=st.integers(0, 9),
        who=st.sampled_from(PEOPLE),
        action=st.sampled_from(ACTIONS),
        data=st.data(),
    )
    def press_anything(self, number: int, who: str, action: str, data: st.DataObject) -> None:
        """Mostly refused: then nothing at all has changed."""
        if self.made:
            ours, request_id = self.made[number % len(self.made)]
            self._press(
                ours, request_id, ours.actor(who), action, self._given(data, request_id, action)
            )

    @rule(number=st.integers(0, 9), data=st.data())
    def press_what_is_offered(self, number: int, data: st.DataObject) -> None:
        """Whoever may do something here does it, a few times over: most of a life is this."""
        if not self.made:
            return
        ours, request_id = self.made[number % len(self.made)]
        for _ in range(data.draw(st.integers(4, 10))):
            if offered := self._offered(ours, request_id):
                actor, action = data.draw(st.sampled_from(offered))
                self._press(ours, request_id, actor, action, self._given(data, request_id, action))
                self.every_chain_is_whole_and_leads_to_the_state()

    def _offered(self, ours: Life, request_id: int) -> list[tuple[Actor, str]]:
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            snapshot = snapshot_of(session, ours.catalogue, request, ours.now.date())
            return [
                (actor, action)
                for actor in map(ours.actor, INSIDERS)
                for action in dict.fromkeys(
                    t.action
                    for t in allowed(snapshot, acting(actor, request))
                    if not refusals(t, snapshot, ours.now)
                )
            ]

    def _press(
        self, ours: Life, request_id: int, actor: Actor, action: str, given: dict[str, Any]
    ) -> None:
        before = self._books(request_id)
        own = ours.one(request_id).organization_id == actor.organization_id
        try:
            ours.as_(actor, request_id, action, **given)
        except AccessflowError:
            assert self._books(request_id) == before
        else:
            last = [e for e in ours.events(request_id) if e.role != "system"][-1]
            assert (last.action, last.user_id) == (action, actor.user_id)
            rows = [
                t
                for t in MACHINES[ours.one(request_id).kind].transitions  # type: ignore[index]
                if (t.source, t.action) == (last.source, action) and actor.role in t.actors
            ]
            assert any(own or not t.own for t in rows)

    def _books(self, request_id: int) -> tuple[Any, ...]:
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            last = timeline.last_event(session, request_id)
            rows = tuple((r.id, r.outcome, r.cause) for r in request.rows)
            letters = session.query(Letter).count()
            return request.state, request.lock_version, last and last.hash, rows, letters

    def _given(self, data: st.DataObject, request_id: int, action: str) -> dict[str, Any]:
        """Something for every question, mostly to the point."""
        with self.db.read() as session:
            rows = session.get_one(Request, request_id).rows
            undecided = [row.id for row in rows if not row.outcome]
            wanted = undecided if action == "decide" else [row.id for row in rows]
        outcomes = st.sampled_from(["granted", "granted", "refused", ""])
        decisions = [
            RowDecision(row, outcome, "other" if outcome == "refused" else "")
            for row in wanted
            if (outcome := data.draw(outcomes))
        ]
        known = {key: "слова" for key, ask in ASKS.items() if ask.kind in ("text", "long_text")}
        cause = data.draw(st.sampled_from([c for causes in CAUSES.values() for c in causes]))
        days = data.draw(st.integers(1, 40))
        return known | {
            "registration_no": f"Р-{request_id}",
            "cause": cause,
            "extension_cause": "other",
            "until": (self.houses[0].now + timedelta(days=days)).date(),
            "acknowledged": "1",
            "channel": "",
            "rows": decisions,
            "duplicate_of": data.draw(st.sampled_from([r for _, r in self.made])),
        }

    # What always holds -------------------------------------------------------------------------

    @invariant()
    def every_chain_is_whole_and_leads_to_the_state(self) -> None:
        with self.db.read() as session:
            assert audit.verify(session).broken == ""

    @invariant()
    def the_cache_is_what_the_timeline_comes_to(self) -> None:
        for ours, request_id in self.made:
            with self.db.read() as session:
                request = session.get_one(Request, request_id)
                events = timeline.events_of(session, request_id)
                kept = (request.due_on, request.paused_since)
                assert terms.cached(events, request, ours.catalogue) == kept
                days = [e.at for e in events]
                assert days == sorted(days)

    @invariant()
    def what_is_executed_has_an_outcome_in_every_row(self) -> None:
        for ours, request_id in self.made:
            request = ours.one(request_id)
            outcomes = [row.outcome for row in request.rows]
            if request.kind != "access":
                continue
            if request.state in ("executed", "closed"):
                assert all(outcomes)
                assert EXECUTED & set(outcomes)
            if request.state in ("refused", "annulled", "withdrawn", "duplicate", *UNFILED):
                assert not EXECUTED & set(outcomes)

    @invariant()
    def numbers_are_given_once(self) -> None:
        with self.db.read() as session:
            for column in (Request.number, Request.registration_no, Letter.message_id):
                values = [v for v in session.scalars(select(column)) if v is not None]
                assert max(Counter(values).values(), default=1) == 1

    @invariant()
    def what_is_a_duplicate_points_to_one_that_is_not(self) -> None:
        for ours, request_id in self.made:
            request = ours.one(request_id)
            if request.state == "duplicate":
                with self.db.read() as session:
                    found = session.get_one(Request, request_id)
                    kept = session.get_one(Request, found.duplicate_of_id)
                    assert kept.id != found.id
                    assert duplicates.uncovered(found, kept) == () or kept.state == "refused"
            else:
                assert request.duplicate_of_id is None


def run(databases: Any, examples: int, steps: int) -> None:
    Office.databases = databases
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_people_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    def fresh() -> Any:
        for number in itertools.count():
            file = tmp_path / f"{number}.sqlite3"
            shutil.copyfile(sqlite_template, file)
            yield f"sqlite:///{file}"

    run(fresh(), examples=20, steps=15)


@pytest.mark.usefixtures("postgres_template")
def test_random_people_on_postgresql(postgres_cluster: Any) -> None:
    from tests.support.databases import TEMPLATE

    def fresh() -> Any:
        for number in itertools.count():
            yield postgres_cluster.create(f"random_{number}", TEMPLATE)

    run(fresh(), examples=4, steps=12)
