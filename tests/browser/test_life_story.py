"""The life of an application as four people live it: secretary, head, specialist, lead of МИАЦ."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.story_examples import (
    AUTHOR,
    MAILBOX,
    Story,
    addressed,
    asked,
    chosen,
    does,
    enclosed,
    no_full_snils,
    number_of,
    state,
    words_of,
)
from tests.support.pdf_reading import texts

NURSES = ("Абрамова Вера Николаевна", "Нестерова Жанна Игоревна")
QUESTION = "Уточните должность Нестеровой: в ФРМР её нет."


def test_four_people_take_an_application_to_its_end(tale: Story) -> None:
    made = made_and_handed_on(tale)
    printed_by_the_head_and_sent(tale, made)
    asked_and_answered(tale, made)
    forwarded_and_decided(tale, made)
    closed_by_the_lead(tale, made)
    tale.post()
    the_right_letters_have_arrived(tale, made)


def made_and_handed_on(tale: Story) -> int:
    """Monday 23.11.2026, noon."""
    page = tale.at("sekretar", "/")
    page.get_by_role("link", name="Новая заявка").first.click()
    chosen(page, NURSES, "ФРМСС", "Медицинский работник")
    tale.looks_right(page)
    page.get_by_role("button", name="На подпись").click()
    page.wait_for_url("**/signing")
    return number_of(page)


def printed_by_the_head_and_sent(tale: Story, made: int) -> None:
    head = tale.at("rukovoditel", f"/requests/{made}/signing")
    printed = tale.downloaded(head, head.get_by_role("button", name="Напечатать версию 1"))
    assert all(name.split()[0] in " ".join(texts(printed)) for name in NURSES)
    page = tale.at("sekretar", f"/requests/{made}/signing")
    expect(page.get_by_text("напечатана версия 1")).to_be_visible()
    tale.lays_scan(page, printed, skew=3, turned=180)
    tale.looks_right(page)
    page.get_by_role("link", name="К отправке").click()
    tale.looks_right(page)
    page.get_by_role("button", name="Отправить в МИАЦ").click()
    told = page.locator(".af-toast")
    expect(told).to_contain_text(re.compile(r"отправлена, номер МИАЦ: МИАЦ-2026-\d{6}"))
    page = tale.at("sekretar", f"/requests/{made}")
    expect(state(page)).to_have_text("Зарегистрирована")
    expect(page.get_by_text("осталось 30 дней (до 23.12.2026)")).to_be_visible()
    tale.looks_right(page)
    [letter] = tale.post()
    assert addressed(letter) == (MAILBOX, AUTHOR)


def asked_and_answered(tale: Story, made: int) -> None:
    """Asked on Tuesday 24.11, answered on Friday 27.11: three days of pause."""
    tale.clock.advance(days=1)
    desk = tale.at("specialist", f"/queue/{made}")
    tale.looks_right(desk)
    desk.get_by_role("button", name="Взять в работу").click()
    expect(state(desk)).to_have_text("На рассмотрении")
    about = {"about_rows": "2", "answer_by": "27.11.2026"}
    dialog = asked(desk, "Запросить данные…", text=QUESTION, **about)
    expect(dialog).to_contain_text("Срок встанет на паузу сегодня")
    expect(dialog).to_contain_text("Сейчас он — до 23.12.2026; если ответят 27.11.2026, "
                                   "станет до 28.12.2026")  # fmt: skip
    tale.looks_right(desk)
    dialog.get_by_role("button", name="Запросить данные").click()
    expect(state(desk)).to_have_text("Нужны сведения")
    [letter] = tale.post()
    assert QUESTION in words_of(letter)
    assert "дополнить заявку до 27.11.2026" in words_of(letter)

    tale.clock.advance(days=3)
    page = tale.at("sekretar", f"/requests/{made}")
    expect(page.locator(".af-said")).to_contain_text(QUESTION)
    expect(page.get_by_text("Ответьте до 27.11.2026.")).to_be_visible()
    people = page.get_by_role("region", name="Сотрудники заявки")
    asked_of = people.get_by_role("row").filter(has_text="нужны сведения")
    expect(asked_of).to_have_count(1)
    expect(asked_of).to_contain_text("Нестерова")
    expect(page.get_by_text("на паузе 3 дня (с 24.11.2026)")).to_be_visible()
    tale.looks_right(page)
    page.get_by_label("3. Ответ").fill("Нестерова принята 20.11, запись в ФРМР внесена.")
    page.get_by_role("button", name="Ответить").click()
    expect(state(page)).to_have_text("На рассмотрении")
    # 23.12 and three days is Saturday 26.12; the next working day is Monday.
    expect(page.get_by_text("остался 31 день (до 28.12.2026)")).to_be_visible()


def forwarded_and_decided(tale: Story, made: int) -> None:
    tale.clock.advance(days=3)
    desk = tale.at("specialist", f"/queue/{made}")
    expect(desk.get_by_text("запись в ФРМР внесена")).to_be_visible()
    fields = {"forwarded_to": "СТП ЕГИСЗ", "external_no": "СТП 0944417"}
    does(desk, "Передать дальше…", **fields)
    expect(state(desk)).to_have_text("В СТП ЕГИСЗ")
    expect(state(desk)).to_have_text("В СТП ЕГИСЗ")
    tale.clock.advance(days=7)
    desk = tale.at("specialist", f"/queue/{made}")
    status = {"external_no": "СТП 0944417", "external_status": "исполнено частично"}
    does(desk, "Внешний номер и статус…", **status)
    expect(desk.locator("main")).to_contain_text("исполнено частично")
    first, second = (desk.get_by_role("radiogroup", name=f"Решение: {name}") for name in NURSES)
    first.get_by_text("Исполнено").click()
    second.get_by_text("Отказ").click()
    desk.get_by_label(f"Причина отказа: {NURSES[1]}").select_option("not_in_frmr")
    expect(desk.locator("[data-summary]")).to_contain_text("исполнено 1, отказ 1")
    desk.get_by_role("button", name="Записать решения (2)").click()
    expect(state(desk)).to_have_text("Исполнена")
    tale.looks_right(desk)


def closed_by_the_lead(tale: Story, made: int) -> None:
    tale.clock.advance(hours=2)
    lead = tale.at("miac", f"/queue/{made}")
    lead.get_by_role("button", name="Закрыть", exact=True).click()
    expect(state(lead)).to_have_text("Закрыта")
    page = tale.at("sekretar", f"/requests/{made}")
    people = page.get_by_role("region", name="Сотрудники заявки").locator("tbody tr")
    expect(people.nth(0)).to_contain_text("предоставлен")
    expect(people.nth(1)).to_contain_text("сотрудника нет в ФРМР")
    tale.looks_right(page)


def the_right_letters_have_arrived(tale: Story, made: int) -> None:
    """To the mailbox it came from, a copy to the author; one thread; the package to СТП ЕГИСЗ."""
    letters = tale.room.arrived()
    first, *others = to_author = [one for one in letters if MAILBOX in str(one["To"])]
    assert [addressed(one) for one in to_author] == [(MAILBOX, AUTHOR)] * 5
    told = ("зарегистрирована", QUESTION, "СТП 0944417", "отказ (сотрудника нет в ФРМР)", "закрыта")
    for letter, words in zip(to_author, told, strict=True):
        assert words in words_of(letter), letter["Subject"]
        assert "ФРМСС" in letter["Subject"]
        assert "Заявка 2026-000" in letter["Subject"]
    for letter in others:
        assert letter["In-Reply-To"] == letter["References"] == first["Message-ID"]
    [package] = [one for one in letters if enclosed(one)]
    assert addressed(package)[0] == "egisz@stp-egisz.ru"
    assert {Path(name).suffix for name in enclosed(package)} == {".docx", ".pdf", ".xlsx"}
    [answer] = [one for one in letters if one not in (*to_author, package)]
    assert "запись в ФРМР внесена" in words_of(answer)
    assert f"/queue/{made}" in words_of(answer)
    assert no_full_snils(letters)
