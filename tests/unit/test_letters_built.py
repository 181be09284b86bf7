"""A letter on the wire: readable by any mail program, whatever its alphabet."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from accessflow.notify.building import Attachment, Outgoing, built, wire_address

DATE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG = "Заявка_ФРМСС_ГБУЗ ЛО Приозёрская районная больница (учебная)_2026-00412_23.11.2026"
LETTER = Outgoing(
    id="r1.first",
    to=("office@prb.example",),
    cc=("Sekretar@почта.рф",),
    subject="Заявка 2026-00412 · ФРМСС:\r\nBcc: x@evil.example зарегистрирована",
    text="Номер — 118.\nСтраница: accessflow://requests/412\n",
    html='<p><a href="accessflow://requests/412">Открыть</a></p>',
    thread="r1.zero",
    attachments=(
        Attachment(f"{LONG}.pdf", "application/pdf", b"%PDF-1.7"),
        Attachment("a.xlsx", "application/vnd.openxmlformats-officedocument", b"PK"),
    ),
)


def received(
    letter: Outgoing = LETTER, sender: str = "МИАЦ ЛО <robot@miac.example>"
) -> EmailMessage:
    message = built(letter, sender=sender, base_url="https://access.example", date=DATE)
    wire = message.as_bytes()
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    return message_from_bytes(wire, policy=policy.default)


def test_headers_are_threaded_and_nothing_slips_into_them() -> None:
    message = received()
    assert message["Message-ID"] == "<r1.first@miac.example>"
    assert message["In-Reply-To"] == message["References"] == "<r1.zero@miac.example>"
    assert message["Bcc"] is None
    assert message["Subject"] == "Заявка 2026-00412 · ФРМСС: Bcc: x@evil.example зарегистрирована"
    assert message["From"] == "МИАЦ ЛО <robot@miac.example>"
    assert message["Cc"] == "Sekretar@xn--80a1acny.xn--p1ai"
    assert message["Auto-Submitted"] == "auto-generated"


def test_text_html_and_links_arrive() -> None:
    message = received()
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text
    assert html
    assert text.get_content().replace("\r\n", "\n") == (
        "Номер — 118.\nСтраница: https://access.example/requests/412\n"
    )
    assert 'href="https://access.example/requests/412"' in html.get_content()


def test_attachments_keep_their_russian_names() -> None:
    files = {part.get_filename(): part for part in received().iter_attachments()}
    assert list(files) == [f"{LONG}.pdf", "a.xlsx"]
    pdf = files[f"{LONG}.pdf"]
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_content() == b"%PDF-1.7"


def test_a_first_letter_answers_nobody() -> None:
    message = received(Outgoing("a", ("b@c.example",), "Тема", "Текст\n"))
    assert message["In-Reply-To"] is None
    assert message.get_content().strip() == "Текст"


@pytest.mark.parametrize(
    ("address", "wire"),
    [("a@b.example", "a@b.example"), ("Sekretar@почта.рф", "Sekretar@xn--80a1acny.xn--p1ai")],
)
def test_a_russian_domain_is_written_as_servers_take_it(address: str, wire: str) -> None:
    assert wire_address(address) == wire
