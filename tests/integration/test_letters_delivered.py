"""Letters reach a real SMTP server under TLS with a login; what it refuses is told apart."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accessflow.config import Mail, Tls
from accessflow.db.session import Database
from accessflow.db.tables import Letter
from accessflow.notify.transports import LocalMailbox, Refusal, Smtp, Transport
from accessflow.services.deliver import LEASE, WAITS, Post, claim, deliver_due
from accessflow.services.files import FileStore
from tests.factories import NOON, FrozenClock
from tests.support.smtp_server import CERTIFICATE, PASSWORD, USER, Mailroom, mailroom

SENDER = "МИАЦ ЛО <robot@miac.example>"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailroom]:
    with mailroom(tmp_path_factory.mktemp("arrived")) as running:
        yield running


@pytest.fixture
def room(server: Mailroom) -> Mailroom:
    """The running server, emptied."""
    for file in server.folder.iterdir():
        file.unlink()
    return server


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def post(db: Database, room: Mailroom, clock: FrozenClock, tmp_path: Path) -> Post:
    transport = Smtp(Mail(SENDER, "localhost", room.port, "none"))
    return posting(db, clock, tmp_path, transport)


def posting(db: Database, clock: FrozenClock, folder: Path, transport: Transport) -> Post:
    store = FileStore(folder / "files")
    return Post(db, store, transport, "https://access.example", clock, "worker-1")


def put(db: Database, *to: str, **values: object) -> int:
    with db.write() as session:
        number = session.scalar(select(func.count(Letter.id)))
        row = Letter(
            kind="message", message_id=f"l.{number}", to=list(to), subject="Заявка",
            text="Текст accessflow://requests/1", due_at=NOON, created_at=NOON,
        )  # fmt: skip
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id


def stored(db: Database, letter_id: int) -> Letter:
    with db.read() as session:
        return session.get_one(Letter, letter_id)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content()).strip()


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_letter_goes_under_tls_with_a_login(
    db: Database, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: Tls
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    letter = put(db, "office@prb.example", cc=["sec@prb.example"])
    with mailroom(tmp_path / "tls", tls) as room:
        mail = Mail(SENDER, "localhost", room.port, tls, USER, PASSWORD)
        assert deliver_due(posting(db, clock, tmp_path, Smtp(mail))) == 1
        message = room.arrived()[0]
    assert message["X-Rcpt"] == "office@prb.example,sec@prb.example"
    assert text_of(message) == "Текст https://access.example/requests/1"
    assert (stored(db, letter).state, stored(db, letter).sent_at) == ("sent", NOON)


def test_a_certificate_that_nobody_vouches_for_is_not_trusted_and_a_wrong_login_waits(
    db: Database, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = put(db, "office@prb.example")
    with mailroom(tmp_path / "tls", "starttls") as room:
        mail = Mail(SENDER, "localhost", room.port, "starttls", USER, "wrong")
        assert deliver_due(posting(db, clock, tmp_path, Smtp(mail))) == 0
        assert "CERTIFICATE_VERIFY_FAILED" in stored(db, letter).error
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        clock.at += WAITS[0]
        assert deliver_due(posting(db, clock, tmp_path, Smtp(mail))) == 0
    assert stored(db, letter).error.startswith("535")
    assert (stored(db, letter).state, stored(db, letter).attempts) == ("queued", 2)


def test_a_busy_mailbox_is_tried_again_with_growing_waits_and_then_given_up(
    db: Database, post: Post, clock: FrozenClock
) -> None:
    letter = put(db, "later@prb.example")
    for wait in WAITS:
        assert deliver_due(post) == 0
        assert stored(db, letter).state == "queued"
        assert stored(db, letter).due_at == clock() + wait
        clock.at += wait - timedelta(seconds=1)
        deliver_due(post)
        assert stored(db, letter).due_at == clock() + timedelta(seconds=1)
        clock.at += timedelta(seconds=1)
    deliver_due(post)
    assert stored(db, letter).state == "failed"
    assert stored(db, letter).error.startswith("450")
    assert list(WAITS) == sorted(WAITS)


@pytest.mark.parametrize(
    ("values", "code"),
    [({"to": ["nobody@prb.example"]}, "550"), ({"subject": "too bad"}, "554")],
)
def test_a_permanent_refusal_is_not_tried_again(
    db: Database, post: Post, clock: FrozenClock, values: dict[str, object], code: str
) -> None:
    letter = put(db, "office@prb.example", **values)
    good = put(db, "office@prb.example")
    assert deliver_due(post) == 1
    clock.advance(days=9)
    assert deliver_due(post) == 0
    assert stored(db, letter).state == "failed"
    assert stored(db, letter).error.startswith(code)
    assert stored(db, good).state == "sent"


def test_who_was_refused_among_others_is_told_and_who_was_busy_gets_it_later(
    db: Database, post: Post, room: Mailroom, clock: FrozenClock
) -> None:
    letter = put(db, "office@prb.example", cc=["nobody@prb.example", "later@prb.example"])
    assert deliver_due(post) == 1
    assert "nobody@prb.example: 550" in stored(db, letter).error
    with db.read() as session:
        rest = session.scalars(select(Letter).where(Letter.id != letter)).one()
    assert (rest.to, rest.state, rest.due_at) == (
        ["later@prb.example"],
        "queued",
        clock() + WAITS[0],
    )
    assert [m["X-Rcpt"] for m in room.arrived()] == ["office@prb.example"]


def test_a_server_that_is_away_loses_nothing(
    db: Database, clock: FrozenClock, tmp_path: Path, room: Mailroom
) -> None:
    letter = put(db, "office@prb.example")
    away = Smtp(Mail(SENDER, "localhost", 1, "none"))
    assert deliver_due(posting(db, clock, tmp_path, away)) == 0
    assert "refused" in stored(db, letter).error
    clock.at += WAITS[0]
    back = Smtp(Mail(SENDER, "localhost", room.port, "none"))
    assert deliver_due(posting(db, clock, tmp_path, back)) == 1
    assert (stored(db, letter).state, stored(db, letter).error) == ("sent", "")


def test_attachments_come_from_the_store_and_a_missing_one_is_told(
    db: Database, post: Post, room: Mailroom
) -> None:
    sha256 = post.files.put(b"%PDF-1.7 scan")
    file = {"sha256": sha256, "name": "Скан заявки.pdf", "media_type": "application/pdf"}
    put(db, "office@prb.example", attachments=[file])
    lost = put(db, "office@prb.example", attachments=[{**file, "sha256": "0" * 64}])
    assert deliver_due(post) == 1
    part = next(iter(room.arrived()[0].iter_attachments()))
    assert (part.get_filename(), part.get_content()) == ("Скан заявки.pdf", b"%PDF-1.7 scan")
    assert stored(db, lost).state == "failed"


def test_what_is_not_due_waits(db: Database, post: Post, clock: FrozenClock) -> None:
    put(db, "a@prb.example", due_at=NOON + timedelta(minutes=1))
    put(db, "a@prb.example", digest=True)
    put(db, "a@prb.example", state="cancelled")
    assert deliver_due(post) == 0
    clock.advance(minutes=1)
    assert deliver_due(post) == 1


def test_a_claim_is_one_workers_until_its_lease_runs_out(
    db: Database, post: Post, clock: FrozenClock
) -> None:
    letter = put(db, "office@prb.example")
    assert claim(post)
    other = replace(post, worker="worker-2")
    clock.at += LEASE
    assert claim(other) is None
    clock.advance(seconds=1)
    taken = claim(other)
    assert taken
    assert (taken.id, taken.repeated, taken.message_id) == (letter, True, "l.0")


def test_a_worker_that_was_too_slow_does_not_write_over_its_successor(
    db: Database, post: Post, clock: FrozenClock, room: Mailroom, tmp_path: Path
) -> None:
    """The first one comes back from the server after its lease has run out."""
    letter = put(db, "office@prb.example")

    class Slow(LocalMailbox):
        def send(self, message: EmailMessage, recipients: Sequence[str]) -> tuple[Refusal, ...]:
            clock.at += LEASE + timedelta(seconds=1)
            assert deliver_due(replace(post, worker="worker-2")) == 1
            return super().send(message, recipients)

    slow = Slow(tmp_path / "mail", SENDER)
    assert deliver_due(replace(post, transport=slow)) == 1
    row = stored(db, letter)
    assert (row.claimed_by, row.state, row.repeated) == ("worker-2", "sent", True)
    assert [m["Message-ID"] for m in room.arrived()] == ["<l.0@miac.example>"]


def test_four_workers_at_once_send_each_letter_once(
    db: Database, post: Post, room: Mailroom
) -> None:
    for _ in range(40):
        put(db, "office@prb.example")
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait()
        deliver_due(replace(post, worker=name))

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [message["Message-ID"] for message in room.arrived()]
    assert len(ids) == len(set(ids)) == 40


def test_the_local_mailbox_holds_each_letter_once(
    db: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    letter = put(db, "office@prb.example")
    mailbox = LocalMailbox(tmp_path / "mail", "accessflow@localhost")
    post = posting(db, clock, tmp_path, mailbox)
    assert deliver_due(post) == 1
    with db.write() as session:
        session.get_one(Letter, letter).state = "queued"
    assert deliver_due(post) == 1
    assert [file.name for file in mailbox.folder.iterdir()] == ["l.0.eml"]
    assert b"requests/1" not in mailbox.file("l.0").read_bytes()  # base64
    with pytest.raises(ValueError, match="id"):
        mailbox.file("../l.0")
