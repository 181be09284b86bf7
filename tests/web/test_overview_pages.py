"""«Обзор» as МИАЦ's lead reads it: what a page says is what its links open."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.domain.roles import Role
from tests import factories
from tests.overview_examples import fill
from tests.web.test_settings_pages import text_of

Clients = Callable[[int], FlaskClient]
LINK = re.compile(r'<a (?:class="[^"]*" )?href="(/overview/list\?[^"]*)"(?: aria-label="([^"]*)")?')

NUMBER = re.compile(
    r'<a href="(/overview/list\?[^"]*)"><span class="visually-hidden">[^<]*: </span>(\d+)<'
)


@pytest.fixture
def client_as(db: Database, signed_in: Clients) -> Callable[[Role], FlaskClient]:
    return lambda role: signed_in(factories.account(db, role))


@pytest.fixture
def lead(db: Database, client_as: Callable[[Role], FlaskClient]) -> FlaskClient:
    fill(db, 150, seed=11)
    return client_as("miac_lead")


def listed(client: FlaskClient, address: str) -> int:
    """How many the list says that it holds."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = text_of(answer)
    if "Таких заявок нет" in page:
        return 0
    found = re.search(r"\d+–\d+ из (\d+)", page)
    assert found
    return int(found[1])


@pytest.mark.parametrize("query", ["", "?period=year", "?period=4w&system=rmo", "?system=-",
                                   "?period=own&since=2026-10-01&until=2026-10-31"])  # fmt: skip
def test_every_bar_and_number_opens_just_what_it_counts(lead: FlaskClient, query: str) -> None:
    page = lead.get(f"/overview{query}").get_data(as_text=True)
    told: dict[str, int] = {}
    for href, words in LINK.findall(page):
        if number := re.search(r"(?:: |всего |поступило |закрыто |поздно |сейчас )(\d+)$", words):
            told[html.unescape(href)] = int(number[1])
    numbers = (
        r'<a href="(/overview/list\?[^"]*)"><span class="visually-hidden">[^<]*: </span>(\d+)<'
    )
    told |= {html.unescape(href): int(n) for href, n in re.findall(numbers, page)}
    assert len(told) > 20
    for address, count in told.items():
        assert listed(lead, address) == count, address


def test_the_figures_open_just_what_they_count(lead: FlaskClient) -> None:
    page = text_of(lead.get("/overview"))
    figures = re.findall(
        r'class="af-card" href="([^"]*)">.*?<strong[^>]*>(\d+)[^<]*</strong>(\d+)?', page, re.DOTALL
    )
    assert len(figures) == 6
    (gone, _, _), *others = figures
    assert gone == "/dismissals/report/rights"  # its list is proved with the report
    for href, number, part in others:
        wanted = int(part) if "in_term" in href else None if "judged" in href else int(number)
        assert wanted is None or listed(lead, href) == wanted, href


def test_names_open_their_lists(lead: FlaskClient) -> None:
    page = text_of(lead.get("/overview"))
    line = re.search(
        r'<tr><td><a href="([^"]*organization=\d+[^"]*)"[^>]*>[^<]*</a></td><td[^>]*>(\d+)<', page
    )
    assert line
    assert listed(lead, line[1]) == int(line[2])
    step = re.search(r'href="([^"]*figure=step[^"]*)">[^<]*</a></td><td[^>]*>(\d+)<', page)
    assert step
    assert listed(lead, step[1]) == int(step[2])


def test_lists_are_paged_sorted_and_taken_away(lead: FlaskClient) -> None:
    address = "/overview/list?period=year&figure=received"
    number = listed(lead, address)
    assert number > 25
    assert "Назад" in text_of(lead.get(f"{address}&page=2&sort=sent"))
    file = lead.get(address.replace("/list?", "/list.xlsx?"))
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).active
    assert sheet is not None
    assert sheet.max_row == number + 2


def test_the_overview_is_taken_away_as_tables(lead: FlaskClient) -> None:
    file = lead.get("/overview/export.xlsx?period=year")
    book = openpyxl.load_workbook(io.BytesIO(file.data))
    assert book.sheetnames == ["Главное", "По времени", "По системам", "По организациям",
                               "По специалистам", "Отказы", "Шаги"]  # fmt: skip
    main = {row[0]: row[1] for row in book["Главное"].iter_rows(min_row=3, values_only=True)}
    assert main["Поступило"] == listed(lead, "/overview/list?period=year&figure=received")
    times = book["По времени"].iter_rows(min_row=3, values_only=True)
    received = sum(int(str(row[2])) for row in times)
    assert received == main["Поступило"]


@pytest.mark.parametrize(
    "query",
    ["period=own&since=2026-11-30&until=2026-11-01", "period=own&since=вчера", "period=never",
     "organization=999", "system=none", "period=own&since=0001-01-01"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_gives_the_twelve_weeks(
    lead: FlaskClient, query: str
) -> None:
    assert "07.09.2026 — 23.11.2026" in text_of(lead.get(f"/overview?{query}"))


def test_an_unknown_figure_is_not_there(lead: FlaskClient) -> None:
    assert lead.get("/overview/list?figure=luck").status_code == 404


def test_an_empty_office_is_told_in_words(client_as: Callable[[Role], FlaskClient]) -> None:
    page = text_of(client_as("committee").get("/overview"))
    assert "Ни одной просрочки." in page
    assert "Отказов не было." in page
    assert "За это время ни один шаг не пройден." in page


@pytest.mark.parametrize(
    ("role", "start"), [("miac_lead", "/overview"), ("committee", "/overview")]
)
def test_the_overview_is_where_leads_begin(
    client_as: Callable[[Role], FlaskClient], role: Role, start: str
) -> None:
    assert client_as(role).get("/").location == start


def test_specialists_and_organisations_have_none(client_as: Callable[[Role], FlaskClient]) -> None:
    roles: tuple[Role, ...] = ("miac_specialist", "secretary", "hr", "signatory")
    for role in roles:
        assert client_as(role).get("/overview").status_code == 403
