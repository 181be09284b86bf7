"""Random people do random things to applications; whatever they do, the books stay right."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import LedgerEntry, Letter, Request
from accessflow.domain.errors import AccessflowError
from accessflow.services import audit, duplicates, stages, terms, timeline
from accessflow.services.actor import Actor
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.asks import ASKS, CAUSES
from accessflow.workflow.decide import EXECUTION, RowDecision, allowed, refusals
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.states import ENDED, UNFILED
from tests.card_examples import signed_documents
from tests.chance_examples import Office, office
from tests.life_examples import Life

ACTIONS = sorted({t.action for m in MACHINES.values() for t in m.transitions})
PEOPLE = ("secretary", "hr", "signatory", "miac_specialist", "miac_lead", "committee", "auditor",
          "admin", "neighbour")  # fmt: skip
INSIDERS = ("miac_specialist", "secretary", "committee")
PAPERS = ("scan", "screenshot", "director_scan", "committee_scan")
MIAC_NAME = "ГКУЗ ЛО «МИАЦ»"
AWAY = ("withdraw", "refuse", "annul", "mark_duplicate", "extend", "rework")
FORTH = 4
"""So much likelier is what leads on than what leads out, or was done before."""
CHANCE = st.integers(0, 2**32)
"""A seed a rule: drawn one by one, choices would follow one another's example too closely."""
LIVES = (3, 5, 8, 12)
"""Presses one after another."""
NEVER_REGISTERED = ("network", "authority")


