"""Registering by hand what reached МИАЦ by mail or on paper."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.tables import Request
from accessflow.services.printing import file_of, model_of
from tests import factories
from tests.life_examples import Life, paper
from tests.signing_examples import TODAY
from tests.web.conftest import Client


def given(ours: Life, matter: str = "frmss:grant", **more: Any) -> dict[str, Any]:
    known = {"matter": matter, "organization": ours.house.organization, "channel": "paper",
             "on": "20.11.2026"}  # fmt: skip
    return known | more


def row(number: int = 0, **values: str) -> dict[str, str]:
    digits = factories.snils()
    told = {"last_name": "Петрова", "first_name": "Анна", "middle_name": "Ивановна",
            "snils": digits, "position": "Врач", "email": f"p{digits}@prb.example",
            "work_phone": "8 (81379) 5-00-21", "contact_phone": "+7 921 000-00-00",
            "role": "Медицинский работник"} | values  # fmt: skip
    return {f"row-{number}-{key}": text for key, text in told.items()}


def scan() -> dict[str, Any]:
    return {"scan": (io.BytesIO(paper()), "скан.pdf")}


def newest(ours: Life) -> Request:
    with ours.db.read() as session:
        return session.scalars(select(Request).order_by(Request.id.desc()).limit(1)).one()


def test_paper_is_registered_with_its_scan_and_counts_from_the_day_it_came(
    ours: Life, desk: FlaskClient
) -> None:
    assert "ФРМСС" in desk.get("/queue/new").text
    assert "Скан с подписью и печатью" in desk.get("/queue/new?matter=frmss:grant").text
    answer = desk.post("/queue/new", data=given(ours) | row() | scan())
    made = newest(ours)
    assert answer.status_code == 303
    assert answer.location == f"/queue/{made.id}"
    assert (made.state, made.channel, made.row_count) == ("registered", "paper", 1)
    assert made.registration_no == "МИАЦ-2026-000001"
    page = desk.get(answer.location).text
    assert "осталось 28 дней</b> (до 21.12.2026)" in page
    assert "Петрова Анна Ивановна" in page


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    ours: Life, desk: FlaskClient
) -> None:
    typed = given(ours, organization="", on="сегодня") | row(last_name="Длиннофамильская") | scan()
    answer = desk.post("/queue/new", data=typed)
    assert answer.status_code == 422
    assert "Это не дата. Пример: 23.11.2026." in answer.text
    assert "Файлы выберите ещё раз" in answer.text
    assert "Длиннофамильская" in answer.text
    typed = given(ours, organization="", on="20.11.2026") | row()
    answer = desk.post("/queue/new", data=typed)
    assert "Выберите организацию" in answer.text
    assert "Приложите скан того, что пришло" in answer.text
    with ours.db.read() as session:
        assert session.scalars(select(Request)).all() == []


def test_more_rows_keep_those_that_are_there(ours: Life, desk: FlaskClient) -> None:
    page = desk.post("/queue/new", data=given(ours, more="1") | row(last_name="Первая")).text
    assert 'value="Первая"' in page
    assert 'name="row-5-last_name"' in page


def test_our_own_sheet_brings_its_rows(ours: Life, desk: FlaskClient) -> None:
    from accessflow.services.applications import check_of

    other = ours.draft("frmss", people=2)
    with ours.db.read() as session:
        check = check_of(session, ours.catalogue, session.get_one(Request, other))
        sheet = file_of(model_of(check, ours.catalogue, TODAY), "xlsx").data
    assert desk.post("/queue/new", data=given(ours, "sheet") | scan()).status_code == 422
    files = scan() | {"sheet": (io.BytesIO(sheet), "заявка.xlsx")}
    assert desk.post("/queue/new", data=given(ours, "sheet") | files).status_code == 303
    assert newest(ours).row_count == 2


def test_a_problem_asks_for_its_subject(ours: Life, desk: FlaskClient) -> None:
    page = desk.get("/queue/new?matter=appendix-02:cover").text
    assert "О чём обращение" in page
    told = {"field-description": "Не входит", "field-expected_result": "Вход",
            "field-author_name": "Иванова И.И."}  # fmt: skip
    typed = given(ours, "appendix-02:cover", subject="access") | told
    assert desk.post("/queue/new", data=typed | scan()).status_code == 303
    assert newest(ours).kind == "technical"


def test_only_miac_takes_in_by_hand(ours: Life, signed_in: Client) -> None:
    office = signed_in(ours.house.user)
    assert office.get("/queue/new").status_code == 403
    assert office.post("/queue/new", data=given(ours) | row() | scan()).status_code == 403
    assert signed_in(ours.actor("auditor").user_id or 0).get("/queue/new").status_code == 403
