"""The queue's page: who sees it, what stands there, what it finds, keeps and hands out."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import (
    Absence,
    Request,
    RequestEvent,
    RequestRow,
    SavedView,
    User,
)
from accessflow.domain.roles import OF_ORGANIZATION, Role
from accessflow.services import totals
from accessflow.web import queue_view
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House

Clients = Callable[[int], FlaskClient]
TODAY = NOON.date()


@pytest.fixture
def specialist(db: Database) -> int:
    return factories.account(db, "miac_specialist")


@pytest.fixture
def client(specialist: int, signed_in: Clients) -> FlaskClient:
    return signed_in(specialist)


def filed(db: Database, clinic: House, system: str = "frmss", **values: object) -> int:
    """An application of one new person that has reached МИАЦ."""
    (one,) = clinic.make(system)
    told: dict[str, object] = {"state": "registered", "sent_at": NOON, "registered_at": NOON,
                               "due_on": TODAY + timedelta(days=20), **values}  # fmt: skip
    with db.write() as session:
        row = session.get_one(Request, one)
        for name, value in told.items():
            setattr(row, name, value)
        totals.reindex(session, catalogue(), row)
    return one


def page(client: FlaskClient, address: str = "/queue") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def rows(text: str) -> list[int]:
    return [int(one) for one in re.findall(r'<tr id="r(\d+)"', text)]


def followed(client: FlaskClient, address: str, **data: object) -> str:
    answer = client.post(address, data=data, follow_redirects=True)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize("role", sorted(OF_ORGANIZATION))
def test_an_organisation_never_reaches_the_queue(
    db: Database, clinic: House, signed_in: Clients, role: Role
) -> None:
    one = filed(db, clinic)
    theirs = signed_in(factories.account(db, role, clinic.organization))
    for address in ("/queue", "/queue/export.xlsx", "/queue/views"):
        assert theirs.get(address).status_code == 403
    assert theirs.post("/queue/search", data={"q": "1"}).status_code == 403
    assert theirs.post(f"/queue/{one}/take").status_code == 403
    assert "/queue" not in page(theirs, "/requests")


def test_miacs_specialist_starts_with_the_queue(client: FlaskClient) -> None:
    answer = client.get("/")
    assert urlsplit(answer.headers["Location"]).path == "/queue"


def test_a_row_tells_term_number_organisation_state_signs_and_who_leads(
    db: Database, clinic: House, client: FlaskClient, specialist: int
) -> None:
    one = filed(db, clinic, due_on=TODAY - timedelta(days=7), error_count=2, state="in_review",
                external_no="0918274", assignee_id=specialist)  # fmt: skip
    text = page(client)
    assert rows(text) == [one]
    for words in ("просрочено 7 дней", "Приозёрная РБ-учебная", "ФРМСС", "На рассмотрении",
                  "ошибки: 2", "№ 0918274", "Учёткина"):  # fmt: skip
        assert words in text
    assert f'href="/queue/{one}"' in text


def test_facets_stand_with_their_counts_and_narrow(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    late = filed(db, clinic, due_on=TODAY - timedelta(days=1))
    filed(db, clinic, "rmo")
    text = page(client)
    assert re.search(r'value="late"><span>просрочено</span><b>1</b>', text)
    assert re.search(r"<span>Зарегистрирована</span><b>2</b>", text)
    narrowed = page(client, "/queue?term=late&state=registered")
    assert rows(narrowed) == [late]
    assert f'href="/queue/{late}?term=late&state=registered"' in narrowed


def test_what_an_address_asks_wrongly_is_left_out(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    one = filed(db, clinic)
    for query in ("state=draft", "term=x", "organization=", "size=7", "sort=x", "scope=x",
                  "after=%7E%7E", "n=x", "state=%00"):  # fmt: skip
        assert rows(page(client, f"/queue?{query}")) == [one], query
    for query in ("organization=99999999999999", "assignee=x", "ids=x", "ids=99999999999999"):
        assert rows(page(client, f"/queue?{query}")) == [], query


def test_pages_meet_and_their_size_can_be_chosen(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    ids = [filed(db, clinic, due_on=TODAY + timedelta(days=n // 2)) for n in range(27)]
    first = page(client, "/queue?size=25")
    assert "1–25 из 27" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = page(client, following[1])
    assert "26–27 из 27" in second
    assert rows(first) + rows(second) == rows(page(client, "/queue?size=200")) == ids


def test_a_snils_finds_and_never_stands_in_an_address(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    one = filed(db, clinic)
    filed(db, clinic)
    with db.read() as session:
        digits = session.scalars(select(RequestRow.snils).where(RequestRow.request_id == one)).one()
    for text in (digits, f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"):
        for address in ("/queue/search", "/search"):
            answer = client.post(address, data={"q": text, "within": "1"}, follow_redirects=False)
            if answer.status_code == 307:
                answer = client.post(answer.headers["Location"], data={"q": text})
            where = unquote(answer.headers["Location"])
            assert digits not in re.sub(r"\D", "", where)
            assert parse_qs(urlsplit(where).query)["ids"] == [str(one)]
            assert rows(page(client, where)) == [one]
    answer = client.post("/queue/search", data={"q": "112-233-445 96"})
    assert "По этому отбору ничего нет" in page(client, answer.headers["Location"])


def test_the_search_of_the_page_keeps_the_filter_and_the_bars_looks_everywhere(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    closed = filed(db, clinic, state="closed", due_on=None, external_no="0918274")
    within = client.post(
        "/queue/search", data={"q": "Приозёрная", "within": "1", "term": "late", "size": "100"}
    )
    asked = parse_qs(urlsplit(within.headers["Location"]).query)
    assert asked == {"q": ["Приозёрная"], "term": ["late"], "size": ["100"]}
    text = page(client, within.headers["Location"])
    assert rows(text) == []
    assert "Искать во всех заявках" in text
    assert rows(followed(client, "/search", q="Приозёрная")) == [closed]


def test_anothers_number_that_looks_like_part_of_a_snils_is_found_by(
    db: Database, clinic: House, client: FlaskClient, signed_in: Clients
) -> None:
    one = filed(db, clinic, external_no="0918274")
    filed(db, clinic)
    assert rows(followed(client, "/search", q="0918274")) == [one]
    mine = followed(signed_in(clinic.user), "/requests/search", q="0918274")
    assert re.findall(r'<a href="/requests/(\d+)"', mine)[:1] == [str(one)]


def test_an_organisations_search_of_miacs_number_finds_its_application(
    db: Database, clinic: House, signed_in: Clients
) -> None:
    one = filed(db, clinic, registration_no="МИАЦ-2026-000123")
    text = followed(signed_in(clinic.user), "/search", q="МИАЦ-2026-000123")
    assert f'href="/requests/{one}"' in text


def test_two_kinds_of_empty(db: Database, clinic: House, client: FlaskClient) -> None:
    assert "Всё разобрано" in page(client)
    filed(db, clinic)
    text = page(client, "/queue?term=late")
    assert "По этому отбору ничего нет" in text
    assert "Всё разобрано" not in text


def test_taking_makes_it_mine_and_comes_back_to_its_row(
    db: Database, clinic: House, client: FlaskClient, specialist: int
) -> None:
    one = filed(db, clinic)
    assert f'formaction="/queue/{one}/take"' in page(client)
    answer = client.post(f"/queue/{one}/take", data={"back": "/queue?term=ok"})
    assert answer.headers["Location"].endswith(f"/queue?term=ok#r{one}")
    with db.read() as session:
        row = session.get_one(Request, one)
        assert (row.state, row.assignee_id) == ("in_review", specialist)
        assert [e.action for e in session.scalars(select(RequestEvent))] == ["take"]
    assert f'formaction="/queue/{one}/take"' not in page(client)
    assert client.post(f"/queue/{one}/take").status_code == 409


def test_what_a_colleague_leads_is_not_taken_by_one_key(
    db: Database, clinic: House, client: FlaskClient, specialist: int
) -> None:
    colleague = factories.account(db, "miac_specialist")
    one = filed(db, clinic, state="in_review", assignee_id=colleague)
    assert "/take" not in page(client)
    with db.write() as session:
        session.get_one(User, colleague).name = "Кедрова Ирина Олеговна"
        session.add(Absence(user_id=colleague, substitute_id=specialist, since=TODAY,
                            until=TODAY))  # fmt: skip
    text = page(client)
    assert "вы замещаете: Кедрова И. О." in text
    assert "за: Кедрова" in text
    assert f'formaction="/queue/{one}/take"' in text


def test_the_committee_reads_its_stage_and_changes_nothing(
    db: Database, clinic: House, signed_in: Clients
) -> None:
    stage = filed(db, clinic, state="at_committee")
    other = filed(db, clinic)
    theirs = signed_in(factories.account(db, "committee"))
    text = page(theirs)
    assert rows(text) == [stage]
    assert 'name="pick"' not in text
    assert "/take" not in text
    assert sorted(rows(page(theirs, "/queue?view=open"))) == [stage, other]
    assert theirs.post(f"/queue/{other}/take").status_code == 403


def test_the_sheet_holds_every_row_of_the_filter_and_no_snils(
    db: Database, clinic: House, client: FlaskClient
) -> None:
    ids = [filed(db, clinic, due_on=TODAY + timedelta(days=n)) for n in range(4)]
    filed(db, clinic, "rmo")
    answer = client.get("/queue/export.xlsx?system=frmss&size=25")
    book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
    [sheet] = book.worksheets
    table = [list(row) for row in sheet.iter_rows(values_only=True)]
    with db.read() as session:
        numbers = [session.get_one(Request, one).number for one in ids]
        people = session.scalars(select(RequestRow.snils)).all()
    assert [row[0] for row in table[2:]] == numbers
    assert table[1][:3] == ["Номер", "Номер МИАЦ", "Внешний номер"]
    said = " ".join(str(cell) for row in table for cell in row)
    assert not any(digits in re.sub(r"\D", "", said) for digits in people)
    answer.close()


def test_a_filter_is_kept_renamed_shared_deleted_and_brought_back(
    db: Database, clinic: House, client: FlaskClient, signed_in: Clients
) -> None:
    late = filed(db, clinic, due_on=TODAY - timedelta(days=1))
    assert "Сохранить вид" in page(client, "/queue?term=late&priority=обычный")
    text = followed(client, "/queue/views?term=late&priority=обычный", name="Мои горящие")
    assert 'aria-current="page">Мои горящие<b>1</b>' in text
    assert rows(text) == [late]
    with db.read() as session:
        one = session.scalars(select(SavedView.id)).one()
    colleague = signed_in(factories.account(db, "miac_lead"))
    assert "Мои горящие" not in page(colleague)
    text = followed(client, f"/queue/views/{one}", name="Горит у всех", shared="1")
    assert "Горит у всех" in text
    assert "Горит у всех" in page(colleague)
    assert colleague.post(f"/queue/views/{one}", data={"name": "Моё"}).status_code == 409
    assert colleague.post(f"/queue/views/{one}/delete").status_code == 409
    assert "Сохранить свою копию" in page(colleague, f"/queue/views/{one}")
    text = followed(client, f"/queue/views/{one}/delete")
    undo = re.search(r'action="(/queue/views/restore[^"]+)"', text)
    assert undo
    assert "Горит у всех" not in page(client)
    assert "Горит у всех" in followed(client, undo[1])
    with db.read() as session:
        back = session.scalars(select(SavedView)).one()
        assert (back.shared, back.query) == (True, {"term": ["late"], "priority": ["обычный"]})


def test_a_view_without_a_name_or_of_a_known_one_is_asked_for_again(client: FlaskClient) -> None:
    answer = client.post("/queue/views?term=late", data={"name": "  "})
    assert answer.status_code == 422
    assert "Назовите вид" in answer.get_data(as_text=True)
    followed(client, "/queue/views?term=late", name="Срочное")
    answer = client.post("/queue/views?term=today", data={"name": "Срочное", "shared": "1"})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "уже есть" in text
    assert 'value="Срочное"' in text
    assert "checked" in text


def test_somebody_elses_own_view_is_not_there(
    db: Database, client: FlaskClient, signed_in: Clients
) -> None:
    followed(client, "/queue/views?term=late", name="Моё")
    with db.read() as session:
        one = session.scalars(select(SavedView.id)).one()
    other = signed_in(factories.account(db, "miac_specialist"))
    assert other.get(f"/queue/views/{one}").status_code == 404
    assert other.post(f"/queue/views/{one}/delete").status_code == 404


@pytest.mark.parametrize("was", ["", "x", "[]", '{"query": 1}'])
def test_a_spoilt_way_back_of_a_view_is_refused(client: FlaskClient, was: str) -> None:
    assert client.post("/queue/views/restore", query_string={"was": was}).status_code == 422


def test_beyond_what_is_counted_the_page_stands_without_numbers(
    db: Database, clinic: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_view, "MOST", 2)
    monkeypatch.setattr(queue_view, "MOST_ON_TAB", 1)
    for _ in range(3):
        filed(db, clinic)
    text = page(client)
    assert len(rows(text)) == 3
    assert "1–3 из более чем 2" in text
    assert "Все открытые<b>1+</b>" in text
    assert re.search(r"<span>просрочено</span><b></b>", text)
    assert rows(page(client, "/queue?state=in_review")) == []
