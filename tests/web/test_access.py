"""Every endpoint as every role: the declaration holds, others' data stays out of sight, GET writes
nothing.

The addresses are filled with real rows: those of the caller's own organisation must open, those of
another one must not be there (404).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from accessflow.app import create_app
from accessflow.config import Settings
from accessflow.db.session import Database
from accessflow.db.tables import (
    Base,
    BulkJob,
    CalendarFeed,
    Campaign,
    CampaignLine,
    CannedText,
    Dismissal,
    Employment,
    Grant,
    ImportJob,
    ImportRow,
    JobChange,
    Letter,
    Request,
    RequestFile,
    SavedView,
    ScanBatch,
    SettingVersion,
    Signatory,
    Unit,
)
from accessflow.domain.roles import ANYONE, NEEDS_ORGANIZATION, OF_ORGANIZATION, ROLES, Role
from accessflow.notify.building import Attachment, Outgoing, built
from accessflow.notify.transports import LocalMailbox, mailbox_folder
from accessflow.services import files, ledger_imports, requests
from accessflow.services.actor import Actor
from accessflow.services.picks import Picks
from accessflow.web import access
from accessflow.web.access import ACCESS, PUBLIC, UndeclaredAccess, check_declared
from accessflow.web.context import Core
from tests import factories
from tests.scan_examples import printed

Arguments = dict[str, Any]


@dataclass
class World:
    """Rows of one organisation, by the names that the addresses use; «imports.job_id» is for the
    addresses of that blueprint alone."""

    ids: Arguments = field(default_factory=dict)

    def arguments(self, rule: Rule) -> Arguments:
        job = rule.endpoint.partition(".")[0]
        return {n: self.ids.get(f"{job}.{n}") or self.ids[n] for n in rule.arguments}


def world(app: Flask, kind: str = "mo") -> World:
    core = app.extensions["accessflow"]
    db: Database = core.database
    own = factories.organization(db, kind=kind)
    person, leaver = factories.person(db, own), factories.person(db, own)
    author = factories.account(db, "secretary", own)
    with db.write() as session:
        unit = Unit(organization_id=own, name="Поликлиника")
        signer = Signatory(organization_id=own, position="Главный врач", last_name="Орлов",
                           first_name="Лев", is_head=True)  # fmt: skip
        summary = {"plans": {}, "outcomes": {}, "flawed": 0, "notes": [], "fields": ["snils"],
                   "sheet": "Лист1", "header_row": 1}  # fmt: skip
        job = ImportJob(kind="staff", organization_id=own, user_id=author, filename="a.xlsx",
                        summary=summary, created_at=factories.NOON)  # fmt: skip
        session.add_all([unit, signer, job])
        session.flush()
        lists = _lists(session, own, author, summary)
        reviews = _reviews(session, core, own, author, _job_of(session, person))
        change = JobChange(kind="role", employment_id=_job_of(session, person), person_id=person,
                           organization_id=own, happened_on=factories.NOON.date(), what={},
                           made_at=factories.NOON)  # fmt: skip
        session.add(change)
        dismissal = _dismissal(session, own, leaver)
        text_row = CannedText(kind="reply", title="Исполнено", text="Готово.")
        own_words = {"subject": "", "text": "Готово."}
        version = SettingVersion(key="letters.executed", value=own_words, at=factories.NOON,
                                 effective_from=factories.NOON.date())  # fmt: skip
        many = BulkJob(user_id=author, action="close", request_ids=[], state="done",
                       created_at=factories.NOON)  # fmt: skip
        view = SavedView(user_id=author, name="Мои", query={}, created_at=factories.NOON)
        session.add_all([text_row, version, many, view])
        session.add(ImportRow(job_id=job.id, number=2, plan="refused", chosen=False))
        employment = session.scalar(
            text("select id from employments where person_id = :id").bindparams(id=person)
        )
        sent = Request(number=f"2025-{own:05}", kind="access", state="sent", action="grant",
                       organization_id=own, author_id=author, form="appendix-08",
                       form_version="1.5", system="frmss", created_at=factories.NOON,
                       updated_at=factories.NOON)  # fmt: skip
        session.add(sent)
        session.flush()
        letter = Letter(request_id=sent.id, kind="parcel", message_id=f"l.{own}", to=["a@b.ru"],
                        subject="Заявка", text="Текст", html="<head></head>", state="failed",
                        due_at=factories.NOON, created_at=factories.NOON)  # fmt: skip
        session.add(letter)
        session.flush()
        _post(core.settings, letter)
    clerk = Actor(author, "secretary", own)
    picks = Picks(people=(int(employment or 0),), systems=("frmss",))
    (request_id,) = requests.create(
        db, actor=clerk, now=factories.NOON, catalogue=core.catalogue, picks=picks
    )
    scan, sent_scan, batch = _scans(core, own, author, request_id, sent.id)
    return World({
        "file_id": scan,
        "sent_file_id": sent_scan,
        "batch_id": batch,
        "organization_id": own,
        "unit_id": unit.id,
        "signatory_id": signer.id,
        "person_id": person,
        "employment_id": int(employment or 0),
        "job_id": job.id,
        "request_id": request_id,
        "sent_id": sent.id,
        "step": "archive",
        "filename": "af.css",
        "kind": "pdf",
        "page": 1,
        "slug": "appendix-08",
        "system": "frmss",
        "action": "grant",
        "extension": "docx",
        "section": "officials",
        "key": "letters.executed",
        "version_id": version.id,
        "text_id": text_row.id,
        "bulk_id": many.id,
        "view_id": view.id,
        "letter_id": letter.id,
        "number": 1,
        "change_id": change.id,
        "renewals.step": "leave",
        "dismissal_id": dismissal,
        "what": "move",
        **lists,
        **reviews,
    })  # fmt: skip


def _job_of(session: Session, person: int) -> int:
    return session.scalars(select(Employment.id).where(Employment.person_id == person)).one()


def _lists(session: Session, own: int, author: int, summary: dict[str, object]) -> Arguments:
    """A list of dismissals, a system's list of accounts of the organisation, and one of МИАЦ."""
    common = {"user_id": author, "filename": "a.xlsx", "summary": summary,
              "created_at": factories.NOON}  # fmt: skip
    accounts = {**common, "kind": "accounts", "system": "frmss", "state": "done",
                "as_of": factories.NOON.date()}  # fmt: skip
    leavers = ImportJob(kind="dismissals", organization_id=own, **common)
    theirs, ours = ImportJob(organization_id=own, **accounts), ImportJob(**accounts)
    session.add_all([leavers, theirs, ours])
    session.flush()
    return {
        "dismissal_lists.job_id": leavers.id,
        "ledger_lists.job_id": theirs.id,
        "ledger_lists.kind": "accounts",
        "miac_list": ours.id,
    }


