"""A new name reaches the card, the drafts and every system, each in its own way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from accessflow.db.tables import Employment, JobChange, Request
from accessflow.domain.errors import Conflict
from accessflow.services import change_records, name_ways, pairs, surname
from accessflow.services.fields import Refused
from accessflow.services.job_rights import rights_of
from accessflow.services.surname import NewName
from accessflow.workflow.decide import RowDecision
from tests.change_examples import TODAY, WORKER, execute, key, made, roles, signed
from tests.dismissal_examples import Staff


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
        words = pairs.words_of(session.get_one(Request, revocation))
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
