"""«На подпись»: printed in one go; scans laid, turned, assigned and confirmed."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import (
    Request,
    RequestFile,
    ScanBatch,
)
from accessflow.services.files import FileStore
from tests import factories
from tests import scan_examples as paper
from tests.request_examples import House
from tests.signing_examples import lacking_nothing, one, printed, scanned, signed, waiting
from tests.web.conftest import Client
from tests.web.scan_posts import files_of, only, post


@pytest.fixture
def clinic(db: Database) -> House:
    return lacking_nothing(db)


def test_the_empty_page_says_what_will_be_there(client: FlaskClient) -> None:
    page = client.get("/signing").text
    assert "На подпись ничего нет" in page
    assert "Черновики" in page


def test_it_is_the_heads_first_page_with_the_count_of_what_waits(
    clinic: House, signed_in: Client
) -> None:
    waiting(clinic, "frmss", "rmo")
    head = signed_in(factories.account(clinic.db, "signatory", clinic.organization))
    assert head.get("/").location == "/signing"
    page = head.get("/signing").text
    assert "<b>2<span" in page
    assert "2026-00001" in page
    assert "2026-00002" in page
    assert "Отправить" not in page


def test_miac_has_no_such_page(db: Database, signed_in: Client) -> None:
    specialist = signed_in(factories.account(db, "miac_specialist"))
    assert specialist.get("/signing").status_code == 403
    assert "На подпись" not in specialist.get("/requests").text


def test_what_is_picked_comes_as_one_pdf(clinic: House, client: FlaskClient) -> None:
    first, second = waiting(clinic, "frmss", "rmo")
    answer = client.post("/signing/print", data={"pick": [first, second]})
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert len(document.pages) == 2
    page = client.get("/signing").text
    assert "23.11, 12:00" in page
    assert client.post("/signing/print").status_code == 422


def test_a_scan_is_laid_looked_at_and_confirmed(clinic: House, client: FlaskClient) -> None:
    [request] = waiting(clinic)
    path = f"/requests/{request}/signing"
    assert "Напечатать версию 1" in client.get(path).text
    answer = post(client, path, files_of(scanned(clinic, request, skew=2)))
    assert answer.location == path
    page = client.get(path).text
    assert "QR-код: это заявка 2026-00001, версия 1" in page
    assert "Страниц 1 из 1" in page
    assert "посмотрите подпись и печать" in page
    file = only(clinic)
    client.post(f"/requests/{request}/scans/{file.id}/confirm")
    assert only(clinic).confirmed
    assert "подпись и печать есть" in client.get(path).text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00", "не распознан, а принимаются PDF, PNG, JPEG"),
        (b"%PDF-1.7 broken", "повреждён и не открывается"),
        (paper.scanned(paper.printed("2026-00777")), "из заявки 2026-00777"),
        (paper.pdf([paper.blank()]), "Все страницы скана пустые"),
    ],
)
def test_what_is_no_scan_of_it_is_refused_on_the_page(
    clinic: House, client: FlaskClient, content: bytes, words: str
) -> None:
    [request] = waiting(clinic)
    answer = post(client, f"/requests/{request}/signing", files_of(content))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text


def test_without_a_file_the_page_says_so(clinic: House, client: FlaskClient) -> None:
    [request] = waiting(clinic)
    answer = post(client, f"/requests/{request}/signing", {})
    assert answer.status_code == 422
    assert "Выберите файл" in answer.text


def test_a_page_is_turned(clinic: House, client: FlaskClient, store: FileStore) -> None:
    [request] = waiting(clinic)
    file = signed(clinic, store, request)
    before = only(clinic).sha256
    answer = client.post(f"/requests/{request}/scans/{file}/turn", data={"turn": "1:90"})
    assert answer.status_code == 303
    assert only(clinic).sha256 != before
    assert client.post(f"/requests/{request}/scans/{file}/turn").status_code == 422


def test_one_scan_of_all_is_laid_and_the_rest_assigned(clinic: House, client: FlaskClient) -> None:
    first, second = waiting(clinic, "frmss", "rmo")
    [page] = paper.drawn(printed(clinic, second))
    page.paste(255, (int(page.width * 0.85), int(page.height * 0.8), *page.size))
    content = paper.pdf([*paper.drawn(printed(clinic, first)), page])
    answer = post(client, "/signing/scans", files_of(content))
    batch = answer.location
    shown = client.get(batch).text
    assert "Чьи это страницы?" in shown
    assert "2026-00001" in shown
    assert client.get(f"{batch}/2.png").mimetype == "image/png"
    assert "не все страницы разложены" in client.get("/signing").text
    turned = client.post(f"{batch}/turn", data={"turn": "2:90", "page-2": "0"})
    assert '<option value="0" selected>' in turned.text  # what was chosen stays
    assert "v=90" in turned.text
    assert client.post(f"{batch}/turn").status_code == 422
    client.post(batch, data={"page-2": second})
    assert "Все страницы разложены" in client.get(batch).text
    page_text = client.get("/signing").text
    assert "Посмотрите подпись и печать" in page_text
    with clinic.db.read() as session:
        rows = session.scalars(select(RequestFile).where(RequestFile.kind == "scan")).all()
        picked = [f"{row.request_id}:{row.id}" for row in rows]
        assert session.scalars(select(ScanBatch)).one().done_at is not None
    client.post("/signing/confirm", data={"scan-of": picked})
    assert "Готовы к отправке" in client.get("/signing").text


def test_the_editors_button_takes_to_the_signature(clinic: House, client: FlaskClient) -> None:
    [request] = clinic.make("frmss")
    path = f"/requests/{request}/edit"
    answer = client.post(path, data={"op": "prepare"})
    assert answer.status_code == 409
    assert "есть ошибки" in answer.text
    with clinic.db.write() as session:
        row = session.get_one(Request, request).rows[0]
        row.answers = {**row.answers, "role": "Медицинский работник"}
        session.get_one(Request, request).error_count = 0
    answer = client.post(path, data={"op": "prepare"})
    assert answer.location == f"/requests/{request}/signing"
    assert one(clinic, request).state == "ready"


def test_scans_lie_in_the_data_folder(
    clinic: House, client: FlaskClient, tmp_path: Path, store: FileStore
) -> None:
    [request] = waiting(clinic)
    post(client, f"/requests/{request}/signing", files_of(scanned(clinic, request)))
    assert store.folder == tmp_path / "files"
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 2
