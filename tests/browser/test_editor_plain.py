"""The editor without JavaScript: the form does the whole job."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from accessflow.db.session import Database
from tests.browser.conftest import Desk
from tests.browser.editor_table import cell
from tests.draft_examples import answers, draft, people
from tests.request_examples import House


class WithoutJavaScript:
    """The same page in a browser that runs no scripts."""

    def __init__(self, desk: Desk, browser: Browser) -> None:
        self.context = browser.new_context(java_script_enabled=False, accept_downloads=True)
        desk.sign_in(self.context)
        self.page = self.context.new_page()


@pytest.fixture
def plain(desk: Desk, browser: Browser) -> WithoutJavaScript:
    return WithoutJavaScript(desk, browser)


def test_without_javascript_the_form_does_the_whole_job(
    desk: Desk, plain: WithoutJavaScript, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    page = plain.page
    page.goto(f"{desk.address}/requests/{request}/edit")
    page.fill(cell(page, 1, "position"), "Акушерка")
    page.get_by_role("button", name="Строка", exact=True).click()
    page.fill(cell(page, 2, "last_name"), "Cоколов")  # a Latin C
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.locator(cell(page, 2, "last_name"))).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Заменить на «Соколов»").click()
    expect(page.locator(cell(page, 2, "last_name"))).to_have_value("Соколов")
    page.locator(".af-edit tbody th label").nth(1).click()
    expect(page.locator("[name=row]").nth(1)).to_be_checked()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect(page.locator(".af-edit tbody tr")).to_have_count(1)
    page.locator(".af-flash").get_by_role("button", name="Отменить").click()
    expect(page.locator(cell(page, 2, "last_name"))).to_have_value("Соколов")
    rows = answers(db, request)
    assert (rows[0]["position"], rows[1]["last_name"]) == ("Акушерка", "Соколов")


def test_without_javascript_a_block_is_pasted_and_the_file_comes(
    desk: Desk, plain: WithoutJavaScript, clinic: House, db: Database
) -> None:
    request = draft(clinic, [{}])
    page = plain.page
    page.goto(f"{desk.address}/requests/{request}/edit")
    page.get_by_text("Вставить из Excel").click()
    page.fill("#ed-block", "Фамилия\tИмя\nПетрова\tАнна\nЗимина\tЕлена")
    page.get_by_role("button", name="Вставить в таблицу").click()
    expect(page.locator(".af-edit tbody tr")).to_have_count(2)
    assert [row["last_name"] for row in answers(db, request)] == ["Петрова", "Зимина"]
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
