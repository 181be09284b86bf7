"""A nurse with rights in five systems of five forms leaves on 28.12.2026: entered, revoked, signed
as one set, sent on the last day, carried out; the letters come on working days and stop."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.message import EmailMessage

from playwright.sync_api import expect
from sqlalchemy import select

from accessflow.db.tables import Employment, Request, RequestRow, User
from accessflow.scheduler import Jobs
from accessflow.services import ledger_imports
from accessflow.services.clock import MOSCOW
from tests import factories
from tests.dismissal_examples import FIVE
from tests.story_examples import AUTHOR, Story, no_full_snils, state, words_of
from tests.support.pdf_reading import texts

NURSE, SHORT = "Сизова Нина Павловна", "Сизова Н. П."
HR, HEAD = "kadry@prb.example", "head@prb.example"
ABOVE = ("lead@miac.example", "kz@kz.example")
FORMS = {"ФРЛЛО": "прил. 12", "ФРМСС": "прил. 8", "РМО": "прил. 7", "Covid-19": "прил. 6",
         "Ленмедстат": "прил. 13"}  # fmt: skip


def at(tale: Story, day: int, hour: int, minute: int = 0) -> None:
    """December 2026 from 28 on, January 2027 before."""
    year, month = (2026, 12) if day >= 28 else (2027, 1)
    tale.clock.at = datetime(year, month, day, hour, minute, tzinfo=MOSCOW)


def reminded(tale: Story, day: int, hour: int, minute: int = 0) -> list[EmailMessage]:
    """What the scheduler has sent about her by then."""
    at(tale, day, hour, minute)
    core = tale.app.extensions["accessflow"]
    Jobs(core.settings, core.database, core.live, tale.clock).reminders()
    found = [letter for letter in tale.post() if SHORT in words_of(letter)]
    assert no_full_snils(found)
    return sorted(found, key=lambda letter: str(letter["To"]))


def to(letters: list[EmailMessage]) -> list[str]:
    return [str(letter["To"]) for letter in letters]


def test_a_nurse_leaves_before_the_holidays(tale: Story) -> None:
    at(tale, 28, 11, 20)
    person = somebody_with_five_rights(tale)
    entered_and_revoked(tale)
    printed = sent_to_be_signed(tale)
    letters_come_on_working_days(tale)
    signed_as_one_file_and_sent(tale, printed)
    nothing_comes_any_more(tale)
    carried_out_by_the_specialist(tale)
    nothing_is_held_and_all_was(tale, person)


def somebody_with_five_rights(tale: Story) -> int:
    """The id of the person; letters can reach the head, МИАЦ's lead and КЗ."""
    core = tale.app.extensions["accessflow"]
    with core.database.write() as session:
        for login, email in zip(("rukovoditel", "miac", "komitet"), (HEAD, *ABOVE), strict=True):
            session.scalars(select(User).where(User.login == login)).one().email = email
        hospital = session.scalars(select(User.organization_id).where(User.email == HR)).one()
    person = factories.person(
        core.database, hospital or 0, name=NURSE, position="Медицинская сестра",
        email="sizova@prb.example", work_phone="8 (81379) 5-00-77",
        contact_phone="8 (921) 000-01-77",
    )  # fmt: skip
    with core.database.write() as session:
        job = session.scalars(select(Employment).where(Employment.person_id == person)).one()
        for system, role in FIVE.items():
            ledger_imports.open_from_list(
                session, job, system, role, datetime(2026, 9, 1, 12, tzinfo=MOSCOW),
                on=date(2026, 9, 1), reference="первичный ввод",
            )  # fmt: skip
    return person


def entered_and_revoked(tale: Story) -> None:
    page = tale.at("kadry", "/")
    expect(page.get_by_role("heading", name="Увольнения")).to_be_visible()
    tale.looks_right(page)
    who = page.get_by_role("combobox", name="Кто увольняется: ФИО или СНИЛС")
    who.press_sequentially("сизо")
    expect(page.get_by_role("option", name=re.compile(NURSE))).to_contain_text("держит 5 доступов")
    tale.looks_right(page)
    who.press("Enter")
    expect(page.get_by_label(f"Выбрать другого вместо {NURSE}")).to_be_visible()
    day = page.get_by_label("Последний день работы")
    expect(day).to_be_focused()
    expect(page.locator(".htmx-added")).to_have_count(0)  # what was put in listens from now on
    day.fill("2026-12-29")
    expect(page.get_by_text("до 12.01.2027 (вт), 23:59")).to_be_visible()
    day.fill("2026-12-28")
    expect(
        page.get_by_text("Уволен 28.12.2026 (пн) → отправить отзыв до 11.01.2027 (пн), 23:59")
    ).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"{SHORT} держит 5 доступов")).to_be_visible()
    row = page.get_by_role("row", name=re.compile(f"Свернуть: {NURSE}"))
    expect(row).to_contain_text("осталось 3 раб. дня (до 11.01.2027)")
    tale.looks_right(page)
    page.get_by_role("button", name="Сформировать все отзывы (5)").click()
    expect(page.get_by_text("Сформировано: 5 заявок на отзыв")).to_be_visible()
    rights = page.get_by_role("table", name=f"Доступы: {SHORT}")
    for system, form in FORMS.items():
        right = rights.get_by_role("row").filter(has_text=system)
        expect(right).to_contain_text(form)
        expect(right).to_contain_text("черновик")
    tale.looks_right(page)