def _dismissal(session: Session, own: int, person: int) -> int:
    leaves = Dismissal(employment_id=_job_of(session, person), person_id=person,
                       organization_id=own, dismissed_on=factories.NOON.date(),
                       due_on=factories.NOON.date(), entered_at=factories.NOON)  # fmt: skip
    session.add(leaves)
    session.flush()
    return leaves.id


def _reviews(session: Session, core: Core, own: int, author: int, job: int) -> Arguments:
    """A right under review by the organisation and by МИАЦ, both reports signed; a calendar."""
    found = session.get_one(Employment, job)
    grant = ledger_imports.open_from_list(
        session, found, "frmss", "", factories.NOON, on=factories.NOON.date(), reference="список"
    )
    assert grant
    right = session.scalars(select(Grant).where(Grant.employment_id == job)).one()
    scan = files.put(session, core.files, printed(), name="скан.pdf", now=factories.NOON)
    common = {"title": "Пересмотр", "organizations": [], "systems": [], "started_by_id": author,
              "started_at": factories.NOON, "due_on": factories.NOON.date(),
              "report_sha256": scan.sha256}  # fmt: skip
    ours, above = Campaign(organization_id=own, **common), Campaign(**common)
    token = f"token-{own}"
    feed = CalendarFeed(organization_id=own, user_id=author, created_at=factories.NOON,
                        token_hash=hashlib.sha256(token.encode()).hexdigest())  # fmt: skip
    session.add_all([ours, above, feed])
    session.flush()
    for one in (ours, above):
        session.add(CampaignLine(campaign_id=one.id, grant_id=right.id, organization_id=own))
    session.flush()
    return {"campaign_id": ours.id, "miac_review": above.id, "act": "close",
            "feed_id": feed.id, "token": token}  # fmt: skip


