"""«На подпись»: printed in one go, scans laid and confirmed, files served safely, sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accessflow.db.session import Database
from accessflow.db.tables import (
    Attestation,
    Organization,
    Person,
    Request,
    RequestFile,
    RequestMessage,
    ScanBatch,
    User,
)
from accessflow.services import files, timeline
from accessflow.services.files import FileStore
from tests import factories
from tests import scan_examples as paper
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house
from tests.signing_examples import one, printed, ready, scanned, signed

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def ours(db: Database) -> House:
    """A clinic of which nothing is missing but signatures."""
    made = house(db, short_name="ГБУЗ ЛО «Приозёрская РБ»", inn="4703123451",
                 legal_address="188760, Приозерск, ул. Калинина, 27")  # fmt: skip
    with db.write() as session:
        user = session.get_one(User, made.user)
        user.name, user.position = "Малахова Екатерина Юрьевна", "Секретарь"
        user.phone, user.email = "8 (81379) 5-00-10", "sekretar@prb.example"
    return made


@pytest.fixture
def store(app: Flask) -> FileStore:
    found: FileStore = app.extensions["accessflow"].files
    return found


@pytest.fixture
def client(ours: House, signed_in: SignIn) -> FlaskClient:
    return signed_in(ours.user)


def waiting(ours: House, *systems: str) -> list[int]:
    """Applications without an error, ready to be signed; everybody is entered in ФРМР."""
    made = ready(ours, *(systems or ("frmss",)))
    with ours.db.write() as session:
        for person in session.scalars(select(Person)):
            for kind in ("frmr", "esia", "gosuslugi"):
                session.merge(Attestation(person_id=person.id, kind=kind, user_id=ours.user,
                                          at=NOON))  # fmt: skip
        for request_id in made:
            request = session.get_one(Request, request_id)
            request.error_count = 0
            for row in request.rows:
                row.answers = {**row.answers, "role": "Медицинский работник"}
    return made


def files_of(*contents: bytes, name: str = "скан.pdf", **more: str) -> dict[str, object]:
    return {"scan": [(io.BytesIO(content), name) for content in contents], **more}


def post(client: FlaskClient, path: str, data: dict[str, object]) -> TestResponse:
    answer = client.post(path, data=data, content_type="multipart/form-data")
    # The test client itself puts a long body into a temporary file and forgets it.
    answer.request.environ["wsgi.input"].close()
    return answer


def only(ours: House, kind: str = "scan") -> RequestFile:
    with ours.db.read() as session:
        return session.scalars(select(RequestFile).where(RequestFile.kind == kind)).one()


def test_the_empty_page_says_what_will_be_there(client: FlaskClient) -> None:
    page = client.get("/signing").text
    assert "На подпись ничего нет" in page
    assert "Черновики" in page


def test_it_is_the_heads_first_page_with_the_count_of_what_waits(
    ours: House, signed_in: SignIn
) -> None:
    waiting(ours, "frmss", "rmo")
    head = signed_in(factories.account(ours.db, "signatory", ours.organization))
    assert head.get("/").location == "/signing"
    page = head.get("/signing").text
    assert "<b>2<span" in page
    assert "2026-00001" in page
    assert "2026-00002" in page
    assert "Отправить" not in page


def test_miac_has_no_such_page(db: Database, signed_in: SignIn) -> None:
    specialist = signed_in(factories.account(db, "miac_specialist"))
    assert specialist.get("/signing").status_code == 403
    assert "На подпись" not in specialist.get("/requests").text


def test_what_is_picked_comes_as_one_pdf(ours: House, client: FlaskClient) -> None:
    first, second = waiting(ours, "frmss", "rmo")
    answer = client.post("/signing/print", data={"pick": [first, second]})
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert len(document.pages) == 2
    page = client.get("/signing").text
    assert "23.11, 12:00" in page
    assert client.post("/signing/print").status_code == 422


def test_a_scan_is_laid_looked_at_and_confirmed(ours: House, client: FlaskClient) -> None:
    [request] = waiting(ours)
    path = f"/requests/{request}/signing"
    assert "Напечатать версию 1" in client.get(path).text
    answer = post(client, path, files_of(scanned(ours, request, skew=2)))
    assert answer.location == path
    page = client.get(path).text
    assert "QR-код: это заявка 2026-00001, версия 1" in page
    assert "Страниц 1 из 1" in page
    assert "посмотрите подпись и печать" in page
    file = only(ours)
    client.post(f"/requests/{request}/scans/{file.id}/confirm")
    assert only(ours).confirmed
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
    ours: House, client: FlaskClient, content: bytes, words: str
) -> None:
    [request] = waiting(ours)
    answer = post(client, f"/requests/{request}/signing", files_of(content))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text


def test_without_a_file_the_page_says_so(ours: House, client: FlaskClient) -> None:
    [request] = waiting(ours)
    answer = post(client, f"/requests/{request}/signing", {})
    assert answer.status_code == 422
    assert "Выберите файл" in answer.text


def test_a_page_is_turned(ours: House, client: FlaskClient, store: FileStore) -> None:
    [request] = waiting(ours)
    file = signed(ours, store, request)
    before = only(ours).sha256
    answer = client.post(f"/requests/{request}/scans/{file}/turn", data={"turn": "1:90"})
    assert answer.status_code == 303
    assert only(ours).sha256 != before
    assert client.post(f"/requests/{request}/scans/{file}/turn").status_code == 422


def test_one_scan_of_all_is_laid_and_the_rest_assigned(ours: House, client: FlaskClient) -> None:
    first, second = waiting(ours, "frmss", "rmo")
    [page] = paper.drawn(printed(ours, second))
    page.paste(255, (int(page.width * 0.85), int(page.height * 0.8), *page.size))
    content = paper.pdf([*paper.drawn(printed(ours, first)), page])
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
    with ours.db.read() as session:
        rows = session.scalars(select(RequestFile).where(RequestFile.kind == "scan")).all()
        picked = [f"{row.request_id}:{row.id}" for row in rows]
        assert session.scalars(select(ScanBatch)).one().done_at is not None
    client.post("/signing/confirm", data={"scan-of": picked})
    assert "Готовы к отправке" in client.get("/signing").text


def test_what_is_missing_leads_to_its_place(ours: House, client: FlaskClient) -> None:
    [request] = waiting(ours)
    page = client.get(f"/requests/{request}/send").text
    assert "Чтобы отправить, осталось: 1" in page
    assert f'href="/requests/{request}/signing"' in page
    answer = client.post(f"/requests/{request}/send")
    assert answer.status_code == 409
    assert "Отправить пока нельзя" in answer.text
    assert one(ours, request).state == "ready"


def test_an_error_in_what_waits_leads_back_to_the_draft(ours: House, client: FlaskClient) -> None:
    [request] = ready(ours)  # without a role
    page = client.get(f"/requests/{request}/send").text
    assert f'href="/requests/{request}/actions/rework"' in page
    assert client.get(f"/requests/{request}/actions/rework").status_code == 200


def test_sending_gives_the_number_at_once(
    ours: House, client: FlaskClient, store: FileStore
) -> None:
    [request] = waiting(ours)
    signed(ours, store, request)
    page = client.get(f"/requests/{request}/send").text
    assert "скан с подписью, .pdf" in page
    assert "в очередь МИАЦ" in page
    assert "Чтобы отправить" not in page
    answer = client.post(f"/requests/{request}/send", follow_redirects=True)
    assert "номер МИАЦ: МИАЦ-2026-000001" in answer.text
    assert one(ours, request).state == "registered"


def test_a_page_that_is_out_of_date_does_not_send(
    ours: House, client: FlaskClient, store: FileStore
) -> None:
    [request] = waiting(ours)
    signed(ours, store, request)
    with ours.db.write() as session:
        row = session.get_one(Request, request)
        timeline.append(session, row, actor=ours.actor, now=NOON, action="rework", target="draft")
        timeline.append(session, row, actor=ours.actor, now=NOON, action="prepare", target="ready")
    answer = client.post(f"/requests/{request}/send", data={"seen": "2"})
    assert answer.status_code == 409
    assert "Пока вы смотрели, заявку изменили" in answer.text


def test_many_are_sent_and_what_could_not_be_is_told(
    ours: House, client: FlaskClient, store: FileStore
) -> None:
    first, second = waiting(ours, "frmss", "rmo")
    signed(ours, store, first)
    answer = client.post("/signing/send", data={"pick": [first, second]})
    assert "Отправлено: 1 заявка" in answer.text
    assert "МИАЦ-2026-000001" in answer.text
    assert "Нет скана с подписью и печатью" in answer.text
    assert [one(ours, r).state for r in (first, second)] == ["registered", "ready"]


def test_where_miac_is_outside_the_letter_is_shown_with_its_warning(
    ours: House, client: FlaskClient
) -> None:
    with ours.db.write() as session:
        organization = session.get_one(Organization, ours.organization)
        organization.miac_outside = organization.vipnet_ready = True
    plain, register = waiting(ours, "frmss", "frv")
    page = client.get(f"/requests/{plain}/send").text
    assert "ib_lomiac@lenreg.ru" in page
    assert "«Деловой почте» ViPNet" in page
    assert "1928061E" in client.get(f"/requests/{plain}/send?channel=vipnet").text
    page = client.get(f"/requests/{register}/send").text
    assert "ukhina.kzdrav@mail.ru" in page
    assert "персональные данные" in page


def test_the_archive_holds_the_parcel_and_after_sending_what_was_sent(
    ours: House, client: FlaskClient, store: FileStore
) -> None:
    with ours.db.write() as session:
        session.get_one(Organization, ours.organization).miac_outside = True
    [request] = waiting(ours)
    signed(ours, store, request)
    answer = client.get(f"/requests/{request}/parcel.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(archive.namelist()) == 4
    client.post(f"/requests/{request}/send")
    with ours.db.write() as session:
        session.get_one(Organization, ours.organization).short_name = "ГБУЗ ЛО «Новая»"
    answer = client.get(f"/requests/{request}/parcel.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(archive.namelist()) == 4
        assert all("Приозёрская" in name for name in archive.namelist())


def test_a_repeat_is_told_before_sending(
    ours: House, client: FlaskClient, store: FileStore
) -> None:
    worker = ours.hire()
    first, second = [ours.make("frmss", people=(worker,))[0] for _ in range(2)]
    ours.state(first, "closed")
    with ours.db.write() as session:
        session.get_one(Request, first).rows[0].outcome = "granted"
    ours.state(second, "ready")
    page = client.get(f"/requests/{second}/send").text
    assert "Такое уже подавали" in page
    assert 'name="acknowledged"' in page


def attach(ours: House, store: FileStore, request_id: int, content: bytes, name: str,
           kind: str = "attachment", message_id: int | None = None) -> int:  # fmt: skip
    with ours.db.write() as session:
        request = session.get_one(Request, request_id)
        return files.attach(
            session, store, request, content, name=name, kind=kind, actor=ours.actor, now=NOON,
            message_id=message_id,
        ).id  # fmt: skip


def test_a_file_is_served_under_a_safe_type_and_never_runs(
    ours: House, client: FlaskClient, store: FileStore
) -> None:
    [request] = waiting(ours)
    html = attach(ours, store, request, b"<script>alert(1)</script>", "x.html", "answer_file")
    picture = attach(ours, store, request, paper.png(paper.blank(72)), "x.png", "screenshot")
    pdf = attach(ours, store, request, paper.printed(), "x.pdf")
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


def test_who_sees_a_file(ours: House, signed_in: SignIn, store: FileStore) -> None:
    [request] = waiting(ours)
    own = attach(ours, store, request, paper.printed(), "x.pdf")
    stranger = signed_in(house(ours.db).user)
    miac = signed_in(another(ours.db, "miac_specialist").user_id or 0)
    assert stranger.get(f"/files/{own}").status_code == 404
    assert miac.get(f"/files/{own}").status_code == 404  # not sent yet
    ours.state(request, "registered")
    assert miac.get(f"/files/{own}").status_code == 200
    assert stranger.get(f"/files/{own}").status_code == 404


def test_a_file_of_an_internal_note_is_miacs_alone(
    ours: House, client: FlaskClient, signed_in: SignIn, store: FileStore
) -> None:
    [request] = waiting(ours)
    ours.state(request, "in_review")
    miac = another(ours.db, "miac_specialist")
    with ours.db.write() as session:
        notes = [RequestMessage(request_id=request, user_id=miac.user_id, at=NOON, internal=inside,
                                text="см. файл") for inside in (True, False)]  # fmt: skip
        session.add_all(notes)
        session.flush()
        internal, message = (note.id for note in notes)
    secret = attach(ours, store, request, paper.printed(), "a.pdf", message_id=internal)
    told = attach(ours, store, request, paper.printed(), "b.pdf", message_id=message)
    assert client.get(f"/files/{secret}").status_code == 404
    assert client.get(f"/files/{secret}/1.png").status_code == 404
    assert client.get(f"/files/{told}").status_code == 200
    assert signed_in(miac.user_id or 0).get(f"/files/{secret}").status_code == 200


def test_files_are_put_to_an_application_and_taken_off(ours: House, client: FlaskClient) -> None:
    from accessflow.services import requests

    request = requests.create_single(
        ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), form="appendix-16"
    )
    path = f"/requests/{request}"
    page = client.get(f"{path}/signing").text
    assert "«Статус свидетельств»" in page
    data = files_of(paper.printed(), kind="certificate_status")
    assert post(client, f"{path}/files", data).status_code == 303
    file = only(ours, "certificate_status")
    assert file.checks["password"]
    page = client.get(f"{path}/send").text
    assert "Пароль назовите получателю по телефону" in page
    assert file.checks["password"] in page
    wrong = post(client, f"{path}/files", files_of(b"text", kind="certificate_status"))
    assert wrong.status_code == 422
    assert "принимаются PDF, PNG, JPEG" in wrong.text
    client.post(f"{path}/files/{file.id}/remove")
    assert only(ours, "certificate_status").voided_at is not None
    assert "Пароль назовите" not in client.get(f"{path}/send").text


def test_the_editors_button_takes_to_the_signature(ours: House, client: FlaskClient) -> None:
    [request] = ours.make("frmss")
    path = f"/requests/{request}/edit"
    answer = client.post(path, data={"op": "prepare"})
    assert answer.status_code == 409
    assert "есть ошибки" in answer.text
    with ours.db.write() as session:
        row = session.get_one(Request, request).rows[0]
        row.answers = {**row.answers, "role": "Медицинский работник"}
        session.get_one(Request, request).error_count = 0
    answer = client.post(path, data={"op": "prepare"})
    assert answer.location == f"/requests/{request}/signing"
    assert one(ours, request).state == "ready"


def test_the_next_of_those_made_together_follows(ours: House, client: FlaskClient) -> None:
    first, second = ours.make("frmss", "rmo")
    with ours.db.write() as session:
        for request_id in (first, second):
            session.get_one(Request, request_id).error_count = 0
    answer = client.post(f"/requests/{first}/edit", data={"op": "prepare"})
    assert answer.location == f"/requests/{second}/edit"
    answer = client.post(f"/requests/{second}/edit", data={"op": "prepare"})
    assert answer.location == "/signing"


def test_a_file_too_large_is_told(ours: House, client: FlaskClient) -> None:
    [request] = waiting(ours)
    content = b"%PDF-" + b"0" * files.MAX_SIZE
    answer = post(client, f"/requests/{request}/signing", files_of(content))
    assert answer.status_code in (413, 422)
    assert "25 МБ" in answer.text


def test_scans_lie_in_the_data_folder(
    ours: House, client: FlaskClient, tmp_path: Path, store: FileStore
) -> None:
    [request] = waiting(ours)
    post(client, f"/requests/{request}/signing", files_of(scanned(ours, request)))
    assert store.folder == tmp_path / "files"
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 2
