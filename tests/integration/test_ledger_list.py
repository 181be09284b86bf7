"""The ledger's pages: every order page by page, states on a day, as then known, sums, the list of
those admitted. On both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Grant, Organization
from accessflow.domain.errors import NotFound
from accessflow.services import ledger_imports, ledger_list, ledger_sums
from accessflow.services.actor import Actor
from accessflow.services.admitted import admitted, admitted_model
from accessflow.services.ledger_list import Rights
from accessflow.services.ledger_queries import Asked, State, conditions
from accessflow.services.ledger_standing import standings
from tests import factories
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import FIVE, TODAY, Staff
from tests.factories import NOON
from tests.life_examples import Life
from tests.request_examples import another, house

NAMES = ("Авдеева Анна", "Белова Анна Ивановна", "Белова Анна Ивановна", "Юдина Яна Львовна")
SYSTEMS = ("frmss", "rmo", "rs-tmk")


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def give(db: Database, job: int, system: str, on: date, *, told: int = 0, role: str = "") -> int:
    with db.write() as session:
        entry = ledger_imports.open_from_list(
            session, session.get_one(Employment, job), system, role, NOON + timedelta(days=told),
            on=on, reference="список",
        )  # fmt: skip
        assert entry is not None
        return session.scalars(select(Grant.id).where(Grant.opened_id == entry.id)).one()


def region(db: Database, staff: Staff) -> Actor:
    """Three organisations, whose people hold what they hold since different days."""
    places = [staff.life.house, house(db, short_name="А-больница"), house(db, short_name="Я")]
    number = 0
    for place in places:
        for name in NAMES:
            job = place.hire(name)
            for system in SYSTEMS:
                number += 1
                give(db, job, system, days(-(number * 7 % 30)))
    return another(db, "miac_lead")


def rights(db: Database, actor: Actor, asked: Asked, sort: str, *, back: bool = False) -> list[int]:
    """Page by page, five at a time, to the end, or from the end back."""
    found: list[int] = []
    cursor = 0
    with db.read() as session:
        listed = Rights(session, actor, catalogue(), asked)
        while True:
            part = listed.part(sort=sort, size=5, after=cursor)
            found += [g.id for g in part.items]
            if not part.after:
                break
            cursor = part.after
        while back and part.before:
            part = listed.part(sort=sort, size=5, before=part.before)
            found += [g.id for g in part.items]
    return found


def test_every_order_is_whole_whether_it_is_sorted_or_walked(
    db: Database, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = region(db, staff)
    sorts = ("name", "-name", "system", "-organization", "since", "-since")
    whole = {sort: rights(db, actor, Asked(TODAY), sort) for sort in sorts}
    monkeypatch.setattr(ledger_list, "FEW", 3)
    for sort in sorts:
        walked = rights(db, actor, Asked(TODAY), sort, back=True)
        assert len(set(whole[sort])) == len(whole[sort]) == 36
        assert set(walked[:36]) == set(whole[sort])
        assert set(walked[36:]) == set(walked[:35])  # and back to the beginning
        if sort != "system":  # walked system by system it goes by the order of telling
            assert walked[:36] == whole[sort]
        assert len(rights(db, actor, Asked(TODAY, system="rmo", role=""), sort)) == 12


def test_a_cursor_that_says_nothing_gives_the_first_page(db: Database, staff: Staff) -> None:
    staff.hire("frmss", "rmo")
    own = staff.actor
    with db.read() as session:
        listed = Rights(session, own, catalogue(), Asked(TODAY))
        assert [len(listed.part(sort="name", after=n).items) for n in (0, 999_999)] == [2, 2]


def test_counting_stops_at_its_bound(
    db: Database, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = region(db, staff)
    monkeypatch.setattr(ledger_list, "MOST", 10)
    with db.read() as session:
        assert Rights(session, actor, catalogue(), Asked(TODAY)).total() == 11
        own = Rights(session, staff.actor, catalogue(), Asked(TODAY))
        assert own.total() == 12  # of one organisation all are counted


def test_the_sheet_has_everything_once(
    db: Database, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = region(db, staff)
    monkeypatch.setattr(ledger_list, "FEW", 3)
    monkeypatch.setattr(ledger_list, "CHUNK", 7)
    with db.read() as session:
        for who, number in ((actor, 36), (staff.actor, 12)):
            chunks = Rights(session, who, catalogue(), Asked(TODAY)).everything()
            ids = [g.id for chunk in chunks for g in chunk]
            assert len(ids) == len(set(ids)) == number


def close(staff: Staff, job: int, system: str, at: Life) -> None:
    """A revocation of it is sent and carried out."""
    roles = {system: FIVE.get(system, "")}
    [request] = at.house.make(system, people=(job,), action="revoke", roles=roles)
    at.ready(request)
    at.act(request, "send")
    staff.execute(request)


def listed(db: Database, actor: Actor, state: State, on: date = TODAY) -> list[str]:
    with db.read() as session:
        query = select(Grant.system).where(*conditions(actor, Asked(on, state=state)))
        return sorted(session.scalars(query))


def test_each_state_holds_its_own_rights(db: Database, staff: Staff) -> None:
    job = staff.hire()
    give(db, job, "frmss", days(-90), role="Медицинский работник")
    give(db, job, "rmo", days(-2))
    runs_out = give(db, job, "rs-tmk", days(-50))
    with db.write() as session:
        session.get_one(Grant, runs_out).expires_on = days(20)
    close(staff, job, "frmss", staff.life)
    actor, above = staff.actor, another(db, "miac_lead")
    assert listed(db, actor, "active") == ["rmo", "rs-tmk"]
    assert listed(db, actor, "revoked") == ["frmss"]
    assert listed(db, actor, "all") == ["frmss", "rmo", "rs-tmk"]
    assert listed(db, actor, "new") == ["rmo"]
    assert listed(db, actor, "expiring") == ["rs-tmk"]
    assert listed(db, actor, "gone") == []
    assert listed(db, actor, "active", days(-1)) == ["frmss", "rmo", "rs-tmk"]
    staff.enter(job, days(-1))
    assert listed(db, actor, "gone") == ["rmo", "rs-tmk"]
    assert listed(db, actor, "gone", days(-1)) == []  # the last day of work
    for on, number in ((TODAY, 2), (days(-1), 0)):
        with db.read() as session:  # of the whole region, found by the jobs
            left = Rights(session, above, catalogue(), Asked(on, state="gone"))
            assert (left.total(), len(left.part(sort="name").items)) == (number, number)


def test_a_right_stands_as_it_does_on_the_day(db: Database, staff: Staff) -> None:
    job = staff.hire()
    give(db, job, "frmss", days(-90), role="Медицинский работник")
    give(db, job, "rmo", days(-2))
    give(db, job, "lenmedstat", days(-50))
    staff.enter(job, days(-1))
    [sent] = staff.life.house.make("lenmedstat", people=(job,), action="revoke")
    staff.send(sent)
    close(staff, job, "frmss", staff.life)

    def told(on: date) -> dict[str, str]:
        with db.read() as session:
            asked = Rights(session, staff.actor, catalogue(), Asked(on, state="all"))
            items = asked.part(sort="since").items
            kinds = standings(session, catalogue(), items, on=on)
            return {g.system: kinds[g.id].kind for g in items}

    assert told(TODAY) == {"frmss": "revoked", "rmo": "left", "lenmedstat": "asked"}
    assert told(days(-1)) == {"frmss": "held", "rmo": "new", "lenmedstat": "held"}
    assert told(days(-60)) == {"frmss": "held"}


def test_what_was_known_then_is_shown_as_then(db: Database, staff: Staff) -> None:
    job = staff.hire()
    give(db, job, "rmo", days(-90), told=-40)
    give(db, job, "frmss", days(-90), told=-3)
    actor, then = staff.actor, NOON - timedelta(days=10)
    with db.read() as session:

        def systems(asked: Asked) -> list[str]:
            listed = Rights(session, actor, catalogue(), asked)
            return [g.system for g in listed.part(sort="system").items]

        assert systems(Asked(days(-30))) == ["rmo", "frmss"]
        assert systems(Asked(days(-30), then)) == ["rmo"]
        assert systems(Asked(days(-30), then - timedelta(days=60))) == []


def test_an_organisations_sums_and_what_waits(db: Database, staff: Staff) -> None:
    staff.hire("frmss", "rmo")
    staff.hire("frmss")
    other = house(db)
    give(db, other.hire(), "frmss", days(-9))
    asker = staff.hire()
    [request] = staff.life.house.make("smp", people=(asker,))
    staff.life.house.state(request, "registered")
    with db.read() as session:
        own = staff.life.house.organization
        sums = ledger_sums.sums(session, staff.actor, Asked(TODAY, organization=own))
        assert (sums.people, sums.rights, sums.systems) == (2, 3, {"frmss": 2, "rmo": 1})
        waiting = ledger_sums.under_way(session, catalogue(), own)
        person = session.get_one(Employment, asker).person_id
        assert {cell: r.id for cell, r in waiting.items()} == {(person, "smp"): request}


def test_the_list_of_the_admitted_names_those_who_work_and_the_head(
    db: Database, staff: Staff
) -> None:
    stays = staff.hire("frmss", "rmo")
    leaves = staff.hire("frmss", name="Яшин Олег Олегович")
    staff.enter(leaves, days(-1))
    own = staff.life.house.organization
    with db.read() as session:
        found = admitted(session, staff.actor, catalogue(), own, "", TODAY)
        assert [(g.employment_id, g.system) for g in found] == [(stays, "rmo"), (stays, "frmss")]
        model = admitted_model(
            session, staff.actor, catalogue(), organization_id=own, system="frmss", on=TODAY
        )
        texts = repr(model.blocks)
        assert "информационной системе «ФРМСС»" in texts
        assert session.get_one(Organization, own).full_name in texts
        assert ("Петрова Анна Ивановна" in texts, "Яшин" in texts) == (True, False)
        assert ("Главный врач" in texts, "Ястребов" in texts, "М.П." in texts) == (True,) * 3
        stranger = another(db, "secretary", factories.organization(db))
        with pytest.raises(NotFound):
            admitted_model(
                session, stranger, catalogue(), organization_id=own, system="frmss", on=TODAY
            )
