"""A story of several people, each at a browser of one's own, on one server; time is moved by hand.

Letters leave through the service that the worker calls, into a real SMTP server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from accessflow.config import Mail
from accessflow.db.tables import Organization
from accessflow.notify.transports import LocalMailbox, Smtp
from accessflow.services.deliver import Post, deliver_due, worker_name
from tests import scan_examples as paper
from tests.factories import FrozenClock
from tests.support.browser import running_server, watched_page
from tests.support.smtp_server import Mailroom, mailroom

SENDER = "МИАЦ ЛО <robot@miac.example>"
MAILBOX = "priemnaya@prb.example"
"""Of the organisation that applies; its secretary has another."""
AUTHOR = "sekretar@prb.example"
PASSWORD = "accessflow-demo"
SNILS = re.compile(r"\d{3}-?\d{3}-?\d{3}[ -]?\d{2}")
WIDER_THAN_THE_PAGE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > width && !one.closest(".af-scroll"));
  wide.push(document.documentElement);
  return wide.map((one) => one.outerHTML.slice(0, 160));
}"""
Axe = Callable[[Page], list[str]]


@dataclass
class Story:
    """`say` opens a path as somebody of the demonstration; `post` empties the outbox."""

    app: Flask
    address: str
    clock: FrozenClock
    room: Mailroom
    folder: Path
    axe: Axe
    open_page: Callable[[], Page]
    pages: dict[str, Page] = field(default_factory=dict)
    read: int = 0

    def at(self, login: str, path: str) -> Page:
        """Somebody's page, at `path`; whoever was away too long signs in again."""
        page = self.pages.get(login)
        if page is None:
            page = self.pages[login] = self.open_page()
        page.goto(self.address + path)
        if urlsplit(page.url).path.startswith("/login"):
            page.fill("#username", login)
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_selector(".af-top")
            page.goto(self.address + path)
        return page

    def looks_right(self, page: Page) -> None:
        """axe finds nothing, by day and in the dark, and only tables scroll sideways."""
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = self.axe(page)
            assert not found, (page.url, scheme, *found)
        page.emulate_media(color_scheme="light")
        wide = page.evaluate(WIDER_THAN_THE_PAGE)
        assert not wide, (page.url, *wide)

    def post(self) -> list[EmailMessage]:
        """Lets all letters leave; those that have arrived since it was last asked."""
        post = self._post(Smtp(Mail(SENDER, "localhost", self.room.port, "none")))
        deliver_due(post)
        arrived = self.room.arrived()
        new, self.read = arrived[self.read :], len(arrived)
        return new

    def earlier_letters_leave(self) -> None:
        """What the demonstration had written before the story begins."""
        deliver_due(self._post(LocalMailbox(self.folder / "earlier", SENDER)))

    def _post(self, transport: Smtp | LocalMailbox) -> Post:
        core = self.app.extensions["accessflow"]
        base = "https://access.example"
        return Post(core.database, core.files, transport, base, self.clock, worker_name())

    def scanned(self, printed: bytes, **wear: int) -> Path:
        """The printed sheets signed and laid askew on the glass of a scanner."""
        file = self.folder / "скан.pdf"
        file.write_bytes(paper.scanned(printed, 200, **wear))
        return file

    def downloaded(self, page: Page, press: Locator) -> bytes:
        with page.expect_download() as download:
            press.click()
        file = self.folder / "downloaded"
        download.value.save_as(file)
        return file.read_bytes()

    def signs(self, login: str, number: int, path: str = "", **wear: int) -> None:
        """Printed, signed on paper, scanned, looked at; as `login` sees `/requests/N/signing`."""
        page = self.at(login, f"/requests/{number}/signing")
        button = page.get_by_role("button", name=re.compile("Напечатать версию"))
        printed = self.downloaded(page, button)
        self.lays_scan(page, printed, **wear)

    def lays_scan(self, page: Page, printed: bytes, **wear: int) -> None:
        page.set_input_files("#drop-scan", self.scanned(printed, **wear))
        page.get_by_role("button", name="Загрузить").click()
        expect(page.get_by_text("QR-код: это заявка")).to_be_visible(timeout=15_000)
        page.get_by_label("и печать на скане есть и читаются").check()
        page.get_by_role("button", name="Подтвердить").click()
        expect(page.get_by_text("подпись и печать есть").first).to_be_visible()


