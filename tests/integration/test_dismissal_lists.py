"""The list of dismissals, the report for КЗ, and rights of people who have left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accessflow.db.tables import Employment
from accessflow.services import dismissal_cancelling, rights_of_gone
from accessflow.services.actor import Actor
from accessflow.services.dismissal_lists import (
    Filter,
    listed,
    report,
)
from accessflow.services.rights_of_gone import Narrowed
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import TODAY, Staff
from tests.factories import NOON
from tests.request_examples import another

NEXT_WEEK = TODAY + timedelta(days=7)


def shown(staff: Staff, show: str, today: date = TODAY, **wanted: Any) -> list[int]:
    with staff.db.read() as session:
        query = listed(staff.actor, Filter(show, **wanted), today)
        return [d.id for d in session.scalars(query)]


def test_each_dismissal_stands_in_the_lists_that_it_belongs_to(staff: Staff) -> None:
    waits, filed, done, gone = (staff.enter(staff.hire("frmss")) for _ in range(4))
    [request] = staff.make(filed)
    staff.send(request.id)
    [request] = staff.make(done)
    staff.send(request.id)
    staff.execute(request.id)
    dismissal_cancelling.cancel(
        staff.db, actor=staff.actor, now=NOON, catalogue=catalogue(), dismissal_id=gone,
        reason="Остаётся", files=staff.life.store,
    )  # fmt: skip
    assert shown(staff, "unfiled") == [waits]
    assert shown(staff, "missed") == []
    assert shown(staff, "missed", NEXT_WEEK) == [waits]
    assert shown(staff, "undone") == [filed]
    assert shown(staff, "done") == [done]
    assert shown(staff, "cancelled") == [gone]
    assert sorted(shown(staff, "all")) == [waits, filed, done, gone]
    assert shown(staff, "all", since=TODAY + timedelta(days=1)) == []


def test_what_is_due_first_stands_first(staff: Staff) -> None:
    later = staff.enter(staff.hire("frmss"), TODAY + timedelta(days=3))
    sooner = staff.enter(staff.hire("frmss"), TODAY)
    assert shown(staff, "unfiled") == [sooner, later]


def test_the_report_counts_by_organisation_and_month(staff: Staff) -> None:
    in_time, late = staff.enter(staff.hire("frmss")), staff.enter(staff.hire("rmo"))
    staff.enter(staff.hire("frmss"))  # nobody files it
    staff.enter(staff.hire("frmss"), date(2026, 12, 28))
    [request] = staff.make(in_time)
    staff.send(request.id)
    [request] = staff.make(late)
    staff.life.later(days=7)
    staff.send(request.id)
    with staff.db.read() as session:
        call = {"since": date(2026, 11, 1), "until": date(2026, 12, 31), "today": NEXT_WEEK}
        november, december = report(session, another(staff.db, "committee"), **call)
        assert (november.organization_id, november.month) == (staff.life.house.organization, 11)
        counted = (november.total, november.in_time, november.late, november.missed)
        assert counted == (3, 1, 1, 1)
        assert (november.late_days, november.waiting) == (2, 0)
        assert (december.total, december.waiting) == (1, 1)
        assert report(session, another(staff.db, "hr"), **call) == ()


def gone(staff: Staff, actor: Actor, on: date) -> list[int]:
    """The jobs of the rights still open of people who have left."""
    with staff.db.read() as session:
        found = session.scalars(rights_of_gone.listed(actor, on, Narrowed())).all()
        assert rights_of_gone.count(session, actor, on, Narrowed()) == len(found)
        return sorted(grant.employment_id for grant in found)


def test_rights_of_those_gone_are_counted_until_they_are_revoked(staff: Staff) -> None:
    job = staff.hire("frmss", "rmo")
    dismissal = staff.enter(job)
    lead, tomorrow = another(staff.db, "miac_lead"), TODAY + timedelta(days=1)
    assert gone(staff, lead, TODAY) == []  # the last day of work
    assert gone(staff, lead, tomorrow) == [job, job]
    assert gone(staff, another(staff.db, "hr"), tomorrow) == []
    for request in staff.make(dismissal):
        staff.send(request.id)
        staff.execute(request.id)
    assert gone(staff, lead, tomorrow) == []


def test_an_end_written_on_the_card_alone_is_found(staff: Staff) -> None:
    job = staff.hire("frmss")
    entered = staff.hire("frmss")
    staff.enter(entered, TODAY - timedelta(days=5))
    with staff.db.write() as session:
        session.get_one(Employment, job).until = TODAY - timedelta(days=5)
    assert gone(staff, staff.actor, TODAY) == sorted([job, entered])
    with staff.db.read() as session:
        found = rights_of_gone.dismissals_of(session, {job, entered})
        assert list(found) == [entered]
    assert gone(staff, another(staff.db, "hr"), TODAY) == []
