"""One matter in two applications: either is marked the other's duplicate, nothing is lost (R7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import repeats
from accessflow.services.acting import Acted
from tests.life_examples import Life, life

MIAC = "miac_specialist"


def twins(ours: Life, count: int = 2, people: int = 1) -> list[int]:
    """Registered applications on the same people, as if sent before anybody looked."""
    jobs = tuple(ours.house.hire() for _ in range(people))
    made = []
    for number in range(count):
        [one] = ours.house.make("frmss", people=jobs, roles={"frmss": "Медицинский работник"})
        ours.attest(one)
        with ours.db.write() as session:
            request = session.get_one(Request, one)
            request.state, request.sent_at, request.registered_at = "registered", ours.now, ours.now
            request.registration_no = f"Т-{one}-{number}"
        made.append(one)
    return made


def mark(ours: Life, request: int, other: int) -> Acted:
    return ours.act(request, "mark_duplicate", MIAC, duplicate_of=other)


@pytest.mark.parametrize("turned", [False, True])
def test_either_of_two_is_marked(ours: Life, turned: bool) -> None:
    first, second = twins(ours)
    if turned:
        first, second = second, first
    assert mark(ours, first, second).state == "duplicate"
    assert ours.one(first).duplicate_of_id == second
    assert ours.one(second).state == "registered"
    data = ours.events(first)[-1].data
    assert (data["duplicate_of"], data["number"]) == (second, ours.one(second).number)


def test_marking_twice_is_told(ours: Life) -> None:
    first, second = twins(ours)
    mark(ours, first, second)
    with pytest.raises(Conflict, match="«Повтор»"):
        mark(ours, first, second)


def test_crosswise_is_refused(ours: Life) -> None:
    first, second = twins(ours)
    mark(ours, first, second)
    with pytest.raises(Invalid, match="Эта заявка и есть"):
        mark(ours, second, first)
    assert ours.one(second).state == "registered"


def test_a_chain_ends_at_the_one_that_stays(ours: Life) -> None:
    first, second, third = twins(ours, 3)
    mark(ours, first, second)
    mark(ours, second, third)
    assert [ours.one(one).duplicate_of_id for one in (first, second)] == [third, third]
    [fourth] = twins(ours, 1)
    with pytest.raises(Conflict, match="строки 1"):
        mark(ours, fourth, first)  # it is about another person


def test_marking_as_a_duplicate_of_a_duplicate_points_to_the_one_that_stays(ours: Life) -> None:
    first, second, third = twins(ours, 3)
    mark(ours, second, third)
    mark(ours, first, second)
    assert ours.one(first).duplicate_of_id == third


def test_rows_that_the_other_does_not_cover_are_named(ours: Life) -> None:
    [wide] = twins(ours, 1, people=3)
    rows = ours.one(wide).rows
    [narrow] = ours.house.make(
        "frmss", people=(rows[1].employment_id or 0,), roles={"frmss": "Медицинский работник"}
    )
    ours.house.state(narrow, "registered")
    with pytest.raises(Conflict, match="строки 1, 3"):
        mark(ours, wide, narrow)
    assert mark(ours, narrow, wide).state == "duplicate"


def test_another_role_or_system_is_another_matter(ours: Life) -> None:
    [one] = twins(ours, 1)
    job = ours.one(one).rows[0].employment_id or 0
    [role] = ours.house.make("frmss", people=(job,), roles={"frmss": "Администратор МО"})
    [system] = ours.house.make("rmo", people=(job,), roles={"rmo": "Медицинский работник"})
    for other in (role, system):
        ours.house.state(other, "registered")
        with pytest.raises(Conflict, match="потерялись"):
            mark(ours, other, one)


def test_a_row_refused_there_is_not_covered(ours: Life) -> None:
    first, second = twins(ours, people=2)
    ours.act(second, "decide", MIAC, rows=ours.decisions(second, "refused", ""))
    with pytest.raises(Conflict, match="строки 1"):
        mark(ours, first, second)


@pytest.mark.parametrize("state", ["draft", "ready", "withdrawn", "annulled", "refused"])
def test_what_nobody_works_on_does_not_stand_for_another(ours: Life, state: str) -> None:
    first, second = twins(ours)
    ours.house.state(second, state)
    with pytest.raises(Invalid):
        mark(ours, first, second)


def test_an_application_that_is_not_there_or_itself_is_refused(ours: Life) -> None:
    [first] = twins(ours, 1)
    for other in (first, 999_999):
        with pytest.raises(Invalid) as refused:
            mark(ours, first, other)
        assert refused.value.fields.keys() == {"duplicate_of"}


def test_another_organisations_application_is_refused(
    db: Database, ours: Life, tmp_path: Path
) -> None:
    neighbour = life(db, tmp_path)
    [theirs], [own] = twins(neighbour, 1), twins(ours, 1)
    with pytest.raises(Invalid, match="другой организации"):
        mark(ours, own, theirs)


def test_reopening_takes_the_mark_away(ours: Life) -> None:
    first, second = twins(ours)
    mark(ours, first, second)
    assert ours.act(first, "reopen", MIAC, text="Не повтор").state == "in_review"
    assert ours.one(first).duplicate_of_id is None


def test_what_has_executed_rows_is_no_duplicate(ours: Life) -> None:
    first, second = twins(ours, people=2)
    ours.act(first, "decide", MIAC, rows=ours.decisions(first, "granted", ""))
    with pytest.raises(Conflict, match="исполненные строки"):
        mark(ours, first, second)


def test_of_two_marked_crosswise_at_once_one_stays(ours: Life) -> None:
    ours.actor(MIAC)
    for _ in range(5):
        first, second = twins(ours)

        def go(pair: tuple[int, int]) -> str:
            try:
                return mark(ours, *pair).state
            except AccessflowError:
                return "refused"

        with ThreadPoolExecutor(2) as pool:
            done = sorted(pool.map(go, [(first, second), (second, first)]))
        assert done == ["duplicate", "refused"]
        states = sorted(ours.one(one).state for one in (first, second))
        assert states == ["duplicate", "registered"]


def test_repeats_are_shown_to_the_organisation_of_its_own_and_to_miac_of_all(
    db: Database, ours: Life, tmp_path: Path
) -> None:
    first, second = twins(ours)
    neighbour = life(db, tmp_path)
    digits = ours.one(first).rows[0].snils
    [theirs] = twins(neighbour, 1)
    with db.write() as session:
        session.get_one(Request, theirs).rows[0].snils = digits
    with db.read() as session:
        request = session.get_one(Request, first)
        own = repeats.of_request(session, ours.catalogue, request, everywhere=False)
        every = repeats.of_request(session, ours.catalogue, request, everywhere=True)
        assert [r.other.id for r in own] == [second]
        assert [r.other.id for r in every] == [theirs, second]
    assert all(r.identical and r.open for r in every)
    assert digits not in own[0].text
