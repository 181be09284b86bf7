"""The report on dismissals and the overview's first figure: each number opens what it counts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from accessflow.db.tables import Employment
from accessflow.services import dismissals, rights_of_gone
from accessflow.services.actor import SYSTEM
from accessflow.services.rights_of_gone import Narrowed
from tests import factories
from tests.dismissal_examples import TODAY, Staff
from tests.factories import FrozenClock
from tests.support.databases import BACKENDS
from tests.support.pdf_reading import texts


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def told(staff: Staff, clock: FrozenClock) -> Staff:
    """One filed in time, one a day late, one missed with a cause, one without, one ahead."""
    in_time, late, missed, _ = (staff.enter(staff.hire("frmss")) for _ in range(4))
    staff.enter(staff.hire("frmss"), date(2026, 12, 28))
    [request] = staff.make(in_time)
    staff.send(request.id)
    [request] = staff.make(late)
    staff.life.later(days=4)
    staff.send(request.id)
    dismissals.give_cause(
        staff.db, actor=staff.actor, dismissal_id=missed, cause="Кадры узнали поздно"
    )
    clock.advance(days=7)
    return staff


def test_every_figure_opens_a_list_of_as_many(
    told: Staff, signed_in: Callable[[int], FlaskClient]
) -> None:
    client = signed_in(told.life.actor("committee").user_id or 0)
    shown = client.get("/dismissals/report?period=year").get_data(as_text=True)
    figures: dict[str, set[int]] = {}
    for href in set(re.findall(r'href="(/dismissals/report/list[^"]*)"', shown)):
        found = client.get(href.replace("&amp;", "&")).get_data(as_text=True)
        figure = re.search(r"figure=(\w+)", href)
        assert figure
        number = len(re.findall(r'<tr><td title="[^"]*"><a href="/dismissals/\d', found))
        figures.setdefault(figure[1], set()).add(number)
    assert figures["total"] == {5, 4, 1}  # all, of November, of December
    assert figures["in_time"] == {1}
    assert figures["late"] == {1}
    assert figures["missed"] == {2}
    assert figures["overdue"] == {1, 2}  # with the cause, and without any


def test_causes_of_missed_terms_are_told_and_those_without_one(
    told: Staff, signed_in: Callable[[int], FlaskClient]
) -> None:
    client = signed_in(told.life.actor("miac_lead").user_id or 0)
    shown = client.get("/dismissals/report").get_data(as_text=True)
    assert "Кадры узнали поздно" in shown
    assert "не указана" in shown


def test_the_report_is_taken_away_as_a_sheet_and_on_paper(
    told: Staff, signed_in: Callable[[int], FlaskClient]
) -> None:
    client = signed_in(told.life.actor("committee").user_id or 0)
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get("/dismissals/report/export.xlsx").data)
    )
    [*_, everything] = book.get_sheet_by_index(0).to_python()
    assert everything[:3] == ["Всего", 5, 1]
    printed = " ".join(texts(client.get("/dismissals/report/report.pdf").data))
    assert "Кадры узнали поздно: 1" in " ".join(printed.split())


def test_an_organisation_reports_on_its_own_alone(
    told: Staff, signed_in: Callable[[int], FlaskClient]
) -> None:
    stranger = signed_in(factories.account(told.db, "hr"))
    shown = stranger.get(f"/dismissals/report?organization={told.life.house.organization}")
    assert "За это время никто не уволен" in shown.get_data(as_text=True)
    own = signed_in(told.life.actor("hr").user_id or 0).get("/dismissals/report")
    assert "<strong>5</strong>" in own.get_data(as_text=True)


@pytest.mark.parametrize("backend", BACKENDS, indirect=True)
def test_rights_of_people_gone_are_counted_and_listed_alike(staff: Staff) -> None:
    staff.enter(staff.hire("frmss", "rmo"), TODAY - timedelta(days=3))
    forgotten = staff.hire("frmss")
    with staff.db.write() as session:
        session.get_one(Employment, forgotten).until = TODAY - timedelta(days=9)
    staff.enter(staff.hire("frmss"), TODAY)  # the last day of work itself
    for narrowed, number in (
        (Narrowed(), 3),
        (Narrowed(system="rmo"), 1),
        (Narrowed(organization=9999), 0),
    ):
        with staff.db.read() as session:
            assert rights_of_gone.count(session, SYSTEM, TODAY, narrowed) == number
            listed = session.scalars(rights_of_gone.listed(SYSTEM, TODAY, narrowed)).unique()
            assert len(listed.all()) == number


def test_the_overview_begins_with_the_rights_of_people_gone(
    staff: Staff, signed_in: Callable[[int], FlaskClient]
) -> None:
    client = signed_in(staff.life.actor("miac_lead").user_id or 0)
    shown = client.get("/overview").get_data(as_text=True)
    assert "так и должно быть" in shown
    staff.enter(staff.hire("frmss"), TODAY - timedelta(days=3))
    shown = client.get("/overview").get_data(as_text=True)
    first = shown.partition('aria-label="Главное"')[2].partition("</a>")[0]
    assert "Открытые права уволенных" in first
    assert 'class="af-d">1</strong>' in first
    listed = client.get("/dismissals/report/rights").get_data(as_text=True)
    assert "отзыв подать до" in listed