@contextmanager
def story(
    app: Flask, clock: FrozenClock, browser: Browser, folder: Path, axe: Axe
) -> Iterator[Story]:
    """On the demonstration; its first organisation has a mailbox apart from its secretary's."""
    with app.extensions["accessflow"].database.write() as session:
        for row in session.query(Organization).filter_by(mailbox=AUTHOR):
            row.mailbox = MAILBOX
    with ExitStack() as stack:
        address = stack.enter_context(running_server(app))
        room = stack.enter_context(mailroom(folder / "arrived"))

        def open_page() -> Page:
            page = stack.enter_context(watched_page(browser))
            page.set_default_timeout(10_000)
            return page

        made = Story(app, address, clock, room, folder, axe, open_page)
        made.earlier_letters_leave()
        yield made


def asked(page: Page, link: str, **fields: str) -> Locator:
    """The dialog that a button of a card opens, filled in and not sent yet."""
    page.wait_for_load_state()  # before its scripts have come the link leads to a page
    page.get_by_role("link", name=link, exact=True).click()
    dialog = page.locator("#af-ask")
    expect(dialog).to_be_visible()
    for key, text in fields.items():
        place = dialog.locator(f"#{key}")
        if place.evaluate("place => place.tagName") == "SELECT":
            place.select_option(text)
        else:
            place.fill(text)
    return dialog


def does(page: Page, link: str, **fields: str) -> None:
    """An action of a card from its button to the card as it stands after it."""
    dialog = asked(page, link, **fields)
    dialog.locator("footer button[type=submit]").click()
    expect(page.locator("#af-ask")).to_have_count(0)


def filled(page: Page, fields: dict[str, str], row: dict[str, str]) -> None:
    """The editor: labelled fields of the form, cells of the table's first row."""
    for key, text in fields.items():
        page.fill(f"#f-{key}", text)
    if not page.input_value("#signatory"):  # a deputy is never taken for the head by itself
        page.select_option("#signatory", index=1)
    first = page.locator("[name=row]").first.get_attribute("value")
    for key, text in row.items():
        page.fill(f"#r{first}-{key}", text)
    page.locator("#ed-state [data-saved]", has_text="Сохранено в").wait_for()


def state(page: Page) -> Locator:
    """The status beside the heading of a card."""
    return page.locator(".af-head .af-status")


def chosen(page: Page, people: tuple[str, ...], system: str, role: str = "") -> None:
    """Creates one application on «Новая заявка»; the editor is open after it."""
    for name in people:
        page.get_by_label("Сотрудник: ФИО или СНИЛС").press_sequentially(name.split()[0])
        page.get_by_role("option", name=re.compile(name)).click()
        expect(page.get_by_label(f"Убрать: {name}")).to_be_visible()
    page.get_by_role("checkbox", name=system, exact=True).check()
    if role:
        page.locator("[id^=all-]").select_option(role)
    page.get_by_role("button", name=re.compile("Создать")).click()
    page.wait_for_url("**/edit**")


def number_of(page: Page) -> int:
    """The id of the application whose page it is."""
    found = re.search(r"/(?:requests|queue)/(\d+)", page.url)
    assert found, page.url
    return int(found[1])


def words_of(letter: EmailMessage) -> str:
    """Plain text and HTML of a letter."""
    bodies = (letter.get_body((kind,)) for kind in ("plain", "html"))
    return "\n".join(body.get_content() for body in bodies if body is not None)


def no_full_snils(letters: list[EmailMessage]) -> bool:
    return not any(SNILS.search(words_of(letter) + letter["Subject"]) for letter in letters)


def enclosed(letter: EmailMessage) -> dict[str, bytes]:
    """The files of a letter by name."""
    return {str(part.get_filename()): part.get_content() for part in letter.iter_attachments()}


def addressed(letter: EmailMessage) -> tuple[str, str]:
    """To and Cc as they stand."""
    return str(letter["To"]), str(letter["Cc"] or "")
