"""МИАЦ works outside accessflow: the parcel leaves by mail or «Деловая почта», the secretary enters
number, questions and answers; the same life, complete (R5, R16, R24, R25)."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Letter, Organization
from tests.card_examples import outside
from tests.factories import NOON, FrozenClock
from tests.life_examples import Life, life

Clients = Callable[[int], FlaskClient]


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    found = life(db, tmp_path)
    outside(found)
    return found


@pytest.fixture
def client(ours: Life, signed_in: Clients) -> FlaskClient:
    return signed_in(ours.house.user)


def card(client: FlaskClient, request_id: int) -> str:
    answer = client.get(f"/requests/{request_id}")
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def act(client: FlaskClient, request_id: int, action: str, **typed: str) -> None:
    """As the page of the action sends it; its form must be there."""
    address = f"/requests/{request_id}/actions/{action}"
    assert client.get(address).status_code == 200, action
    answer = client.post(address, data=typed)
    assert answer.status_code == 303, (action, answer.get_data(as_text=True))


def sent(ours: Life, client: FlaskClient, people: int = 1, **typed: str) -> int:
    made = ours.ready(ours.draft(people=people))
    answer = client.post(f"/requests/{made}/send", data=typed)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return made


def letters(ours: Life, request_id: int) -> list[Letter]:
    with ours.db.read() as session:
        query = select(Letter).where(Letter.request_id == request_id).order_by(Letter.id)
        return list(session.scalars(query))


# The setting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["miac_lead", "admin"])
def test_those_above_say_by_organisation_where_miac_works(
    ours: Life, signed_in: Clients, role: str
) -> None:
    outside(ours, value=False)
    client = signed_in(ours.actor(role).user_id or 0)
    address = f"/organizations/{ours.house.organization}"
    assert "работает в accessflow" in client.get(address).get_data(as_text=True)
    form = client.get(f"{address}/edit").get_data(as_text=True)
    assert 'name="miac_outside"' in form
    with ours.db.read() as session:
        row = session.get_one(Organization, ours.house.organization)
        typed = {"kind": row.kind, "full_name": row.full_name, "short_name": row.short_name,
                 "oid": row.oid, "inn": row.inn, "subject_rf": row.subject_rf,
                 "mailbox": row.mailbox, "miac_outside": "y"}  # fmt: skip
    assert client.post(f"{address}/edit", data=typed).status_code == 302
    page = client.get(address).get_data(as_text=True)
    assert "вне accessflow" in page
    assert "МИАЦ работает вне системы" in page  # in the history


def test_the_organisation_itself_does_not_choose(ours: Life, client: FlaskClient) -> None:
    address = f"/organizations/{ours.house.organization}/edit"
    assert 'name="miac_outside"' not in client.get(address).get_data(as_text=True)
    with ours.db.read() as session:
        row = session.get_one(Organization, ours.house.organization)
        typed = {"kind": row.kind, "full_name": row.full_name, "short_name": "ГБУЗ «Новая»",
                 "oid": row.oid, "inn": row.inn, "subject_rf": row.subject_rf,
                 "mailbox": row.mailbox}  # fmt: skip
    assert client.post(address, data=typed).status_code == 302
    with ours.db.read() as session:
        row = session.get_one(Organization, ours.house.organization)
        assert (row.short_name, row.miac_outside) == ("ГБУЗ «Новая»", True)


# The life ---------------------------------------------------------------------------------------


def test_the_whole_life_is_entered_by_the_secretary(
    ours: Life, client: FlaskClient, signed_in: Clients, clock: FrozenClock
) -> None:
    made = sent(ours, client, people=2)
    assert ours.one(made).state == "sent"
    [parcel] = letters(ours, made)
    assert (parcel.to, len(parcel.attachments)) == (["ib_lomiac@lenreg.ru"], 4)
    assert "впишите номер МИАЦ" in card(client, made)
    clock.at = NOON + timedelta(days=2)
    client = signed_in(ours.house.user)  # the session of the day before yesterday is over
    act(client, made, "register", registration_no="ЛО-4711", happened_on="24.11.2026")
    found = ours.one(made)
    assert (found.state, found.registration_no) == ("registered", "ЛО-4711")
    assert "<b>осталось 29 дней</b> (до 24.12.2026)" in card(client, made)

    act(client, made, "request_info", text="Уточните должность.", happened_on="25.11.2026")
    assert "Уточните должность." in card(client, made)
    assert "на паузе" in card(client, made)
    clock.at = NOON + timedelta(days=4)
    client = signed_in(ours.house.user)
    data = {"op": "answer", "answer": "Врач-статистик.", "happened_on": "27.11.2026"}
    assert client.post(f"/requests/{made}/answer", data=data).status_code == 303
    assert "до 28.12.2026" in card(client, made)  # 24.12 and two days: a Saturday, so Monday

    act(client, made, "forward", forwarded_to="СТП ЕГИСЗ", external_no="SD-100")
    act(client, made, "note_external", external_no="SD-100", external_status="В очереди")
    assert "Их статус: В очереди." in card(client, made)
    first, second = ours.row_ids(made)
    act(client, made, "decide", **{f"outcome-{first}": "granted"})
    assert ours.one(made).state == "forwarded"
    act(client, made, "decide",
        **{f"outcome-{second}": "refused", f"cause-{second}": "not_in_frmr"})  # fmt: skip
    assert ours.one(made).state == "executed"
    page = card(client, made)
    assert "предоставлен" in page
    assert "сотрудника нет в ФРМР" in page
    act(client, made, "close")
    assert ours.one(made).state == "closed"
    # МИАЦ's own letters told it: accessflow repeats none of them.
    told = letters(ours, made)
    assert {letter.kind for letter in told} == {"parcel", "answered"}
    assert not any("ГКУЗ" in letter.text for letter in told)  # nothing in МИАЦ's name


@pytest.mark.parametrize(
    ("action", "typed", "state"),
    [
        ("refuse", {"cause": "no_seal", "text": "Печать не читается."}, "refused"),
        ("annul", {"cause": "not_template", "text": "Не та форма."}, "annulled"),
        ("ask_third", {"third_party": "Минздрав", "text": "Ждём Минздрав."}, "third_party"),
    ],
)
def test_other_answers_are_entered_as_well(
    ours: Life, client: FlaskClient, action: str, typed: dict[str, str], state: str
) -> None:
    made = sent(ours, client)
    act(client, made, "register", registration_no="ЛО-1")
    act(client, made, action, **typed)
    assert ours.one(made).state == state
    page = card(client, made)
    assert typed["text"] in page
    assert ("Создать исправленную копию" in page) == (state in ("refused", "annulled"))


def test_an_extension_bears_the_three_statements(ours: Life, client: FlaskClient) -> None:
    made = sent(ours, client)
    act(client, made, "register", registration_no="ЛО-1")
    typed = {"extension_cause": "not_reproducible", "until": "30.11.2026",
             "author_facts": "Нет", "outside_need": "Нужен разработчик",
             "actions_taken": "Звонили"}  # fmt: skip
    refused = client.post(f"/requests/{made}/actions/extend", data={**typed, "outside_need": ""})
    assert refused.status_code == 422
    act(client, made, "extend", **typed)
    assert "до 30.12.2026" in card(client, made)


def test_a_number_may_be_entered_once_only(ours: Life, client: FlaskClient) -> None:
    first, second = sent(ours, client), sent(ours, client)
    act(client, first, "register", registration_no="ЛО-1")
    refused = client.post(f"/requests/{second}/actions/register", data={"registration_no": "ЛО-1"})
    assert refused.status_code == 409
    assert 'value="ЛО-1"' in refused.get_data(as_text=True)
    assert ours.one(second).state == "sent"


def test_it_can_be_withdrawn_before_the_number_comes(ours: Life, client: FlaskClient) -> None:
    made = sent(ours, client)
    assert f"/requests/{made}/actions/withdraw" in card(client, made)
    act(client, made, "withdraw", note="Передумали")
    assert ours.one(made).state == "withdrawn"


def test_by_vipnet_the_archive_is_theirs_to_send(ours: Life, client: FlaskClient) -> None:
    with ours.db.write() as session:
        session.get_one(Organization, ours.house.organization).vipnet_ready = True
    made = sent(ours, client, channel="vipnet")
    assert letters(ours, made) == []
    page = card(client, made)
    assert "1928061E ZDRAV-Client-SPb-MIAC3" in page
    archive = client.get(f"/requests/{made}/parcel.zip")
    names = zipfile.ZipFile(io.BytesIO(archive.data)).namelist()
    assert sorted(name.rpartition(".")[2] for name in names) == ["docx", "docx", "pdf", "xlsx"]


def test_miac_does_not_see_what_it_would_do_in_the_other_way(
    ours: Life, client: FlaskClient, signed_in: Clients
) -> None:
    made = sent(ours, client)
    act(client, made, "register", registration_no="ЛО-1")
    miac = signed_in(ours.actor("miac_specialist").user_id or 0)
    assert f"/requests/{made}/actions/refuse" not in card(miac, made)
    assert client.get(f"/requests/{made}/actions/take").status_code == 409


def test_the_list_leads_to_the_number(ours: Life, client: FlaskClient) -> None:
    made = sent(ours, client)
    page = client.get("/requests").get_data(as_text=True)
    assert f'href="/requests/{made}/actions/register">Вписать номер' in page
    assert "ждёт номера МИАЦ с 23.11" in page