def _post(settings: Settings, letter: Letter) -> None:
    """Lays the letter into the local mailbox, with an attachment."""
    file = Attachment("а.txt", "text/plain", b"a")
    outgoing = Outgoing(letter.message_id, ("a@b.example",), "Заявка", "Текст", "<head></head>",
                        attachments=(file,))  # fmt: skip
    mailbox = LocalMailbox(mailbox_folder(settings), "a@localhost")
    message = built(outgoing, sender=mailbox.sender, base_url="http://h", date=factories.NOON)
    with mailbox.connection() as connection:
        connection.send(message, outgoing.recipients)


CHECKED = {"code": "ok", "number": "1", "version": 1, "read": 1, "pages": 1, "expected": 1}


def _scans(core: Core, own: int, author: int, *requests: int) -> tuple[int, int, int]:
    """A scan of each request, and a batch of one page."""
    with core.database.write() as session:
        stored = files.put(session, core.files, printed(), name="скан.pdf", now=factories.NOON)
        scans = [RequestFile(request_id=request_id, stored=stored, kind="scan", name="скан.pdf",
                             content_version=1, pages=1, checks=CHECKED, user_id=author,
                             at=factories.NOON) for request_id in requests]  # fmt: skip
        page = {"page": 1, "request_id": None, "found": "", "turned": 0, "dpi": 200, "code": None,
                "by": "", "state": "waiting", "reason": ""}  # fmt: skip
        batch = ScanBatch(organization_id=own, user_id=author, sha256=stored.sha256,
                          name="скан.pdf", pages=[page], at=factories.NOON)  # fmt: skip
        session.add_all([*scans, batch])
        session.flush()
        return scans[0].id, scans[1].id, batch.id


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address and method; what puts things away comes last."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: "delete" in rule.endpoint):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: Flask, rule: Rule, arguments: Arguments) -> str:
    if "step" in rule.arguments and rule.endpoint == "people.note":
        arguments = {**arguments, "step": "attest"}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **arguments)


def contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    with db.read() as session:
        return {
            table.name: sorted(map(tuple, session.execute(table.select())), key=repr)
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def own(app: Flask) -> dict[str, World]:
    """One world for the МО's roles, one for the committee's own organisation."""
    mo = world(app)
    # Those above the organisations see no drafts: theirs is the one that was sent.
    above = World({
        **mo.ids, "request_id": mo.ids["sent_id"], "file_id": mo.ids["sent_file_id"],
        "ledger_lists.job_id": mo.ids["miac_list"], "campaign_id": mo.ids["miac_review"],
    })  # fmt: skip
    worlds: dict[str, World] = {r: mo if r in OF_ORGANIZATION else above for r in ROLES}
    return {**worlds, "committee": world(app, "committee")}


@pytest.fixture
def client_as(
    db: Database, own: dict[str, World], signed_in: Callable[[int], FlaskClient]
) -> Callable[[Role], FlaskClient]:
    def client(role: Role) -> FlaskClient:
        home = own[role].ids["organization_id"] if role in NEEDS_ORGANIZATION else None
        made = factories.account(db, role, int(home) if home else None)
        if access.allows("views.edit", role):
            with db.write() as session:
                session.get_one(SavedView, own[role].ids["view_id"]).user_id = made
        return signed_in(made)

    return client


def test_an_endpoint_without_a_declaration_stops_the_start(app: Flask) -> None:
    bare = Flask("bare")
    bare.add_url_rule("/secret", "secret", lambda: "")
    with pytest.raises(UndeclaredAccess, match="secret"):
        check_declared(bare)


def test_a_declaration_without_an_endpoint_stops_the_start(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ACCESS, "gone.index", ANYONE)
    with pytest.raises(UndeclaredAccess, match=r"gone\.index"):
        create_app(app.extensions["accessflow"].settings)


def test_a_stranger_is_asked_to_sign_in_everywhere(app: Flask, own: dict[str, World]) -> None:
    client = app.test_client()
    for rule, method in rules(app):
        if ACCESS[rule.endpoint] == PUBLIC:
            continue
        answer = client.open(address(app, rule, own["secretary"].arguments(rule)), method=method)
        where = f"{method} {rule.endpoint}"
        if method == "GET":
            assert answer.status_code == 302, where
            assert answer.location.startswith("/login?next="), where
        else:
            assert answer.status_code == 401, where


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_let_in_where_declared_and_nowhere_else(
    app: Flask, role: Role, own: dict[str, World], client_as: Callable[[Role], FlaskClient]
) -> None:
    client = client_as(role)
    for rule, method in rules(app):
        if rule.endpoint in ("auth.logout", "auth.login"):
            continue
        answer = client.open(address(app, rule, own[role].arguments(rule)), method=method)
        answer.close()
        allowed = access.allows(rule.endpoint, role)
        where = f"{method} {rule.endpoint} as {role}"
        if allowed:
            assert answer.status_code in (200, 302, 303, 307, 400, 409, 422), where
        else:
            assert answer.status_code == 403, where


@pytest.mark.parametrize("role", sorted(OF_ORGANIZATION))
def test_nothing_of_another_organisation_is_there(
    app: Flask, db: Database, role: Role, client_as: Callable[[Role], FlaskClient]
) -> None:
    other = world(app)
    before = contents(db)
    client = client_as(role)
    for rule, method in rules(app):
        named = rule.arguments & {name for name in other.ids if name.endswith("_id")}
        if not named or not access.allows(rule.endpoint, role):
            continue
        answer = client.open(address(app, rule, other.arguments(rule)), method=method)
        assert answer.status_code == 404, f"{method} {rule.endpoint} as {role}"
    after = contents(db)
    assert {name: rows for name, rows in after.items() if name != "users"} == {
        name: rows for name, rows in before.items() if name != "users"
    }


@pytest.mark.parametrize("role", ROLES)
def test_reading_leaves_the_database_as_it_was(
    app: Flask, db: Database, role: Role, own: dict[str, World],
    client_as: Callable[[Role], FlaskClient],
) -> None:  # fmt: skip
    client = client_as(role)
    before = contents(db)
    for rule, method in rules(app):
        if method == "GET":
            client.get(address(app, rule, own[role].arguments(rule))).close()
    assert contents(db) == before


def test_an_auditor_and_a_signatory_change_no_directory(
    app: Flask, db: Database, own: dict[str, World], client_as: Callable[[Role], FlaskClient]
) -> None:
    roles: tuple[Role, ...] = ("auditor", "signatory")
    for role in roles:
        client = client_as(role)
        before = contents(db)
        for rule, method in rules(app):
            if method == "POST" and rule.endpoint.split(".")[0] in ("directory", "people"):
                client.post(address(app, rule, own[role].arguments(rule)))
        assert contents(db) == before


def test_routes_name_the_roles_of_each_endpoint(app: Flask) -> None:
    routes = {route["endpoint"]: route for route in access.routes(app)}
    assert routes["auth.login"]["access"] == "public"
    assert routes["auth.login"]["methods"] == ["GET", "POST"]
    assert routes["people.new"]["access"] == ["committee", "hr", "secretary"]
    assert routes.keys() == {rule.endpoint for rule in app.url_map.iter_rules()}
