"""«Профиль»: reached from every page, kept per person, errors beside their fields."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import Preference, User
from tests import factories

GOOD = {
    "position": "Секретарь",
    "phone": "8 (81379) 5-00-21",
    "email": "sekretar@prb.example",
    "digest": "y",
    "quiet_from": "21:00",
    "quiet_until": "07:30",
}


@pytest.fixture
def user(db: Database) -> int:
    return factories.account(db, "secretary")


@pytest.fixture
def client(signed_in: Callable[[int], FlaskClient], user: int) -> FlaskClient:
    return signed_in(user)


def test_the_name_in_the_bar_leads_there(client: FlaskClient) -> None:
    assert 'href="/profile"' in client.get("/requests").get_data(as_text=True)


def test_what_is_saved_is_shown_again(client: FlaskClient, db: Database, user: int) -> None:
    assert client.post("/profile", data=GOOD).status_code == 302
    with db.read() as session:
        row = session.get_one(Preference, user)
        assert (row.digest, row.quiet_from, row.quiet_until) == (True, "21:00", "07:30")
        assert session.get_one(User, user).email == "sekretar@prb.example"
    text = client.get("/profile").get_data(as_text=True)
    for shown in ("Профиль сохранён", 'value="21:00"', 'value="07:30"', "8 (81379) 5-00-21"):
        assert shown in text


def test_keys_of_one_letter_can_be_switched_off(client: FlaskClient) -> None:
    assert "data-no-letters" not in client.get("/profile").get_data(as_text=True)
    client.post("/profile", data=GOOD)  # the box was left empty
    assert "data-no-letters" in client.get("/profile").get_data(as_text=True)
    client.post("/profile", data={**GOOD, "letters_keys": "y"})
    assert "data-no-letters" not in client.get("/profile").get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("email", "sekretar", "нет знака @"),
        ("phone", "12", "цифр"),
        ("quiet_from", "25:00", "Время пишется так"),
        ("quiet_until", "", "и начало, и конец"),
        ("quiet_until", "21:00", "тихих часов так нет"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, db: Database, user: int, name: str, value: str, said: str
) -> None:
    answer = client.post("/profile", data={**GOOD, name: value})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    assert 'value="Секретарь"' in text
    assert f'value="{value}"' in text
    with db.read() as session:
        assert session.get(Preference, user) is None
        assert session.get_one(User, user).position == ""
