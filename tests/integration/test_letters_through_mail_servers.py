"""Letters leave through mail servers that others wrote, and arrive whole in their mailboxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from accessflow.config import Mail
from accessflow.db.session import Database
from accessflow.db.tables import Letter
from accessflow.notify.transports import Smtp
from accessflow.services import letter_list
from accessflow.services.clock import Clock
from accessflow.services.counting import count_all
from accessflow.services.deliver import WAITS, Post, deliver_due
from tests.factories import FrozenClock
from tests.life_examples import Life, birth, life
from tests.support.mail_servers import MailServer, dovecot, opensmtpd
from tests.support.smtp_server import CERTIFICATE, PASSWORD, USER

MAILBOX, AUTHOR = "office@prb.example", "sekretar@prb.example"
MIAC, DEPARTMENT = "ib_lomiac@lenreg.ru", "sec.lokz@lenreg.ru"
SENDER = "МИАЦ ЛО <robot@miac.example>"
# Delivery itself is the same on either database: `test_letters_delivered.py`.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with opensmtpd([MAILBOX, AUTHOR, MIAC, DEPARTMENT]) as running:
        yield running


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    return life(db, tmp_path, mailbox=MAILBOX)


def posting(ours: Life, server: MailServer, clock: Clock) -> Post:
    transport = Smtp(Mail(SENDER, "localhost", server.port, "none"))
    return Post(ours.db, ours.store, transport, "https://access.example", clock, "worker-1")


def written(ours: Life) -> list[Letter]:
    with ours.db.read() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def enclosed(message: EmailMessage) -> dict[str | None, bytes]:
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


def words(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body
    return str(body.get_content())


def test_the_letters_of_an_application_arrive_whole_and_as_one_thread(
    ours: Life, server: MailServer
) -> None:
    birth(ours)
    post = posting(ours, server, FrozenClock())
    assert deliver_due(post) == 2
    server.wait(4)
    sent = {one.kind: one for one in written(ours)}
    [parcel], [copy] = server.mailbox(MIAC), server.mailbox(DEPARTMENT)
    assert copy["Message-ID"] == parcel["Message-ID"]
    assert parcel["Message-ID"] == f"<{sent['parcel'].message_id}@miac.example>"
    assert parcel["Subject"] == sent["parcel"].subject
    assert words(parcel).splitlines() == sent["parcel"].text.splitlines()
    assert enclosed(parcel) == {
        file["name"]: ours.store.read(file["sha256"]) for file in sent["parcel"].attachments
    }
    assert len(enclosed(parcel)) == 5
    [number], [author] = server.mailbox(MAILBOX), server.mailbox(AUTHOR)
    assert number["Message-ID"] == author["Message-ID"] != parcel["Message-ID"]
    assert number["In-Reply-To"] == number["References"] == parcel["Message-ID"]
    assert (number["To"], number["Cc"]) == (MAILBOX, AUTHOR)
    assert str(number["From"]) == SENDER
    text = sent["registered"].text.replace("accessflow://", "https://access.example/")
    assert words(number).splitlines() == text.splitlines()
    assert "зарегистрирована" in words(number, "html")
    assert [one.state for one in written(ours)] == ["sent", "sent"]


def test_a_mailbox_that_is_not_there_is_a_permanent_failure(ours: Life, server: MailServer) -> None:
    clock = FrozenClock()
    gone = letter(ours, to=["gone@prb.example"])
    partly = letter(ours, to=[MAILBOX], cc=["elsewhere@prb.example"])
    assert deliver_due(posting(ours, server, clock)) == 1
    server.wait(1)
    clock.advance(days=9)
    assert deliver_due(posting(ours, server, clock)) == 0
    failed, sent = stored(ours, gone), stored(ours, partly)
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert failed.error.startswith("5")
    assert "gone@prb.example" in failed.error
    assert sent.state == "sent"
    assert sent.error.startswith("elsewhere@prb.example: 5")
    with ours.db.read() as session:
        assert count_all(session, [letter_list.failed(ours.actor("admin"))]) == [1]


def test_what_a_greylist_puts_off_arrives_at_the_next_attempt_once(ours: Life) -> None:
    clock = FrozenClock()
    made = letter(ours, to=[MAILBOX])
    with opensmtpd([MAILBOX], later=[MAILBOX]) as unwilling:
        assert deliver_due(posting(ours, unwilling, clock)) == 0
        [waits] = written(ours)
        assert (waits.state, waits.due_at) == ("queued", clock() + WAITS[0])
        assert waits.error == "451 4.7.1 greylisted, come back"
    clock.at += WAITS[0]
    with opensmtpd([MAILBOX]) as willing:
        assert deliver_due(posting(ours, willing, clock)) == 1
        willing.wait(1)
        [arrived] = willing.mailbox(MAILBOX)
    [sent] = written(ours)
    assert (sent.id, sent.state, sent.error, sent.attempts) == (made, "sent", "", 2)
    assert arrived["Message-ID"] == f"<{sent.message_id}@miac.example>"


def test_under_either_tls_with_a_login_letters_reach_the_server_behind(
    ours: Life, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock()
    with dovecot(server) as ports:
        for tls, port in ports.items():
            mail = Mail(SENDER, "localhost", port, tls, USER, PASSWORD)
            post = replace(posting(ours, server, clock), transport=Smtp(mail))
            made = letter(ours, to=[MAILBOX], name=tls)
            assert deliver_due(post) == 0
            assert "CERTIFICATE_VERIFY_FAILED" in stored(ours, made).error
            monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
            clock.at += WAITS[0]
            wrong = replace(post, transport=Smtp(replace(mail, password="wrong")))
            assert deliver_due(wrong) == 0
            assert stored(ours, made).error.startswith("535")
            clock.at += WAITS[1]
            assert deliver_due(post) == 1
            monkeypatch.delenv("SSL_CERT_FILE")
        server.wait(2)
    arrived = {one["Message-ID"] for one in server.mailbox(MAILBOX)}
    assert arrived == {"<l.starttls@miac.example>", "<l.implicit@miac.example>"}


def stored(ours: Life, letter_id: int) -> Letter:
    return next(one for one in written(ours) if one.id == letter_id)


def letter(ours: Life, to: list[str], cc: list[str] | None = None, name: str = "") -> int:
    with ours.db.write() as session:
        row = Letter(
            kind="message", message_id=f"l.{name or to[0].partition('@')[0]}", to=to, cc=cc or [],
            subject="Заявка", text="Текст", due_at=ours.now, created_at=ours.now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id
