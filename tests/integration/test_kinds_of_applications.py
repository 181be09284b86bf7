"""КЗ's stages, deletion of an ЭМД, network access, technical problems: each by its own machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Letter, Request
from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.services import stages, technical
from accessflow.services.actor import Actor
from tests.life_examples import Life, birth, life
from tests.request_examples import house

MIAC = "miac_specialist"
AUTHORITY_ROLE = "Сотрудник МО забор крови"


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    found = life(db, tmp_path)
    authority = house(db, "committee", mailbox="kz@kz.example")
    found.cast["committee"] = Actor(authority.user, "committee", authority.organization)
    return found


# App. 5 and КЗ (R37, X14) -----------------------------------------------------------------------


def test_app_5_leaves_miac_under_its_directors_signature(ours: Life) -> None:
    made = ours.sent("vimis-onko", role="Куратор 1 уровня")
    with pytest.raises(Conflict, match="подписью директора"):
        ours.act(made, "forward", MIAC, forwarded_to="СТП ЕГИСЗ")
    ours.lay(made, "director_scan")
    done = ours.act(made, "forward", MIAC, forwarded_to="СТП ЕГИСЗ", external_no="SD-12")
    found = ours.one(made)
    assert (done.state, found.forwarded_to, found.external_no) == (
        "forwarded", "СТП ЕГИСЗ", "SD-12",
    )  # fmt: skip


def test_other_forms_need_no_director(ours: Life) -> None:
    made = ours.sent()
    assert ours.act(made, "forward", MIAC, forwarded_to="Владелец").state == "forwarded"


def test_screening_roles_go_by_the_authority(ours: Life) -> None:
    made = ours.sent("vimis-akineo", role=AUTHORITY_ROLE)
    ours.lay(made, "director_scan")
    with pytest.raises(Conflict, match="Передать в КЗ ЛО"):
        ours.act(made, "forward", MIAC, forwarded_to="СТП ЕГИСЗ")
    assert ours.act(made, "to_committee", MIAC).state == "at_committee"
    with pytest.raises(Conflict, match="подписанные КЗ"):
        ours.act(made, "committee_send", "committee")
    ours.lay(made, "committee_scan")
    with pytest.raises(Forbidden, match="специалист КЗ"):
        ours.act(made, "committee_send", MIAC)
    assert ours.act(made, "committee_send", "committee").state == "forwarded"
    assert ours.one(made).forwarded_to == "поддержка АКиНЕО (vimis-akineo@rt-eu.ru)"


def test_curators_of_the_same_system_do_not(ours: Life) -> None:
    made = ours.sent("vimis-akineo", role="Куратор 1 уровня")
    with pytest.raises(Conflict, match="не нужна подпись КЗ"):
        ours.act(made, "to_committee", MIAC)


def test_the_authority_hands_back_and_miac_takes_back(ours: Life) -> None:
    made = ours.sent("vimis-akineo", role=AUTHORITY_ROLE)
    ours.act(made, "to_committee", MIAC)
    assert ours.act(made, "hand_back", "committee", text="Нет СНИЛС").state == "in_review"
    ours.act(made, "to_committee", MIAC)
    assert ours.act(made, "take_back", MIAC).state == "in_review"


# Deletion of an ЭМД (R29, R41, X30) -------------------------------------------------------------


def test_the_letter_of_an_mo_goes_on_with_the_authoritys_letter_and_act(ours: Life) -> None:
    made = birth(ours)
    assert ours.one(made).channel == "mail"
    assert ours.act(made, "to_committee", "committee").state == "at_committee"
    with pytest.raises(Conflict, match="подписанные КЗ"):
        ours.act(made, "committee_send", "committee")
    letter, act = prepared(ours, made)
    assert prepared(ours, made) == (letter, act)  # once is enough
    assert ours.one(letter, "committee").fields["reason"] == "Неверная дата рождения ребёнка"
    assert ours.one(act, "committee").rows[0].answers["org_oid"] == ours.one(made).organization.oid
    fill_in(ours, letter, act)
    with pytest.raises(Conflict, match="вместе с заявкой МО"):
        ours.act(letter, "send", "committee")
    assert ours.act(made, "committee_send", "committee").state == "forwarded"
    states = [ours.one(one, "committee").state for one in (letter, act)]
    assert states == ["sent", "sent"]
    with ours.db.read() as session:
        query = select(Letter).where(Letter.kind == "committee_package").order_by(Letter.id)
        package, copy = session.scalars(query)
    assert (package.to, package.cc) == (["egisz@stp-egisz.ru"], [])
    assert (copy.to, copy.cc) == (["vimis-akineo@rt-eu.ru"], [])
    assert len(package.attachments) == 6
    assert {file["sha256"] for file in copy.attachments} < {
        file["sha256"] for file in package.attachments
    }
    assert len(copy.attachments) == 3  # the act's
    assert "копию акта" in copy.text
    ours.act(made, "confirm_deleted", "committee")
    states = [ours.one(one, "committee").state for one in (letter, act)]
    assert states == ["deleted", "deleted"]
    assert ours.act(made, "reupload").state == "reuploaded"
    assert ours.act(made, "close", MIAC).state == "closed"


def prepared(ours: Life, made: int) -> tuple[int, ...]:
    return stages.prepare(
        ours.db, actor=ours.actor("committee"), now=ours.now, catalogue=ours.catalogue,
        request_id=made,
    )  # fmt: skip


def fill_in(ours: Life, letter: int, act: int) -> None:
    ours.fill(letter, {}, ({"linked_kind": "Направление", "linked_number": "1",
                            "msr_number": "2"},))  # fmt: skip
    ours.fill(
        act, {}, ({"document_number": "3", "local_id": "d3b07384-d113-4ec6-8c5a-000000000001"},)
    )
    for one in (letter, act):
        ours.act(one, "prepare", "committee")
        ours.lay(one)


def test_only_the_authority_writes_its_documents(ours: Life) -> None:
    made = birth(ours)
    ours.act(made, "to_committee", "committee")
    with pytest.raises(Forbidden):
        stages.prepare(
            ours.db, actor=ours.actor(MIAC), now=ours.now, catalogue=ours.catalogue,
            request_id=made,
        )  # fmt: skip


def test_documents_are_written_while_it_is_with_the_authority(ours: Life) -> None:
    with pytest.raises(Conflict, match="не в КЗ"):
        prepared(ours, birth(ours))


def test_the_authority_refuses_with_a_cause(ours: Life) -> None:
    made = birth(ours)
    ours.act(made, "to_committee", "committee")
    done = ours.act(made, "refuse", "committee", cause="incomplete", text="Нет причины")
    assert (done.state, ours.one(made).cause) == ("refused", "incomplete")


# Network access (R17) ---------------------------------------------------------------------------


def network(ours: Life) -> int:
    fields = {
        "user_position": "Программист", "user_name": "Котов Артём Игоревич",
        "user_phone": "8 (812) 670-52-81", "user_email": "kotov@prb.example",
        "system_name": "РМИС", "basis": "Приказ", "term": "бессрочно",
        "placement_address": "Приозёрск", "node_name": "Узел", "tunnel_ip": "10.0.0.1",
        "legal_address": "Приозёрск",
    }  # fmt: skip
    row = {"resource_name": "РМИС", "domain_name": "rmis", "zspd_ip": "10.1.1.1", "port": "443"}
    return ours.single("appendix-15", fields, (row,))


def test_network_access_waits_for_a_call_and_makes_the_organisation_ready(ours: Life) -> None:
    made = ours.ready(network(ours))
    assert ours.act(made, "send").state == "awaiting_call"
    assert ours.one(made).registration_no is None
    assert ours.one(made).due_on is None
    ours.act(made, "note_external", external_no="ОЭП-5")
    assert ours.act(made, "connect").state == "executed"
    assert ours.one(made).organization.vipnet_ready
    assert ours.act(made, "close").state == "closed"


# Technical problems (R9, R10, R20, R39) ---------------------------------------------------------


@pytest.mark.parametrize("subject", ["other_egisz", "other_region"])
def test_a_problem_that_is_not_filed_here_is_shown_its_way(ours: Life, subject: str) -> None:
    with pytest.raises(Conflict, match=r"egisz@stp-egisz\.ru|670-52-81"):
        ours.problem(subject)


def test_an_unknown_subject_is_asked_for_again(ours: Life) -> None:
    with pytest.raises(Invalid) as refused:
        ours.problem("погода")
    assert refused.value.fields.keys() == {"subject"}


def test_a_problem_of_signing_in_is_solved_by_miac(ours: Life) -> None:
    made = ours.problem()
    ours.fill(made, {"criticality": "высокая"})
    assert ours.act(made, "send").state == "registered"
    assert ours.one(made).criticality == "высокая"
    done = ours.act(made, "resolve", MIAC, text="Сбросили пароль")
    assert done.state == "executed"
    assert ours.act(made, "close", MIAC).state == "closed"


def test_miac_weighs_a_problem(ours: Life) -> None:
    made = ours.problem()
    ours.act(made, "send")
    for _ in range(2):  # the same again is no event
        technical.weigh(
            ours.db, actor=ours.actor(MIAC), now=ours.now, request_id=made,
            criticality="низкая", priority="срочный",
        )  # fmt: skip
    assert (ours.one(made).criticality, ours.one(made).priority) == ("низкая", "срочный")
    assert [e.action for e in ours.events(made)] == ["send", "register", "weigh"]
    with pytest.raises(Forbidden):
        technical.weigh(
            ours.db, actor=ours.actor("secretary"), now=ours.now, request_id=made,
            criticality="низкая", priority="срочный",
        )  # fmt: skip


def test_the_subject_of_a_draft_may_be_changed(ours: Life) -> None:
    made = ours.problem()
    technical.change_subject(
        ours.db, actor=ours.actor("secretary"), now=ours.now, catalogue=ours.catalogue,
        request_id=made, subject="screening",
    )  # fmt: skip
    with ours.db.read() as session:
        assert session.get_one(Request, made).subject == "screening"
