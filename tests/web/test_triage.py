"""МИАЦ's card: what it shows, decisions row by row, what others see of it."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient

from accessflow.services import presence
from tests.factories import FrozenClock
from tests.life_examples import Life
from tests.web.conftest import Client


def test_the_card_shows_numbers_in_full_checks_the_scan_and_what_may_be_done(
    ours: Life, desk: FlaskClient
) -> None:
    made = ours.sent("frmss", people=2)
    page = desk.get(f"/queue/{made}").text
    row = ours.one(made).rows[0]
    shown = f"{row.snils[:3]}-{row.snils[3:6]}-{row.snils[6:9]} {row.snils[9:]}"
    assert shown in page
    assert "Повторов нет" in page
    assert "Скан этой версии, подпись и печать подтверждены" in page
    assert "Взять в работу" in page
    assert "осталось решить 2" in page
    assert page.count("btn-primary") == 1


def test_those_who_only_look_see_no_full_number(ours: Life, signed_in: Client) -> None:
    made = ours.sent("frmss")
    digits = ours.one(made).rows[0].snils
    page = signed_in(ours.actor("auditor").user_id or 0).get(f"/queue/{made}").text
    assert f"***-***-{digits[6:9]} {digits[9:]}" in page
    assert digits[:3] + "-" + digits[3:6] not in page
    assert "af-bar" not in page


def test_decided_rows_are_recorded_and_the_rest_stays_open(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent("frmss", people=4)
    one, two, three, four = ours.row_ids(made)
    answer = desk.post(
        f"/requests/{made}/actions/decide",
        data={
            f"outcome-{one}": "granted",
            f"outcome-{two}": "refused",
            f"cause-{two}": "not_in_frmr",
            f"outcome-{three}": "repeat",
            f"outcome-{four}": "",
            "back": f"/queue/{made}",
        },
    )
    assert answer.status_code == 303
    assert answer.location == f"/queue/{made}"
    rows = [(row.outcome, row.cause) for row in ours.one(made).rows]
    assert rows == [("granted", ""), ("refused", "not_in_frmr"), ("refused", "repeat"), ("", "")]
    page = desk.get(f"/queue/{made}").text
    assert "решено 3 из 4" in page
    assert "сотрудника нет в ФРМР" in page


def test_a_refusal_without_its_cause_keeps_everything_else_that_was_chosen(
    ours: Life, desk: FlaskClient
) -> None:
    made = ours.sent("frmss", people=2)
    one, two = ours.row_ids(made)
    answer = desk.post(
        f"/requests/{made}/actions/decide",
        data={f"outcome-{one}": "granted", f"outcome-{two}": "refused"},
    )
    assert answer.status_code == 422
    assert "Выберите причину отказа" in answer.text
    assert f'name="outcome-{one}" value="granted" checked' in answer.text
    assert ours.one(made).rows[0].outcome == ""


def test_the_second_decision_meets_what_the_first_one_changed(
    ours: Life, desk: FlaskClient, signed_in: Client
) -> None:
    made = ours.sent("frmss", people=2)
    ours.act(made, "take", "miac_specialist")
    seen = ours.events(made)[-1].seq
    lead = signed_in(ours.actor("miac_lead").user_id or 0)
    assert lead.post(f"/requests/{made}/actions/refuse", data={
        "cause": "incomplete", "text": "Не хватает сведений", "seen": seen,
    }).status_code == 303  # fmt: skip
    one = ours.row_ids(made)[0]
    answer = desk.post(
        f"/requests/{made}/actions/request_info",
        data={"text": "Пришлите скан ещё раз", "seen": seen, f"outcome-{one}": "granted"},
    )
    assert answer.status_code == 409
    assert "Пока вы смотрели, заявку изменили" in answer.text
    assert "теперь «Отказ»" in answer.text
    assert "Пришлите скан ещё раз" in answer.text
    assert ours.one(made).state == "refused"


def test_a_request_for_data_tells_the_new_term_before_it_is_sent(
    ours: Life, desk: FlaskClient
) -> None:
    made = ours.sent("frmss")
    page = desk.get(f"/requests/{made}/actions/request_info?back=/queue/{made}").text
    assert "Срок встанет на паузу сегодня" in page
    assert "до 23.12.2026" in page
    assert "если ответят 25.11.2026, станет до 25.12.2026" in page  # the usual first reminder
    path = f"/requests/{made}/actions/request_info/term"
    term = desk.get(path, query_string={"answer_by": "26.11.2026"}).text
    assert "если ответят 26.11.2026, станет до 28.12.2026" in term
    assert "выходной" not in term
    term = desk.get(path, query_string={"answer_by": "28.11.2026"}).text
    assert "28.11.2026 — выходной: МО напомнят 30.11.2026" in term


def test_an_action_opens_in_a_window_and_comes_back_by_htmx(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent("frmss")
    window = {"HX-Request": "true"}
    page = desk.get(f"/requests/{made}/actions/annul?back=/queue/{made}", headers=window)
    assert "<html" not in page.text
    assert 'hx-target="#af-ask"' in page.text
    path = f"/requests/{made}/actions/annul"
    again = desk.post(path, data={"text": "Не та форма"}, headers=window)
    assert again.status_code == 422
    assert "Не та форма" in again.text
    assert "<html" not in again.text
    given = {"text": "Не та форма", "cause": "wrong_form", "back": f"/queue/{made}"}
    done = desk.post(path, data=given, headers=window)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, f"/queue/{made}")
    assert ours.one(made).state == "annulled"


def letter_in(page: str) -> str:
    return html.unescape(page.split('id="text"')[1].split(">", 1)[1].split("</textarea>")[0])


def test_a_ready_text_is_put_in_without_a_script(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent("frmss")
    path = f"/requests/{made}/actions/annul"
    page = desk.get(path).text
    number = page.split('data-insert="text"')[1].split('<option value="-')[1].split('"')[0]
    inserted = desk.post(path, data={"text": "Добрый день.", "canned": "text",
                                     "ready": f"-{number}"}).text  # fmt: skip
    assert "Добрый день.\n" in letter_in(inserted)
    assert ours.one(made).state == "registered"


def test_a_request_for_data_is_put_together_of_ticked_reasons(
    ours: Life, desk: FlaskClient
) -> None:
    made = ours.sent("frmss")
    path = f"/requests/{made}/actions/request_info"
    page = desk.get(path).text
    assert letter_in(page) == ""  # the checks found nothing
    keys = re.findall(r'name="reason" value="([^"]+)"', page)
    page = desk.post(path, data={"compose": "1", "text": "", "reason": keys[:2]}).text
    intro, first, second = letter_in(page).splitlines()
    assert intro == f"По заявке {ours.one(made).number} (ФРМСС) нужны сведения:"
    assert (first[:3], second[:3]) == ("1. ", "2. ")
    typed = f"{letter_in(page)}\n3. И ещё приказ."
    page = desk.post(path, data={"compose": "1", "text": typed, "reason": keys[1]}).text
    assert letter_in(page).splitlines() == [intro, f"1. {second[3:]}", "2. И ещё приказ."]
    done = desk.post(path, data={"text": letter_in(page), "reason": keys[1]})
    assert (done.status_code, ours.one(made).state) == (303, "needs_info")
    assert ours.events(made)[-1].data["text"] == letter_in(page)


def test_what_the_checks_found_is_ticked_at_first(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent("frmss")
    ours.fill(made, {}, ({"last_name": "Петрoва"},))  # with a Latin «o»
    page = html.unescape(desk.get(f"/requests/{made}/actions/request_info").text)
    assert "из проверок" in page
    assert re.search(r'value="check-0" data-text="Строка 1: [^"]+" data-rows="1" checked', page)
    assert "1. Строка 1:" in letter_in(page)
    assert re.search(r'id="about_rows" name="about_rows" value="1"', page)


def test_a_repeat_is_shown_beside_what_it_repeats_and_can_be_marked(
    ours: Life, desk: FlaskClient
) -> None:
    first = ours.sent("frmss")
    second = ours.draft("frmss")
    with ours.db.write() as session:
        from accessflow.db.tables import Request

        row, other = session.get_one(Request, second).rows[0], session.get_one(Request, first)
        row.snils, row.answers = other.rows[0].snils, dict(other.rows[0].answers)
    ours.house.state(second, "registered")
    number = ours.one(first).number
    page = desk.get(f"/queue/{second}").text
    assert "Найден повтор: 1 строка" in page
    assert f"Заявка — повтор {number}" in page
    form = desk.get(f"/requests/{second}/actions/mark_duplicate?duplicate_of={number}").text
    assert f'value="{number}"' in form
    done = desk.post(f"/requests/{second}/actions/mark_duplicate", data={"duplicate_of": number})
    assert done.status_code == 303
    assert ours.one(second).duplicate_of_id == first


def test_who_else_looks_is_told_and_what_has_changed(
    ours: Life, desk: FlaskClient, signed_in: Client, clock: FrozenClock
) -> None:
    made = ours.sent("frmss")
    seen = ours.events(made)[-1].seq
    lead_actor = ours.actor("miac_lead")
    presence.look(ours.db, actor=lead_actor, now=clock(), request_id=made)
    told = desk.post(f"/queue/{made}/presence", data={"seen": seen}).text
    assert "Сейчас смотрит: Учёткина А." in told
    assert "изменили" not in told
    ours.act(made, "take", "miac_lead")
    told = desk.post(f"/queue/{made}/presence", data={"seen": seen}).text
    assert "Заявку изменили:</b> взята в работу, Учёткина Анна" in told
    clock.advance(seconds=61)
    assert "Сейчас смотрит" not in desk.post(f"/queue/{made}/presence", data={"seen": 99}).text


def test_criticality_and_priority_are_written_down(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent("frmss")
    weight = {"criticality": "высокая", "priority": "срочный"}
    assert desk.post(f"/queue/{made}/weight", data=weight).status_code == 303
    found = ours.one(made)
    assert (found.criticality, found.priority) == ("высокая", "срочный")


def test_what_the_mo_has_justified_is_let_through_with_a_reason_on_the_card(
    ours: Life, desk: FlaskClient
) -> None:
    made = ours.draft("covid19", role="ОУЗ")
    ours.fill(made, {"justification": "Ведём область"})
    ours.act(ours.ready(made), "send")
    page = desk.get(f"/queue/{made}").text
    assert 'Обоснование</dt><dd class="af-lines">Ведём область' in page
    assert "Пропустить с причиной" in page
    path = f"/queue/{made}/waive"
    asked = {"code": "role_not_allowed", "row": ours.row_ids(made)[0]}
    assert "Почему это можно пропустить" in desk.get(path, query_string=asked).text
    empty = desk.post(path, data={**asked, "reason": " "})
    assert empty.status_code == 422
    assert "Напишите, почему это можно пропустить" in empty.text
    assert desk.post(path, data={**asked, "reason": "Согласовано"}).status_code == 303
    page = desk.get(f"/queue/{made}").text
    assert "пропущено: Согласовано" in page
    assert "Пропустить с причиной" not in page


def test_app_5_is_printed_for_the_director_and_waits_for_his_scan(
    ours: Life, desk: FlaskClient
) -> None:
    made = ours.sent("vimis-onko", role="Куратор 1 уровня")
    page = desk.get(f"/queue/{made}").text
    assert "Напечатать для директора" in page
    assert "Приложение 5 уходит из МИАЦ за подписью директора" in page
    pdf = desk.get(f"/queue/{made}/director.pdf")
    assert pdf.data.startswith(b"%PDF-")
    ours.lay(made, "director_scan")
    page = desk.get(f"/queue/{made}").text
    assert "Приложение 5 уходит из МИАЦ" not in page


def test_nobody_of_an_organisation_opens_the_desk(ours: Life, office: FlaskClient) -> None:
    made = ours.sent("frmss")
    for path in (f"/queue/{made}", f"/queue/{made}/director.pdf", f"/queue/{made}/waive"):
        assert office.get(path).status_code == 403


def test_the_card_of_each_kind_opens(ours: Life, desk: FlaskClient) -> None:
    problem = ours.problem()
    emd = ours.single("appendix-16", {"error_description": "Ошибка в ФИО"})
    for made, state in ((problem, "in_review"), (emd, "forwarded")):
        ours.house.state(made, state)
        page = desk.get(f"/queue/{made}")
        assert page.status_code == 200
        assert page.text.count("btn-primary") == 1


def test_a_draft_is_not_for_the_desk(ours: Life, desk: FlaskClient) -> None:
    assert desk.get(f"/queue/{ours.draft('frmss')}").status_code == 404


def test_an_extension_tells_the_new_term_while_its_day_is_typed(
    ours: Life, desk: FlaskClient
) -> None:
    made = ours.sent("frmss")
    path = f"/requests/{made}/actions/extend"
    assert "Сейчас: осталось 30 дней (до 23.12.2026)" in desk.get(path).text
    told = desk.get(f"{path}/term?until=30.11.2026").text
    assert "Сейчас срок — до 23.12.2026" in told
    assert "станет до 30.12.2026" in told
    assert "Впишите день" in desk.get(f"{path}/term?until=30.").text


def test_the_card_leads_to_its_neighbours_within_the_filter(ours: Life, desk: FlaskClient) -> None:
    made = []
    for system in ("frmss", "rs-tmk", "frmss", "frmss"):
        made.append(ours.sent(system, role="" if system == "rs-tmk" else "Медицинский работник"))
        ours.later(days=1)
    one, _, three, four = made
    page = desk.get(f"/queue/{three}?system=frmss").text
    assert f'href="/queue/{one}?system=frmss" aria-keyshortcuts="k"' in page
    assert f'href="/queue/{four}?system=frmss" aria-keyshortcuts="j"' in page
    last = desk.get(f"/queue/{four}?system=frmss&sort=-term").text
    assert 'aria-keyshortcuts="k"' not in last
    assert f'href="/queue/{three}?system=frmss&amp;sort=-term" aria-keyshortcuts="j"' in last
    assert ">2-я из 3<" in page
    assert ">1-я из 3<" in last
    assert "-я из" not in desk.get(f"/queue/{three}?system=rs-tmk").text  # it is not among them