class Chance(RuleBasedStateMachine):
    """Two organisations, one of them with МИАЦ outside; a rule is somebody's press of a button."""

    fresh: ClassVar[Callable[[], Database]]
    seeded: ClassVar[Office]

    def __init__(self) -> None:
        super().__init__()
        self.db = Chance.fresh()
        seeded = Chance.seeded.on(self.db)
        self.houses = seeded.houses
        self.made = [(self.houses[number], made) for number, made in seeded.made]
        self.touched: set[int] = set()
        self.turns = 0
        self.current = self.made[0]
        self.wait(5)  # so that what is noted down can have been before today

    def teardown(self) -> None:
        try:
            with self.db.read() as session:
                assert audit.verify(session).broken == ""
                numbers_are_given_once(session)
        finally:
            self.db.dispose()

    # What people do ----------------------------------------------------------------------------

    @rule(kind=st.sampled_from(PAPERS), seed=CHANCE)
    def lay(self, kind: str, seed: int) -> None:
        ours, request_id = self._chance(seed).choice(self.made)
        ours.lay(request_id, kind)

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        for ours in self.houses:
            ours.now += timedelta(days=days, minutes=7)

    @rule(who=st.sampled_from(PEOPLE), action=st.sampled_from(ACTIONS), seed=CHANCE)
    def press_anything(self, who: str, action: str, seed: int) -> None:
        """Mostly refused: then nothing at all has changed."""
        chance = self._chance(seed)
        ours, request_id = chance.choice(self.made)
        given = self._given(chance, ours, request_id, action)
        self._press(ours, request_id, ours.actor(who), action, given)

    @rule(seed=CHANCE)
    def press_what_is_offered(self, seed: int) -> None:
        """Whoever may do something here does it, a few times over: most of a life is this."""
        chance = self._chance(seed)
        self.current = chance.choice(self.made)
        self._live(chance)

    @rule(seed=CHANCE)
    def go_on(self, seed: int) -> None:
        """With the one that was acted on before: so lives come to their later half."""
        self._live(self._chance(seed))

    def _live(self, chance: Random) -> None:
        ours, request_id = self.current
        for _ in range(chance.choice(LIVES)):
            offered = self._offered(ours, request_id)
            if not offered or (self._ended(request_id) and chance.random() < 0.7):
                break
            actor, action = chance.choice(offered)
            given = self._given(chance, ours, request_id, action)
            self._press(ours, request_id, actor, action, given)

    def _chance(self, seed: int) -> Random:
        """Another one each time, also where the seed comes again."""
        self.turns += 1
        return Random(f"{seed}-{self.turns}")

    def _ended(self, request_id: int) -> bool:
        with self.db.read() as session:
            return session.get_one(Request, request_id).state in ENDED

    def _offered(self, ours: Life, request_id: int) -> list[tuple[Actor, str]]:
        self._write_what_the_authority_writes(ours, request_id)
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            snapshot = snapshot_of(session, ours.catalogue, request, ours.now.date())
            done = {event.action for event in timeline.events_of(session, request_id)}
            return [
                (actor, action)
                for actor in map(ours.actor, INSIDERS)
                for action in dict.fromkeys(
                    t.action
                    for t in allowed(snapshot, acting(actor, request))
                    if not refusals(t, snapshot, ours.now)
                )
                for _ in range(1 if action in {*done, *AWAY} else FORTH)
            ]

    def _write_what_the_authority_writes(self, ours: Life, request_id: int) -> None:
        """КЗ's letter and act, which join what everybody may act on."""
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            if (request.kind, request.state) != ("emd_deletion", "at_committee"):
                return
            if stages.documents_of(session, request):
                return
        self.made += [(ours, made) for made in signed_documents(ours, request_id)]

    def _press(
        self, ours: Life, request_id: int, actor: Actor, action: str, given: dict[str, Any]
    ) -> None:
        before = self._books(request_id)
        try:
            ours.as_(actor, request_id, action, **given)
        except AccessflowError:
            assert self._books(request_id) == before
            return
        self.touched |= {request_id, given["duplicate_of"]}
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            own = request.organization_id == actor.organization_id
            events = timeline.events_of(session, request_id)
            last = [e for e in events if e.role != "system"][-1]
            assert (last.action, last.user_id) == (action, actor.user_id)
            rows = [
                t
                for t in MACHINES[request.kind].transitions  # type: ignore[index]  # one of its keys
                if (t.source, t.action) == (last.source, action) and actor.role in t.actors
            ]
            assert any(own or not t.own for t in rows)
            every_chain_is_whole_and_leads_to_the_state(request, events)

    def _books(self, request_id: int) -> tuple[Any, ...]:
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            last = timeline.last_event(session, request_id)
            rows = tuple((r.id, r.outcome, r.cause) for r in request.rows)
            letters = session.scalar(select(func.count()).select_from(Letter))
            entries = session.scalar(select(func.count()).select_from(LedgerEntry))
            return request.state, request.lock_version, last and last.hash, rows, letters, entries

    def _given(self, chance: Random, ours: Life, request_id: int, action: str) -> dict[str, Any]:
        """Something for every question, mostly to the point."""
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            done = EXECUTION.get(request.kind, "granted")
            undecided = [row.id for row in request.rows if not row.outcome]
            wanted = undecided if action == "decide" else [row.id for row in request.rows]
        outcomes = [done, done, "refused", ""]
        decisions = [
            RowDecision(row, outcome, "other" if outcome == "refused" else "")
            for row in wanted
            if "decide" in action and (outcome := chance.choice(outcomes))
        ]
        known = {key: "слова" for key, ask in ASKS.items() if ask.kind in ("text", "long_text")}
        cause = chance.choice(sorted(CAUSES.get(action, {"other": ""})))
        days, ago = chance.randint(1, 40), chance.choice([*[None] * 6, 0, 1, 5])
        today = ours.now.date()
        return known | {
            "registration_no": f"Р-{request_id}",
            "cause": cause,
            "extension_cause": "other",
            "until": today + timedelta(days=days),
            "happened_on": None if ago is None else today - timedelta(days=ago),
            "acknowledged": "1",
            "channel": "",
            "rows": decisions,
            "duplicate_of": chance.choice([made for whose, made in self.made if whose is ours]),
        }

    # What always holds -------------------------------------------------------------------------

    @invariant()
    def the_books_are_right(self) -> None:
        """Of what was acted on since the last look, and of КЗ's documents that went along."""
        with self.db.read() as session:
            for ours, request_id in self.made:
                request = session.get_one(Request, request_id)
                if request_id in self.touched or request.stage_of_id in self.touched:
                    look_at(session, ours, request)
        self.touched.clear()


def look_at(session: Session, ours: Life, request: Request) -> None:
    events = timeline.events_of(session, request.id)
    every_chain_is_whole_and_leads_to_the_state(request, events)
    the_cache_is_what_the_timeline_comes_to(ours, request, events)
    what_is_executed_has_an_outcome_in_every_row(request)
    the_ledger_tells_what_was_decided(session, request)
    what_is_a_duplicate_points_to_one_that_is_not(session, request)
    each_kind_keeps_to_its_own_way(session, request, events)
    nothing_goes_out_in_the_name_of_a_miac_outside(session, request)


def every_chain_is_whole_and_leads_to_the_state(request: Request, events: Any) -> None:
    assert timeline.first_broken(events) is None
    assert not events or events[-1].target == request.state
    moments: list[datetime] = [event.at for event in events]
    assert moments == sorted(moments)


