"""Pages of МИАЦ's work: who leads an application, who is away."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from accessflow.db.tables import User
from tests.life_examples import Life
from tests.request_examples import another
from tests.web.conftest import Client


@pytest.fixture
def boris(ours: Life) -> int:
    made = another(ours.db, "miac_specialist", None).user_id or 0
    with ours.db.write() as session:
        session.get_one(User, made).name = "Борисов Борис Борисович"
    return made


def test_the_card_hands_over_with_a_note_that_an_organisation_does_not_see(
    ours: Life, desk: FlaskClient, boris: int, signed_in: Client
) -> None:
    made = ours.sent()
    assert "Исполнитель" in desk.get(f"/queue/{made}").text
    answer = desk.post(f"/queue/{made}/assign", data={
        "assignee": boris, "note": "Ждём справку", "back": f"/queue/{made}?state=registered",
    })  # fmt: skip
    assert (answer.status_code, answer.location) == (303, f"/queue/{made}?state=registered")
    page = desk.get(f"/queue/{made}").text
    assert "ведёт Борисов Б. Б." in page
    assert "Ждём справку" in page
    assert "Ждём справку" not in signed_in(ours.house.user).get(f"/requests/{made}").text


def test_taken_over_by_a_button_of_the_card(ours: Life, desk: FlaskClient, boris: int) -> None:
    made = ours.sent()
    desk.post(f"/queue/{made}/assign", data={"assignee": boris})
    assert "Взять себе" in desk.get(f"/queue/{made}").text
    desk.post(f"/queue/{made}/assign", data={"do": "take", "assignee": boris})
    assert ours.one(made).assignee_id == ours.actor("miac_specialist").user_id
    assert "Взять себе" not in desk.get(f"/queue/{made}").text


def test_a_refused_handing_over_keeps_what_was_typed(
    ours: Life, desk: FlaskClient, boris: int
) -> None:
    made = ours.sent()
    desk.post(f"/queue/{made}/assign", data={"assignee": boris})
    answer = desk.post(f"/queue/{made}/assign", data={"assignee": boris, "note": "Посмотри сам"})
    assert answer.status_code == 409
    assert "её уже ведёт Борисов Борис Борисович" in answer.text
    assert "Посмотри сам" in answer.text
    long = desk.post(f"/queue/{made}/assign", data={"assignee": "", "note": "о" * 1001})
    assert long.status_code == 422
    assert "длиннее 1000" in long.text


def test_who_is_away_is_entered_shown_at_the_choice_and_ended(
    ours: Life, desk: FlaskClient, boris: int
) -> None:
    own = ours.actor("miac_specialist").user_id
    made = ours.sent()
    desk.post(f"/queue/{made}/assign", data={"do": "take"})
    answer = desk.post("/queue/absences", data={
        "user": own, "substitute": boris, "since": "23.11.2026", "until": "30.11.2026",
    })  # fmt: skip
    assert answer.status_code == 303
    page = desk.get("/queue/absences").text
    assert "23.11.2026 – 30.11.2026" in page
    assert "сейчас" in page
    card = desk.get(f"/queue/{made}").text
    assert "замещает Борисов Б. Б." in card
    assert "нет до 30.11, замещает Борисов Б. Б." in card
    assert desk.post("/queue/absences/remove", data={"absence": "1"}).status_code == 303
    page = desk.get("/queue/absences").text
    assert "Все на месте" in page
    undo = page.split("data-toast")[1].split('action="')[1].split('"')[0].replace("&amp;", "&")
    assert desk.post(undo).status_code == 303
    assert "23.11.2026 – 30.11.2026" in desk.get("/queue/absences").text


def test_wrong_days_are_told_beside_their_field_and_kept(
    ours: Life, desk: FlaskClient, boris: int
) -> None:
    answer = desk.post("/queue/absences", data={
        "user": ours.actor("miac_specialist").user_id, "substitute": boris, "since": "завтра",
        "until": "30.11.2026",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "Дата пишется так: 23.11.2026" in answer.text
    assert 'value="завтра"' in answer.text
    assert 'value="30.11.2026"' in answer.text
    assert desk.post("/queue/absences/remove").status_code == 422


def test_a_specialist_enters_only_the_own_absence(
    ours: Life, desk: FlaskClient, boris: int, signed_in: Client
) -> None:
    page = desk.get("/queue/absences").text
    whose = page.split('id="user"')[1].split("</select>")[0]
    assert f'value="{boris}"' not in whose
    lead = signed_in(ours.actor("miac_lead").user_id or 0)
    whose = lead.get("/queue/absences").text.split('id="user"')[1].split("</select>")[0]
    assert f'value="{boris}"' in whose
