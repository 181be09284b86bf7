"""The table editor under a person's hands."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accessflow.db.session import Database
from tests.browser.conftest import Desk
from tests.browser.editor_table import cell, paste, settled
from tests.draft_examples import answers, draft, people, person
from tests.request_examples import House


def test_an_error_appears_at_its_cell_when_the_cursor_leaves(desk: Desk, clinic: House) -> None:
    request = draft(clinic, people(2))
    page = desk.open(f"/requests/{request}/edit")
    snils = cell(page, 1, "snils")
    page.fill(snils, "112-233-445 96")
    page.keyboard.press("Tab")
    expect(page.locator(f"{snils}-e")).to_contain_text("Контрольное число не сходится")
    expect(page.locator(snils)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(snils)).to_have_attribute("aria-describedby", f"{snils[1:]}-e")
    expect(page.locator("#ed-checks")).to_contain_text("1 ошибка")


def test_an_error_waits_while_its_cell_is_being_filled(desk: Desk, clinic: House) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    snils = cell(page, 1, "snils")
    with page.expect_response(re.compile("/cells")):
        page.fill(snils, "112-233")
    expect(page.locator("#ed-checks")).to_contain_text("1 ошибка")
    expect(page.locator(f"{snils}-e")).to_be_empty()
    page.focus(cell(page, 1, "email"))
    expect(page.locator(f"{snils}-e")).to_contain_text("11 цифр")


def test_a_mended_cell_loses_its_error_at_once(desk: Desk, clinic: House) -> None:
    request = draft(clinic, [person(snils="112-233-445 96")])
    page = desk.open(f"/requests/{request}/edit")
    snils = cell(page, 1, "snils")
    expect(page.locator(snils)).to_have_attribute("aria-invalid", "true")
    page.fill(snils, "112-233-445 95")
    expect(page.locator(f"{snils}-e")).to_be_empty()
    expect(page.locator(snils)).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator(snils)).to_be_focused()


def test_another_rows_error_goes_with_its_cause(desk: Desk, clinic: House) -> None:
    request = draft(clinic, [person(0, email="one@mail.ru"), person(1, email="one@mail.ru")])
    page = desk.open(f"/requests/{request}/edit")
    second = cell(page, 2, "email")
    expect(page.locator(f"{second}-e")).to_contain_text("Этот адрес уже в строке 1")
    page.fill(cell(page, 1, "email"), "two@mail.ru")
    page.keyboard.press("Tab")
    expect(page.locator(f"{second}-e")).to_be_empty()


def test_the_button_of_an_error_mends_it(desk: Desk, clinic: House, db: Database) -> None:
    request = draft(clinic, [person(last_name="Cоколов")])  # a Latin C
    page = desk.open(f"/requests/{request}/edit")
    page.get_by_role("button", name="Заменить на «Соколов»").click()
    expect(page.locator(cell(page, 1, "last_name"))).to_have_value("Соколов")
    assert answers(db, request)[0]["last_name"] == "Соколов"


def test_thirty_rows_pasted_at_a_cell_fill_the_table(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, [{}])
    page = desk.open(f"/requests/{request}/edit")
    block = "\n".join(
        f"Врач-терапевт\tПетрова\tАнна\tИвановна\t\t\t\tpaste{n}@mail.ru" for n in range(30)
    )
    paste(page, cell(page, 1, "position"), block)
    expect(page.locator(".af-edit tbody tr")).to_have_count(30)
    rows = answers(db, request)
    assert [row["email"] for row in rows] == [f"paste{n}@mail.ru" for n in range(30)]
    page.locator(".af-toast").get_by_role("button", name="Отменить").click()
    expect(page.locator(".af-edit tbody tr")).to_have_count(1)
    assert answers(db, request) == [{}]


def test_one_cell_is_pasted_as_text(desk: Desk, clinic: House) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    paste(page, cell(page, 1, "position"), "Врач\n")
    expect(page.locator(".af-edit tbody tr")).to_have_count(1)
    assert page.locator(".af-toast").count() == 0


def test_a_row_is_added_typed_into_and_removed_and_comes_back(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    page = desk.open(f"/requests/{request}/edit")
    page.get_by_role("button", name="Строка", exact=True).click()
    expect(page.locator(".af-edit tbody tr")).to_have_count(3)
    expect(page.locator(cell(page, 3, "position"))).to_be_focused()
    page.keyboard.type("Фельдшер")
    page.get_by_role("button", name="Удалить строку 3").click()
    expect(page.locator(".af-edit tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Отменить", exact=True).last.click()
    expect(page.locator(cell(page, 3, "position"))).to_have_value("Фельдшер")
    assert answers(db, request)[2]["position"] == "Фельдшер"


def test_the_keyboard_alone_does_it_all(desk: Desk, clinic: House, db: Database) -> None:
    request = draft(clinic, people(3))
    page = desk.open(f"/requests/{request}/edit")
    page.focus(cell(page, 1, "position"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Акушерка")
    page.keyboard.press("Enter")
    expect(page.locator(cell(page, 2, "position"))).to_be_focused()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Control+d")
    expect(page.locator(cell(page, 3, "position"))).to_have_value("Акушерка")
    expect(page.locator(cell(page, 1, "position"))).to_be_focused()
    assert [row["position"] for row in answers(db, request)] == ["Акушерка"] * 3
    page.focus(cell(page, 3, "last_name"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Строка", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(cell(page, 4, "position"))).to_be_focused()


def test_tab_goes_from_the_last_cell_to_the_next_row(desk: Desk, clinic: House) -> None:
    request = draft(clinic, people(2), action="revoke")  # a grant's last cell is a date: four stops
    page = desk.open(f"/requests/{request}/edit")
    page.focus(cell(page, 1, "role"))
    page.keyboard.press("Tab")
    expect(page.locator(cell(page, 2, "position"))).to_be_focused()


def test_f8_goes_round_the_errors(desk: Desk, clinic: House) -> None:
    rows = [person(0, snils="112-233-445 96"), person(1), person(2, last_name="Cоколов")]
    request = draft(clinic, rows)
    page = desk.open(f"/requests/{request}/edit")
    page.keyboard.press("F8")
    expect(page.locator(cell(page, 1, "snils"))).to_be_focused()
    page.keyboard.press("F8")
    expect(page.locator(cell(page, 3, "last_name"))).to_be_focused()
    page.keyboard.press("F8")
    expect(page.locator(cell(page, 1, "snils"))).to_be_focused()
    page.keyboard.press("Shift+F8")
    expect(page.locator(cell(page, 3, "last_name"))).to_be_focused()


def test_the_list_of_checks_leads_to_the_cell(desk: Desk, clinic: House) -> None:
    request = draft(clinic, [person(0), person(1, snils="112-233-445 96")])
    page = desk.open(f"/requests/{request}/edit")
    page.locator("#ed-checks").get_by_role("link", name="Строка 2, СНИЛС").click()
    expect(page.locator(cell(page, 2, "snils"))).to_be_focused()


def test_the_preview_follows_what_is_saved(desk: Desk, clinic: House) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    page.locator("#ed-preview").scroll_into_view_if_needed()
    picture = page.locator("#ed-page img")
    first = picture.get_attribute("src")
    assert page.evaluate("document.querySelector('#ed-page img').decode().then(() => true)")
    page.fill(cell(page, 1, "position"), "Санитарка")
    page.keyboard.press("Tab")
    settled(page)
    page.locator("#ed-preview").scroll_into_view_if_needed()
    expect(picture).not_to_have_attribute("src", first or "")


def test_the_set_is_downloaded_with_what_was_just_typed(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    page.fill(cell(page, 1, "position"), "Санитарка")
    with page.expect_download() as download:
        page.get_by_role("button", name="Скачать комплект").click()
    assert download.value.suggested_filename.endswith(".zip")
    assert "ФРМСС" in download.value.suggested_filename
    assert answers(db, request)[0]["position"] == "Санитарка"


def test_ctrl_enter_takes_what_was_just_typed_to_its_signature(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    page.fill(cell(page, 1, "position"), "Санитарка")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/requests/{request}/signing")
    assert answers(db, request)[0]["position"] == "Санитарка"
    expect(page.get_by_role("button", name="Напечатать версию")).to_be_visible()


def test_the_organisations_columns_unfold_and_take_a_value_of_their_own(
    desk: Desk, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    page = desk.open(f"/requests/{request}/edit")
    # The organisation's three, and its own note of a term.
    assert page.locator("td.is-fixed").count() == 4
    page.get_by_label("развернуть столбцы организации").check()
    own = cell(page, 1, "org_short_name")
    expect(page.locator(own)).to_have_value("ГБУЗ ЛО «Приозёрная РБ-учебная»")
    page.fill(own, "ГБУЗ ЛО «Другое имя»")
    page.keyboard.press("Tab")
    settled(page)
    assert answers(db, request)[0]["org_short_name"] == "ГБУЗ ЛО «Другое имя»"


def test_axe_finds_nothing(
    desk: Desk, clinic: House, axe: Callable[[Page], list[str]],
    axe_in_the_dark: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    rows = [person(0, snils="112-233-445 96"), person(1, last_name="Cоколов"), {}]
    pages = [
        draft(clinic, rows),
        draft(clinic, [{}], form="appendix-15", system=None, action="network"),
        draft(clinic, rows, form="appendix-04", system="rs-ssz"),
        draft(clinic, rows, form="appendix-06", system="covid19"),
        draft(clinic, [], form="appendix-02", system=None, action="cover"),
        draft(clinic, rows, form="appendix-12", system="rs-tmk", action="revoke"),
    ]
    # High enough that the bar at the foot covers nothing.
    desk.page.set_viewport_size({"width": 1366, "height": 3000})
    for request in pages:
        for path in ("edit", "edit?unfold=1", "import"):
            page = desk.open(f"/requests/{request}/{path}")
            assert axe(page) == [], (request, path)
            assert axe_in_the_dark(page) == [], (request, path)


def test_at_twice_the_size_only_the_table_scrolls_sideways(desk: Desk, clinic: House) -> None:
    request = draft(clinic, people(3))
    desk.page.set_viewport_size({"width": 683, "height": 384})
    page = desk.open(f"/requests/{request}/edit")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "(() => { const box = document.querySelector('.af-scroll');"
        " return box.scrollWidth > box.clientWidth; })()"
    )


def test_two_hundred_rows_can_be_typed_into(desk: Desk, clinic: House, db: Database) -> None:
    request = draft(clinic, people(200))
    page = desk.open(f"/requests/{request}/edit")
    page.fill(cell(page, 200, "position"), "Санитарка")
    page.keyboard.press("Tab")
    settled(page)
    assert answers(db, request)[199]["position"] == "Санитарка"
