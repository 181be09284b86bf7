"""Nothing typed into the editor is lost: whoever leaves, signs out, or works on it besides."""

from __future__ import annotations

import re
import threading

from flask import Flask, Response, request_finished
from playwright.sync_api import Route, expect

from accessflow.db.session import Database
from tests.browser.conftest import Desk, before_scripts
from tests.browser.editor_table import cell, settled
from tests.draft_examples import answers, draft, people
from tests.request_examples import House


def test_typing_saves_itself_and_says_so(desk: Desk, clinic: House, db: Database) -> None:
    request = draft(clinic, people(2))
    page = desk.open(f"/requests/{request}/edit")
    page.fill(cell(page, 2, "position"), "Врач-терапевт")
    page.keyboard.press("Tab")
    settled(page)
    assert answers(db, request)[1]["position"] == "Врач-терапевт"


def test_what_is_typed_before_the_scripts_come_is_saved(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    with before_scripts(desk.page, f"{desk.address}/requests/{request}/edit") as page:
        page.fill(cell(page, 2, "position"), "Врач-терапевт")
    expect(page.locator("#ed-state")).to_have_attribute("data-version", "2")
    assert answers(db, request)[1]["position"] == "Врач-терапевт"


def test_a_page_left_at_once_loses_nothing(
    desk: Desk, clinic: House, db: Database, app: Flask
) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    arrived = threading.Event()

    def note(_: Flask, response: Response, **_more: object) -> None:
        if response.status_code == 204:  # the answer to what a page sends off as it goes
            arrived.set()

    request_finished.connect(note, app)
    page.fill(cell(page, 1, "position"), "Санитарка")
    page.goto("about:blank")
    assert arrived.wait(20)
    assert answers(db, request)[0]["position"] == "Санитарка"


def test_a_lost_session_keeps_the_words_until_after_the_sign_in(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    page.context.clear_cookies()
    page.fill(cell(page, 1, "position"), "Лаборант")
    page.keyboard.press("Tab")
    trouble = page.locator("#ed-trouble")
    expect(trouble).to_contain_text("Не сохранили: сеанс закончился")
    trouble.get_by_role("link", name="Войти").click()
    page.wait_for_url(re.compile("/login"))
    desk.sign_in(page.context)
    page.goto(f"{desk.address}/requests/{request}/edit")
    expect(page.locator(cell(page, 1, "position"))).to_have_value("Лаборант")
    settled(page)
    expect(page.locator(".af-toast")).to_contain_text("Восстановлено")
    assert answers(db, request)[0]["position"] == "Лаборант"
    page.reload()
    assert page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('af-editor'))") == []


def test_when_the_server_is_down_the_page_says_so_and_goes_on_trying(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    page.route("**/cells", lambda route: route.abort())
    page.fill(cell(page, 1, "position"), "Лаборант")
    page.keyboard.press("Tab")
    expect(page.locator("#ed-trouble")).to_contain_text("нет связи с сервером")
    expect(page.locator("#ed-state")).to_contain_text("Не сохранено")
    page.unroute("**/cells")
    settled(page)
    expect(page.locator("#ed-trouble")).to_be_empty()
    assert answers(db, request)[0]["position"] == "Лаборант"


def test_the_same_row_changed_elsewhere_is_told_and_decided(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    page = desk.open(f"/requests/{request}/edit")
    other = page.context.new_page()
    other.goto(f"{desk.address}/requests/{request}/edit")
    other.fill(cell(other, 1, "position"), "Врач-хирург")
    other.keyboard.press("Tab")
    settled(other)
    page.fill(cell(page, 1, "position"), "Врач-терапевт")
    page.keyboard.press("Tab")
    clash = page.locator("#ed-clashes")
    expect(clash).to_contain_text("Строка 1: изменено")
    expect(clash).to_contain_text("у вас «Врач-терапевт», там «Врач-хирург»")
    expect(page.locator(cell(page, 1, "position"))).to_have_value("Врач-терапевт")
    assert answers(db, request)[0]["position"] == "Врач-хирург"
    clash.get_by_role("button", name="Оставить моё").click()
    expect(clash).to_be_empty()
    assert answers(db, request)[0]["position"] == "Врач-терапевт"


def test_two_people_on_two_rows_do_not_meet(desk: Desk, clinic: House, db: Database) -> None:
    request = draft(clinic, people(2))
    page = desk.open(f"/requests/{request}/edit")
    other = page.context.new_page()
    other.goto(f"{desk.address}/requests/{request}/edit")
    for who, row, text in ((other, 1, "Врач-хирург"), (page, 2, "Врач-терапевт")):
        who.fill(cell(who, row, "position"), text)
        who.keyboard.press("Tab")
        settled(who)
        expect(who.locator("#ed-clashes")).to_be_empty()
    positions = [row["position"] for row in answers(db, request)]
    assert positions == ["Врач-хирург", "Врач-терапевт"]


def test_rows_of_another_tab_appear_with_the_next_save(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    page = desk.open(f"/requests/{request}/edit")
    other = page.context.new_page()
    other.goto(f"{desk.address}/requests/{request}/edit")
    other.get_by_role("button", name="Строка", exact=True).click()
    expect(other.locator(".af-edit tbody tr")).to_have_count(3)
    page.fill(cell(page, 1, "position"), "Санитарка")
    page.keyboard.press("Tab")
    expect(page.locator(".af-edit tbody tr")).to_have_count(3)
    expect(page.locator(cell(page, 1, "position"))).to_have_value("Санитарка")
    expect(page.locator(cell(page, 1, "last_name"))).to_be_focused()


def test_what_is_typed_while_an_operation_runs_is_not_lost(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    page = desk.open(f"/requests/{request}/edit")
    held: list[Route] = []
    page.route(re.compile(r"/edit$"), lambda route: held.append(route))
    page.get_by_role("button", name="Строка", exact=True).click()
    page.wait_for_function("document.querySelector('#ed-state').textContent.includes('Сохраняем')")
    page.fill(cell(page, 1, "position"), "Санитарка")
    held[0].continue_()
    expect(page.locator(".af-edit tbody tr")).to_have_count(3)
    expect(page.locator(cell(page, 1, "position"))).to_have_value("Санитарка")
    settled(page)
    assert answers(db, request)[0]["position"] == "Санитарка"