def sent_to_be_signed(tale: Story) -> bytes:
    """All five as one PDF; what else waits stays on the table."""
    page = tale.pages["kadry"]
    page.get_by_role("button", name="На подпись (5)").click()
    page.wait_for_url("**/signing")
    ours = numbers(tale)
    rows = page.locator("section[aria-labelledby=h-u] tbody tr")
    for row in rows.all():
        if row.get_by_role("link").first.inner_text() not in ours:
            row.get_by_role("checkbox").uncheck()
    printed = tale.downloaded(page, page.get_by_role("button", name=re.compile("одним PDF")))
    told = texts(printed)
    assert sum("Сизова" in sheet for sheet in told) == len(FIVE)
    return printed


def numbers(tale: Story) -> dict[str, int]:
    """Our five by number, with their ids."""
    with tale.app.extensions["accessflow"].database.read() as session:
        rows = select(RequestRow).join(RequestRow.request).where(Request.action == "revoke")
        return {
            row.request.number: row.request_id
            for row in session.scalars(rows)
            if row.answers.get("last_name") == "Сизова"
        }


def letters_come_on_working_days(tale: Story) -> None:
    entry = reminded(tale, 28, 11, 30)
    assert to(entry) == [HR, AUTHOR]
    assert "осталось 3 раб. дня (до 11.01.2027)" in str(entry[0]["Subject"])
    assert to(reminded(tale, 29, 9)) == [HR, AUTHOR]
    assert to(reminded(tale, 30, 9)) == [HEAD, HR, AUTHOR]
    for day in (31, 1, 5, 8, 10):
        assert reminded(tale, day, 12) == []
    last = reminded(tale, 11, 9)
    assert to(last) == [HEAD, HR, AUTHOR]
    assert "сегодня последний день" in str(last[0]["Subject"])


def signed_as_one_file_and_sent(tale: Story, printed: bytes) -> None:
    at(tale, 11, 10)
    page = tale.at("kadry", "/dismissals")
    expect(page.get_by_role("row", name=re.compile(NURSE))).to_contain_text(
        "сегодня последний день"
    )
    page = tale.at("kadry", "/signing")
    page.set_input_files("#batch", tale.scanned(printed, skew=1))
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_text("Все страницы разложены")).to_be_visible(timeout=60_000)
    page = tale.at("kadry", "/signing")
    for number in numbers(tale):
        page.get_by_role("checkbox", name=re.compile(number)).check()
    page.get_by_role("button", name="На отмеченных подпись и печать есть").click()
    page.get_by_role("button", name="Отправить отмеченные").click()
    expect(page.get_by_role("heading", name="Отправлено: 5 заявок")).to_be_visible()
    page = tale.at("kadry", "/dismissals?tab=waiting")
    row = page.get_by_role("row", name=re.compile(NURSE))
    expect(row).to_contain_text("подано в срок (11.01.2027)")
    expect(row).to_contain_text("исполнено 0 из 5")
    tale.looks_right(page)
    tale.post()


def nothing_comes_any_more(tale: Story) -> None:
    for day, hour in ((11, 13), (11, 16), (12, 9), (13, 9)):
        assert reminded(tale, day, hour) == []


def carried_out_by_the_specialist(tale: Story) -> None:
    for request_id in numbers(tale).values():
        desk = tale.at("specialist", f"/queue/{request_id}")
        desk.get_by_role("button", name="Взять в работу").click()
        decision = desk.get_by_role("radiogroup", name=f"Решение: {NURSE}")
        decision.get_by_text("Исполнено").click()
        desk.get_by_role("button", name="Записать решения (1)").click()
        expect(state(desk)).to_have_text("Исполнена")


def nothing_is_held_and_all_was(tale: Story, person: int) -> None:
    page = tale.at("kadry", "/dismissals?tab=done")
    expect(page.get_by_role("row", name=re.compile(NURSE))).to_contain_text("отозвано 5")
    for on, number in (("2026-12-27", 5), ("2027-01-14", 0)):
        page = tale.at("kadry", f"/ledger/people/{person}?on={on}")
        told = f"на {on[8:]}.{on[5:7]}.{on[:4]}: {number}"
        expect(page.get_by_role("region", name="Доступы").first).to_contain_text(told)
        tale.looks_right(page)
