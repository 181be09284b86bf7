"""HR drops the export of orders onto the page, says who a namesake is, and takes the list."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, Employment
from accessflow.services import ledger_imports
from tests.browser.conftest import Desk
from tests.factories import NOON
from tests.list_examples import TODAY, WORKER, formatted, workbook
from tests.request_examples import House

TITLES = ("Номер приказа", "Сотрудник", "СНИЛС", "Дата увольнения")
DROP = """(zone, content) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(content)], "приказы.xlsx"));
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
}"""


def test_a_dropped_file_becomes_dismissals_and_their_revocations(
    desk: Desk, clinic: House, db: Database, axe: Callable[[Page], list[str]]
) -> None:
    petrova = clinic.hire()
    clinic.hire("Ким Ольга Викторовна", position="Акушерка")
    kim = clinic.hire("Ким Ольга Викторовна", position="Медсестра")
    with db.write() as session:
        for job in (petrova, kim):
            ledger_imports.open_from_list(
                session, session.get_one(Employment, job), "frmss", WORKER, NOON, on=TODAY,
                reference="список, строка 1",
            )  # fmt: skip
    data = workbook(
        TITLES,
        ("41-лс", "Петрова Анна Ивановна", formatted(clinic.snils(petrova)), "20.11.2026"),
        ("42-лс", "Ким Ольга Викторовна", "", "26.11.2026"),
        ("43-лс", "Никто Никита Никитич", "", "26.11.2026"),
    )
    page = desk.open("/dismissals/import")
    assert axe(page) == []
    page.locator("[data-dropzone]").evaluate(DROP, list(data))
    expect(page.get_by_role("button", name="Показать, что в списке")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("отзыв до 25.11.2026")).to_be_visible()
    assert axe(page) == []
    who = page.get_by_label("Кто это в строке 3: Ким Ольга Викторовна")
    who.select_option(who.locator("option", has_text="Медсестра").get_attribute("value"))
    page.get_by_role("button", name="Внести отмеченные").click()
    expect(page.get_by_text("Внесено: 2, перенесено: 0")).to_be_visible()
    expect(page.get_by_text("Что не взято и почему, .xlsx")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Сформировать все отзывы").click()
    expect(page).to_have_url(f"{desk.address}/dismissals?import_job=1")
    expect(page.get_by_text("Сформировано: 1 заявка на отзыв")).to_be_visible()
    with db.read() as session:
        assert set(session.scalars(select(Dismissal.employment_id))) == {petrova, kim}
