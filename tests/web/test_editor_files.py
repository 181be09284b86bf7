"""The files and the preview of a draft, as they are taken from its editor."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from urllib.parse import unquote

from flask.testing import FlaskClient

from accessflow.db.session import Database
from tests.draft_examples import answers, draft, people, row_ids
from tests.editor_examples import page, post
from tests.request_examples import House, another


def test_the_files_come_with_a_name_in_russian(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(2))
    for kind, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK"), ("zip", b"PK")):
        answer = client.get(f"/requests/{request}/files/{kind}")
        header = answer.headers["Content-Disposition"]
        assert answer.status_code == 200
        assert answer.data.startswith(start)
        assert header.startswith("attachment; ")
        assert header.isascii()
        assert "ФРМСС" in unquote(header)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_archive_holds_the_same_three_files(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(2))
    data = client.get(f"/requests/{request}/files/zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sorted(name.rpartition(".")[2] for name in archive.namelist()) == [
            "docx",
            "pdf",
            "xlsx",
        ]
        pdf = next(name for name in archive.namelist() if name.endswith(".pdf"))
        assert archive.read(pdf) == client.get(f"/requests/{request}/files/pdf").data


def test_what_is_no_file_is_not_found(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(1))
    assert client.get(f"/requests/{request}/files/exe").status_code == 404


def test_the_outgoing_page_of_appendix_5_is_for_miac_alone(
    client: FlaskClient, clinic: House, db: Database, signed_in: Callable[[int], FlaskClient]
) -> None:
    request = draft(clinic, people(1), form="appendix-05", system="vimis-onko")
    assert client.get(f"/requests/{request}/files/pdf?rendering=miac").status_code == 403
    clinic.state(request, "registered")
    miac = signed_in(another(db, "miac_specialist").user_id or 0)
    theirs = miac.get(f"/requests/{request}/files/pdf?rendering=miac")
    assert theirs.status_code == 200
    assert theirs.data != miac.get(f"/requests/{request}/files/pdf").data


def test_a_download_without_javascript_saves_first(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    answer = post(client, request, "file::pdf", **{f"r{row}__position": "Санитарка"})
    assert answer.headers["Location"] == f"/requests/{request}/files/pdf"
    assert answers(db, request)[0]["position"] == "Санитарка"


def test_the_preview_is_the_page_and_is_not_drawn_again_for_the_same_content(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(30))
    first = client.get(f"/requests/{request}/preview/1.png")
    assert first.mimetype == "image/png"
    assert first.data.startswith(b"\x89PNG")
    tag = first.headers["ETag"]
    again = client.get(f"/requests/{request}/preview/1.png", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    post(client, request, "save", signatory="")
    changed = client.get(f"/requests/{request}/preview/1.png", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)
    assert client.get(f"/requests/{request}/preview/9.png").status_code == 404


def test_the_pages_are_turned_without_javascript(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(60))
    html = page(client, request, "?page=2")
    assert "страница 2 из" in html
    assert f"/requests/{request}/preview/2.png?v=1" in html
    assert 'alt="Страница 2 из' in html
    last = re.search(r"страница 2 из (\d+)", html)
    assert last
    assert f"страница {last[1]} из {last[1]}" in page(client, request, "?page=99")
