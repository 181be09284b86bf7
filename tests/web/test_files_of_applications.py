"""Files of an application: put to it, taken off, served safely to those who may see them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import (
    Request,
    RequestMessage,
)
from accessflow.services import files
from accessflow.services.files import FileStore
from tests import scan_examples as paper
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house
from tests.signing_examples import lacking_nothing, waiting
from tests.web.conftest import Client
from tests.web.scan_posts import files_of, only, post


@pytest.fixture
def clinic(db: Database) -> House:
    return lacking_nothing(db)


def attach(clinic: House, store: FileStore, request_id: int, content: bytes, name: str,
           kind: str = "attachment", message_id: int | None = None) -> int:  # fmt: skip
    with clinic.db.write() as session:
        request = session.get_one(Request, request_id)
        return files.attach(
            session, store, request, content, name=name, kind=kind, actor=clinic.actor, now=NOON,
            message_id=message_id,
        ).id  # fmt: skip


def test_a_file_is_served_under_a_safe_type_and_never_runs(
    clinic: House, client: FlaskClient, store: FileStore
) -> None:
    [request] = waiting(clinic)
    html = attach(clinic, store, request, b"<script>alert(1)</script>", "x.html", "answer_file")
    picture = attach(clinic, store, request, paper.png(paper.blank(72)), "x.png", "screenshot")
    pdf = attach(clinic, store, request, paper.printed(), "x.pdf")
    for file, kind, shown in ((html, "text/plain", False), (picture, "image/png", True),
                              (pdf, "application/pdf", True)):  # fmt: skip
        answer = client.get(f"/files/{file}")
        assert answer.mimetype == kind
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith("inline;") == shown
        saved = client.get(f"/files/{file}?save=1")
        assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert client.get(f"/files/{pdf}/1.png").mimetype == "image/png"
    assert client.get(f"/files/{picture}/1.png").mimetype == "image/png"
    assert client.get(f"/files/{html}/1.png").status_code == 404
    assert client.get(f"/files/{pdf}/2.png").status_code == 404


def test_no_path_reaches_the_store(client: FlaskClient, store: FileStore) -> None:
    address = store.put(b"%PDF-secret")
    for path in (f"/files/{address}", f"/files/..%2F{address}", "/files/../config.py",
                 f"/files/{address[:2]}/{address}"):  # fmt: skip
        assert client.get(path).status_code == 404


def test_who_sees_a_file(clinic: House, signed_in: Client, store: FileStore) -> None:
    [request] = waiting(clinic)
    own = attach(clinic, store, request, paper.printed(), "x.pdf")
    stranger = signed_in(house(clinic.db).user)
    miac = signed_in(another(clinic.db, "miac_specialist").user_id or 0)
    assert stranger.get(f"/files/{own}").status_code == 404
    assert miac.get(f"/files/{own}").status_code == 404  # not sent yet
    clinic.state(request, "registered")
    assert miac.get(f"/files/{own}").status_code == 200
    assert stranger.get(f"/files/{own}").status_code == 404


def test_a_file_of_an_internal_note_is_miacs_alone(
    clinic: House, client: FlaskClient, signed_in: Client, store: FileStore
) -> None:
    [request] = waiting(clinic)
    clinic.state(request, "in_review")
    miac = another(clinic.db, "miac_specialist")
    with clinic.db.write() as session:
        notes = [RequestMessage(request_id=request, user_id=miac.user_id, at=NOON, internal=inside,
                                text="см. файл") for inside in (True, False)]  # fmt: skip
        session.add_all(notes)
        session.flush()
        internal, message = (note.id for note in notes)
    secret = attach(clinic, store, request, paper.printed(), "a.pdf", message_id=internal)
    told = attach(clinic, store, request, paper.printed(), "b.pdf", message_id=message)
    assert client.get(f"/files/{secret}").status_code == 404
    assert client.get(f"/files/{secret}/1.png").status_code == 404
    assert client.get(f"/files/{told}").status_code == 200
    assert signed_in(miac.user_id or 0).get(f"/files/{secret}").status_code == 200


def test_files_are_put_to_an_application_and_taken_off(clinic: House, client: FlaskClient) -> None:
    from accessflow.services import requests

    request = requests.create_single(
        clinic.db, actor=clinic.actor, now=NOON, catalogue=catalogue(), form="appendix-16"
    )
    path = f"/requests/{request}"
    page = client.get(f"{path}/signing").text
    assert "«Статус свидетельств»" in page
    data = files_of(paper.printed(), kind="certificate_status")
    assert post(client, f"{path}/files", data).status_code == 303
    file = only(clinic, "certificate_status")
    assert file.checks["password"]
    page = client.get(f"{path}/send").text
    assert "Пароль назовите получателю по телефону" in page
    assert file.checks["password"] in page
    wrong = post(client, f"{path}/files", files_of(b"text", kind="certificate_status"))
    assert wrong.status_code == 422
    assert "принимаются PDF, PNG, JPEG" in wrong.text
    client.post(f"{path}/files/{file.id}/remove")
    assert only(clinic, "certificate_status").voided_at is not None
    assert "Пароль назовите" not in client.get(f"{path}/send").text


def test_a_file_too_large_is_told(clinic: House, client: FlaskClient) -> None:
    [request] = waiting(clinic)
    content = b"%PDF-" + b"0" * files.MAX_SIZE
    answer = post(client, f"/requests/{request}/signing", files_of(content))
    assert answer.status_code in (413, 422)
    assert "25 МБ" in answer.text
