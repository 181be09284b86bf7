"""Applications on their way to a signature: printed, signed on paper, scanned."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Person, Request, RequestFile, User
from accessflow.documents.build import Rendering
from accessflow.services import scan_uploads, scans
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of, find
from accessflow.services.files import FileStore
from accessflow.services.printing import file_of, model_of
from accessflow.services.scan_uploads import Laid
from tests import scan_examples as paper
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, house

TODAY = date(2026, 11, 23)


def ready(ours: House, *systems: str, people: int = 1) -> list[int]:
    """Applications that wait for their signature; their ids."""
    workers = tuple(ours.hire() for _ in range(people))
    made = ours.make(*(systems or ("frmss",)), people=workers)
    for request_id in made:
        ours.state(request_id, "ready")
    return made


def one(ours: House, request_id: int, actor: Actor | None = None) -> Request:
    with ours.db.read() as session:
        return find(session, actor or ours.actor, request_id)


def printed(ours: House, request_id: int, rendering: Rendering = "organization") -> bytes:
    """The PDF as it is printed."""
    with ours.db.read() as session:
        request = session.get_one(Request, request_id)
        model = model_of(check_of(session, catalogue(), request), catalogue(), TODAY, rendering)
        return file_of(model, "pdf").data


def scanned(ours: House, request_id: int, **wear: int) -> bytes:
    return paper.scanned(printed(ours, request_id), **wear)


def upload(
    ours: House,
    store: FileStore,
    request_id: int,
    *contents: bytes,
    actor: Actor | None = None,
    kind: str = "scan",
    now: datetime = NOON,
) -> Laid:
    """Lays the scan: these contents, else the page as printed."""
    return scan_uploads.upload(
        ours.db,
        actor=actor or ours.actor,
        now=now,
        catalogue=catalogue(),
        files=store,
        request_id=request_id,
        uploads=[(f"скан-{n}.pdf", c) for n, c in enumerate(contents, 1)]
        or [("скан.pdf", scanned(ours, request_id))],
        kind=kind,
    )


def signed(ours: House, store: FileStore, request_id: int, now: datetime = NOON) -> int:
    """Lays the scan and confirms it; the id of the file."""
    laid = upload(ours, store, request_id, now=now)
    scans.confirm(ours.db, actor=ours.actor, now=now, request_id=request_id, file_id=laid.file_id)
    return laid.file_id


def file_row(ours: House, file_id: int) -> RequestFile:
    with ours.db.read() as session:
        row = session.get_one(RequestFile, file_id)
        assert row.stored is not None  # loaded before the session ends
        return row


def store_in(folder: Path) -> FileStore:
    return FileStore(folder / "files")


def lacking_nothing(db: Database) -> House:
    """A clinic of which nothing is missing but signatures."""
    made = house(db, short_name="ГБУЗ ЛО «Приозёрская РБ»", inn="4703123451",
                 legal_address="188760, Приозерск, ул. Калинина, 27")  # fmt: skip
    with db.write() as session:
        user = session.get_one(User, made.user)
        user.name, user.position = "Малахова Екатерина Юрьевна", "Секретарь"
        user.phone, user.email = "8 (81379) 5-00-10", "sekretar@prb.example"
    return made


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
