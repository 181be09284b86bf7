"""People times systems become applications: exactly the right pairs, forms, numbers, rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Organization, Request, RequestRow, RequestWord, Selection
from accessflow.domain.errors import Forbidden, Invalid, NotFound
from accessflow.services import picks as picking
from accessflow.services import requests
from accessflow.services.applications import find
from accessflow.services.history import changes_of
from accessflow.services.offers import offers
from accessflow.services.picks import Picks
from accessflow.services.totals import words
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, add_head, another, house


@pytest.fixture
def ours(db: Database) -> House:
    return house(db)


def made(ours: House, ids: list[int]) -> list[Request]:
    with ours.db.read() as session:
        return [find(session, ours.actor, request_id) for request_id in ids]


def test_each_system_gets_its_own_application_under_its_own_form(ours: House) -> None:
    found = made(ours, ours.make("rs-tmk", "frmss", "rmo"))
    assert [(r.system, r.form, r.kind, r.action, r.state) for r in found] == [
        ("frmss", "appendix-08", "access", "grant", "draft"),
        ("rmo", "appendix-07", "access", "grant", "draft"),
        ("rs-tmk", "appendix-03", "access", "grant", "draft"),
    ]


def test_a_revocation_goes_by_the_tables_of_revocations(ours: House) -> None:
    found = made(ours, ours.make("rs-doctor-portal", "frllo", "vimis-ssz", action="revoke"))
    assert {(r.system, r.form, r.kind) for r in found} == {
        ("rs-doctor-portal", "appendix-12", "revocation"),  # X7
        ("frllo", "appendix-12", "revocation"),
        ("vimis-ssz", "appendix-05", "revocation"),  # X3
    }


def test_frmo_and_frmr_share_one_application(ours: House) -> None:
    found = made(ours, ours.make("frmo", "frmr"))
    assert [(r.form, r.row_count) for r in found] == [("appendix-10", 1)]
    assert made(ours, ours.make("frmo"))[0].system == found[0].system


def test_covid_and_vaccination_are_two_applications(ours: House) -> None:
    assert len(ours.make("covid19", "frv")) == 2  # X17


def test_a_row_is_filled_from_the_person_and_the_job(ours: House) -> None:
    employment = ours.hire("Бурцева Нина", position="Врач-неонатолог", email="burtseva@prb.example")
    [request] = made(
        ours, ours.make("frmss", people=(employment,), roles={"frmss": "Медицинский работник"})
    )
    [row] = request.rows
    digits = ours.snils(employment)
    assert row.answers == {
        "last_name": "Бурцева",
        "first_name": "Нина",
        "no_middle_name": "1",
        "snils": f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}",
        "position": "Врач-неонатолог",
        "work_phone": "8 (81379) 5-00-21",
        "contact_phone": "8 (921) 000-01-02",
        "email": "burtseva@prb.example",
        "role": "Медицинский работник",
    }
    assert (row.snils, row.employment_id) == (digits, employment)


def test_what_a_form_does_not_ask_for_is_not_carried_into_it(ours: House) -> None:
    [request] = made(ours, ours.make("frllo", action="revoke"))  # App. 12: no e-mail, no phones
    assert set(request.rows[0].answers) == {
        "last_name", "first_name", "middle_name", "snils", "role",
    }  # fmt: skip


def test_an_only_role_is_filled_in(ours: House) -> None:
    found = made(ours, ours.make("frllo", "smp", "frmr"))
    assert {r.rows[0].answers["role"] for r in found} == {
        "Сотрудник МО", "Направляющая МО", "Работник организации (ФРМО/ФРМР)",
    }  # fmt: skip


def test_a_complete_application_has_no_error_and_a_gap_is_counted(ours: House) -> None:
    role = {"frmss": "Медицинский работник"}
    [whole] = made(ours, ours.make("frmss", roles=role))
    [gap] = made(ours, ours.make("frmss", roles=role, people=(ours.hire(email=""),)))
    assert (whole.error_count, gap.error_count) == (0, 1)
    assert whole.warning_count == 1  # nobody has attested the ФРМР entry


def test_numbers_follow_one_another_within_the_year_of_moscow(ours: House) -> None:
    people = (ours.hire(),)
    new_year = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)  # 00:30 of 1 January in Moscow
    first = ours.create(Picks(people=people, systems=("frmss", "rmo")))
    second = ours.create(Picks(people=people, systems=("frmss",)), now=new_year)
    numbers = [r.number for r in made(ours, [*first, *second])]
    assert numbers == ["2026-00001", "2026-00002", "2027-00001"]


def test_those_made_in_one_go_know_one_another(ours: House) -> None:
    together = made(ours, ours.make("frmss", "rmo"))
    apart = made(ours, ours.make("smp"))
    assert len({r.batch for r in together}) == 1
    assert apart[0].batch != together[0].batch
    with ours.db.read() as session:
        [change] = changes_of(session, [("request", together[0].id)])
    assert (change.event, change.what["Вместе с"]) == ("created", ["—", together[1].number])


def test_the_head_signs_whose_right_is_in_force(db: Database) -> None:
    ours = house(db, head=False)
    today = date(2026, 11, 23)
    add_head(db, ours.organization, valid_until=today - timedelta(days=1))
    add_head(db, ours.organization, valid_from=today + timedelta(days=1))
    [none] = made(ours, ours.make("frllo"))
    assert none.signatory is None
    head = add_head(db, ours.organization, valid_until=today)
    [signed] = made(ours, ours.make("frllo"))
    assert signed.signatory_id == head


def test_a_deputy_signs_who_is_the_only_one_entitled(db: Database) -> None:
    ours = house(db, head=False)
    only = add_head(db, ours.organization, is_head=False, basis="Приказ 12")
    assert made(ours, ours.make("frllo"))[0].signatory_id == only
    add_head(db, ours.organization, is_head=False, basis="Приказ 13")
    assert made(ours, ours.make("frllo"))[0].signatory is None  # of two a person chooses


def test_whoever_has_left_is_not_in_a_grant_but_in_a_revocation(ours: House) -> None:
    gone = ours.hire("Кротов Павел Андреевич", until=date(2026, 11, 22))
    last_day = ours.hire("Осокин Роман Ильич", until=date(2026, 11, 23))
    [grant] = made(ours, ours.make("frllo", people=(gone, last_day)))
    [revoke] = made(ours, ours.make("frllo", people=(gone, last_day), action="revoke"))
    assert [r.employment_id for r in grant.rows] == [last_day]
    assert [r.employment_id for r in revoke.rows] == [gone, last_day]


def test_a_system_in_development_is_asked_for_and_waits_for_its_justification(
    ours: House,
) -> None:
    [draft] = made(ours, ours.make("rs-prof"))
    assert draft.error_count == 1
    assert len(ours.make("rs-prof", action="revoke")) == 1


def test_nothing_picked_makes_nothing(ours: House) -> None:
    for picked in (Picks(), Picks(people=(ours.hire(),)), Picks(systems=("frmss",))):
        with pytest.raises(Invalid, match="Выберите"):
            ours.create(picked)
    with ours.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Request)) == 0


def test_more_people_than_an_application_holds_make_two(ours: House) -> None:
    people = tuple(ours.hire(f"Иванов Иван {chr(1040 + n % 32)}ович") for n in range(203))
    found = made(ours, ours.make("frllo", people=people))
    assert [r.row_count for r in found] == [200, 3]
    assert [r.employment_id for request in found for r in request.rows] == list(people)


def test_another_organisations_people_cannot_be_named(ours: House) -> None:
    theirs = house(ours.db).hire("Чужой Пётр Ильич")
    with pytest.raises(Invalid):
        ours.make("frllo", people=(theirs,))


@pytest.mark.parametrize("role", ["signatory", "miac_specialist", "admin", "auditor"])
def test_only_filers_file(ours: House, role: str) -> None:
    actor = another(ours.db, role, ours.organization)
    with pytest.raises(Forbidden):
        requests.create(
            ours.db, actor=actor, now=NOON, catalogue=catalogue(),
            picks=Picks(people=(ours.hire(),), systems=("frmss",)),
        )  # fmt: skip


def test_the_committee_files_for_itself(db: Database) -> None:
    committee = house(db, "committee")
    [request] = made(committee, committee.make("frmr"))
    assert request.organization_id == committee.organization


def test_what_was_picked_is_used_up_by_creating(ours: House) -> None:
    picked = Picks(people=(ours.hire(),), systems=("frmss",))
    picking.change(ours.db, user_id=ours.user, now=NOON, edit=lambda _s, _p: picked)

    def press() -> list[int]:
        return requests.create_picked(
            ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), edit=lambda _s, as_is: as_is
        )

    assert len(press()) == 1
    with pytest.raises(Invalid):  # the second click of a double click
        press()
    with ours.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Selection)) == 0


def test_forms_without_a_system_become_drafts(ours: House) -> None:
    forms = [f.slug for f in requests.single_forms(catalogue(), date(2026, 11, 23))]
    assert forms == ["appendix-02", "appendix-15", "appendix-16", "emd-act", "emd-letter"]
    authority = house(ours.db, "committee")
    found: list[Request] = []
    for form in forms:
        who = authority if form.startswith("emd") else ours
        new = requests.create_single(
            who.db, actor=who.actor, now=NOON, catalogue=catalogue(), form=form
        )
        found += made(who, [new])
    assert [(r.form, r.kind, r.system, r.row_count) for r in found] == [
        ("appendix-02", "technical", None, 0),
        ("appendix-15", "network", None, 1),
        ("appendix-16", "emd_deletion", None, 1),
        ("emd-act", "authority", None, 1),
        ("emd-letter", "authority", None, 1),
    ]
    with pytest.raises(Forbidden, match="пишет КЗ"):
        requests.create_single(
            ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), form="emd-act"
        )
    with pytest.raises(NotFound):
        requests.create_single(
            ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), form="appendix-08"
        )


def test_a_request_is_found_by_words_that_hold_no_snils(ours: House) -> None:
    [request] = made(ours, ours.make("frmr", people=(ours.hire("Лунёва-Ким Алла Фёдоровна"),)))
    with ours.db.read() as session:
        found = set(
            session.scalars(select(RequestWord.word).where(RequestWord.request_id == request.id))
        )
        name = words(session.get_one(Organization, ours.organization).short_name)
    assert found == name | {
        "2026-00001", "2026", "00001", "1", "фрмо", "фрмр",
        "лунева-ким", "лунева", "ким", "алла", "федоровна",
    }  # fmt: skip


SYSTEMS = [o.slug for o in offers(catalogue(), "revoke", "mo", date(2026, 11, 23))]


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_exactly_the_wanted_pairs_come_out(ours: House, data: st.DataObject) -> None:
    """Whatever is picked and taken out again, the rows are the pairs that are left."""
    people = data.draw(st.integers(1, 6).map(lambda n: tuple(ours.hire() for _ in range(n))))
    systems = tuple(
        data.draw(st.lists(st.sampled_from(SYSTEMS), min_size=1, max_size=6, unique=True))
    )
    every = [(person, system) for person in people for system in systems]
    without = frozenset(data.draw(st.lists(st.sampled_from(every), unique=True)))
    wanted = set(every) - without
    picked = Picks("revoke", people, systems, without)
    ids = ours.create(picked) if wanted else []
    with ours.db.read() as session:
        rows = session.execute(
            select(RequestRow.employment_id, Request.system)
            .join(Request)
            .where(Request.id.in_(ids))
        ).all()
    assert sorted((e, s) for e, s in rows) == sorted(wanted)
    assert len(ids) == len({system for _, system in wanted})
