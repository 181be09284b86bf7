"""The pages of changes and of what runs out: nothing typed is lost, nobody else's is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Grant, JobChange, Request
from accessflow.documents.sheet_in import read_tables
from accessflow.services import ledger_imports
from tests import factories
from tests.factories import NOON
from tests.request_examples import House, house

WORKER, ADMIN = "Медицинский работник", "Администратор МО"
pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def clinic(db: Database) -> House:
    return house(db)


@pytest.fixture
def client(clinic: House, signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return signed_in(clinic.user)


def holder(clinic: House, system: str = "frmss", left: int | None = 10) -> tuple[int, int]:
    """A job and its right, which ends in so many days."""
    job = clinic.hire("Зимина Елена Андреевна", position="Медицинская сестра")
    with clinic.db.write() as session:
        ledger_imports.open_from_list(
            session, session.get_one(Employment, job), system, WORKER, NOON,
            on=NOON.date() - timedelta(days=90), reference="список, строка 2",
            expires_on=None if left is None else NOON.date() + timedelta(days=left),
        )  # fmt: skip
        session.flush()
        return job, session.scalars(select(Grant.id).where(Grant.employment_id == job)).one()


def another_right(clinic: House, job: int, system: str) -> int:
    """One more right of the job, without a role; its id."""
    with clinic.db.write() as session:
        ledger_imports.open_from_list(
            session, session.get_one(Employment, job), system, "", NOON, on=NOON.date(),
            reference="список, строка 3",
        )  # fmt: skip
        session.flush()
        wanted = select(Grant.id).where(Grant.employment_id == job, Grant.system == system)
        return session.scalars(wanted).one()


def test_a_refused_change_keeps_what_was_typed(client: FlaskClient, clinic: House) -> None:
    job, right = holder(clinic)
    typed = {f"right-{right}": "keep", "ground": "приказ № 7-к", "happened_on": "2026-11-20"}
    answer = client.post(f"/changes/role/{job}", data=typed)
    assert answer.status_code == 422
    assert "Отметьте хотя бы один доступ" in answer.text
    assert 'value="приказ № 7-к"' in answer.text
    assert 'value="2026-11-20"' in answer.text


def test_a_transfer_that_moves_nobody_is_said_so(client: FlaskClient, clinic: House) -> None:
    job, right = holder(clinic)
    typed = {"position": "Медицинская сестра", "unit_id": "", f"right-{right}": f"change:{ADMIN}"}
    answer = client.post(f"/changes/unit/{job}", data=typed)
    assert answer.status_code == 422
    assert "Ни подразделение, ни должность не изменились." in answer.text
    assert f'value="change:{ADMIN}" selected' in answer.text


def test_a_name_that_cannot_be_read_stands_by_its_field(client: FlaskClient, clinic: House) -> None:
    job, _ = holder(clinic)
    typed = {"last_name": "Cидорова", "first_name": "Елена", "middle_name": "Андреевна"}
    answer = client.post(f"/changes/name/{job}", data=typed)
    assert answer.status_code == 422
    assert 'value="Cидорова"' in answer.text
    assert 'id="last_name-e"' in answer.text


def test_a_new_name_is_led_by_what_each_form_prints(client: FlaskClient, clinic: House) -> None:
    job, right = holder(clinic)
    by_name = another_right(clinic, job, "ipra")
    page = client.get(f"/changes/name/{job}").text
    assert "СНИЛС в форме нет: учётную запись узнают по одному ФИО" in page
    assert re.findall(r'value="(\w+)" selected', page) == ["tell", "again"]
    typed = {
        "last_name": "Орлова", "first_name": "Елена", "middle_name": "Андреевна",
        "email": "orlova@prb.example", f"way-{right}": "tell", f"way-{by_name}": "keep",
    }  # fmt: skip
    asked = client.post(f"/changes/name/{job}", data=typed)
    assert asked.status_code == 422
    assert "Не отмечено под новым ФИО: «Сотрудник занесён в ФРМР»" in asked.text
    assert re.findall(r'value="(\w+)" selected', asked.text) == ["tell", "keep"]
    done = client.post(f"/changes/name/{job}", data={**typed, "ready": "frmr"})
    assert done.status_code == 303
    assert "обращение: новые данные пользователя" in client.get(done.location).text.lower()


def test_both_cards_and_the_persons_page_show_the_pair(
    client: FlaskClient, clinic: House, db: Database,
    signed_in: Callable[[int], FlaskClient],
) -> None:  # fmt: skip
    job, right = holder(clinic)
    answer = client.post(f"/changes/role/{job}", data={f"right-{right}": f"change:{ADMIN}"})
    assert answer.status_code == 303
    with db.read() as session:
        [change] = session.scalars(select(JobChange.id))
        revocation, grant = session.scalars(select(Request.id).order_by(Request.id))
        person = session.get_one(Employment, job).person_id
    assert "Пара: " in client.get(f"/requests/{grant}").text
    assert f"/requests/{grant}" in client.get(f"/requests/{revocation}").text
    assert "Смена роли, 23.11.2026" in client.get(f"/people/{person}").text
    answer = signed_in(factories.account(db, "miac_specialist")).get(f"/changes/{change}")
    assert answer.status_code == 200
    assert "2026-00001" not in answer.text  # not sent yet: МИАЦ sees no draft


def test_miac_sees_on_one_half_what_became_of_the_other(
    client: FlaskClient, clinic: House, db: Database, signed_in: Callable[[int], FlaskClient]
) -> None:
    job, right = holder(clinic)
    client.post(f"/changes/role/{job}", data={f"right-{right}": f"change:{ADMIN}"})
    with db.read() as session:
        revocation, grant = session.scalars(select(Request.id).order_by(Request.id))
    for half in (revocation, grant):
        clinic.state(half, "registered")
    miac = signed_in(factories.account(db, "miac_specialist"))
    assert "предоставление новой роли, зарегистрирована" in miac.get(f"/queue/{revocation}").text
    clinic.state(grant, "refused")
    assert "Смена роли не состоится целиком" in miac.get(f"/queue/{revocation}").text


def test_what_runs_out_is_found_sorted_and_taken_away_as_a_sheet(
    client: FlaskClient, clinic: House
) -> None:
    holder(clinic, "rmo", 40)
    job, _ = holder(clinic)
    page = client.get("/renewals")
    assert page.text.index("ФРМСС") < page.text.index("осталось 40 дней")
    digits = clinic.snils(job)
    answer = client.post("/renewals/search", data={"q": digits, "days": "365"})
    assert digits not in answer.location
    assert "осталось 40 дней" not in client.get(answer.location).text
    [table] = read_tables(client.get("/renewals/export.xlsx").data, "истекают.xlsx")
    assert len(table.rows) == 4  # the title, the headers, two rights
    assert digits not in str(table.rows)


def test_a_renewal_without_a_day_keeps_the_picks(client: FlaskClient, clinic: House) -> None:
    _, right = holder(clinic)
    answer = client.post("/renewals/renew", data={"pick": [right], "until": ""})
    assert answer.status_code == 422
    assert "Впишите, до какого дня продлить" in answer.text
    assert " checked" in answer.text
    assert client.post("/renewals/renew", data={"until": "2027-12-31"}).status_code == 422


def test_what_is_let_go_can_be_taken_back_from_its_message(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    _, right = holder(clinic)
    client.post("/renewals/leave", data={"pick": [right]})
    page = client.get("/renewals?tab=left")
    assert f"/renewals/resume?ids={right}" in page.text
    client.post(f"/renewals/resume?ids={right}")
    with db.read() as session:
        assert session.get_one(Grant, right).no_renewal is False
