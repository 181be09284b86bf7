"""Files by their content: kept once, found by their address alone, refused by what they hold."""

from __future__ import annotations

import io
import zipfile
from threading import Thread

import pytest
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import StoredFile
from accessflow.documents import media
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services import files
from accessflow.services.files import FileStore
from tests.factories import NOON

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
PDF = b"%PDF-1.7\n..."


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def test_the_same_content_is_kept_once(db: Database, store: FileStore) -> None:
    for name in ("скан.pdf", "копия.pdf"):
        with db.write() as session:
            stored = files.put(session, store, PDF, name=name, now=NOON)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 1
    [file] = [path for path in store.folder.rglob("*") if path.is_file()]
    assert file.relative_to(store.folder).parts == (stored.sha256[:2], stored.sha256)
    assert (stored.size, stored.media_type) == (len(PDF), media.PDF)
    assert files.read(store, stored.sha256) == PDF


def test_two_at_once_keep_the_same_content(db: Database, store: FileStore) -> None:
    failed: list[Exception] = []

    def keep() -> None:
        try:
            with db.write() as session:
                files.put(session, store, PNG, name="a.png", now=NOON)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [Thread(target=keep) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


@pytest.mark.parametrize(
    "address", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n"]
)
def test_only_an_address_is_read(store: FileStore, address: str) -> None:
    with pytest.raises(NotFound):
        store.read(address)


def test_a_missing_and_a_damaged_file_are_told(store: FileStore) -> None:
    with pytest.raises(NotFound, match="нет в хранилище"):
        store.read("a" * 64)
    address = store.put(PDF)
    (store.folder / address[:2] / address).write_bytes(b"%PDF other")
    with pytest.raises(NotFound, match="повреждён"):
        store.read(address)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, media.PDF),
        (b"\xef\xbb\xbf%PDF-1.4", media.PDF),
        (PNG, media.PNG),
        (b"\xff\xd8\xff\xe0JFIF", media.JPEG),
        (archive("[Content_Types].xml", "word/document.xml"), media.DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), media.XLSX),
        (archive("a.xml"), media.ZIP),
        ("<?xml version='1.0'?><СЭМД/>".encode(), media.TEXT),
        ("Ошибка 500".encode("cp1251"), media.TEXT),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), ""),
        (b"MZ\x90\x00\x03", ""),
        (b"\x7fELF\x02", ""),
        (b"PK\x03\x04 broken", ""),
        (b"", ""),
    ],
)
def test_the_type_is_that_of_the_content(content: bytes, kind: str) -> None:
    assert media.media_type(content) == kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пустой"),
        (b"MZ\x90\x00", "не распознан, а принимаются PDF, PNG, JPEG"),
        (archive("a"), "внутри ZIP, а принимаются PDF, PNG, JPEG"),
        (b"%PDF-" + b"0" * files.MAX_SIZE, "25,0 МБ, а принимается до 25 МБ"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        files.checked(content, name="скан.pdf", accepted=files.SCANS)


@pytest.mark.parametrize(
    ("given", "media_type", "kept"),
    [
        ("скан.pdf", media.PDF, "скан.pdf"),
        ("C:\\Users\\x\\Скан 1.PDF", media.PDF, "Скан 1.pdf"),
        ("../../etc/passwd", media.PNG, "passwd.png"),
        ("virus.exe", media.TEXT, "virus.txt"),
        ("ответ.xml", media.TEXT, "ответ.xml"),
        ("Петрова 112-233-445 95.pdf", media.PDF, "Петрова.pdf"),
        ("con.pdf", media.PDF, "_con.pdf"),
        (".pdf", media.PDF, "accessflow.pdf"),
    ],
)
def test_a_name_is_safe_and_says_what_the_file_is(given: str, media_type: str, kept: str) -> None:
    assert files.clean_name(given, media_type) == kept
