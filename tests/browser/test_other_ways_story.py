"""Access to the network and a technical problem, each from its making to its end."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests import scan_examples as paper
from tests.story_examples import (
    MAILBOX,
    Story,
    addressed,
    does,
    enclosed,
    filled,
    no_full_snils,
    number_of,
    state,
    words_of,
)

MIAC = "ib_lomiac@lenreg.ru"
EGISZ, AKINEO = "egisz@stp-egisz.ru", "vimis-akineo@rt-eu.ru"


def test_network_access_makes_the_organisation_ready_for_vipnet(tale: Story) -> None:
    page = tale.at("sekretar", "/requests/new")
    page.get_by_role("button", name="Разграничение доступа").click()
    page.wait_for_url("**/edit")
    fields = {
        "user_position": "Программист", "user_name": "Карпов Никита Ильич",
        "user_phone": "8 (81379) 500-28", "user_email": "karpov@prb.example",
        "system_name": "РМИС", "basis": "Приказ от 12.01.2026 № 3", "term": "бессрочно",
        "placement_address": "Приозёрск, ул. Учебная, 1", "node_name": "PRB-1",
        "tunnel_ip": "10.0.0.1",
    }  # fmt: skip
    filled(page, fields, {"resource_name": "РМИС", "domain_name": "rmis.local",
                          "zspd_ip": "10.1.1.1", "port": "443"})  # fmt: skip
    tale.looks_right(page)
    page.get_by_role("button", name="На подпись").click()
    page.wait_for_url("**/signing")
    made = number_of(page)
    tale.signs("rukovoditel", made, skew=1)
    page = tale.at("sekretar", f"/requests/{made}/send")
    page.get_by_role("button", name="Отправить").click()
    page = tale.at("sekretar", f"/requests/{made}")
    expect(state(page)).to_have_text("Ждёт звонка")
    tale.looks_right(page)
    [parcel] = tale.post()
    assert addressed(parcel) == ("kis@lenreg.ru", MIAC)
    assert {Path(name).suffix for name in enclosed(parcel)} == {".docx", ".pdf", ".xlsx"}
    page = tale.at("sekretar", "/organization")
    expect(page.get_by_text("разграничения ещё не было")).to_be_visible()
    tale.clock.advance(days=2)
    page = tale.at("sekretar", f"/requests/{made}")
    does(page, "Доступ подключён", note="Настроено с ОЭП по телефону")
    expect(state(page)).to_have_text("Исполнена")
    page = tale.at("sekretar", "/organization")
    expect(page.get_by_text("разграничение выполнено")).to_be_visible()


def test_a_problem_goes_to_those_who_help_with_it(tale: Story) -> None:
    page = tale.at("sekretar", "/requests/problem")
    tale.looks_right(page)
    page.get_by_label("Другая проблема федеральной системы").check()
    page.get_by_role("button", name="Продолжить").click()
    expect(page.get_by_role("alert")).to_contain_text(EGISZ)
    page.get_by_label("Другая проблема региональной системы").check()
    page.get_by_role("button", name="Продолжить").click()
    expect(page.get_by_role("alert")).to_contain_text("670-52-81")
    page.get_by_label("Направление на скрининг или ПЛИ").check()
    page.get_by_role("button", name="Продолжить").click()
    page.wait_for_url("**/problem")
    made = number_of(page)
    expect(page.get_by_text("Ошибка в номере: создайте новое")).to_be_visible()
    page.get_by_label("Система").fill("ВИМИС «АКиНЕО»")
    page.get_by_label("Что делали, по шагам").fill("Открыли направление; нажали «Отправить».")
    page.get_by_label("Чего ожидали").fill("Направление ушло")
    page.get_by_label("Что получили").fill("Ошибка 500")
    page.get_by_label("Критичность").select_option("высокая")
    tale.looks_right(page)
    page.get_by_role("button", name="Сохранить описание").click()
    page = tale.at("sekretar", f"/requests/{made}")
    expect(page.get_by_text("Чтобы отправить, осталось")).to_be_visible()
    tale.looks_right(page)
    page = tale.at("sekretar", f"/requests/{made}/problem")
    picture = tale.folder / "ошибка.png"
    picture.write_bytes(paper.png(paper.blank()))
    page.set_input_files("#screenshot", picture)
    page.get_by_role("button", name="Сохранить описание").click()
    page = tale.at("sekretar", f"/requests/{made}/send")
    expect(page.get_by_text("Чтобы отправить, осталось")).to_have_count(0)
    page.get_by_role("button", name="Отправить").click()
    page = tale.at("sekretar", f"/requests/{made}")
    expect(state(page)).to_have_text("В поддержке АКиНЕО")
    parcel, number = tale.post()
    assert addressed(parcel) == (AKINEO, MIAC)
    assert "ошибка.png" in enclosed(parcel)
    assert addressed(number)[0] == MAILBOX

    tale.clock.advance(days=3)
    desk = tale.at("specialist", f"/queue/{made}")
    tale.looks_right(desk)
    does(desk, "Решено…", text="Поддержка исправила отправку.")
    expect(state(desk)).to_have_text("Исполнена")
    [letter] = tale.post()
    assert "Поддержка исправила отправку." in words_of(letter)
    assert no_full_snils(tale.room.arrived())
