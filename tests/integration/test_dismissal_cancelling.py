"""Who was dismissed stays: revocations withdrawn, asked about, or made good; and back again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accessflow.db.tables import Employment, Organization, Request, RequestMessage
from accessflow.domain.errors import Conflict, NotFound
from accessflow.services import dismissal_cancelling, dismissals, requests
from accessflow.services.dismissal_cancelling import Restored
from accessflow.services.dismissal_staying import fates
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import Staff, stays
from tests.factories import NOON


def test_cancelling_relieves_drafts_and_names_what_is_filed(staff: Staff) -> None:
    leaves, stays = staff.hire("frmss", "rmo", "covid19"), staff.hire("frmss")
    ids = [staff.enter(leaves), staff.enter(stays)]
    frmss, rmo, covid = staff.make(*ids)
    staff.send(rmo.id)
    left = dismissal_cancelling.cancel(
        staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(), dismissal_id=ids[0],
        reason="Заявление отозвано", files=staff.life.store,
    )  # fmt: skip
    assert left.put_away == (frmss.number, covid.number)
    assert left.filed == (rmo.number,)
    assert staff.due(ids[0]) == []
    assert [r.employment_id for r in staff.life.one(frmss.id).rows] == [stays]
    with pytest.raises(NotFound):
        staff.life.one(covid.id)
    with staff.db.read() as session:
        assert session.get_one(Employment, leaves).until is None
    with pytest.raises(Conflict):
        dismissal_cancelling.cancel(
            staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(), dismissal_id=ids[0],
            reason="Ещё раз", files=staff.life.store,
        )  # fmt: skip


def comes_back(staff: Staff, dismissal: int) -> Restored:
    return dismissal_cancelling.restore(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=catalogue(),
        files=staff.life.store, dismissal_id=dismissal,
    )  # fmt: skip


def ways(staff: Staff, dismissal: int) -> dict[str, str]:
    """What could be done with each revocation, by its number."""
    with staff.db.read() as session:
        found = dismissals.find(session, staff.actor, dismissal)
        every = fates(session, staff.actor, catalogue(), found, staff.life.now)
        return {fate.request.number: fate.way for fate in every}


def test_who_stays_has_every_revocation_withdrawn_that_still_can_be(staff: Staff) -> None:
    job = staff.hire("frmss", "rmo", "covid19", "smp")
    dismissal, neighbour = staff.enter(job), staff.enter(staff.hire("covid19"))
    made = {r.system: r for r in staff.make(dismissal, neighbour)}
    ready, alone, shared, done = (made[s] for s in ("frmss", "rmo", "covid19", "smp"))
    staff.life.act(ready.id, "prepare")
    for request in (alone, shared, done):
        staff.send(request.id)
    staff.execute(done.id)
    assert ways(staff, dismissal) == {
        ready.number: "drop", alone.number: "withdraw", shared.number: "tell",
        done.number: "past",
    }  # fmt: skip
    staff.life.later(hours=1)
    left = stays(
        staff, dismissal, withdraw=(alone.id,), tell=(shared.id,), message="Остаётся.", again=True
    )
    assert (left.put_away, left.withdrawn, left.told, left.filed) == (
        (ready.number,), (alone.number,), (shared.number,), (),
    )  # fmt: skip
    assert staff.life.one(alone.id).state == "withdrawn"
    [again] = left.again
    with staff.db.read() as session:
        draft = session.scalars(select(Request).where(Request.number == again)).one()
        assert (draft.action, draft.system, draft.state) == ("grant", "smp", "draft")
        [message] = session.scalars(select(RequestMessage)).all()
        assert (message.request_id, message.text) == (shared.id, "Остаётся.")
    staff.life.later(days=1)
    back = comes_back(staff, dismissal)
    assert back == Restored((ready.number,), (alone.number,), ())
    assert staff.life.one(alone.id).state == "in_review"
    assert staff.one(dismissal).cancelled_at is None


def test_what_has_moved_on_since_it_was_offered_is_asked_about_again(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("rmo"))
    [request] = staff.make(dismissal)
    staff.send(request.id)
    staff.execute(request.id)
    with pytest.raises(Conflict, match="Пока вы смотрели"):
        stays(staff, dismissal, withdraw=(request.id,))
    with pytest.raises(Conflict, match="Пока вы смотрели"):
        stays(staff, dismissal, tell=(request.id,), message="Остаётся.")
    assert staff.one(dismissal).cancelled_at is None


def test_what_was_not_registered_stays_withdrawn_and_is_made_anew(staff: Staff) -> None:
    with staff.db.write() as session:
        session.get_one(Organization, staff.life.house.organization).miac_outside = True
    dismissal = staff.enter(staff.hire("rmo"))
    [request] = staff.make(dismissal)
    staff.send(request.id)
    stays(staff, dismissal, withdraw=(request.id,))
    assert comes_back(staff, dismissal) == Restored((), (), (request.number,))
    assert staff.one(dismissal).filed_at is None
    assert len(staff.make(dismissal)) == 1


def test_a_corrected_copy_belongs_to_the_dismissal_as_the_first_did(staff: Staff) -> None:
    dismissal = staff.enter(staff.hire("rmo"))
    [request] = staff.make(dismissal)
    staff.send(request.id)
    staff.life.act(request.id, "withdraw", note="Опечатка")
    copy = requests.resubmit(
        staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(), request_id=request.id
    )
    assert ways(staff, dismissal) == {staff.life.one(copy).number: "drop"}
