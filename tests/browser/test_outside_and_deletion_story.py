"""From its making to its end: where МИАЦ is outside, and an ЭМД to be deleted by way of КЗ."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import expect

from tests import scan_examples as paper
from tests.story_examples import (
    MAILBOX,
    Story,
    addressed,
    chosen,
    does,
    enclosed,
    filled,
    no_full_snils,
    number_of,
    state,
    words_of,
)

MIAC, DEPARTMENT = "ib_lomiac@lenreg.ru", "sec.lokz@lenreg.ru"
EGISZ, AKINEO = "egisz@stp-egisz.ru", "vimis-akineo@rt-eu.ru"
NURSES = ("Абрамова Вера Николаевна", "Нестерова Жанна Игоревна")


def test_where_miac_is_outside_its_answers_are_entered_by_the_secretary(tale: Story) -> None:
    page = tale.at("miac", "/organizations")
    href = page.get_by_role("link", name=re.compile("Приозёрная")).get_attribute("href")
    page = tale.at("miac", f"{href}/edit")
    page.get_by_label("МИАЦ работает с этой организацией вне accessflow").check()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("вне accessflow: комплект уходит письмом")).to_be_visible()

    page = tale.at("sekretar", "/requests/new")
    chosen(page, NURSES, "ФРМСС", "Медицинский работник")
    page.get_by_role("button", name="На подпись").click()
    page.wait_for_url("**/signing")
    made = number_of(page)
    tale.signs("sekretar", made, skew=2)
    page = tale.at("sekretar", f"/requests/{made}/send")
    expect(page.get_by_text(MIAC).first).to_be_visible()
    tale.looks_right(page)
    page.get_by_role("button", name="Отправить").click()
    page = tale.at("sekretar", f"/requests/{made}")
    expect(state(page)).to_have_text("Отправлена")
    [parcel] = tale.post()
    assert addressed(parcel) == (MIAC, "")
    assert sorted(Path(name).suffix for name in enclosed(parcel)) == [
        ".docx", ".docx", ".pdf", ".xlsx",
    ]  # fmt: skip

    tale.clock.advance(days=1)
    page = tale.at("sekretar", f"/requests/{made}")
    expect(page.get_by_role("heading", name="Ход за вами: впишите номер МИАЦ")).to_be_visible()
    page.get_by_role("textbox", name="Номер МИАЦ").fill("118-2026")
    page.get_by_role("button", name="Вписать номер").click()
    expect(state(page)).to_have_text("Зарегистрирована")
    expect(page.get_by_text("осталось 30 дней (до 24.12.2026)")).to_be_visible()
    tale.looks_right(page)
    does(page, "МИАЦ запросил сведения", text="Уточните должность")
    expect(page.get_by_role("heading", name="Ход за вами: ответьте МИАЦ")).to_be_visible()
    page.get_by_label("3. Ответ").fill("Медицинская сестра процедурная")
    page.get_by_role("button", name="Ответить").click()
    expect(state(page)).to_have_text("На рассмотрении")
    [answer] = tale.post()
    assert addressed(answer) == (MIAC, "")
    assert "Медицинская сестра процедурная" in words_of(answer)

    tale.clock.advance(days=10)
    page = tale.at("sekretar", f"/requests/{made}")
    page.get_by_role("link", name="Записать решения МИАЦ").click()
    first, second = (page.get_by_role("group", name=re.compile(name)) for name in NURSES)
    first.get_by_text("предоставлено").click()
    second.get_by_text("отказ", exact=True).click()
    second.get_by_role("combobox").select_option("not_in_frmr")
    tale.looks_right(page)
    page.get_by_role("button", name="Записать решения МИАЦ").click()
    expect(state(page)).to_have_text("Исполнена")
    does(page, "Закрыть")
    expect(state(page)).to_have_text("Закрыта")
    assert tale.post() == []  # МИАЦ has written itself
    assert no_full_snils(tale.room.arrived())


def test_a_birth_certificate_is_deleted_by_way_of_the_committee(tale: Story) -> None:
    made = letter_on_a_birth(tale)
    documents_of_the_committee(tale, made)
    deleted_and_loaded_anew(tale, made)


def letter_on_a_birth(tale: Story) -> int:
    page = tale.at("sekretar", "/requests/new")
    page.get_by_role("button", name="Письмо об удалении ЭМД").click()
    page.wait_for_url("**/edit")
    filled(page, {"error_description": "Неверная дата рождения ребёнка"},
           {"emdr_id": "224.16.25.09.000241002"})  # fmt: skip
    tale.looks_right(page)
    page.get_by_role("button", name="На подпись").click()
    page.wait_for_url("**/signing")
    made = number_of(page)
    tale.signs("sekretar", made, skew=-2)
    page = tale.at("sekretar", f"/requests/{made}/send")
    expect(page.get_by_role("heading", name="Чтобы отправить, осталось: 1")).to_be_visible()
    page = tale.at("sekretar", f"/requests/{made}/signing")
    status = tale.folder / "Статус свидетельств.pdf"
    status.write_bytes(paper.printed(pages=2))
    page.set_input_files("#file-drop", status)
    page.get_by_role("button", name="Приложить", exact=True).click()
    expect(page.get_by_role("link", name="Статус свидетельств")).to_be_visible()
    tale.looks_right(page)
    page = tale.at("sekretar", f"/requests/{made}/send")
    tale.looks_right(page)
    password = page.get_by_text("уйдёт зашифрованным").locator("code, b").last.inner_text()
    page.get_by_role("button", name="Отправить").click()
    parcel, number, waiting = tale.post()
    assert addressed(parcel) == (f"{MIAC}, {DEPARTMENT}", "")
    assert addressed(number)[0] == MAILBOX
    assert addressed(waiting) == ("sergeeva@kz.example", "")
    assert password not in words_of(parcel)
    [sealed] = [c for name, c in enclosed(parcel).items() if name.startswith("Статус")]
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(sealed))
    with pikepdf.open(BytesIO(sealed), password=password) as opened:
        assert len(opened.pages) == 2
    return made


def documents_of_the_committee(tale: Story, made: int) -> None:
    """КЗ accepts it, writes its letter and its act, signs both and sends them."""
    tale.clock.advance(days=1)
    page = tale.at("komitet", "/committee")
    tale.looks_right(page)
    page = tale.at("komitet", f"/requests/{made}")
    page.get_by_role("button", name="Принять в КЗ ЛО").click()
    expect(state(page)).to_have_text("У КЗ ЛО")
    page.get_by_role("button", name="Подготовить письмо и акт").click()
    page = tale.at("komitet", f"/requests/{made}")
    tale.looks_right(page)
    links = page.get_by_role("link", name=re.compile(r"\((письмо|акт)\)"))
    letter, act = (
        int(re.findall(r"\d+", str(link.get_attribute("href")))[0]) for link in links.all()
    )
    page = tale.at("komitet", f"/requests/{letter}/edit")
    filled(page, {}, {"linked_kind": "Направление", "linked_number": "47-000118",
                      "msr_number": "41 000123"})  # fmt: skip
    page.get_by_role("button", name="На подпись").click()
    page.wait_for_url("**/signing")
    tale.signs("komitet", letter)
    page = tale.at("komitet", f"/requests/{act}/edit")
    filled(page, {}, {"document_number": "118",
                      "local_id": "d3b07384-d113-4ec6-8c5a-000000000001"})  # fmt: skip
    page.get_by_role("button", name="На подпись").click()
    page.wait_for_url("**/signing")
    tale.signs("komitet", act)
    [accepted] = tale.post()
    assert addressed(accepted)[0] == MAILBOX
    assert "КЗ принял заявку в работу" in words_of(accepted)
    page = tale.at("komitet", f"/requests/{made}")
    does(page, "Подписать и отправить", external_no="СТП 0955120")
    expect(state(page)).to_have_text("В СТП ЕГИСЗ")
    told, copy, package = sorted(tale.post(), key=lambda one: len(enclosed(one)))
    assert addressed(told)[0] == MAILBOX
    assert addressed(copy) == (AKINEO, "")  # of the act alone
    assert sorted(Path(name).suffix for name in enclosed(copy)) == [".docx", ".pdf", ".xlsx"]
    assert addressed(package) == (EGISZ, "")
    assert sorted(Path(name).suffix for name in enclosed(package)) == [
        ".docx", ".docx", ".pdf", ".pdf", ".xlsx", ".xlsx",
    ]  # fmt: skip


def deleted_and_loaded_anew(tale: Story, made: int) -> None:
    tale.clock.advance(days=4)
    page = tale.at("komitet", f"/requests/{made}")
    does(page, "Пришло уведомление: ЭМД удалён")
    expect(state(page)).to_have_text("ЭМД удалён")
    [letter] = tale.post()
    assert addressed(letter)[0] == MAILBOX
    page = tale.at("sekretar", f"/requests/{made}")
    tale.looks_right(page)
    does(page, "ЭМД загружен заново")
    page = tale.at("miac", f"/queue/{made}")
    page.get_by_role("button", name="Закрыть", exact=True).click()
    expect(state(page)).to_have_text("Закрыта")
    assert no_full_snils(tale.room.arrived())
