"""МИАЦ's queue: facets say the same as the database, pages meet, words find in any form."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import count as counter

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import (
    Absence,
    Dismissal,
    DismissalRevocation,
    Employment,
    Organization,
    Request,
    RequestWord,
)
from accessflow.domain.errors import Forbidden
from accessflow.services import (
    organizations,
    queue,
    queue_marks,
    queue_tally,
    queue_views,
    request_list,
    totals,
    word_search,
)
from accessflow.services.actor import Actor
from accessflow.services.counting import count_all
from accessflow.services.queue import SORTS, Wanted
from accessflow.services.queue_facets import FACETS, Looker
from accessflow.services.queue_tally import Tally
from accessflow.workflow.states import OPEN, STATES
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house

TODAY = NOON.date()
_numbers = counter(1)


@pytest.fixture
def clinic(db: Database) -> House:
    return house(db, short_name="ГБУЗ ЛО «Приозёрная РБ-учебная»")


@pytest.fixture
def desk(db: Database) -> Actor:
    return another(db, "miac_specialist")


def filed(db: Database, clinic: House, count: int, **fixed: object) -> list[int]:
    """Bare applications with every mixture of what facets look at."""
    dice, people = random.Random(7), [None, *(another(db, "miac_specialist").user_id for _ in "ab")]
    others = [factories.organization(db) for _ in range(2)]
    with db.write() as session:
        made = []
        for n in range(1, count + 1):
            state = dice.choice([*OPEN, *OPEN, "executed", "closed", "draft"])
            due = TODAY + timedelta(days=dice.randint(-9, 40)) if state in OPEN[1:] else None
            paused = TODAY - timedelta(days=dice.randint(0, 6)) if dice.random() < 0.3 else None
            row = Request(
                number=f"2025-{next(_numbers):05}", state=state,
                kind=dice.choice(["access", "technical"]),
                action="grant", form="appendix-08", form_version="1.5",
                system=dice.choice(["frmss", "rmo", None]), author_id=clinic.user,
                organization_id=dice.choice([clinic.organization, *others]),
                due_on=due, paused_since=paused if due else None,
                assignee_id=dice.choice(people), error_count=dice.choice([0, 0, 2]),
                external_no=dice.choice(["", "", "0918274"]),
                priority=dice.choice(["обычный", "срочный"]),
                sent_at=dice.choice([None, NOON - timedelta(days=n % 50)]),
                outside=dice.random() < 0.1, created_at=NOON,
                updated_at=NOON - timedelta(minutes=n // 2),
            )  # fmt: skip
            for name, value in fixed.items():
                setattr(row, name, value)
            session.add(row)
            made.append(row)
        session.flush()
        return [row.id for row in made]


def looker(*mine: int | None) -> Looker:
    return Looker(frozenset(one or 0 for one in mine), TODAY)


def found(
    db: Database, actor: Actor, wanted: Wanted, sort: str = "", me: Looker | None = None
) -> set[int]:
    with db.read() as session:
        query = queue.matching(session, actor, wanted, me or looker(actor.user_id), sort=sort)
        return set(session.scalars(query.with_only_columns(Request.id)))


def test_a_facet_means_to_the_database_what_it_counts(
    db: Database, clinic: House, desk: Actor
) -> None:
    filed(db, clinic, 120)
    with db.read() as session:
        me = queue.looker_of(session, desk, TODAY)
        every = queue.matching(session, desk, Wanted("all"), me)
        facts = queue_tally.facts(session, every, me, 200)
        assert facts is not None
        tally = Tally(facts, me)
        told: dict[tuple[str, str], int] = {}
        for name in FACETS:
            for value, number in tally.values(name, {}).items():
                told[name, value] = number
                for sort in ("", "term", "-received"):
                    wanted = Wanted("all", chosen={name: (value,)})
                    query = queue.matching(session, desk, wanted, me, sort=sort)
                    assert session.scalar(queue_tally.number_of(query, 200)) == number > 0, (
                        name,
                        value,
                        sort,
                    )

        asked = [{name: (value,)} for name, value in told]
        counts = session.execute(queue_tally.numbers(every, asked, me, 200)).one()
        assert list(counts) == [tally.number({}), *told.values()]
        assert session.execute(queue_tally.numbers(every, [], me, 9)).one() == (10,)


def test_facets_together_narrow_and_within_one_widen(
    db: Database, clinic: House, desk: Actor
) -> None:
    filed(db, clinic, 120)
    both = {"state": ("registered", "in_review"), "system": ("frmss", "-"), "term": ("late", "ok")}
    with db.read() as session:
        me = queue.looker_of(session, desk, TODAY)
        facts = queue_tally.facts(session, queue.matching(session, desk, Wanted(), me), me, 200)
        assert facts is not None
        tally = Tally(facts, me)
        query = queue.matching(session, desk, Wanted(chosen=both), me, sort="term")
        rows = session.scalars(query).all()
        assert 0 < len(rows) == tally.number(both)
        assert {row.state for row in rows} == {"registered", "in_review"}
        assert {row.system for row in rows} == {"frmss", None}
        ticked = tally.values("state", both)
        assert ticked["registered"] + ticked["in_review"] == len(rows)
        assert ticked["needs_info"] > 0  # what another tick would bring


def test_a_count_that_would_take_long_is_not_made(db: Database, clinic: House, desk: Actor) -> None:
    filed(db, clinic, 20, state="registered", outside=False)
    with db.read() as session:
        query = queue.matching(session, desk, Wanted(), looker())
        assert queue_tally.facts(session, query, looker(), 19) is None
        assert session.scalar(queue_tally.number_of(query, 19)) == 20
        facts = queue_tally.facts(session, query, looker(), 20)
        assert facts is not None
        assert Tally(facts, looker()).number({}) == 20


ORDERS = [*SORTS, *(f"-{sort}" for sort in SORTS)]


@pytest.mark.parametrize("scope", ["open", "all"])
@pytest.mark.parametrize("sort", ORDERS)
def test_pages_of_every_order_meet_without_gap_there_and_back(
    db: Database, clinic: House, desk: Actor, sort: str, scope: str
) -> None:
    filed(db, clinic, 60)
    wanted, me = Wanted(scope), looker(desk.user_id)
    with db.read() as session:
        pages, after = [], ""
        while True:
            part = queue.part(session, desk, wanted, me, sort=sort, size=7, after=after)
            pages.append([row.id for row in part.items])
            before, after = part.before, part.after
            if not after:
                break
        walked = [one for page in pages for one in page]
        assert len(walked) == len(set(walked))
        assert set(walked) == found(db, desk, wanted)
        back = queue.part(session, desk, wanted, me, sort=sort, size=7, before=before)
        assert [row.id for row in back.items] == pages[-2]


def test_what_is_due_first_stands_first_and_pauses_behind(
    db: Database, clinic: House, desk: Actor
) -> None:
    filed(db, clinic, 60)
    with db.read() as session:
        part = queue.part(session, desk, Wanted(), looker(), sort="term", size=200)
        rows = [(r.due_on, r.paused_since) for r in part.items]
    running = [due for due, paused in rows if due and not (paused and paused <= due)]
    paused = [due for due, since in rows if due and since and since <= due]
    assert [due for due, _ in rows if due] == running + paused
    assert running == sorted(running)
    assert paused == sorted(paused)
    assert all(due is None for due, _ in rows[len(running) + len(paused) :])


def test_the_open_queue_is_what_miac_has_yet_to_answer_here(
    db: Database, clinic: House, desk: Actor
) -> None:
    ids = filed(db, clinic, 80)
    with db.read() as session:
        rows = {r.id: r for r in session.scalars(select(Request))}
    open_ = {i for i in ids if rows[i].state in OPEN and not rows[i].outside}
    assert found(db, desk, Wanted()) == found(db, desk, Wanted(), "term") == open_
    assert found(db, desk, Wanted("all")) == {i for i in ids if rows[i].state != "draft"}


def test_an_organisation_never_reaches_the_queue(db: Database, clinic: House) -> None:
    for role in ("secretary", "signatory", "hr"):
        actor = another(db, role, clinic.organization)
        with db.read() as session, pytest.raises(Forbidden):
            queue.matching(session, actor, Wanted("all"), looker(actor.user_id))


def test_whoever_stands_in_is_offered_the_work_as_their_own(
    db: Database, clinic: House, desk: Actor
) -> None:
    away = another(db, "miac_specialist")
    (theirs,) = filed(db, clinic, 1, state="in_review", outside=False, assignee_id=away.user_id)
    mine = Wanted(chosen={"assignee": ("me",)})
    with db.read() as session:
        assert found(db, desk, mine, me=queue.looker_of(session, desk, TODAY)) == set()
    with db.write() as session:
        session.add(Absence(user_id=away.user_id, substitute_id=desk.user_id, since=TODAY,
                            until=TODAY + timedelta(days=3)))  # fmt: skip
    with db.read() as session:
        assert found(db, desk, mine, me=queue.looker_of(session, desk, TODAY)) == {theirs}
        assert waiting(session, desk) == 1
        after = queue.looker_of(session, desk, TODAY + timedelta(days=4))
        assert found(db, desk, mine, me=after) == set()


def waiting(session: Session, desk: Actor) -> int:
    [number] = count_all(session, [queue.waiting(session, desk, TODAY, 99)])
    return number


def test_the_number_in_the_bar_is_what_waits_for_the_reader(
    db: Database, clinic: House, desk: Actor
) -> None:
    other = another(db, "miac_lead")
    mine, theirs = desk.user_id, other.user_id
    states = [("registered", None), ("in_review", mine), ("in_review", theirs), ("forwarded", mine)]
    for state, assignee in states:
        filed(db, clinic, 1, state=state, assignee_id=assignee, outside=False)
    with db.read() as session:
        assert waiting(session, desk) == 2


def test_a_revocation_of_somebody_dismissed_is_marked(
    db: Database, clinic: House, desk: Actor
) -> None:
    one, other = filed(db, clinic, 2, state="registered", action="revoke", outside=False)
    employment = clinic.hire()
    with db.write() as session:
        job = session.get_one(Employment, employment)
        row = Dismissal(
            employment_id=job.id, person_id=job.person_id, organization_id=clinic.organization,
            dismissed_on=TODAY, due_on=TODAY, entered_by_id=clinic.user, entered_at=NOON,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(DismissalRevocation(dismissal_id=row.id, request_id=one))
    assert found(db, desk, Wanted(chosen={"sign": ("dismissal",)})) == {one}
    with db.read() as session:
        assert queue_marks.dismissals(session, session.scalars(select(Request)).all()) == {one}
    assert other not in found(db, desk, Wanted(chosen={"sign": ("dismissal",)}))


def test_a_row_that_another_application_asks_for_too_is_a_repeat(
    db: Database, clinic: House, desk: Actor
) -> None:
    person = clinic.hire()
    first, second = (clinic.make("frmss", people=(person,))[0] for _ in "ab")
    (elsewhere,) = clinic.make("rmo", people=(person,))
    for one in (first, second, elsewhere):
        clinic.state(one, "registered")
    with db.read() as session:
        rows = session.scalars(select(Request)).all()
        assert queue_marks.repeated(session, rows) == {first: 1, second: 1}
    clinic.state(first, "refused")
    with db.read() as session:
        assert queue_marks.repeated(session, session.scalars(select(Request)).all()) == {}


def looked_for(db: Database, actor: Actor, text: str) -> set[int]:
    return found(db, actor, Wanted("all", text))


@pytest.fixture
def known(db: Database, clinic: House) -> int:
    """A filed application with every number that it may be found by."""
    (one,) = clinic.make("frmss", people=(clinic.hire("Рудометкина Алёна Петровна"),))
    with db.write() as session:
        row = session.get_one(Request, one)
        row.state, row.registration_no, row.external_no = "forwarded", "МИАЦ-2026-000123", "0918274"
        totals.reindex(session, catalogue(), row)
    return one


@pytest.mark.parametrize(
    "text",
    ["МИАЦ-2026-000123", "миац-2026-0001", "000123", "0918274", "09182", "Приозёрная",
     "приозерная рб", "Рудометкина", "рудомет алена", "ФРМСС", "рудометкина 0918274"],
)  # fmt: skip
def test_an_application_is_found_by_its_numbers_people_and_organisation(
    db: Database, desk: Actor, known: int, text: str
) -> None:
    assert looked_for(db, desk, text) == {known}
    assert looked_for(db, desk, f"{text} нетакого") == set()


def test_an_organisation_finds_its_own_by_miacs_number(
    db: Database, clinic: House, known: int
) -> None:
    with db.read() as session:
        for text in ("МИАЦ-2026-000123", "0918274"):
            wanted = request_list.Filter(text=text)
            mine = request_list.matching(session, clinic.actor, catalogue(), wanted)
            assert [row.id for row in session.scalars(mine)] == [known]
            theirs = another(db, "secretary")
            query = request_list.matching(session, theirs, catalogue(), wanted)
            assert session.scalars(query).all() == []


@pytest.mark.parametrize("text", ["Рудометкиной", "рудометкину", "Приозёрной"])
def test_postgresql_finds_any_form_of_a_word(
    db: Database, desk: Actor, known: int, text: str, backend: str
) -> None:
    assert looked_for(db, desk, text) == ({known} if backend == "postgresql" else set())


def test_forms_of_a_common_word_are_found_on_the_way_too(
    db: Database, clinic: House, desk: Actor, known: int, backend: str
) -> None:
    ids = filed(db, clinic, word_search.FEW_IDS + 10, state="registered", outside=False)
    with db.write() as session:
        session.add_all(RequestWord(request_id=one, word="рудометкина") for one in ids)
    many = {known, *ids}
    assert looked_for(db, desk, "Рудометкина") == many
    assert looked_for(db, desk, "Рудометкиной") == (many if backend == "postgresql" else set())


def test_a_new_name_of_the_organisation_finds_its_applications_at_once(
    db: Database, clinic: House, desk: Actor, known: int
) -> None:
    lead = another(db, "miac_lead")
    with db.read() as session:
        row = session.get_one(Organization, clinic.organization)
        data = organizations.OrganizationData(
            full_name=row.full_name, short_name="ГБУЗ ЛО «Зареченская больница»", oid="",
            subject_rf=row.subject_rf,
        )  # fmt: skip
    organizations.change(
        db, actor=lead, now=NOON, region=catalogue().region, organization_id=clinic.organization,
        data=data, confirmed=True,
    )  # fmt: skip
    assert looked_for(db, desk, "Зареченская") == {known}
    with db.write() as session:
        totals.reindex(session, catalogue(), session.get_one(Request, known))
    assert looked_for(db, desk, "Зареченская больница") == {known}
    assert looked_for(db, desk, "Приозёрная") == set()


def test_the_whole_queue_is_read_in_the_pages_order_for_a_sheet(
    db: Database, clinic: House, desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(db, clinic, 60)
    monkeypatch.setattr(queue, "EXPORT_CHUNK", 9)
    with db.read() as session:
        part = queue.part(session, desk, Wanted(), looker(), sort="term", size=200)
        shown = [row.id for row in part.items]
    with db.read() as session:
        chunks = list(queue.everything(session, desk, Wanted(), looker(), sort="term"))
        assert [row.id for rows, _ in chunks for row in rows] == shown
        assert max(len(rows) for rows, _ in chunks) == 9


def test_a_view_is_the_filter_that_it_was_saved_from() -> None:
    wanted = Wanted("all", "больница", {"state": ("closed",), "assignee": ("me", "12")})
    assert queue_views.wanted_of(queue_views.arguments(wanted)) == wanted
    odd = {"scope": "everything", "state": "closed", "system": [], "q": 5}
    assert queue_views.wanted_of(odd) == Wanted(text="5")


def test_every_view_of_everybodys_asks_for_what_there_is(
    db: Database, clinic: House, desk: Actor
) -> None:
    filed(db, clinic, 40)
    for actor in (desk, another(db, "committee")):
        for view in queue_views.built_in(actor):
            assert set(view.wanted.chosen.get("state", ())) <= STATES.keys()
            assert found(db, actor, view.wanted) == found(db, actor, view.wanted, "term")


def test_a_late_term_stays_late_through_a_pause(db: Database, clinic: House, desk: Actor) -> None:
    (one,) = filed(db, clinic, 1, state="needs_info", outside=False, due_on=date(2026, 11, 1),
                   paused_since=date(2026, 11, 3))  # fmt: skip
    assert found(db, desk, Wanted(chosen={"term": ("late",)})) == {one}
    with db.write() as session:
        session.execute(update(Request).values(due_on=date(2026, 11, 4)))
    assert found(db, desk, Wanted(chosen={"term": ("late",)})) == set()
    assert found(db, desk, Wanted(chosen={"term": ("paused",)})) == {one}
