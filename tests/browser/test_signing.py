"""From a draft to МИАЦ's number in a real browser: printed, signed on paper, scanned, sent."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Organization, Person, Request, User
from tests import factories
from tests import scan_examples as paper
from tests.browser.conftest import Desk, enter
from tests.draft_examples import draft, person
from tests.factories import NOON
from tests.request_examples import House
from tests.support.browser import watched_page

_numbers = count()
SCREENS = [(1366, 768), (683, 384)]


@pytest.fixture
def draft_of_one(clinic: House, db: Database) -> int:
    """A draft of which nothing is missing; its person is entered in ФРМР."""
    with db.write() as session:
        organization = session.get_one(Organization, clinic.organization)
        organization.inn, organization.legal_address = (
            "4703123451",
            "188760, Приозерск, Калинина, 27",
        )
        user = session.get_one(User, clinic.user)
        user.name, user.position = "Малахова Екатерина Юрьевна", "Секретарь"
        user.phone, user.email = "8 (81379) 5-00-10", "sekretar@prb-lo.ru"
    return ready_draft(clinic, db)


def ready_draft(clinic: House, db: Database) -> int:
    request = draft(clinic, [person(next(_numbers))])
    with db.read() as session:
        digits = session.get_one(Request, request).rows[0].snils
    factories.person(db, clinic.organization, digits=digits)
    with db.write() as session:
        known = session.scalars(select(Person).where(Person.snils == digits)).one()
        session.add(Attestation(person_id=known.id, kind="frmr", user_id=clinic.user, at=NOON))
    return request


def print_set(page: Page, folder: Path, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    file = folder / "printed.pdf"
    download.value.save_as(file)
    return file.read_bytes()


def scanned(printed: bytes, folder: Path, **wear: int) -> Path:
    """The sheets signed and laid askew on a scanner's glass."""
    file = folder / "скан.pdf"
    file.write_bytes(paper.scanned(printed, 200, **wear))
    return file


def test_from_the_draft_to_the_number(
    desk: Desk, db: Database, draft_of_one: int, tmp_path: Path
) -> None:
    page = desk.open(f"/requests/{draft_of_one}/edit")
    page.get_by_role("button", name="На подпись").click()
    page.wait_for_url("**/signing")
    printed = print_set(page, tmp_path, "Напечатать версию 1")
    expect(page.get_by_text("напечатана версия 1")).to_be_visible()

    page.set_input_files("#drop-scan", scanned(printed, tmp_path, skew=3, turned=180))
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_text("QR-код: это заявка 2026-")).to_be_visible()
    expect(page.get_by_text("Страниц 1 из 1")).to_be_visible()
    picture = page.locator("img.af-page")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480

    page.get_by_label("и печать на скане есть и читаются").check()
    page.get_by_role("button", name="Подтвердить").click()
    page.get_by_role("link", name="К отправке").click()
    expect(page.get_by_text("скан с подписью, .pdf")).to_be_visible()
    expect(page.get_by_text("Чтобы отправить, осталось")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("номер МИАЦ: МИАЦ-2026-000001").first).to_be_visible()
    with db.read() as session:
        assert session.get_one(Request, draft_of_one).state == "registered"


def test_another_applications_scan_is_refused_where_it_was_given(
    desk: Desk, clinic: House, draft_of_one: int, tmp_path: Path
) -> None:
    clinic.state(draft_of_one, "ready")
    page = desk.open(f"/requests/{draft_of_one}/signing")
    foreign = scanned(paper.printed("2026-00777"), tmp_path)
    page.set_input_files("#drop-scan", foreign)
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_role("alert")).to_contain_text("из заявки 2026-00777")
    expect(page.get_by_role("button", name="Загрузить")).to_be_enabled()


