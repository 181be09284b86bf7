"""«Увольнения» as pages: entered by name or СНИЛС, revoked in one go, moved, cancelled, read only
above the organisation and not there for a neighbour."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from accessflow.db.tables import Dismissal, Employment, Person
from tests.dismissal_examples import FIVE, Staff
from tests.request_examples import another

SNILS = "112-233-445 95"


@pytest.fixture
def backend() -> str:
    """Pages: what the databases do differently is proved by tests/integration."""
    return "sqlite"


@pytest.fixture
def hr(staff: Staff, signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return signed_in(staff.life.actor("hr").user_id or 0)


def leaves(staff: Staff, name: str, *systems: str, digits: str = "") -> int:
    """The id of the job of somebody of that name."""
    values = {"digits": digits} if digits else {}
    job = staff.life.house.hire(name=name, position="Медицинская сестра", **values)
    staff.give(job, *systems)
    return job


def enter(client: FlaskClient, **typed: str) -> str:
    """Where it leads, else the page that says why not."""
    answer = client.post("/dismissals", data={"on": "2026-11-23", **typed})
    return answer.location or answer.text


def only(staff: Staff) -> Dismissal:
    with staff.db.read() as session:
        return session.query(Dismissal).one()


def test_the_one_who_matches_is_entered_and_unfolded(staff: Staff, hr: FlaskClient) -> None:
    leaves(staff, "Лаптева Ирина Сергеевна", *FIVE)
    address = enter(hr, who="лаптева", order_no="293-лс", order_date="2026-11-20")
    found = only(staff)
    assert (found.order_no, f"{found.order_date:%d.%m.%Y}") == ("293-лс", "20.11.2026")
    assert address == f"/dismissals?open={found.id}#d-{found.id}"
    page = hr.get(address).text
    assert "Увольнение записано: Лаптева И. С., отправить отзыв до 26.11.2026." in page
    assert "держит 5 доступов" in page
    assert "Сформировать все отзывы (5)" in page
    assert "осталось 3 раб. дня" in page
    assert page.count("не начат</span>") == 5


def test_a_snils_finds_and_never_stands_in_an_address(staff: Staff, hr: FlaskClient) -> None:
    job = leaves(staff, "Лаптева Ирина Сергеевна", "frmss", digits="11223344595")
    found = hr.post(
        "/dismissals", data={"op": "find", "who": SNILS}, headers={"HX-Request": "true"}
    )
    assert f'value="pick:{job}"' in found.text
    assert "***-***-445 95" in found.text
    assert "11223344595" not in found.text
    assert "держит 1 доступ" in found.text
    enter(hr, who=SNILS)
    answer = hr.post("/dismissals/search", data={"q": "445 95"})
    assert re.fullmatch(r"/dismissals\?ids=\d+", answer.location)
    assert "Лаптева" in hr.get(answer.location).text


def test_several_who_match_are_offered_and_nothing_typed_is_lost(
    staff: Staff, hr: FlaskClient
) -> None:
    jobs = [leaves(staff, name) for name in ("Иванова Мария Сергеевна", "Иванова Мария Степановна")]
    page = enter(hr, who="Иванова", order_no="7-лс", on="2026-11-20")
    assert "Подходят несколько человек" in page
    assert 'value="7-лс"' in page
    assert 'value="2026-11-20"' in page
    chosen = hr.post("/dismissals", data={"op": f"pick:{jobs[1]}", "order_no": "7-лс"}).text
    assert "Иванова Мария Степановна" in chosen
    assert 'value="7-лс"' in chosen
    enter(hr, employment=str(jobs[1]))
    assert only(staff).employment_id == jobs[1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"who": ""}, "Впишите фамилию или СНИЛС"),
        ({"who": "Никтова"}, "Такого сотрудника в списке нет"),
        ({"who": "Лаптева", "on": ""}, "Впишите последний день работы"),
        ({"who": "Лаптева", "on": "скоро"}, "«скоро» — не дата"),
        ({"who": "Лаптева", "on": "2062-11-23"}, "больше года"),
        ({"who": "Лаптева", "order_date": "31.02.2026"}, "«31.02.2026» — не дата"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    staff: Staff, hr: FlaskClient, typed: dict[str, str], said: str
) -> None:
    leaves(staff, "Лаптева Ирина Сергеевна", "frmss")
    answer = hr.post("/dismissals", data={"on": "2026-11-23", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_one_who_is_entered_already_is_pointed_at(staff: Staff, hr: FlaskClient) -> None:
    job = leaves(staff, "Лаптева Ирина Сергеевна", "frmss")
    enter(hr, employment=str(job))
    page = enter(hr, employment=str(job), on="2026-11-24")
    assert "Увольнение уже записано на 23.11.2026" in page
    assert f'href="/dismissals/{only(staff).id}"' in page


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-11-23", "Уволен 23.11.2026 (пн) → отправить отзыв до 26.11.2026 (чт), 23:59"),
        ("2026-12-28", "до 11.01.2027 (пн), 23:59; лучше до 17:00"),
        ("2026-10-30", "просрочено на"),
        ("2029-01-09", "предварительно"),
        ("31.02.2026", "не дата"),
        ("", "Впишите последний день"),
    ],
)
def test_the_deadline_is_said_as_the_day_is_typed(hr: FlaskClient, on: str, said: str) -> None:
    assert said in hr.get("/dismissals/term", query_string={"on": on}).text


def test_of_several_picked_each_system_is_one_application_and_all_go_to_be_signed(
    staff: Staff, hr: FlaskClient
) -> None:
    ids = [staff.enter(leaves(staff, name, "frmss", "rmo")) for name in
           ("Лаптева Ирина Сергеевна", "Осокин Роман Валерьевич")]  # fmt: skip
    picked = {"pick": [str(i) for i in ids]}
    hr.post("/dismissals/make", data=picked)
    page = hr.get("/dismissals").text
    assert "Сформировано: 2 заявки на отзыв" in page
    assert page.count("черновики 2") == 4  # the word and its title, twice
    answer = hr.post("/dismissals/sign", data=picked)
    assert answer.location == "/signing"
    assert "На подписи: 2 заявки" in hr.get("/signing").text
    assert "на подписи 2" in hr.get("/dismissals").text


def test_what_colleagues_hold_is_revoked_only_where_it_is_ticked(
    staff: Staff, hr: FlaskClient
) -> None:
    gone = leaves(staff, "Лаптева Ирина Сергеевна", "frmss")
    leaves(staff, "Ким Ольга Викторовна", "frmss", "rmo")
    with staff.db.write() as session:
        session.query(Employment).update({"search_text": "медицинская сестра"})
    dismissal = staff.enter(gone)
    page = hr.get(f"/dismissals/{dismissal}").text
    assert "Возможно, не учтено" in page
    assert f'value="{dismissal}:rmo"' in page
    hr.post("/dismissals/make", data={"only": dismissal, "besides": f"{dismissal}:rmo"})
    page = hr.get(f"/dismissals/{dismissal}").text
    assert page.count("черновик</span>") == 2
    assert "в реестре нет" in page


def test_what_is_asked_for_them_is_closed_with_one_press(staff: Staff, hr: FlaskClient) -> None:
    job = leaves(staff, "Лаптева Ирина Сергеевна")
    [draft] = staff.life.house.make("frmss", people=(job,), roles={"frmss": FIVE["frmss"]})
    dismissal = staff.enter(job)
    assert "черновик: строка уберётся" in hr.get(f"/dismissals/{dismissal}").text
    hr.post(f"/dismissals/{dismissal}/close-under-way", data={"back": f"/dismissals/{dismissal}"})
    page = hr.get(f"/dismissals/{dismissal}").text
    assert "строка убрана из черновиков" in page
    assert f"/requests/{draft}" not in page


def test_it_is_moved_with_its_term(staff: Staff, hr: FlaskClient) -> None:
    dismissal = staff.enter(leaves(staff, "Лаптева Ирина Сергеевна", "frmss"))
    refused = hr.post(f"/dismissals/{dismissal}/move", data={"on": "завтра"})
    assert refused.status_code == 422
    assert "«завтра» — не дата" in refused.text
    hr.post(f"/dismissals/{dismissal}/move", data={"on": "2026-12-28"})
    page = hr.get(f"/dismissals/{dismissal}").text
    assert "Перенесено на 28.12.2026: отправить отзыв до 11.01.2027." in page
    assert "перенесено с 23.11.2026" in page


def test_it_is_cancelled_with_a_reason_and_taken_back_with_what_was_made_for_it(
    staff: Staff, hr: FlaskClient
) -> None:
    dismissal = staff.enter(leaves(staff, "Лаптева Ирина Сергеевна", "frmss", "rmo", "smp"))
    draft, sent, forwarded = staff.make(dismissal)
    for request in (sent, forwarded):
        staff.send(request.id)
    staff.life.act(forwarded.id, "forward", "miac_specialist", forwarded_to="СТП ЕГИСЗ")
    asked = hr.get(f"/dismissals/{dismissal}/cancel").text
    assert "черновик: строка сотрудника уберётся" in asked
    assert re.findall(r'name="(withdraw|tell)" value="(\d+)" checked', asked) == [
        ("withdraw", str(sent.id)), ("withdraw", str(forwarded.id)),
    ]  # fmt: skip
    assert "передана дальше; МИАЦ попросим остановить отзыв и там" in asked
    assert "Лаптева И. С. продолжает работать" in asked
    chosen = {"withdraw": [sent.id, forwarded.id], "message": "Она остаётся."}
    refused = hr.post(f"/dismissals/{dismissal}/cancel", data={"reason": " ", **chosen})
    assert refused.status_code == 422
    assert f'value="{sent.id}" checked' in refused.text
    assert "Она остаётся." in refused.text
    hr.post(f"/dismissals/{dismissal}/cancel", data={"reason": "Заявление отозвано", **chosen})
    page = hr.get("/dismissals?tab=cancelled").text
    assert f"Убраны из черновиков: {draft.number}." in page
    assert f"Отозваны заявки: {sent.number}, {forwarded.number}." in page
    assert f"МИАЦ написано о заявках: {forwarded.number}." in page
    assert "Заявление отозвано" in page
    hr.post(f"/dismissals/{dismissal}/restore")
    page = hr.get(f"/dismissals/{dismissal}").text
    assert f"Черновики снова на месте: {draft.number}." in page
    assert f"Снова у МИАЦ: {sent.number}, {forwarded.number}." in page
    found = only(staff)
    assert (found.cancelled_at, found.due_on.day) == (None, 26)
    with staff.db.read() as session:
        assert session.get_one(Employment, found.employment_id).until == found.dismissed_on
    assert staff.due(dismissal)[0][0] == "entry"
    assert hr.post(f"/dismissals/{dismissal}/restore").status_code == 409


def test_what_was_taken_away_is_asked_for_again(staff: Staff, hr: FlaskClient) -> None:
    dismissal = staff.enter(leaves(staff, "Лаптева Ирина Сергеевна", "frmss"))
    [request] = staff.make(dismissal)
    staff.send(request.id)
    staff.execute(request.id)
    asked = hr.get(f"/dismissals/{dismissal}/cancel").text
    assert "доступ уже отозван" in asked
    assert "Создать черновики заявок на предоставление: ФРМСС" in asked
    hr.post(f"/dismissals/{dismissal}/cancel", data={"reason": "Осталась"})
    assert "Отозваны и не возвращены: ФРМСС" in hr.get(f"/dismissals/{dismissal}").text
    assert hr.post(f"/dismissals/{dismissal}/ask-again").location == "/requests?tab=draft"
    assert "Отозваны и не возвращены" not in hr.get(f"/dismissals/{dismissal}").text
    assert hr.post(f"/dismissals/{dismissal}/ask-again").status_code == 409


def test_an_entry_by_mistake_is_taken_back(staff: Staff, hr: FlaskClient) -> None:
    enter(hr, employment=str(leaves(staff, "Лаптева Ирина Сергеевна", "frmss")))
    assert hr.post(f"/dismissals/{only(staff).id}/take-back").location == "/dismissals"
    assert only(staff).cancel_reason == "Внесено по ошибке"


def test_a_missed_term_stays_and_has_its_cause(staff: Staff, hr: FlaskClient) -> None:
    job = leaves(staff, "Лаптева Ирина Сергеевна", "frmss")
    dismissal = staff.enter(job, date(2026, 11, 16))
    page = hr.get("/dismissals?missed=1").text
    assert "просрочено на 2 раб. дня" in page
    assert hr.post(f"/dismissals/{dismissal}/cause", data={"cause": ""}).status_code == 422
    hr.post(f"/dismissals/{dismissal}/cause", data={"cause": "Приказ поступил поздно"})
    assert "Приказ поступил поздно" in hr.get(f"/dismissals/{dismissal}").text


def test_it_goes_from_tab_to_tab_until_everything_is_executed(
    staff: Staff, hr: FlaskClient
) -> None:
    dismissal = staff.enter(leaves(staff, "Лаптева Ирина Сергеевна", "frmss", "rmo"))
    first, second = staff.make(dismissal)
    staff.send(first.id)
    assert "отправлен 1 из 2" in hr.get("/dismissals").text
    staff.send(second.id)
    staff.execute(first.id)
    waiting = hr.get(f"/dismissals?tab=waiting&open={dismissal}").text
    assert "исполнено 1 из 2" in waiting
    assert "подано в срок (23.11.2026)" in waiting
    assert "отозван</span>" in waiting
    staff.execute(second.id)
    done = hr.get("/dismissals?tab=done").text
    assert "отозвано 2" in done
    assert "Лаптева" not in hr.get("/dismissals").text


def test_the_list_is_searched_sorted_paged_and_taken_away(staff: Staff, hr: FlaskClient) -> None:
    for number in range(27):
        staff.enter(
            leaves(staff, f"Сорокина {'АБВГД'[number % 5]}нна Ивановна"), order_no=f"{number}"
        )
    name = "Яковлева Юлия Юрьевна"
    staff.enter(leaves(staff, name, "frmss"))
    page = hr.get("/dismissals?tab=done").text
    assert "1–25 из 27" in page
    assert "Показать" in page
    assert "26–27 из 27" in hr.get("/dismissals?tab=done&page=2&sort=name").text
    assert name in hr.get("/dismissals?q=яковлева").text
    assert "По этому отбору ничего нет" in hr.get("/dismissals?q=никто").text
    with hr.get("/dismissals/export.xlsx") as answer:
        book = load_workbook(BytesIO(answer.data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    told = next(row for row in rows if row[0] == name)
    assert told[5] == "23.11.2026"
    assert re.fullmatch(r"\*\*\*-\*\*\*-\d{3} \d\d", str(told[1]))


def test_an_empty_page_says_what_to_do_first(staff: Staff, hr: FlaskClient) -> None:
    assert "Впишите увольнение в строку сверху" in hr.get("/dismissals").text
    assert "Закрытых увольнений ещё нет" in hr.get("/dismissals?tab=done").text


def test_it_is_the_start_page_of_hr_with_what_waits(staff: Staff, hr: FlaskClient) -> None:
    staff.enter(leaves(staff, "Лаптева Ирина Сергеевна", "frmss"))
    assert hr.get("/").location == "/dismissals"
    assert re.search(r"Увольнения <b>1<", hr.get("/dismissals").text)


@pytest.mark.parametrize("role", ["miac_lead", "miac_specialist", "committee", "auditor"])
def test_those_above_see_every_organisation_and_change_nothing(
    staff: Staff, signed_in: Callable[[int], FlaskClient], role: str
) -> None:
    dismissal = staff.enter(leaves(staff, "Лаптева Ирина Сергеевна", "frmss"))
    staff.make(dismissal)
    above = signed_in(another(staff.db, role).user_id or 0)
    page = above.get(f"/dismissals?open={dismissal}").text
    assert "Лаптева Ирина Сергеевна" in page
    assert "Перенести" not in page
    assert "/requests/" not in page  # the draft is the organisation's own
    for path in ("make", "sign"):
        answer = above.post(f"/dismissals/{path}", data={"only": dismissal})
        assert answer.status_code in (302, 303, 403, 404)
    assert above.post(f"/dismissals/{dismissal}/cancel", data={"reason": "х"}).status_code == 403
    assert only(staff).cancelled_at is None


def test_a_neighbour_finds_nothing_of_it(
    staff: Staff, signed_in: Callable[[int], FlaskClient]
) -> None:
    job = leaves(staff, "Лаптева Ирина Сергеевна", "frmss")
    dismissal = staff.enter(job)
    theirs = signed_in(another(staff.db, "hr").user_id or 0)
    assert "Лаптева" not in theirs.get("/dismissals").text
    for path in (f"/dismissals/{dismissal}", f"/dismissals?open={dismissal}",
                 f"/dismissals/{dismissal}/move"):  # fmt: skip
        assert theirs.get(path).status_code == 404
    assert theirs.post("/dismissals/make", data={"only": dismissal}).status_code == 404
    assert "Сергеевна" not in enter(theirs, employment=str(job))
    assert "Сергеевна" not in enter(theirs, who="Лаптева Ирина")


def test_the_last_day_on_the_card_is_a_dismissal_and_another_day_moves_it(
    staff: Staff, hr: FlaskClient
) -> None:
    job = leaves(staff, "Лаптева Ирина Сергеевна", "frmss", digits="11223344595")
    with staff.db.read() as session:
        person = session.query(Person).filter_by(snils="11223344595").one()
    card = {"snils": SNILS, "last_name": person.last_name, "first_name": person.first_name,
            "middle_name": person.middle_name, "position": "Медицинская сестра"}  # fmt: skip
    hr.post(f"/people/jobs/{job}", data={**card, "until": "2026-11-20"})
    assert f"{only(staff).due_on}" == "2026-11-25"
    hr.post(f"/people/jobs/{job}", data={**card, "until": "2026-11-23"})
    assert f"{only(staff).due_on}" == "2026-11-26"
    refused = hr.post(f"/people/jobs/{job}", data={**card, "until": ""})
    assert "Увольнение отменяют на странице «Увольнения»" in refused.text
    assert only(staff).cancelled_at is None


def test_all_are_made_part_by_part_and_told_how_far_it_is(staff: Staff, hr: FlaskClient) -> None:
    for name in ("Лаптева Ирина Сергеевна", "Осокин Роман Валерьевич"):
        staff.enter(leaves(staff, name, "frmss"))
    assert "Сформировать всем (2)" in hr.get("/dismissals").text
    assert "Уволенных: 0 из 2" in hr.post("/dismissals/make-all").text
    page = hr.post("/dismissals/make-all", data={"after": "0"}).text
    assert "Уволенных: 2 из 2" in page
    after = re.search(r'name="after" value="(\d+)"', page)
    assert after
    told = hr.post("/dismissals/make-all", data={"after": after[1], "made": "1"})
    assert told.location == "/dismissals"
    assert "Сформировано: 1 заявка на отзыв" in hr.get("/dismissals").text
