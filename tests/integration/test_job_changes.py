"""Changes of role, unit and place: what each is led to, and the ledger that follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.tables import Employment, JobChange, Request, Unit
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.services import (
    change_records,
    dismissal_cancelling,
    dismissal_staying,
    job_changes,
    pairs,
)
from accessflow.services.fields import Refused
from accessflow.services.job_changes import Decision, Move
from accessflow.services.job_rights import suggestions
from accessflow.workflow.decide import RowDecision
from tests import factories
from tests.change_examples import (
    ADMIN,
    TODAY,
    WORKER,
    a_pair,
    change,
    execute,
    key,
    made,
    roles,
    signed,
)
from tests.dismissal_examples import Staff
from tests.request_examples import another, house

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


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
