"""An application is sent from its page: what is missing, its number, the parcel, repeats."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import (
    Organization,
    Request,
)
from accessflow.services import timeline
from accessflow.services.files import FileStore
from tests.factories import NOON
from tests.request_examples import House
from tests.signing_examples import lacking_nothing, one, ready, signed, waiting


@pytest.fixture
def clinic(db: Database) -> House:
    return lacking_nothing(db)


def test_what_is_missing_leads_to_its_place(clinic: House, client: FlaskClient) -> None:
    [request] = waiting(clinic)
    page = client.get(f"/requests/{request}/send").text
    assert "Чтобы отправить, осталось: 1" in page
    assert f'href="/requests/{request}/signing"' in page
    answer = client.post(f"/requests/{request}/send")
    assert answer.status_code == 409
    assert "Отправить пока нельзя" in answer.text
    assert one(clinic, request).state == "ready"


def test_an_error_in_what_waits_leads_back_to_the_draft(clinic: House, client: FlaskClient) -> None:
    [request] = ready(clinic)  # without a role
    page = client.get(f"/requests/{request}/send").text
    assert f'href="/requests/{request}/actions/rework"' in page
    assert client.get(f"/requests/{request}/actions/rework").status_code == 200


def test_sending_gives_the_number_at_once(
    clinic: House, client: FlaskClient, store: FileStore
) -> None:
    [request] = waiting(clinic)
    signed(clinic, store, request)
    page = client.get(f"/requests/{request}/send").text
    assert "скан с подписью, .pdf" in page
    assert "в очередь МИАЦ" in page
    assert "Чтобы отправить" not in page
    answer = client.post(f"/requests/{request}/send", follow_redirects=True)
    assert "номер МИАЦ: МИАЦ-2026-000001" in answer.text
    assert one(clinic, request).state == "registered"


def test_a_page_that_is_out_of_date_does_not_send(
    clinic: House, client: FlaskClient, store: FileStore
) -> None:
    [request] = waiting(clinic)
    signed(clinic, store, request)
    with clinic.db.write() as session:
        row = session.get_one(Request, request)
        timeline.append(session, row, actor=clinic.actor, now=NOON, action="rework", target="draft")
        timeline.append(
            session, row, actor=clinic.actor, now=NOON, action="prepare", target="ready"
        )
    answer = client.post(f"/requests/{request}/send", data={"seen": "2"})
    assert answer.status_code == 409
    assert "Пока вы смотрели, заявку изменили" in answer.text


def test_many_are_sent_and_what_could_not_be_is_told(
    clinic: House, client: FlaskClient, store: FileStore
) -> None:
    first, second = waiting(clinic, "frmss", "rmo")
    signed(clinic, store, first)
    answer = client.post("/signing/send", data={"pick": [first, second]})
    assert "Отправлено: 1 заявка" in answer.text
    assert "МИАЦ-2026-000001" in answer.text
    assert "Нет скана с подписью и печатью" in answer.text
    assert [one(clinic, r).state for r in (first, second)] == ["registered", "ready"]


def test_where_miac_is_outside_the_letter_is_shown_with_its_warning(
    clinic: House, client: FlaskClient
) -> None:
    with clinic.db.write() as session:
        organization = session.get_one(Organization, clinic.organization)
        organization.miac_outside = organization.vipnet_ready = True
    plain, register = waiting(clinic, "frmss", "frv")
    page = client.get(f"/requests/{plain}/send").text
    assert "ib_lomiac@lenreg.ru" in page
    assert "«Деловой почте» ViPNet" in page
    assert "1928061E" in client.get(f"/requests/{plain}/send?channel=vipnet").text
    page = client.get(f"/requests/{register}/send").text
    assert "ukhina.kzdrav@mail.ru" in page
    assert "персональные данные" in page


def test_the_archive_holds_the_parcel_and_after_sending_what_was_sent(
    clinic: House, client: FlaskClient, store: FileStore
) -> None:
    with clinic.db.write() as session:
        session.get_one(Organization, clinic.organization).miac_outside = True
    [request] = waiting(clinic)
    signed(clinic, store, request)
    answer = client.get(f"/requests/{request}/parcel.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(archive.namelist()) == 4
    client.post(f"/requests/{request}/send")
    with clinic.db.write() as session:
        session.get_one(Organization, clinic.organization).short_name = "ГБУЗ ЛО «Новая»"
    answer = client.get(f"/requests/{request}/parcel.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(archive.namelist()) == 4
        assert all("Приозёрская" in name for name in archive.namelist())


def test_a_repeat_is_told_before_sending(
    clinic: House, client: FlaskClient, store: FileStore
) -> None:
    worker = clinic.hire()
    first, second = [clinic.make("frmss", people=(worker,))[0] for _ in range(2)]
    clinic.state(first, "closed")
    with clinic.db.write() as session:
        session.get_one(Request, first).rows[0].outcome = "granted"
    clinic.state(second, "ready")
    page = client.get(f"/requests/{second}/send").text
    assert "Такое уже подавали" in page
    assert 'name="acknowledged"' in page


def test_the_next_of_those_made_together_follows(clinic: House, client: FlaskClient) -> None:
    first, second = clinic.make("frmss", "rmo")
    with clinic.db.write() as session:
        for request_id in (first, second):
            session.get_one(Request, request_id).error_count = 0
    answer = client.post(f"/requests/{first}/edit", data={"op": "prepare"})
    assert answer.location == f"/requests/{second}/edit"
    answer = client.post(f"/requests/{second}/edit", data={"op": "prepare"})
    assert answer.location == "/signing"
