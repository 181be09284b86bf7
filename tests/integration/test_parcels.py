"""The parcel: what leaves, where it goes, what to mind of it (R11-R17, R29, R37-R41, X14, X31)."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pikepdf
import pytest
from docx import Document

from accessflow.db.session import Database
from accessflow.db.tables import Organization, Request, User
from accessflow.documents import media
from accessflow.documents.scan import look
from accessflow.domain.errors import Invalid
from accessflow.services import files, parcel_files, parcels, requests, scans
from accessflow.services.files import FileStore
from accessflow.services.parcels import Parcel
from tests import scan_examples as paper
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house
from tests.signing_examples import printed, ready, scanned, signed, upload


@pytest.fixture
def ours(db: Database) -> House:
    return house(db, short_name="ГБУЗ ЛО «Приозёрская РБ»", miac_outside=True)


def built(ours: House, store: FileStore, request_id: int, **more: Any) -> Parcel:
    with ours.db.read() as session:
        request = session.get_one(Request, request_id)
        return parcels.build(session, catalogue(), store, request, NOON, **more)


def attach(ours: House, store: FileStore, request_id: int, kind: str, content: bytes) -> None:
    with ours.db.write() as session:
        request = session.get_one(Request, request_id)
        files.attach(
            session, store, request, content, name="Скан.pdf", kind=kind, actor=ours.actor, now=NOON
        )


def single(ours: House, form: str) -> int:
    made = requests.create_single(
        ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), form=form
    )
    ours.state(made, "ready")
    return made


def labels(parcel: Parcel) -> list[str]:
    return [file.label for file in parcel.files]


def test_the_set_is_cover_sheet_document_and_signed_scan(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    signed(ours, store, request)
    parcel = built(ours, store, request)
    assert labels(parcel) == [
        "обращение по приложению 2", "форма, .xlsx", "форма, .docx", "скан с подписью, .pdf",
    ]  # fmt: skip
    for file in parcel.files:
        assert media.media_type(file.content) == file.media_type
    assert [file.name.rpartition(".")[2] for file in parcel.files] == [
        "docx",
        "xlsx",
        "docx",
        "pdf",
    ]
    assert "2026-00001" in parcel.subject
    assert (parcel.recipients, parcel.cc) == (("ib_lomiac@lenreg.ru",), ())
    assert (parcel.channel, parcel.warning, parcel.password) == ("mail", "", "")


def test_the_cover_holds_what_the_regulation_asks_for(ours: House, store: FileStore) -> None:
    """R14: organisation, author, position, phone, e-mail, description, expected result."""
    with ours.db.write() as session:
        author = session.get_one(User, ours.user)
        author.name, author.position = "Малахова Екатерина Юрьевна", "Секретарь"
        author.phone, author.email = "8 (81379) 5-00-10", "sekretar@prb.example"
    [request] = ready(ours, people=3)
    cover = built(ours, store, request).files[0]
    [table] = Document(io.BytesIO(cover.content)).tables
    told = {row.cells[0].text: row.cells[1].text for row in table.rows}
    values = list(told.values())
    assert values[1:5] == [
        "Малахова Екатерина Юрьевна", "Секретарь", "8 (81379) 5-00-10", "sekretar@prb.example",
    ]  # fmt: skip
    assert values[5] == (
        "Просим предоставить доступ к системе «ФРМСС»: 3 сотрудника."
        " Приложение 8, заявка 2026-00001."
    )
    assert values[7] == "средняя"
    assert values[8].startswith("Доступ предоставлен")


def test_a_revocation_says_so_in_its_subject(ours: House, store: FileStore) -> None:
    [request] = ours.make("frmss", action="revoke")
    assert "УДАЛЕНИЕ ДОСТУПА" in built(ours, store, request).subject


def test_without_a_scan_the_parcel_has_none(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    assert "скан с подписью, .pdf" not in labels(built(ours, store, request))


def test_where_miac_works_here_no_letter_leaves(ours: House, store: FileStore) -> None:
    with ours.db.write() as session:
        session.get_one(Organization, ours.organization).miac_outside = False
    [request] = ready(ours)
    parcel = built(ours, store, request)
    assert (parcel.channel, parcel.recipients, parcel.cc) == ("accessflow", (), ())


def test_the_register_of_the_vaccinated_goes_to_its_own_box_with_a_warning(
    ours: House, store: FileStore
) -> None:
    [request] = ready(ours, "frv")
    parcel = built(ours, store, request)
    assert parcel.recipients == ("ukhina.kzdrav@mail.ru",)
    assert "персональные данные" in parcel.warning


def test_network_access_goes_to_its_office_with_a_copy(ours: House, store: FileStore) -> None:
    parcel = built(ours, store, single(ours, "appendix-15"))
    assert (parcel.recipients, parcel.cc) == (("kis@lenreg.ru",), ("ib_lomiac@lenreg.ru",))


def test_a_deletion_goes_to_both_and_its_status_only_encrypted(
    ours: House, store: FileStore
) -> None:
    request = single(ours, "appendix-16")
    status = paper.pdf(paper.drawn(paper.printed(pages=2)))
    attach(ours, store, request, "certificate_status", status)
    parcel = built(ours, store, request)
    assert set(parcel.recipients) == {"ib_lomiac@lenreg.ru", "sec.lokz@lenreg.ru"}
    file = parcel.files[-1]
    assert file.label == "«Статус свидетельств», зашифрован"
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(file.content))
    with pikepdf.open(io.BytesIO(file.content), password=parcel.password) as opened:
        assert len(opened.pages) == 2
        assert opened.encryption.bits == 256
    assert parcel.password == built(ours, store, request).password
    assert len(parcel.password.replace(" ", "")) == 16
    assert all(status not in each.content for each in parcel.files)


def test_nothing_leaves_as_if_it_were_encrypted() -> None:
    with pytest.raises(ValueError, match="password"):
        parcel_files.encrypted("a.pdf", paper.printed(), "")


def test_an_archive_goes_to_the_node_of_those_who_have_one(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    with pytest.raises(Invalid, match="Этим способом"):
        built(ours, store, request, channel="vipnet")
    with ours.db.write() as session:
        session.get_one(Organization, ours.organization).vipnet_ready = True
    signed(ours, store, request)
    parcel = built(ours, store, request, channel="vipnet")
    assert parcel.vipnet == "1928061E ZDRAV-Client-SPb-MIAC3"
    assert parcel.recipients == ()
    with zipfile.ZipFile(io.BytesIO(parcels.archive(parcel))) as unpacked:
        names = unpacked.namelist()
        assert names == [file.name for file in parcel.files]
        assert unpacked.testzip() is None
    for name in [*names, parcel.archive_name]:
        assert not set('<>:"/\\|?*«»') & set(name)
        assert len(name) <= 130
    assert parcel.archive_name.endswith(".zip")


def test_files_of_one_name_stay_apart(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    for _ in range(2):
        attach(ours, store, request, "attachment", paper.printed())
    names = [file.name for file in built(ours, store, request).files]
    assert names[-2:] == ["Скан.pdf", "Скан (2).pdf"]


def test_miac_forwards_its_own_page_under_its_directors_signature(
    ours: House, store: FileStore
) -> None:
    [request] = ready(ours, "vimis-onko")
    outgoing = paper.scanned(printed(ours, request, "miac"))
    signed(ours, store, request)
    ours.state(request, "in_review")
    miac = another(ours.db, "miac_specialist")
    upload(ours, store, request, outgoing, kind="director_scan", actor=miac)
    parcel = built(ours, store, request, stage="forwarding")
    assert labels(parcel) == ["форма, .xlsx", "форма, .docx", "скан с подписью, .pdf"]
    with ours.db.read() as session:
        row = scans.current(session, session.get_one(Request, request), "director_scan")
        assert row is not None
        assert parcel.files[-1].content == store.read(row.sha256)
    text = "\n".join(
        paragraph.text for paragraph in Document(io.BytesIO(parcel.files[1].content)).paragraphs
    )
    assert "Курнаев Д.В." in text
    assert parcel.recipients == ("egisz@stp-egisz.ru",)


def test_the_committee_sends_its_stage_to_the_owner(ours: House, store: FileStore) -> None:
    [request] = ready(ours, "vimis-akineo")
    content = scanned(ours, request)
    ours.state(request, "at_committee")
    committee = another(ours.db, "committee")
    upload(ours, store, request, content, kind="committee_scan", actor=committee)
    parcel = built(ours, store, request, stage="committee")
    assert parcel.recipients == ("vimis-akineo@rt-eu.ru",)
    assert parcel.cc == ("kas@oparina4.ru",)
    assert [sheet.code is not None for sheet in look(parcel.files[-1].content)] == [True]


def test_what_left_is_kept_byte_for_byte(ours: House, store: FileStore) -> None:
    request = single(ours, "appendix-16")
    attach(ours, store, request, "certificate_status", paper.printed())
    with ours.db.write() as session:
        row = session.get_one(Request, request)
        parcel = parcels.build(session, catalogue(), store, row, NOON)
        parcels.keep(session, store, row, parcel, actor=ours.actor, now=NOON)
    with ours.db.read() as session:
        kept = parcels.kept(session, session.get_one(Request, request))
        assert [store.read(file.sha256) for file in kept] == [f.content for f in parcel.files]
        assert [file.name for file in kept] == [f.name for f in parcel.files]
        assert [bool(file.checks.get("password")) for file in kept] == [False] * 3 + [True]
        assert parcels.kept(session, session.get_one(Request, request), "forwarding") == ()
