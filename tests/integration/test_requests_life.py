"""Copying, putting away, bringing back; who sees what; forms that have changed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from accessflow.catalogue import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.services import requests
from accessflow.services.applications import find, form_of
from accessflow.services.history import changes_of
from accessflow.services.picks import Picks
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, add_head, another, house

TODAY = date(2026, 11, 23)


@pytest.fixture
def ours(db: Database) -> House:
    return house(db)


def one(ours: House, request_id: int) -> Request:
    with ours.db.read() as session:
        return find(session, ours.actor, request_id)


def copied(ours: House, request_id: int, known: Catalogue | None = None) -> Request:
    new = requests.copy(
        ours.db, actor=ours.actor, now=NOON + timedelta(days=1),
        catalogue=known or catalogue(), request_id=request_id,
    )  # fmt: skip
    return one(ours, new)


def with_new_version(effective: date) -> Catalogue:
    """The catalogue after App. 8 has been changed from that day on."""
    old = catalogue().form("appendix-08")
    new = replace(old, version="2.0", effective_from=effective)
    forms = {**catalogue().forms, "appendix-08": (*catalogue().forms["appendix-08"], new)}
    return replace(catalogue(), forms=MappingProxyType(forms))


def test_a_copy_has_the_rows_and_its_own_number(ours: House) -> None:
    people = (ours.hire(), ours.hire("Ким Ольга Викторовна"))
    [first] = ours.make("frmss", people=people, roles={"frmss": "Администратор МО"})
    ours.state(first, "closed")
    source, copy = one(ours, first), copied(ours, first)
    assert [r.answers for r in copy.rows] == [r.answers for r in source.rows]
    assert [r.employment_id for r in copy.rows] == list(people)
    assert (copy.number, copy.state, copy.system) == ("2026-00002", "draft", "frmss")
    assert (copy.batch, copy.error_count) == ("", 0)


def test_a_copy_is_signed_by_todays_head_and_has_no_reference_of_its_own(ours: House) -> None:
    [first] = ours.make("frmss")
    with ours.db.write() as session:
        row = session.get_one(Request, first)
        row.our_ref, row.our_date, row.signatory_id = "01-12/4", TODAY, None
    head = add_head(ours.db, ours.organization, "Новиков Иван Ильич")
    copy = copied(ours, first)
    assert (copy.our_ref, copy.our_date, copy.signatory_id) == ("", None, head)


def test_a_copy_of_a_letter_keeps_its_fields(ours: House) -> None:
    letter = requests.create_single(
        ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), form="appendix-16"
    )
    with ours.db.write() as session:
        session.get_one(Request, letter).fields = {"error_description": "Не та дата"}
    assert copied(ours, letter).fields == {"error_description": "Не та дата"}


def test_a_draft_keeps_its_form_and_is_flagged_once_the_form_has_changed(ours: House) -> None:
    [first] = ours.make("frmss")
    later = with_new_version(TODAY + timedelta(days=1))
    form = form_of(later, one(ours, first))
    assert form.version == "1.5"
    assert not later.superseded(form, TODAY)
    assert later.superseded(form, TODAY + timedelta(days=1))


def test_a_copy_and_a_new_draft_take_the_form_in_force(ours: House) -> None:
    later = with_new_version(TODAY + timedelta(days=1))
    picked = Picks(people=(ours.hire(),), systems=("frmss",))
    [today] = requests.create(ours.db, actor=ours.actor, now=NOON, catalogue=later, picks=picked)
    [tomorrow] = requests.create(
        ours.db, actor=ours.actor, now=NOON + timedelta(days=1), catalogue=later, picks=picked
    )
    versions = [one(ours, today).form_version, one(ours, tomorrow).form_version]
    assert versions == ["1.5", "2.0"]
    assert copied(ours, today, later).form_version == "2.0"


def test_a_deleted_draft_is_gone_and_comes_back_whole(ours: House) -> None:
    ids = ours.make("frmss", "rmo")
    before = [one(ours, i).rows[0].answers for i in ids]
    call: dict[str, Any] = {"actor": ours.actor, "now": NOON, "request_ids": ids}
    assert requests.delete(ours.db, **call) == ["2026-00001", "2026-00002"]
    for request_id in ids:
        with pytest.raises(NotFound):
            one(ours, request_id)
    assert requests.restore(ours.db, **call) == ["2026-00001", "2026-00002"]
    assert [one(ours, i).rows[0].answers for i in ids] == before
    with ours.db.read() as session:
        events = [c.event for c in changes_of(session, [("request", ids[0])])]
    assert events == ["restored", "deleted", "created"]


def test_only_drafts_are_deleted_and_all_or_none(ours: House) -> None:
    draft, sent = ours.make("frmss", "rmo")
    ours.state(sent, "sent")
    with pytest.raises(Conflict, match="2026-00002"):
        requests.delete(ours.db, actor=ours.actor, now=NOON, request_ids=[draft, sent])
    assert one(ours, draft).deleted_at is None


def test_a_number_is_not_given_again(ours: House) -> None:
    [first] = ours.make("frmss")
    requests.delete(ours.db, actor=ours.actor, now=NOON, request_ids=[first])
    [second] = ours.make("frmss")
    assert one(ours, second).number == "2026-00002"


@pytest.mark.parametrize("state", ["draft", "ready"])
def test_what_is_not_filed_is_seen_by_its_own_organisation_alone(ours: House, state: str) -> None:
    [first] = ours.make("frmss")
    ours.state(first, state)
    for role in ("miac_specialist", "miac_lead", "committee", "admin", "auditor", "secretary"):
        with ours.db.read() as session, pytest.raises(NotFound):
            find(session, another(ours.db, role), first)
    for role in ("signatory", "hr", "secretary"):
        colleague = another(ours.db, role, ours.organization)
        with ours.db.read() as session:
            assert find(session, colleague, first).id == first


def test_what_is_filed_is_seen_by_those_who_oversee_and_by_no_neighbour(ours: House) -> None:
    [first] = ours.make("frmss")
    ours.state(first, "sent")
    for role in ("miac_specialist", "miac_lead", "committee", "admin", "auditor"):
        with ours.db.read() as session:
            assert find(session, another(ours.db, role), first).id == first
    for role in ("secretary", "signatory", "hr"):
        with ours.db.read() as session, pytest.raises(NotFound):
            find(session, another(ours.db, role), first)


def test_the_committee_sees_its_own_draft(db: Database) -> None:
    committee = house(db, "committee")
    [first] = committee.make("frmr")
    assert one(committee, first).state == "draft"


def test_whoever_may_only_read_neither_copies_nor_deletes(ours: House) -> None:
    [first] = ours.make("frmss")
    ours.state(first, "sent")
    signatory = another(ours.db, "signatory", ours.organization)
    for actor in (signatory, another(ours.db, "miac_lead"), another(ours.db, "committee")):
        with pytest.raises(Forbidden):
            requests.copy(ours.db, actor=actor, now=NOON, catalogue=catalogue(), request_id=first)
        with pytest.raises((Forbidden, Conflict)):
            requests.delete(ours.db, actor=actor, now=NOON, request_ids=[first])


def test_a_neighbour_can_neither_copy_delete_nor_restore(ours: House) -> None:
    kept, deleted = ours.make("frmss", "rmo")
    requests.delete(ours.db, actor=ours.actor, now=NOON, request_ids=[deleted])
    neighbour = another(ours.db, "secretary")
    with pytest.raises(NotFound):
        requests.copy(ours.db, actor=neighbour, now=NOON, catalogue=catalogue(), request_id=kept)
    with pytest.raises(NotFound):
        requests.delete(ours.db, actor=neighbour, now=NOON, request_ids=[kept])
    with pytest.raises(NotFound):
        requests.restore(ours.db, actor=neighbour, now=NOON, request_ids=[deleted])
