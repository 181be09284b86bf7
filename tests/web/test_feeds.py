"""The calendar of an organisation's terms: who opens it, what it says, what it never says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from accessflow.db.tables import CalendarFeed, Person, User
from accessflow.services import campaign_starting
from accessflow.services.campaign_starting import CampaignData, Reach
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import TODAY, Staff
from tests.factories import NOON


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def link(staff: Staff, signed_in: Callable[[int], FlaskClient]) -> str:
    """The path of a link that the secretary has just made."""
    client = signed_in(staff.actor.user_id or 0)
    client.post("/organization/calendar")
    shown = client.get("/organization/calendar").get_data(as_text=True)
    return "/calendar/" + shown.partition("/calendar/")[2].partition('"')[0]


def told(app: Flask, link: str) -> dict[str, tuple[date | datetime, str]]:
    """By the kind of its UID: when, and the words."""
    answer = app.test_client().get(link)
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    return {
        str(event["UID"]).partition("-")[0]: (event.decoded("DTSTART"), str(event["SUMMARY"]))
        for event in events
    }


def test_the_terms_stand_in_it_by_initials_and_without_a_snils(
    app: Flask, staff: Staff, link: str
) -> None:
    job = staff.hire("frmss")
    staff.enter(job)
    staff.life.sent()
    asked = staff.life.sent()
    staff.life.act(asked, "request_info", "miac_specialist", text="Уточните должность.")
    campaign_starting.start(
        staff.db, actor=staff.life.actor("miac_lead"), now=NOON, catalogue=catalogue(),
        data=CampaignData("Пересмотр IV", "30.11.2026", Reach()),
    )  # fmt: skip
    found = told(app, link)
    assert found["dismissal"][0] == date(2026, 11, 26)
    with staff.db.read() as session:
        people = session.scalars(select(Person)).all()
        [leaver] = [p for p in people if p.last_name in found["dismissal"][1]][:1]
    assert f"{leaver.last_name} {leaver.first_name[0]}." in found["dismissal"][1]
    assert found["campaign"] == (
        date(2026, 11, 30),
        "Последний день: пересмотр прав «Пересмотр IV»",
    )
    assert found["request"][0] == date(2026, 12, 23)
    assert isinstance(found["needs"][0], datetime)
    text = app.test_client().get(link).get_data(as_text=True).replace("\r\n ", "")
    for person in people:
        assert person.snils not in text
        assert f"{person.last_name} {person.first_name}" not in text


def test_lines_are_folded_and_uids_stay_the_same(app: Flask, staff: Staff, link: str) -> None:
    staff.enter(staff.hire("frmss"))
    one, two = (app.test_client().get(link) for _ in range(2))
    assert one.data == two.data
    assert max(len(line) for line in one.data.split(b"\r\n")) <= 75
    again = app.test_client().get(link, headers={"If-None-Match": one.headers["ETag"]})
    assert again.status_code == 304


def test_what_is_filed_or_decided_falls_out(app: Flask, staff: Staff, link: str) -> None:
    dismissal = staff.enter(staff.hire("frmss"), TODAY)
    [request] = staff.make(dismissal)
    assert "dismissal" in told(app, link)
    staff.send(request.id)
    assert "dismissal" not in told(app, link)


def test_only_the_hash_is_kept_and_the_address_is_shown_once(
    staff: Staff, link: str, signed_in: Callable[[int], FlaskClient]
) -> None:
    token = link.removeprefix("/calendar/").removesuffix(".ics")
    with staff.db.read() as session:
        [feed] = session.scalars(select(CalendarFeed))
        assert token not in feed.token_hash
    shown = signed_in(staff.actor.user_id or 0).get("/organization/calendar")
    assert token not in shown.get_data(as_text=True)


@pytest.mark.parametrize("ending", ["withdrawn", "owner left", "other"])
def test_a_link_that_ends_is_not_there(
    app: Flask, staff: Staff, link: str, ending: str, signed_in: Callable[[int], FlaskClient]
) -> None:
    if ending == "withdrawn":
        secretary = signed_in(staff.actor.user_id or 0)
        secretary.post("/organization/calendar/1/withdraw")
    elif ending == "owner left":
        with staff.db.write() as session:
            session.get_one(User, staff.actor.user_id).active = False
    else:
        link = "/calendar/unknown.ics"
    assert app.test_client().get(link).status_code == 404


def test_a_link_withdrawn_by_mistake_opens_again(
    app: Flask, staff: Staff, link: str, signed_in: Callable[[int], FlaskClient]
) -> None:
    secretary = signed_in(staff.actor.user_id or 0)
    secretary.post("/organization/calendar/1/withdraw")
    assert "restore" in secretary.get("/organization/calendar").get_data(as_text=True)
    secretary.post("/organization/calendar/1/restore")
    assert app.test_client().get(link).status_code == 200