def the_cache_is_what_the_timeline_comes_to(ours: Life, request: Request, events: Any) -> None:
    kept: tuple[date | None, date | None] = request.due_on, request.paused_since
    assert terms.cached(events, request, ours.catalogue) == kept
    if request.kind in NEVER_REGISTERED:
        assert (request.registration_no, *kept) == (None, None, None)


def what_is_executed_has_an_outcome_in_every_row(request: Request) -> None:
    outcomes = [row.outcome for row in request.rows]
    done = EXECUTION.get(request.kind)
    assert set(outcomes) <= {"", "refused", done}  # a grant is never revoked, nor the reverse
    if done is None:
        return
    if request.state in ("executed", "closed"):
        assert all(outcomes)
        assert done in outcomes
    if request.state in ("refused", "annulled", "withdrawn", "duplicate", *UNFILED):
        assert done not in outcomes


def the_ledger_tells_what_was_decided(session: Session, request: Request) -> None:
    told = {"granted": ["open"], "revoked": ["close"]}
    for row in request.rows:
        standing = session.scalars(
            select(LedgerEntry.kind).where(
                LedgerEntry.request_row_id == row.id, LedgerEntry.withdrawn_at.is_(None)
            )
        ).all()
        assert list(standing) == told.get(row.outcome, [])


def what_is_a_duplicate_points_to_one_that_is_not(session: Session, request: Request) -> None:
    if request.state != "duplicate":
        assert request.duplicate_of_id is None
        return
    kept = session.get_one(Request, request.duplicate_of_id)
    assert kept.id != request.id
    assert duplicates.uncovered(request, kept) == () or kept.state == "refused"


def each_kind_keeps_to_its_own_way(session: Session, request: Request, events: Any) -> None:
    gone_through = {event.target for event in events}
    if request.kind == "technical" and request.subject == "screening" and not request.outside:
        assert request.state != "registered"  # its own support has it already (R39)
    if request.kind == "emd_deletion":
        of_an_emd(session, request, events, gone_through)
    if request.kind == "network" and "executed" in gone_through:
        assert request.organization.vipnet_ready  # R17
    if request.kind == "authority" and request.stage_of_id is None and events:
        assert not {e.action for e in events} & {"send_with_stage", "stage_deleted"}


def of_an_emd(session: Session, request: Request, events: Any, gone_through: set[str]) -> None:
    """R29, R41: reloaded only after the notice; КЗ's letter and act go and end with it."""
    assert "reuploaded" not in gone_through or "deleted" in gone_through
    states = {d.state for d in stages.documents_of(session, request)}
    if any(event.action == "committee_send" for event in events):
        assert not states & UNFILED
    if request.state == "deleted":
        assert not states & (UNFILED | {"sent"})


def nothing_goes_out_in_the_name_of_a_miac_outside(session: Session, request: Request) -> None:
    if not request.outside or request.kind in NEVER_REGISTERED:
        return
    texts = session.scalars(select(Letter.text).where(Letter.request_id == request.id))
    assert not any(MIAC_NAME in text for text in texts)


def numbers_are_given_once(session: Session) -> None:
    for column in (Request.number, Request.registration_no, Letter.message_id):
        values = [v for v in session.scalars(select(column)) if v is not None]
        assert max(Counter(values).values(), default=1) == 1


def run(
    db: Database, restore: Callable[[], object], seeded: Office, examples: int, steps: int
) -> None:
    """`restore` puts the database back as it was seeded; the engine stays, for it knows every
    statement already."""

    def fresh() -> Database:
        db.dispose()
        restore()
        return db

    Chance.fresh = staticmethod(fresh)
    Chance.seeded = seeded
    run_state_machine_as_test(
        Chance,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_people_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    file, kept = tmp_path / "office.sqlite3", tmp_path / "kept.sqlite3"
    shutil.copyfile(sqlite_template, file)
    db = Database(f"sqlite:///{file}")
    seeded = office(db, tmp_path)
    db.dispose()  # the last connection writes the journal back: one file holds it all
    shutil.copyfile(file, kept)
    run(db, lambda: shutil.copyfile(kept, file), seeded, examples=15, steps=12)


@pytest.mark.usefixtures("postgres_template")
def test_random_people_on_postgresql(postgres_cluster: Any, tmp_path: Path) -> None:
    from tests.support.databases import TEMPLATE

    name, kept = "office", "office_kept"
    db = Database(postgres_cluster.create(name, TEMPLATE))
    seeded = office(db, tmp_path)
    db.dispose()
    postgres_cluster.create(kept, name)

    def restore() -> None:
        postgres_cluster.drop(name)
        postgres_cluster.create(name, kept)

    run(db, restore, seeded, examples=3, steps=8)
