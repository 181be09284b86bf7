"""Applications in a real browser: the keyboard, the live sum, the list; and all of it without
JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from accessflow.services.picks import Picks, change
from tests.browser.conftest import Desk, before_scripts
from tests.factories import NOON
from tests.request_examples import House

SIDE_SCROLL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMES = ["Лунина Алла Фёдоровна", "Лунёв Степан Тимофеевич", "Ким Ольга Викторовна"]


@pytest.fixture
def staff(clinic: House) -> list[int]:
    return [clinic.hire(name) for name in NAMES]


def pick(clinic: House, people: list[int], systems: list[str]) -> None:
    """As if it had been picked by hand."""
    picked = Picks(people=tuple(people), systems=tuple(systems))
    change(clinic.db, user_id=clinic.user, now=NOON, edit=lambda _session, _before: picked)


def test_people_are_added_from_the_keyboard(desk: Desk, staff: list[int]) -> None:
    page = desk.open("/requests/new")
    page.focus("#who")
    page.keyboard.type("лун")
    expect(page.locator("#new-options [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    second = page.locator("#new-options [aria-selected=true]")
    expect(second).to_contain_text("Лунина")
    expect(page.locator("#who")).to_have_attribute(
        "aria-activedescendant", second.get_attribute("id") or ""
    )
    page.keyboard.press("Enter")
    expect(page.locator(".af-chips li")).to_have_text(re.compile("Лунина А. Ф."))
    expect(page.locator("#who")).to_be_focused()
    expect(page.locator("#who")).to_have_value("")
    page.keyboard.type("ким")
    expect(page.locator("#new-options [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".af-chips li")).to_have_count(2)
    expect(page.locator("#new-note")).to_have_text("Добавлен(а): Ким О. В.")


def test_what_is_typed_before_the_scripts_come_is_searched(desk: Desk, staff: list[int]) -> None:
    with before_scripts(desk.page, f"{desk.address}/requests/new") as page:
        page.locator("#who").press_sequentially("лун")
        page.locator("#s-rs-tmk").check()
    expect(page.locator("#new-options [role=option]")).to_have_count(2)
    expect(page.locator("#new-chosen")).to_have_text(re.compile("выбрано 1 из"))


def test_the_sum_follows_every_click_and_the_page_stays_where_it_is(
    desk: Desk, clinic: House, staff: list[int]
) -> None:
    pick(clinic, staff[:2], [])
    page = desk.open("/requests/new")
    page.check("#s-rs-tmk")
    title = page.locator("#new-sum h2")
    expect(title).to_have_text("Получится 1 заявка")
    scrolled = page.evaluate("document.querySelector('#new-systems .af-scroll').scrollTop")
    assert scrolled > 0
    page.check("#s-frmsr")
    expect(title).to_have_text("Получатся 2 заявки")
    expect(page.locator("#new-sum")).to_contain_text("Всего 4 строки")
    page.uncheck(f'[name=pair][value="{staff[0]}:frmsr"]')
    expect(page.locator("#new-sum")).to_contain_text("Всего 3 строки")
    page.select_option("#all-frmsr", "Медицинский работник")
    expect(page.locator(f'[name="role:{staff[1]}:frmsr"]')).to_have_value("Медицинский работник")
    expect(page.locator("#new-sum")).not_to_contain_text("Роль не выбрана")
    page.reload()
    expect(title).to_have_text("Получатся 2 заявки")
    expect(page.locator(f'[name="role:{staff[1]}:frmsr"]')).to_have_value("Медицинский работник")
    expect(page.locator(f'[name=pair][value="{staff[0]}:frmsr"]')).not_to_be_checked()


def test_systems_are_filtered_as_one_types(desk: Desk) -> None:
    page = desk.open("/requests/new")
    page.fill("#filter", "освидет")
    expect(page.locator("#new-systems tr[data-text]:visible")).to_have_count(1)
    page.keyboard.press("Enter")  # must not send the form
    page.check("#s-rmo")
    page.fill("#filter", "нет такой")
    expect(page.locator("[data-filter-empty]")).to_be_visible()
    page.fill("#filter", "")
    expect(page.locator("#new-systems tr[data-text]:visible")).to_have_count(32)
    expect(page.locator("#new-chosen")).to_have_text("выбрано 1 из 32")


def test_pasted_lines_are_judged_as_they_come(desk: Desk, staff: list[int]) -> None:
    page = desk.open("/requests/new")
    page.click("#new-paste summary")
    page.fill("#paste", "Лунина Алла Фёдоровна\nГущин Вадим Львович\t001-001-999 64")
    expect(page.locator("#new-pasted")).to_contain_text("Узнали 1 из 2: Лунина А. Ф.")
    expect(page.locator("#new-pasted")).to_contain_text("Контрольное число СНИЛС не сходится")
    page.click("text=Добавить 1")
    expect(page.locator(".af-chips li")).to_have_count(1)
    expect(page.locator("#paste")).to_have_value("Гущин Вадим Львович\t001-001-999 64")


def test_a_press_counts_though_the_button_is_renewed_under_it(
    desk: Desk, clinic: House, staff: list[int]
) -> None:
    pick(clinic, staff[:1], ["frllo"])
    page = desk.open("/requests/new")
    button = page.locator("#new-sum button[value=create]")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = button.element_handle()
    page.mouse.down()
    page.locator("#s-frllo").dispatch_event("change")
    page.wait_for_function("button => !button.isConnected", arg=before)
    page.mouse.up()
    page.wait_for_url("**/edit")


def test_a_press_counts_though_an_answer_is_still_on_its_way(
    desk: Desk, clinic: House, staff: list[int]
) -> None:
    pick(clinic, staff[:1], ["frmsr"])
    page = desk.open("/requests/new")
    held: list[Route] = []
    page.route("**/requests/new", lambda route: held.append(route), times=1)
    page.select_option("#all-frmsr", "Медицинский работник")
    page.locator("#new-sum button[value=create]").click()
    page.wait_for_function("document.activeElement?.value === 'create'")
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_url("**/edit")


def test_control_enter_creates_and_opens_the_first(
    desk: Desk, clinic: House, staff: list[int]
) -> None:
    pick(clinic, staff, ["frllo", "rs-tmk"])
    page = desk.open("/requests/new")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/edit")
    expect(page.locator("main")).to_contain_text("1-я из 2")


def test_the_whole_way_without_javascript(
    desk: Desk, browser: Browser, clinic: House, staff: list[int]
) -> None:
    with browser.new_context(java_script_enabled=False, locale="ru-RU") as context:
        desk.sign_in(context)
        page = context.new_page()
        page.goto(f"{desk.address}/requests")
        page.click("text=Новая заявка >> nth=0")
        page.fill("#who", "лунина")
        page.click("noscript [value=find]")
        page.click("#new-options button")
        page.fill("#who", "ким")
        page.keyboard.press("Enter")
        page.click("#new-options button")
        page.check("#s-frmss")
        page.check("#s-frllo")
        page.click(".af-head noscript button")
        page.select_option("#all-frmss", "Медицинский работник")
        page.uncheck(f'[name=pair][value="{staff[2]}:frllo"]')
        page.click("#new-sum [value=create]")
        page.wait_for_url("**/edit")
        page.goto(f"{desk.address}/requests")
        expect(page.locator("tbody tr")).to_have_count(2)
        expect(page.locator("tbody tr", has_text="ФРМСС")).to_contain_text(
            "Лунина А. Ф., Ким О. В."
        )
        page.locator("tbody tr", has_text="ФРЛЛО").locator("[name=pick]").check()
        page.click("text=Удалить отмеченные")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.click("text=Отменить")
        expect(page.locator("tbody tr")).to_have_count(2)
        page.fill("#q", "ФРМСС")
        page.click("text=Показать")
        expect(page.locator("tbody tr")).to_have_count(1)


def test_the_list_is_walked_from_the_keyboard(desk: Desk, clinic: House, staff: list[int]) -> None:
    clinic.make("frmss", "rmo", people=tuple(staff))
    page = desk.open("/requests")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr[aria-current]")).to_contain_text("2026-00001")
    page.keyboard.press("x")
    expect(page.locator("[data-picked-count]")).to_have_text("отмечено: 1")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/2")
    page.go_back()
    page.keyboard.press("n")
    page.wait_for_url("**/requests/new")


def test_a_deletion_is_undone_from_its_toast(desk: Desk, clinic: House) -> None:
    clinic.make("frmss")
    page = desk.open("/requests/1")
    page.click("summary >> text=Ещё")
    page.click("text=Удалить черновик")
    expect(page.locator(".af-empty")).to_be_visible()
    page.click(".af-toast >> text=Отменить")
    expect(page.locator("tbody tr")).to_have_count(1)


PAGES = [
    "/requests", "/requests?q=xyz", "/requests?tab=done", "/requests/1", "/requests/3",
    "/requests/new", "/systems", "/systems?q=xyz", "/systems/forms/appendix-05",
    "/systems/forms/appendix-15", "/systems/forms/emd-act",
]  # fmt: skip


def test_axe_finds_nothing_and_double_size_does_not_scroll(
    desk: Desk,
    browser: Browser,
    axe: Callable[[Page], list[str]],
    axe_in_the_dark: Callable[[Page], list[str]],
    clinic: House,
    staff: list[int],
) -> None:
    gap = clinic.hire("Соколов Дмитрий Павлович", email="")
    clinic.make("frmss", "rs-doctor-portal", people=(*staff, gap), action="revoke")
    [sent] = clinic.make("frmr", people=tuple(staff))
    clinic.state(sent, "sent")
    pick(clinic, [*staff, gap], ["frmss", "vimis-akineo", "rs-tmk", "rs-prof", "frv"])
    for width, height in ((1366, 768), (683, 384)):
        viewport: ViewportSize = {"width": width, "height": height}
        with browser.new_context(viewport=viewport) as context:
            desk.sign_in(context)
            page = context.new_page()
            for path in PAGES:
                page.goto(desk.address + path)
                assert axe(page) == [], f"{path} at {width}"
                assert axe_in_the_dark(page) == [], f"{path} at {width}"
                assert page.evaluate(SIDE_SCROLL) <= 0, f"{path} at {width}"


def test_axe_finds_nothing_in_what_opens_on_the_new_application(
    desk: Desk, axe: Callable[[Page], list[str]], staff: list[int]
) -> None:
    page = desk.open("/requests/new")
    page.fill("#who", "лун")
    expect(page.locator("#new-options [role=option]")).to_have_count(2)
    page.click("#new-paste summary")
    page.fill("#paste", "Гущин Вадим Львович\t001-001-999 64\nКим Ольга Викторовна")
    expect(page.locator("#new-pasted")).to_contain_text("Узнали 1 из 2")
    assert axe(page) == []


def test_two_hundred_people_stay_usable(desk: Desk, clinic: House) -> None:
    people = [clinic.hire("Иванова Анна Ивановна") for _ in range(200)]
    pick(clinic, people, ["frmss", "rmo", "smp", "vimis-akineo"])
    page = desk.open("/requests/new")
    page.select_option("#all-frmss", "Медицинский работник")
    expect(page.locator("#new-sum")).to_contain_text("Всего 800 строк")
    page.uncheck(f'[name=pair][value="{people[150]}:smp"]')
    expect(page.locator("#new-sum")).to_contain_text("Всего 799 строк")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/edit", timeout=60_000)
    desk.open("/requests")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("tbody tr", has_text="СМП")).to_contain_text("всего 199")
