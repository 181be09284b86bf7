"""The signed scan: laid where its code says, refused with the reason, voided by a change (R13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Organization, Request, RequestFile
from accessflow.documents import scan as scanning
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.forms.compare import ANYWAY
from accessflow.services import editing, scans, timeline
from accessflow.services.editing import Typed, TypedRow
from accessflow.services.files import FileStore
from accessflow.services.scan_checks import lines
from tests import scan_examples as paper
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house
from tests.signing_examples import (
    file_row,
    one,
    printed,
    ready,
    scanned,
    signed,
    upload,
)


@pytest.fixture
def ours(db: Database) -> House:
    return house(db)


def lying(ours: House, request_id: int, kind: str = "scan") -> RequestFile | None:
    with ours.db.read() as session:
        return scans.current(session, session.get_one(Request, request_id), kind)


def kinds(ours: House, request_id: int) -> list[str]:
    with ours.db.read() as session:
        rows = session.scalars(select(RequestFile.kind).where(RequestFile.request_id == request_id))
        return sorted(rows)


def actions(ours: House, request_id: int) -> list[str]:
    with ours.db.read() as session:
        return [event.action for event in timeline.events_of(session, request_id)]


def test_a_scan_lies_as_one_pdf_and_the_original_as_it_came(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    content = scanned(ours, request, skew=3, turned=180)
    laid = upload(ours, store, request, content)
    assert (laid.checks["code"], laid.checks["pages"], laid.checks["turned"]) == ("ok", 1, [1])
    row = lying(ours, request)
    assert row is not None
    assert (row.id, row.pages, row.content_version, row.confirmed) == (laid.file_id, 1, 1, False)
    assert [sheet.askew for sheet in scanning.look(store.read(row.sha256))] == [0]
    assert kinds(ours, request) == ["original", "scan"]
    with ours.db.read() as session:
        original = session.scalars(select(RequestFile).where(RequestFile.kind == "original")).one()
        assert store.read(original.sha256) == content
    assert actions(ours, request) == ["scan"]


def test_pages_may_come_in_several_files(ours: House, store: FileStore) -> None:
    [request] = ready(ours, people=30)
    pages = paper.drawn(printed(ours, request))
    assert len(pages) > 1
    laid = upload(ours, store, request, *(paper.jpeg(page) for page in pages))
    assert laid.checks["pages"] == laid.checks["expected"] == len(pages)
    assert kinds(ours, request).count("original") == len(pages)


def test_blank_backs_are_left_out(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    [page] = paper.drawn(printed(ours, request))
    laid = upload(ours, store, request, paper.pdf([page, paper.blank()]))
    assert (laid.checks["pages"], laid.checks["blank"]) == (1, 1)


def test_the_same_file_again_changes_nothing(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    content = scanned(ours, request)
    first = upload(ours, store, request, content)
    again = upload(ours, store, request, content, now=NOON + timedelta(hours=1))
    assert (again.file_id, again.repeated) == (first.file_id, True)
    assert actions(ours, request) == ["scan"]


def test_another_file_takes_the_place(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    first = signed(ours, store, request)
    second = upload(ours, store, request, scanned(ours, request, skew=1))
    assert not second.repeated
    row = lying(ours, request)
    assert row is not None
    assert (row.id, row.confirmed) == (second.file_id, False)
    assert "Заменён новым сканом 23.11.2026 в 12:00" in file_row(ours, first).void_reason


def test_the_scan_of_another_application_is_refused_by_name(ours: House, store: FileStore) -> None:
    mine, other = ready(ours, "frmss", "rmo")
    with pytest.raises(Invalid) as refused:
        upload(ours, store, mine, scanned(ours, other))
    assert one(ours, other).number in refused.value.message
    assert "«На подпись»" in refused.value.message
    assert kinds(ours, mine) == []


def change_a_name(ours: House, request_id: int) -> None:
    """A datum of the first row is typed anew."""
    ours.state(request_id, "draft")
    row = one(ours, request_id).rows[0]
    typed = TypedRow(row.id, {**row.answers, "last_name": "Кузнецова"}, ANYWAY)
    editing.save(
        ours.db, actor=ours.actor, now=NOON + timedelta(minutes=40), catalogue=catalogue(),
        request_id=request_id, typed=Typed(rows=(typed,)),
    )  # fmt: skip
    ours.state(request_id, "ready")


def test_a_change_of_the_data_voids_the_scan_in_words(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    laid = signed(ours, store, request)
    change_a_name(ours, request)
    assert one(ours, request).content_version == 2
    assert lying(ours, request) is None
    row = file_row(ours, laid)
    assert row.void_reason.startswith(
        "Скан версии 1 больше не действует: данные изменили 23.11.2026"
    )
    assert actions(ours, request)[-1] == "void_scan"
    with pytest.raises(Conflict, match="больше не действует"):
        scans.confirm(ours.db, actor=ours.actor, now=NOON, request_id=request, file_id=laid)


def test_a_scan_of_an_older_version_is_refused(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    old = scanned(ours, request)
    change_a_name(ours, request)
    with pytest.raises(Invalid, match="скан версии 1, а в заявке уже версия 2: данные изменили"):
        upload(ours, store, request, old)


def test_what_was_printed_under_another_name_of_the_organisation_is_refused(
    ours: House, store: FileStore
) -> None:
    [request] = ready(ours)
    old = scanned(ours, request)
    with ours.db.write() as session:
        session.get_one(Organization, ours.organization).short_name = "ГБУЗ ЛО «Новая»"
    with pytest.raises(Invalid, match="не то, что сейчас в заявке"):
        upload(ours, store, request, old)


def test_a_missing_page_is_refused_and_a_further_one_told(ours: House, store: FileStore) -> None:
    [request] = ready(ours, people=30)
    pages = paper.drawn(printed(ours, request))
    with pytest.raises(Invalid, match=f"в скане 1, а напечатано {len(pages)}"):
        upload(ours, store, request, paper.pdf(pages[:1]))
    laid = upload(ours, store, request, paper.pdf([*pages, pages[-1]]))
    assert laid.checks["pages"] == len(pages) + 1


@pytest.mark.parametrize(("dpi", "level"), [(150, "warn"), (200, "ok")])
def test_a_coarse_scan_is_told(ours: House, store: FileStore, dpi: int, level: str) -> None:
    [request] = ready(ours)
    laid = upload(ours, store, request, paper.scanned(printed(ours, request), dpi))
    [line] = [line for line in lines(laid.checks) if "dpi" in line.text]
    assert (line.level, line.text) == (level, f"Разрешение {dpi} dpi")


def test_an_illegible_scan_is_refused(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    with pytest.raises(Invalid, match="разрешение 72 dpi"):
        upload(ours, store, request, paper.scanned(printed(ours, request), 72))


def test_an_unreadable_code_waits_for_a_person(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    [page] = paper.drawn(printed(ours, request))
    page.paste(255, (int(page.width * 0.85), int(page.height * 0.8), *page.size))
    laid = upload(ours, store, request, paper.pdf([page]))
    assert laid.checks["code"] == "unreadable"
    row = lying(ours, request)
    assert row is not None
    assert not row.confirmed
    scans.confirm(ours.db, actor=ours.actor, now=NOON, request_id=request, file_id=laid.file_id)
    assert file_row(ours, laid.file_id).confirmed
    assert actions(ours, request) == ["scan", "confirm_scan"]


def test_only_blank_pages_are_no_scan(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    with pytest.raises(Invalid, match="пустые"):
        upload(ours, store, request, paper.pdf([paper.blank()]))


def test_a_page_is_turned_and_looked_at_again(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    laid = signed(ours, store, request)
    before = file_row(ours, laid).sha256
    scans.turn(
        ours.db, actor=ours.actor, now=NOON, files=store, request_id=request, file_id=laid,
        page=1, degrees=90,
    )  # fmt: skip
    row = file_row(ours, laid)
    assert (row.confirmed, row.sha256 != before) == (False, True)
    assert [sheet.askew for sheet in scanning.look(store.read(row.sha256))] == [270]
    assert actions(ours, request) == ["scan", "confirm_scan", "turn_scan"]


def test_who_may_lay_a_scan(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    content = scanned(ours, request)
    for role in ("signatory", "hr", "secretary"):
        upload(ours, store, request, content, actor=another(ours.db, role, ours.organization))
    for stranger in (another(ours.db, "secretary"), another(ours.db, "miac_lead")):
        with pytest.raises(NotFound):
            upload(ours, store, request, content, actor=stranger)
    ours.state(request, "in_review")
    with pytest.raises(Conflict, match="заменить нельзя"):
        upload(ours, store, request, content)
    with pytest.raises(Conflict, match="сама организация"):
        upload(ours, store, request, content, actor=another(ours.db, "miac_lead"))
    with pytest.raises(Forbidden):
        upload(ours, store, request, content, actor=another(ours.db, "auditor"))
    ours.state(request, "draft")
    with pytest.raises(Conflict, match="сначала нажмите «На подпись»"):
        upload(ours, store, request, content)


def test_what_came_on_paper_is_scanned_by_miac(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    content = scanned(ours, request)
    ours.state(request, "registered")
    with ours.db.write() as session:
        session.get_one(Request, request).channel = "paper"
    laid = upload(ours, store, request, content, actor=another(ours.db, "miac_specialist"))
    assert laid.checks["code"] == "ok"


def test_the_outgoing_page_is_signed_by_miacs_director(ours: House, store: FileStore) -> None:
    [request] = ready(ours, "vimis-onko")
    outgoing = paper.scanned(printed(ours, request, "miac"))
    theirs = scanned(ours, request)
    ours.state(request, "in_review")
    with pytest.raises(Forbidden):
        upload(ours, store, request, outgoing, kind="director_scan")
    miac = another(ours.db, "miac_specialist")
    with pytest.raises(Invalid, match="не то, что сейчас в заявке"):
        upload(ours, store, request, theirs, kind="director_scan", actor=miac)
    upload(ours, store, request, outgoing, kind="director_scan", actor=miac)
    assert lying(ours, request, "director_scan") is not None
    assert lying(ours, request) is None


def test_the_committee_lays_its_own(ours: House, store: FileStore) -> None:
    [request] = ready(ours, "vimis-akineo")
    content = scanned(ours, request)
    ours.state(request, "at_committee")
    committee = another(ours.db, "committee")
    upload(ours, store, request, content, kind="committee_scan", actor=committee)
    assert lying(ours, request, "committee_scan") is not None
    with pytest.raises(Forbidden):
        upload(ours, store, request, content, kind="committee_scan")
