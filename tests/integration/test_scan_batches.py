"""One scan of many applications: parted by code, laid to each, the rest waits for a person."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestFile, ScanBatch
from accessflow.documents.picture import page_picture
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.services import scan_batches, scans, signing, timeline
from accessflow.services.actor import Actor
from accessflow.services.counting import count_all
from accessflow.services.files import FileStore
from tests import scan_examples as paper
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house
from tests.signing_examples import one, printed, ready, signed, upload


@pytest.fixture
def ours(db: Database) -> House:
    return house(db)


def pages(ours: House, request_id: int) -> list[Image.Image]:
    return paper.drawn(printed(ours, request_id))


def without_code(page: Image.Image) -> Image.Image:
    page.paste(255, (int(page.width * 0.85), int(page.height * 0.8), *page.size))
    return page


def lay(ours: House, store: FileStore, *uploads: bytes, actor: Actor | None = None) -> int:
    return scan_batches.lay(
        ours.db, actor=actor or ours.actor, now=NOON, catalogue=catalogue(), files=store,
        uploads=[(f"{n}.pdf", content) for n, content in enumerate(uploads, 1)],
    )  # fmt: skip


def assign(ours: House, store: FileStore, batch_id: int, **pages: int) -> None:
    scan_batches.assign(
        ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), files=store,
        batch_id=batch_id, pages={int(key[1:]): value for key, value in pages.items()},
    )  # fmt: skip


def told(ours: House, batch_id: int) -> list[tuple[str, int | None]]:
    with ours.db.read() as session:
        batch = session.get_one(ScanBatch, batch_id)
        return [(page["state"], page["request_id"]) for page in batch.pages]


def reasons(ours: House, batch_id: int) -> list[str]:
    with ours.db.read() as session:
        return [page["reason"] for page in session.get_one(ScanBatch, batch_id).pages]


def done(ours: House, batch_id: int) -> bool:
    with ours.db.read() as session:
        return session.get_one(ScanBatch, batch_id).done_at is not None


def scanned_pages(ours: House, request_id: int) -> int:
    with ours.db.read() as session:
        row = scans.current(session, session.get_one(Request, request_id))
        return row.pages if row else 0


def test_each_page_finds_its_application(ours: House, store: FileStore) -> None:
    first, second = ready(ours, "frmss", "rmo", people=30)
    mixed = [*pages(ours, second), paper.blank(), *pages(ours, first)]
    mixed[0] = paper.worn(mixed[0], turned=180, skew=2)
    batch = lay(ours, store, paper.pdf(mixed))
    states = told(ours, batch)
    assert {request for state, request in states if state == "laid"} == {first, second}
    assert [state for state, _ in states].count("blank") == 1
    assert done(ours, batch)
    for request in (first, second):
        assert scanned_pages(ours, request) == len(pages(ours, request))


def test_the_same_scan_again_changes_nothing(ours: House, store: FileStore) -> None:
    first, second = ready(ours, "frmss", "rmo")
    content = paper.pdf([*pages(ours, first), *pages(ours, second)])
    batch = lay(ours, store, content)
    before = told(ours, batch)
    assert lay(ours, store, content) == batch
    assert told(ours, batch) == before
    with ours.db.read() as session:
        assert session.scalar(select(func.count()).select_from(ScanBatch)) == 1
        assert session.scalar(
            select(func.count()).select_from(RequestFile).where(RequestFile.kind == "scan")
        ) == 2  # fmt: skip
        assert [e.action for e in timeline.events_of(session, first)] == ["scan"]


def test_a_page_without_a_code_waits_and_is_assigned(ours: House, store: FileStore) -> None:
    first, second = ready(ours, "frmss", "rmo")
    batch = lay(ours, store, paper.pdf([*pages(ours, first), without_code(pages(ours, second)[0])]))
    assert told(ours, batch) == [("laid", first), ("waiting", None)]
    assert not done(ours, batch)
    with ours.db.read() as session:
        assert [b.id for b in scan_batches.unfinished(session, ours.actor)] == [batch]
    assign(ours, store, batch, p2=second)
    assert told(ours, batch) == [("laid", first), ("laid", second)]
    assert done(ours, batch)
    assert scanned_pages(ours, second) == 1


def test_an_application_that_lacks_a_page_waits_for_it(ours: House, store: FileStore) -> None:
    [request] = ready(ours, people=30)
    sheets = pages(ours, request)
    sheets[1] = without_code(sheets[1])
    batch = lay(ours, store, paper.pdf(sheets))
    assert told(ours, batch)[:2] == [("waiting", request), ("waiting", None)]
    assert "Не хватает страниц" in reasons(ours, batch)[0]
    assign(ours, store, batch, p2=request)
    assert {state for state, _ in told(ours, batch)} == {"laid"}
    assert scanned_pages(ours, request) == len(sheets)


def test_a_page_that_nobody_needs_is_put_aside_and_taken_up_again(
    ours: House, store: FileStore
) -> None:
    [request] = ready(ours)
    batch = lay(ours, store, paper.pdf([without_code(pages(ours, request)[0])]))
    assign(ours, store, batch, p1=scan_batches.DROPPED)
    assert told(ours, batch) == [("dropped", None)]
    assert done(ours, batch)
    assign(ours, store, batch, p1=request)
    assert told(ours, batch) == [("laid", request)]


def test_what_one_application_refuses_does_not_hold_up_another(
    ours: House, store: FileStore
) -> None:
    first, second = ready(ours, "frmss", "rmo")
    sheets = [*pages(ours, first), *pages(ours, second)]
    with ours.db.write() as session:
        session.get_one(Request, first).content_version = 2
    batch = lay(ours, store, paper.pdf(sheets))
    assert told(ours, batch) == [("waiting", first), ("laid", second)]
    assert "версии 1, а в заявке уже версия 2" in reasons(ours, batch)[0]


def test_a_draft_is_laid_once_it_is_ready(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    content = paper.pdf(pages(ours, request))
    ours.state(request, "draft")
    batch = lay(ours, store, content)
    assert "«На подпись»" in reasons(ours, batch)[0]
    ours.state(request, "ready")
    assert lay(ours, store, content) == batch
    assert told(ours, batch) == [("laid", request)]


def test_what_was_laid_stays_laid_after_sending(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    content = paper.pdf(pages(ours, request))
    batch = lay(ours, store, content)
    ours.state(request, "registered")
    lay(ours, store, content)
    assert told(ours, batch) == [("laid", request)]


def test_a_stranger_learns_nothing(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    theirs = house(ours.db)
    content = paper.pdf(pages(ours, request))
    batch = lay(theirs, store, content)
    assert told(theirs, batch) == [("waiting", None)]
    assert "у вашей организации нет" in reasons(theirs, batch)[0]
    with pytest.raises(NotFound):
        assign(theirs, store, batch, p1=request)
    with ours.db.read() as session, pytest.raises(NotFound):
        scan_batches.find(session, ours.actor, batch)
    with pytest.raises(Forbidden):
        lay(ours, store, content, actor=another(ours.db, "miac_lead"))


def test_a_page_is_turned_before_it_is_laid(ours: House, store: FileStore) -> None:
    [request] = ready(ours)
    [page] = pages(ours, request)
    batch = lay(ours, store, paper.pdf([without_code(page).rotate(90, expand=True)]))
    with ours.db.read() as session:
        lying = picture(store, session, ours, batch)
    turn(ours, batch, 90)
    with ours.db.read() as session:
        upright = picture(store, session, ours, batch)
    wide = page.width > page.height  # the form's own page
    assert (upright.width > upright.height) == wide
    assert (lying.width > lying.height) != wide
    with pytest.raises(NotFound):
        turn(ours, batch, 90, page=2)
    with pytest.raises(Invalid):
        turn(ours, batch, 45)
    assign(ours, store, batch, p1=request)
    with pytest.raises(Conflict):
        turn(ours, batch, 90)  # by now it is the application's
    assert told(ours, batch) == [("laid", request)]


def turn(ours: House, batch_id: int, degrees: int, page: int = 1) -> None:
    scan_batches.turn(ours.db, actor=ours.actor, batch_id=batch_id, page=page, degrees=degrees)


def picture(store: FileStore, session: Session, ours: House, batch_id: int) -> Image.Image:
    batch = scan_batches.find(session, ours.actor, batch_id)
    drawn = page_picture(scan_batches.picture_of(store, batch, 1), 1, 200)
    return Image.open(io.BytesIO(drawn))


def test_two_codes_on_one_page_are_told(ours: House, store: FileStore) -> None:
    first, second = ready(ours, "frmss", "rmo")
    [left], [right] = pages(ours, first), pages(ours, second)
    both = Image.new("L", (left.width, left.height * 2), 255)
    both.paste(left, (0, 0))
    both.paste(right, (0, left.height))
    batch = lay(ours, store, paper.pdf([both]))
    assert "коды нескольких заявок" in reasons(ours, batch)[0]


def test_all_that_waits_is_printed_as_one_pdf_and_remembered(ours: House) -> None:
    first, second = ready(ours, "frmss", "rmo")
    made = signing.print_sets(
        ours.db, actor=another(ours.db, "signatory", ours.organization), now=NOON,
        catalogue=catalogue(), request_ids=[first, second],
    )  # fmt: skip
    with pikepdf.open(io.BytesIO(made.data)) as document:
        assert len(document.pages) == len(pages(ours, first)) + len(pages(ours, second))
    assert made.name == "На подпись_2 шт_23.11.2026.pdf"
    with ours.db.read() as session:
        [event] = timeline.events_of(session, first)
        assert (event.action, event.data) == ("print", {"version": 1})
        sets = signing.waiting(session, ours.actor, catalogue(), NOON)
        assert [(s.request.id, s.printed) for s in sets] == [(first, NOON), (second, NOON)]


def test_only_what_waits_is_printed(ours: House) -> None:
    [request] = ready(ours)
    ours.state(request, "registered")
    for ids, error in (([], Invalid), ([request], Conflict)):
        with pytest.raises(error):
            signing.print_sets(
                ours.db, actor=ours.actor, now=NOON, catalogue=catalogue(), request_ids=ids
            )
    [waits] = ready(ours)
    with pytest.raises(NotFound):
        signing.print_sets(
            ours.db, actor=house(ours.db).actor, now=NOON, catalogue=catalogue(),
            request_ids=[waits],
        )  # fmt: skip


def test_a_set_waits_until_its_scan_was_looked_at(ours: House, store: FileStore) -> None:
    first, second = ready(ours, "frmss", "rmo")

    def counted() -> int:
        with ours.db.read() as session:
            [number] = count_all(session, [signing.unsigned(ours.actor)])
            return number

    assert counted() == 2
    upload(ours, store, first)
    assert counted() == 2
    signed(ours, store, first)
    assert counted() == 1
    with ours.db.read() as session:
        sets = signing.waiting(session, ours.actor, catalogue(), NOON)
        assert [(s.request.id, s.signed) for s in sets] == [(first, True), (second, False)]
    assert signing.unsigned(another(ours.db, "miac_lead")) is None
    assert one(ours, first).state == "ready"
