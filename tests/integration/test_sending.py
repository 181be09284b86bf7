"""What keeps an application from being sent, each with the place where it is mended (R14, R18)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import delete, update

from accessflow.db.session import Database
from accessflow.db.tables import (
    Attestation,
    EmailClaim,
    Organization,
    Request,
    RequestFile,
    Signatory,
    User,
)
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import sending
from accessflow.services.sending import Missing
from tests.life_examples import Life, life

TODAY = date(2026, 11, 23)


def missing(ours: Life, request_id: int) -> tuple[Missing, ...]:
    with ours.db.read() as session:
        request = session.get_one(Request, request_id)
        return sending.missing(session, ours.catalogue, request, TODAY)


def codes(ours: Life, request_id: int) -> list[str]:
    return [one.code for one in missing(ours, request_id)]


def test_nothing_is_missing_of_a_signed_application(ours: Life) -> None:
    assert codes(ours, ours.ready(ours.draft())) == []


def test_a_scan_is_asked_for_and_has_to_be_looked_at(ours: Life) -> None:
    made = ours.draft()
    ours.act(made, "prepare")
    assert codes(ours, made) == ["scan"]
    ours.lay(made, confirmed=False)
    [one] = missing(ours, made)
    assert (one.code, one.endpoint) == ("scan_unconfirmed", "signing.upload")
    assert one.values == {"request_id": made}
    with pytest.raises(Conflict, match="подпись и печать"):
        ours.act(made, "send")


def test_a_scan_of_an_older_version_or_a_voided_one_is_none(ours: Life) -> None:
    made = ours.ready(ours.draft())
    with ours.db.write() as session:
        session.get_one(Request, made).content_version += 1
    assert codes(ours, made) == ["scan"]
    file = ours.lay(made)
    with ours.db.write() as session:
        session.get_one(RequestFile, file).voided_at = ours.now
    assert codes(ours, made) == ["scan"]


def test_the_author_is_told_what_of_himself_is_not_known(ours: Life) -> None:
    made = ours.ready(ours.draft())
    with ours.db.write() as session:
        session.execute(update(User).values(phone="", position=""))
        session.execute(update(Organization).values(full_name=""))
    assert codes(ours, made) == ["organization", "author"]
    assert "должность, телефон" in missing(ours, made)[1].text


def test_only_whoever_may_sign_that_day_has_signed(ours: Life) -> None:
    made = ours.ready(ours.draft())
    with ours.db.write() as session:
        session.execute(update(Signatory).values(valid_until=date(2026, 11, 22)))
    assert codes(ours, made) == ["signatory"]


@pytest.mark.parametrize(
    ("system", "role", "kinds"),
    [
        ("vimis-onko", "Куратор 1 уровня", ["gosuslugi", "esia"]),
        ("frmss", "Медицинский работник", ["frmr"]),
        ("rs-tmk", "", []),
    ],
)
def test_prerequisites_of_each_person_are_waited_for(
    ours: Life, system: str, role: str, kinds: list[str]
) -> None:
    made = ours.ready(ours.draft(system, people=2, role=role))
    with ours.db.write() as session:
        session.execute(delete(Attestation))
    found = missing(ours, made)
    assert [one.code for one in found] == kinds
    assert all("строки: 1, 2" in one.text and one.endpoint == "people.index" for one in found)
    assert all(len(str(one.values["ids"]).split(",")) == 2 for one in found)


def test_an_error_found_after_printing_keeps_it_here(ours: Life) -> None:
    """Somebody else has taken the address since (R34)."""
    made = ours.ready(ours.draft())
    address = ours.one(made).rows[0].answers["email"]
    with ours.db.write() as session:
        session.add(EmailClaim(email=address, snils="11223344595", claimed_at=ours.now))
    assert codes(ours, made) == ["email_not_unique"]


def test_many_errors_are_not_all_told(ours: Life) -> None:
    made = ours.draft(people=8)
    with ours.db.write() as session:
        for row in session.get_one(Request, made).rows:
            row.answers = {**row.answers, "position": ""}
    assert codes(ours, made) == ["required"] * 5 + ["errors", "scan"]


def test_a_form_that_has_changed_meanwhile_is_not_sent(ours: Life) -> None:
    made = ours.ready(ours.draft())
    [old] = ours.catalogue.forms["appendix-08"]
    new = replace(old, version="2.0", effective_from=TODAY)
    forms = {**ours.catalogue.forms, "appendix-08": (old, new)}
    ours.catalogue = replace(ours.catalogue, forms=MappingProxyType(forms))
    assert codes(ours, made) == ["superseded"]
    with pytest.raises(Conflict, match="новая версия формы"):
        ours.act(made, "send")


def test_app_16_for_a_birth_carries_the_status_of_the_certificates(ours: Life) -> None:
    made = ours.single(
        "appendix-16",
        {"error_description": "Неверная дата рождения ребёнка"},
        ({"emdr_id": "224.16.25.09.000241002"},),
    )
    ours.ready(made)
    assert codes(ours, made) == ["certificate_status"]
    ours.lay(made, "certificate_status")
    assert codes(ours, made) == []


def test_another_document_needs_no_status_of_certificates(ours: Life) -> None:
    made = ours.single(
        "appendix-16",
        {"error_description": "Не тот пациент", "document_kind": "Выписной эпикриз"},
        ({"emdr_id": "224.16.25.09.000241002"},),
    )
    assert codes(ours, ours.ready(made)) == []


def test_a_screening_problem_needs_its_screenshot(ours: Life) -> None:
    made = ours.problem("screening")
    assert codes(ours, made) == ["screenshot"]
    ours.lay(made, "screenshot")
    assert ours.act(made, "send").state == "forwarded"
    found = ours.one(made)
    assert (found.forwarded_to, found.channel) == (
        "поддержка АКиНЕО (vimis-akineo@rt-eu.ru)",
        "mail",
    )


def test_the_same_row_is_not_sent_twice_while_the_first_waits(ours: Life) -> None:
    made = ours.sent()
    again = _again(ours, made)
    [one] = missing(ours, again)
    assert (one.code, one.endpoint) == ("repeat", "editor.edit")
    assert ours.one(made).number in one.text


def test_what_was_solved_already_is_sent_again_only_on_purpose(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted"))
    again = _again(ours, made)
    with pytest.raises(Invalid, match="Такое уже подавали") as refused:
        ours.act(again, "send")
    assert refused.value.fields.keys() == {"acknowledged"}
    assert ours.act(again, "send", acknowledged="1").state == "registered"


def test_what_was_refused_is_no_repeat(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "refuse", "miac_specialist", cause="other", text="Нет")
    assert ours.act(_again(ours, made), "send").state == "registered"


def _again(ours: Life, made: int) -> int:
    """The same people, system and role once more, signed."""
    source = ours.one(made)
    people = tuple(row.employment_id or 0 for row in source.rows)
    system = source.system or ""
    [second] = ours.house.make(
        system, people=people, roles={system: source.rows[0].answers.get("role", "")}
    )
    return ours.ready(second)


@pytest.mark.parametrize("channel", ["vipnet", "paper", "pigeon"])
def test_a_channel_that_is_not_open_is_refused(db: Database, tmp_path: Path, channel: str) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    made = outside.ready(outside.draft())
    with pytest.raises(Invalid) as refused:
        outside.act(made, "send", channel=channel)
    assert refused.value.fields.keys() == {"channel"}
    assert outside.one(made).state == "ready"


def test_those_with_a_node_may_send_by_vipnet(db: Database, tmp_path: Path) -> None:
    outside = life(db, tmp_path, miac_outside=True, vipnet_ready=True)
    made = outside.ready(outside.draft())
    outside.act(made, "send", channel="vipnet")
    assert outside.one(made).channel == "vipnet"


def test_what_has_a_route_of_its_own_goes_by_mail_also_from_here(ours: Life) -> None:
    assert ours.one(ours.sent("frv")).channel == "mail"


def test_numbers_are_given_once_and_without_a_gap_to_many_at_a_time(ours: Life) -> None:
    made = [ours.ready(ours.draft()) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda request_id: ours.act(request_id, "send"), made))
    numbers = sorted(str(one.registration_no) for one in done)
    assert numbers == [f"МИАЦ-2026-{n:06}" for n in range(1, 9)]


def test_one_application_sent_by_many_at_once_is_sent_once(ours: Life) -> None:
    made = ours.ready(ours.draft())

    def send(_: int) -> str:
        try:
            return ours.act(made, "send").state
        except Conflict as refused:
            return refused.message

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(send, range(6)))
    assert done.count("registered") == 1
    assert [e.action for e in ours.events(made)] == ["prepare", "send", "register"]


def test_of_two_who_send_one_address_at_once_one_is_refused(ours: Life) -> None:
    both = [ours.ready(ours.draft()) for _ in range(2)]
    with ours.db.write() as session:
        for request_id in both:
            row = session.get_one(Request, request_id).rows[0]
            row.answers = {**row.answers, "email": "one@prb.example"}

    def send(request_id: int) -> str:
        try:
            return ours.act(request_id, "send").state
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, both)) == ["refused", "registered"]


def test_every_missing_thing_leads_to_a_page_that_is_there(ours: Life, tmp_path: Path) -> None:
    """The places that `sending` names are endpoints of the program, with the values they need."""
    from flask import url_for

    from accessflow.app import create_app
    from accessflow.config import Settings

    settings = Settings.from_env({"ACCESSFLOW_DATA": str(tmp_path)})
    problem, made = ours.problem("screening"), ours.draft(people=8)
    with ours.db.write() as session:
        session.execute(delete(Attestation))
        session.execute(update(User).values(phone=""))
        session.execute(update(Organization).values(full_name=""))
        for row in session.get_one(Request, made).rows:
            row.answers = {**row.answers, "position": ""}
        session.get_one(Request, problem).subject = ""
    found = (*missing(ours, made), *missing(ours, problem))
    app = create_app(settings)
    with app.test_request_context():
        assert all(url_for(one.endpoint, **one.values) for one in found)
    app.extensions["accessflow"].database.dispose()
    assert {one.code for one in found} >= {"organization", "author", "frmr", "scan", "subject"}