def test_all_that_waits_in_one_print_and_one_scan(
    desk: Desk, clinic: House, db: Database, draft_of_one: int, tmp_path: Path
) -> None:
    second = ready_draft(clinic, db)
    for request in (draft_of_one, second):
        clinic.state(request, "ready")
    page = desk.open("/signing")
    printed = print_set(page, tmp_path, "Напечатать отмеченные одним PDF")
    page.set_input_files("#batch", scanned(printed, tmp_path, skew=1))
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_text("Все страницы разложены")).to_be_visible()
    page.get_by_role("link", name="На подпись", exact=True).last.click()
    boxes = page.get_by_role("figure").get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="На отмеченных подпись и печать есть").click()
    page.get_by_role("button", name="Отправить отмеченные").click()
    expect(page.get_by_role("heading", name="Отправлено: 2 заявки")).to_be_visible()
    expect(page.get_by_text("МИАЦ-2026-000002")).to_be_visible()


def test_a_file_is_dropped_onto_its_place(
    desk: Desk, clinic: House, draft_of_one: int, tmp_path: Path
) -> None:
    clinic.state(draft_of_one, "ready")
    page = desk.open(f"/requests/{draft_of_one}/signing")
    content = list(paper.jpeg(paper.drawn(paper.printed())[0], 60))
    page.locator("form[data-drop]").evaluate(
        """(form, content) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(content)], "скан.jpg", {type: "image/jpeg"}));
          form.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
        }""",
        content,
    )
    expect(page.get_by_role("alert")).to_contain_text("из заявки 2026-00412")


def test_without_javascript_it_is_the_same_way(
    desk: Desk, clinic: House, browser: Browser, draft_of_one: int, tmp_path: Path
) -> None:
    clinic.state(draft_of_one, "ready")
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    desk.sign_in(context)
    page = context.new_page()
    page.goto(f"{desk.address}/requests/{draft_of_one}/signing")
    printed = print_set(page, tmp_path, "Напечатать версию 1")
    page.set_input_files("#drop-scan", scanned(printed, tmp_path))
    with page.expect_navigation():
        page.get_by_role("button", name="Загрузить").click()
    for press in ("повернуть вправо", "повернуть влево"):
        with page.expect_navigation():
            page.get_by_role("button", name=press).click()
    page.get_by_label("и печать на скане есть и читаются").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Подтвердить").click()
    page.get_by_role("link", name="К отправке").click()
    page.get_by_role("button", name="Отправить в МИАЦ").click()
    expect(page.get_by_text("номер МИАЦ: МИАЦ-2026-000001").first).to_be_visible()
    context.close()


def test_axe_finds_nothing_and_only_tables_scroll_sideways(
    desk: Desk,
    clinic: House,
    db: Database,
    draft_of_one: int,
    axe: Callable[[Page], list[str]],
    tmp_path: Path,
) -> None:
    second = ready_draft(clinic, db)
    for request in (draft_of_one, second):
        clinic.state(request, "ready")
    page = desk.open(f"/requests/{draft_of_one}/signing")
    printed = print_set(page, tmp_path, "Напечатать версию 1")
    page.set_input_files("#drop-scan", scanned(printed, tmp_path))
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_text("Страниц 1 из 1")).to_be_visible()
    sheet = paper.drawn(printed)[0]
    sheet.paste(255, (int(sheet.width * 0.85), int(sheet.height * 0.8), *sheet.size))
    unread = tmp_path / "unread.pdf"
    unread.write_bytes(paper.pdf([sheet]))
    desk.open("/signing")
    page.set_input_files("#batch", unread)
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_role("heading", name="Чьи это страницы?")).to_be_visible()
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for path in (page.url.removeprefix(desk.address), "/signing",
                     f"/requests/{draft_of_one}/signing", f"/requests/{second}/signing",
                     f"/requests/{draft_of_one}/send"):  # fmt: skip
            desk.open(path)
            assert axe(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path


def test_the_head_sees_what_waits_first(
    desk: Desk,
    clinic: House,
    db: Database,
    browser: Browser,
    signed_in: Callable[[int], FlaskClient],
    draft_of_one: int,
) -> None:
    clinic.state(draft_of_one, "ready")
    head = signed_in(factories.account(db, "signatory", clinic.organization))
    with watched_page(browser) as page:
        enter(page.context, head, desk.address)
        page.goto(desk.address)
        expect(page.get_by_role("heading", name="Ждут подписи и печати")).to_be_visible()
        expect(page.locator(".af-nav a[aria-current]")).to_contain_text("1")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/requests/{draft_of_one}/signing")
