"""The list of applications: its rows and orders, and that its pages meet without gap."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select, update

from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.services.request_list import STATES, TABS, YOURS
from tests.request_examples import House
from tests.web.request_lists import get, link, many, numbers, sheet, walked


@pytest.mark.parametrize("sort", ["turn", "updated", "number", "system", "state", "term"])
@pytest.mark.parametrize("falling", ["", "-"])
def test_pages_meet_without_gap_or_overlap(
    db: Database, clinic: House, client: FlaskClient, sort: str, falling: str
) -> None:
    many(db, clinic, 80)
    pages = walked(client, f"/requests?sort={falling}{sort}")
    assert [len(page) for page in pages] == [25, 25, 25, 5]
    assert len({number for page in pages for number in page}) == 80


@pytest.mark.parametrize("sort", ["turn", "-updated", "number", "system", "-state"])
def test_the_way_back_is_the_way_there(
    db: Database, clinic: House, client: FlaskClient, sort: str
) -> None:
    many(db, clinic, 60)
    pages = walked(client, f"/requests?sort={sort}")
    second = link(get(client, f"/requests?sort={sort}"), "next") or ""
    third = link(get(client, second), "next") or ""
    back = link(get(client, third), "prev") or ""
    assert numbers(get(client, back)) == pages[1]
    first = get(client, link(get(client, back), "prev") or "")
    assert numbers(first) == pages[0]
    assert link(first, "prev") is None


def test_each_order_is_what_its_name_says(db: Database, clinic: House, client: FlaskClient) -> None:
    many(db, clinic, 20)
    rising = numbers(get(client, "/requests?sort=number"))
    assert rising == sorted(rising)
    assert numbers(get(client, "/requests?sort=-number")) == rising[::-1]
    assert numbers(get(client, "/requests?sort=-updated"))[0] == "2026-00020"
    with db.read() as session:
        state = {r.number: r.state for r in session.scalars(select(Request))}
    by_state = [STATES.index(state[n]) for n in numbers(get(client, "/requests?sort=state"))]
    assert by_state == sorted(by_state)


def test_the_nearest_term_comes_first(db: Database, clinic: House, client: FlaskClient) -> None:
    many(db, clinic, 4)
    with db.write() as session:
        for number, day in ((1, 9), (3, 2)):
            session.get_one(Request, number).due_on = date(2026, 12, day)
    assert numbers(get(client, "/requests?sort=term"))[:2] == ["2026-00003", "2026-00001"]
    assert numbers(get(client, "/requests?sort=-term"))[:2] == ["2026-00001", "2026-00003"]


def test_a_page_says_which_part_it_is(db: Database, clinic: House, client: FlaskClient) -> None:
    many(db, clinic, 60)
    first = get(client)
    assert "1–25 из 60" in first
    assert "26–50 из 60" in get(client, link(first, "next") or "")


def test_counting_stops_at_a_thousand(db: Database, clinic: House, client: FlaskClient) -> None:
    many(db, clinic, 1001, state="draft")
    page = get(client)
    assert "1–25 из более чем 1" in page
    assert "Черновики<b>99+</b>" in page


@pytest.mark.parametrize("cursor", ["x", "~", "~1", "~99999999999999999999~1", "zz~1~2", "~1~x"])
def test_a_spoilt_cursor_opens_the_first_page(
    db: Database, clinic: House, client: FlaskClient, cursor: str
) -> None:
    many(db, clinic, 30)
    assert numbers(get(client, f"/requests?after={cursor}"))[0] == "2026-00030"


@settings(
    max_examples=10, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_whatever_is_filtered_the_pages_hold_exactly_what_matches(
    db: Database, clinic: House, client: FlaskClient, data: st.DataObject
) -> None:
    with db.read() as session:
        empty = session.scalar(select(Request.id).limit(1)) is None
    if empty:
        many(db, clinic, 70)
        with db.write() as session:
            session.execute(update(Request).values(error_count=Request.id % 3))
    system = data.draw(st.sampled_from(["", "frmss", "frmo", "smp", "rs-tmk"]))
    tab = data.draw(st.sampled_from(["", "draft", "miac", "done"]))
    errors = data.draw(st.sampled_from(["", "yes", "no"]))
    sort = data.draw(st.sampled_from(["turn", "-updated", "updated", "number", "system", "-state"]))
    stored = {"frmo": "frmr"}.get(system, system)
    with db.read() as session:
        wanted = {
            r.number
            for r in session.scalars(select(Request))
            if (not system or r.system == stored)
            and (not tab or r.state in TABS[tab])
            and (not errors or (r.error_count > 0) == (errors == "yes"))
        }
    address = f"/requests?system={system}&tab={tab}&errors={errors}&sort={sort}"
    shown = [number for page in walked(client, address) for number in page]
    assert len(shown) == len(set(shown))
    assert set(shown) == wanted


def test_an_empty_list_says_what_to_do_first(client: FlaskClient) -> None:
    page = get(client)
    assert "Заявок ещё нет" in page
    assert 'href="/requests/new"' in page


def test_an_empty_filter_says_so_and_offers_the_way_out(clinic: House, client: FlaskClient) -> None:
    clinic.make("frmss")
    page = get(client, "/requests?tab=done&system=frmss")
    assert "По этому отбору ничего нет" in page
    assert "Во всех состояниях: 1 заявка" in page
    assert "Заявок ещё нет" not in page


def test_each_row_has_one_next_step(clinic: House, client: FlaskClient) -> None:
    role = {"frmss": "Медицинский работник"}
    [whole] = clinic.make("frmss", roles=role)
    [gap] = clinic.make("rmo")
    page = get(client)
    assert f'href="/requests/{gap}/edit">Продолжить' in page
    assert f'href="/requests/{whole}">На подпись' in page
    assert "1 ошибка" in page


STEPS = {
    "ready": '/signing">Напечатать',
    "needs_info": '#turn">Ответить',
    "deleted": "",
    "refused": '#turn">Исправить',
    "in_review": "",
    "closed": "",
}


@pytest.mark.parametrize("state", STEPS)
def test_the_next_step_is_that_of_the_state(clinic: House, client: FlaskClient, state: str) -> None:
    [first] = clinic.make("frmss", roles={"frmss": "Медицинский работник"})
    clinic.state(first, state)
    page = get(client)
    steps = re.findall(r'<a class="btn btn-sm[^>]+href="/requests/\d+([^<]+)<', page)
    assert steps == ([STEPS[state]] if STEPS[state] else [])
    assert ('class="is-mine"' in page) == (state in ("ready", "needs_info"))


def test_what_waits_for_the_reader_comes_first(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    many(db, clinic, 14)
    with db.write() as session:
        for number, state in (("2026-00001", "needs_info"), ("2026-00002", "in_review")):
            session.execute(update(Request).where(Request.number == number).values(state=state))
    with db.read() as session:
        states = {r.number: r.state for r in session.scalars(select(Request))}
    shown = [states[number] for number in numbers(get(client))]
    assert shown[0] == "needs_info"
    waits = [state in YOURS for state in shown]
    assert waits == sorted(waits, reverse=True)
    assert shown[-1] == "in_review"
    mine = {states[number] for number in numbers(get(client, "/requests?tab=mine"))}
    assert mine == {"needs_info", "sent", "ready", "draft"}
    assert "Ход за вами" in get(client)
    assert "ждут ответа МИАЦ: 1" in get(client)


def test_a_term_and_the_number_of_miac_stand_in_the_row(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    [first, second] = clinic.make("frmss", "rmo")
    with db.write() as session:
        one, two = session.get_one(Request, first), session.get_one(Request, second)
        one.state = two.state = "in_review"
        one.registration_no, one.due_on = "МИАЦ-2026-000017", date(2026, 11, 27)
        two.due_on = date(2026, 11, 20)
    page = get(client)
    assert "МИАЦ-2026-000017" in page
    assert 'data-t="soon" title="осталось 4 дня (до 27.11)"' in page
    assert 'data-t="late" title="просрочено на 3 дня (до 20.11)"' in page
    header, row = sheet(client, "/requests/export.xlsx")[1:3]
    told = dict(zip(header, row, strict=True))
    assert told["Срок ответа"] == "20.11.2026"
    assert told["Номер"] == "2026-00002"


def test_the_page_asks_the_database_no_more_often_for_more_rows(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    def queries(number: int) -> int:
        many(db, clinic, number)
        asked: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        get(client)
        event.remove(db.engine, "before_cursor_execute", note)
        with db.write() as session:
            session.execute(delete(Request))
        return len(asked)

    few = queries(4)
    assert queries(25) <= few


def test_picked_drafts_are_deleted_together_and_come_back(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    ids = clinic.make("frmss", "rmo", "smp")
    answer = client.post("/requests/delete", data={"pick": ids[:2], "back": "/requests?tab=draft"})
    assert answer.location == "/requests?tab=draft"
    page = get(client, answer.location)
    assert numbers(page) == ["2026-00003"]
    assert "Удалено: 2 черновика" in page
    undo = re.search(r'action="(/requests/restore[^"]+)"', page)
    assert undo
    client.post(unquote(undo[1]))
    assert len(numbers(get(client))) == 3


def test_nothing_picked_deletes_nothing(clinic: House, client: FlaskClient) -> None:
    clinic.make("frmss")
    assert client.post("/requests/delete").status_code == 422
    assert len(numbers(get(client))) == 1


def test_an_address_to_return_to_stays_on_this_server(clinic: House, client: FlaskClient) -> None:
    [first] = clinic.make("frmss")
    answer = client.post(f"/requests/{first}/delete", data={"back": "https://evil.example/"})
    assert answer.location == "/requests"


def test_a_draft_of_a_form_that_has_changed_is_flagged(
    db: Database, clinic: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.make("frmss")
    assert "форма сменилась" not in get(client)
    monkeypatch.setattr("accessflow.catalogue.spec.Catalogue.superseded", lambda *_: True)
    assert "форма сменилась" in get(client)
