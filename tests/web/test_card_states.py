"""The card of an application in each state and kind: whose move it is, and what leads on."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import Request
from tests.card_examples import (
    MIAC,
    asked,
    birth,
    cards,
    executed,
    signed_documents,
    with_committee,
)
from tests.life_examples import Life, life, paper

Clients = Callable[[int], FlaskClient]
TITLES = {
    "draft-wrong": "Ход за вами: исправьте",
    "draft": "Ход за вами: передайте на подпись",
    "ready-unsigned": "Ход за вами: напечатайте, подпишите и поставьте печать",
    "ready-signatory": "Ход за вами: напечатайте, подпишите и поставьте печать",
    "ready-scanned": "Ход за вами: проверьте скан",
    "ready-signed": "Ход за вами: отправьте",
    "registered": "Ход за МИАЦ: заявка зарегистрирована",
    "needs-info": "Ход за вами: ответьте МИАЦ",
    "executed": "Исполнена",
    "refused": "Ход за вами. Отказ: исправьте и подайте снова",
    "annulled": "Ход за вами. Аннулирована: исправьте и подайте снова",
    "withdrawn": "Отозвана автором",
    "duplicate": "Повтор",
    "problem": "Ход за вами: осталось 1 дело",
    "problem-sent": "Ход за поддержкой АКиНЕО",
    "emd-draft": "Ход за вами: отправьте",
    "emd-arrived": "Ход за КЗ: письмо адресовано вам",
    "emd-at-committee": "Ход за КЗ: подготовьте, подпишите и отправьте",
    "emd-letter": "Ход за вами: исправьте",
    "emd-ready": "Ход за КЗ: подготовьте, подпишите и отправьте",
    "emd-forwarded": "Ход за СТП ЕГИСЗ",
    "emd-forwarded-mo": "Ход за СТП ЕГИСЗ",
    "emd-deleted": "Ход за вами: загрузите исправленный ЭМД",
    "roles-at-committee": "Ход за КЗ: подготовьте, подпишите и отправьте",
    "outside-sent": "Ход за вами: впишите номер МИАЦ",
    "outside-registered": "Ход за МИАЦ: заявка зарегистрирована",
    "outside-needs-info": "Ход за вами: ответьте МИАЦ",
    "network": "Ход за ГКУ ЛО «ОЭП»: ждите звонка",
}


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    return with_committee(life(db, tmp_path))


@pytest.fixture
def page(ours: Life, signed_in: Clients) -> Callable[..., str]:
    """`page(request_id, role)`: the card as that role sees it."""

    def card(request_id: int, role: str = "secretary") -> str:
        answer = signed_in(ours.actor(role).user_id or 0).get(f"/requests/{request_id}")
        assert answer.status_code == 200
        return html.unescape(answer.get_data(as_text=True))

    return card


@pytest.fixture
def client(ours: Life, signed_in: Clients) -> FlaskClient:
    return signed_in(ours.house.user)


def turn(card: str) -> str:
    """The block that says whose move it is."""
    found = re.search(r'<section class="af-card[^>]+aria-labelledby="turn">.*?</section>', card,
                      re.DOTALL)  # fmt: skip
    assert found
    return found[0]


def test_every_card_says_whose_move_it_is_with_one_primary_button(
    ours: Life, page: Callable[..., str]
) -> None:
    made = cards(ours)
    assert made.keys() == TITLES.keys()
    for name, (request_id, role) in made.items():
        card = page(request_id, role)
        assert TITLES[name] in turn(card), name
        assert ("is-turn" in turn(card)) == ("Ход за вами" in TITLES[name] or "Ход за КЗ" in
                                             TITLES[name]), name  # fmt: skip
        main = card.partition("<main")[2]
        assert len(re.findall(r"btn[^\"]* btn-primary|btn-primary", main)) <= 1, name
        assert not re.search(r"\d{3}-\d{3}-\d{3} \d\d", main), name


def test_the_steps_bear_the_days_of_the_events(ours: Life, page: Callable[..., str]) -> None:
    made = ours.ready(ours.draft())
    ours.later(days=1)
    ours.act(made, "send")
    ours.later(days=1)
    ours.act(made, "forward", MIAC, forwarded_to="СТП ЕГИСЗ", external_no="SD-7")
    steps = re.findall(r"<li[^>]*>([^<]+)<small>([^<]*)</small>", page(made))
    assert steps == [
        ("Черновик", "23.11.2026"), ("На подписи", "23.11.2026"), ("Отправлена", "24.11.2026"),
        ("В СТП ЕГИСЗ", "с 25.11.2026"), ("Исполнена", ""),
    ]  # fmt: skip
    assert "Передано: СТП ЕГИСЗ. Внешний номер: SD-7." in turn(page(made))


# Answering in place (R8) ------------------------------------------------------------------------


def test_a_question_is_answered_where_it_is_read(
    ours: Life, client: FlaskClient, page: Callable[..., str]
) -> None:
    made = asked(ours)
    assert "Уточните должность Петровой" in turn(page(made))
    empty = client.post(f"/requests/{made}/answer", data={"op": "answer", "answer": " "})
    assert empty.status_code == 422
    assert 'id="answer-e"' in empty.get_data(as_text=True)
    done = client.post(f"/requests/{made}/answer", data={"op": "answer", "answer": "Исправили."})
    assert done.status_code == 303
    assert ours.one(made).state == "in_review"
    assert ours.events(made)[-1].data["answer"] == "Исправили."


def test_a_file_is_laid_beside_the_answer_and_what_is_typed_stays(
    ours: Life, client: FlaskClient
) -> None:
    made = asked(ours)
    data = {"op": "attach", "answer": "Прикладываем приказ.", "kind": "attachment",
            "file": (io.BytesIO(paper()), "приказ.pdf")}  # fmt: skip
    answer = client.post(f"/requests/{made}/answer", data=data)
    text = html.unescape(answer.get_data(as_text=True))
    assert "приказ.pdf" in turn(text)
    assert ">Прикладываем приказ.</textarea>" in text
    assert ours.one(made).state == "needs_info"
    spoilt = {**data, "op": "answer", "file": (io.BytesIO(b"MZ"), "вирус.exe")}
    refused = client.post(f"/requests/{made}/answer", data=spoilt)
    assert refused.status_code == 422
    assert ">Прикладываем приказ.</textarea>" in html.unescape(refused.get_data(as_text=True))
    assert ours.one(made).state == "needs_info"


def test_corrected_data_ask_for_a_new_signature_before_the_answer(
    ours: Life, client: FlaskClient, page: Callable[..., str]
) -> None:
    made = asked(ours)
    assert f'href="/requests/{made}/edit"' in turn(page(made))
    with ours.db.write() as session:
        session.get_one(Request, made).content_version += 1
    assert "Данные изменились после подписи" in turn(page(made))
    refused = client.post(f"/requests/{made}/answer", data={"op": "answer", "answer": "Готово."})
    assert refused.status_code == 409
    assert ">Готово.</textarea>" in html.unescape(refused.get_data(as_text=True))
    ours.lay(made)
    client.post(f"/requests/{made}/answer", data={"op": "answer", "answer": "Готово."})
    assert ours.one(made).state == "in_review"


# What came of it --------------------------------------------------------------------------------


def test_decisions_are_told_person_by_person_with_the_cause(
    ours: Life, page: Callable[..., str]
) -> None:
    made = executed(ours)
    card = page(made)
    assert "предоставлен" in card
    assert "сотрудника нет в ФРМР" in card
    assert f'href="/requests/{made}/memo"' in card
    assert "Петрова Анна Ивановна: отказ: сотрудника нет в ФРМР" in card


def test_a_corrected_copy_is_linked_both_ways(
    ours: Life, client: FlaskClient, page: Callable[..., str]
) -> None:
    made = executed(ours)
    answer = client.post(f"/requests/{made}/resubmit")
    copy = int(answer.location.split("/")[-2])
    assert len(ours.one(copy).rows) == 1  # the one that was refused
    assert f'Исправленная копия заявки <a href="/requests/{made}"' in page(copy)
    assert f'Исправлена в заявке <a href="/requests/{copy}"' in page(made)


def test_the_history_holds_events_and_edits_newest_first(
    ours: Life, client: FlaskClient, page: Callable[..., str]
) -> None:
    made = ours.draft()
    ours.later(hours=1)
    ours.ready(made)
    ours.later(hours=1)
    ours.act(made, "send")
    ours.later(hours=1)
    ours.act(made, "refuse", MIAC, cause="no_seal", text="Печать не видна.")
    history = page(made).partition('id="h-l"')[2]
    titles = re.findall(r"<b>([^<]+)</b>", history)
    assert titles[:5] == ["Отказано", "Зарегистрирована", "Отправлена", "Передана на подпись",
                          "Создано"]  # fmt: skip
    assert "нет печати (Рег. 3.4.1)" in history
    assert "Печать не видна." in history


def test_a_set_is_taken_back_from_the_menu(
    ours: Life, client: FlaskClient, page: Callable[..., str]
) -> None:
    made = ours.ready(ours.draft())
    assert f'action="/requests/{made}/actions/rework"' in page(made)
    client.post(f"/requests/{made}/actions/rework")
    assert ours.one(made).state == "draft"


def test_a_neighbour_sees_no_card_and_answers_nothing(
    ours: Life, signed_in: Clients, tmp_path: Path
) -> None:
    made = asked(ours)
    stranger = life(ours.db, tmp_path)
    client = signed_in(stranger.house.user)
    assert client.get(f"/requests/{made}").status_code == 404
    data = {"op": "answer", "answer": "Чужой ответ"}
    assert client.post(f"/requests/{made}/answer", data=data).status_code == 404
    assert ours.one(made).state == "needs_info"


# КЗ's stages (R29, R37, R41) --------------------------------------------------------------------


def test_a_birth_goes_by_the_authority_to_support_and_back(
    ours: Life, signed_in: Clients, client: FlaskClient, page: Callable[..., str]
) -> None:
    made = birth(ours)
    authority = signed_in(ours.actor("committee").user_id or 0)
    desk = authority.get("/committee").get_data(as_text=True)
    assert "Пришли письма об удалении ЭМД" in desk
    authority.post(f"/requests/{made}/actions/to_committee", data={"note": ""})
    assert "Подписать и отправить" in authority.get("/committee").get_data(as_text=True)
    answer = authority.post(f"/requests/{made}/documents")
    assert re.fullmatch(r"/requests/\d+/edit", answer.location)
    card = turn(page(made, "committee"))
    assert "egisz@stp-egisz.ru, копия акта — на vimis-akineo@rt-eu.ru" in card
    assert card.count("Черновик") == 2
    assert "Сначала загрузите подписанные КЗ ЛО документы" in card
    signed_documents(ours, made)
    card = turn(page(made, "committee"))
    assert card.count("подписан") >= 2
    authority.post(f"/requests/{made}/actions/committee_send", data={"external_no": "SD-9"})
    assert ours.one(made).state == "forwarded"
    authority.post(f"/requests/{made}/actions/confirm_deleted", data={"note": ""})
    assert "загрузите исправленный ЭМД" in turn(page(made))
    client.post(f"/requests/{made}/actions/reupload", data={"note": "Номер 225"})
    assert ours.one(made).state == "reuploaded"
    steps = re.findall(r"<li[^>]*>([^<]+)<small>", page(made))
    assert steps == ["Черновик", "На подписи", "Отправлена", "У КЗ ЛО", "В СТП ЕГИСЗ",
                     "ЭМД удалён", "Загружен заново"]  # fmt: skip


def test_the_authoritys_letter_leads_back_to_the_application(
    ours: Life, page: Callable[..., str]
) -> None:
    made = birth(ours)
    ours.act(made, "to_committee", "committee")
    letter, _ = signed_documents(ours, made)
    card = page(letter, "committee")
    assert f'К заявке МО <a href="/requests/{made}"' in card
    assert "уйдёт вместе с заявкой МО" in card
    assert "btn-primary" not in turn(card)


def test_elsewhere_the_authority_reads_only(ours: Life, page: Callable[..., str]) -> None:
    card = page(ours.sent(), "committee")
    assert "actions/" not in card
    assert "Ход за МИАЦ" in card


@pytest.mark.parametrize("role", ["secretary", MIAC, "auditor"])
def test_only_the_authority_has_its_page(ours: Life, signed_in: Clients, role: str) -> None:
    client = signed_in(ours.actor(role).user_id or 0)
    assert client.get("/committee").status_code == 403


# Network access (R17) ---------------------------------------------------------------------------


def test_after_the_call_the_organisation_may_use_vipnet(
    ours: Life, client: FlaskClient, page: Callable[..., str]
) -> None:
    made, _ = cards(ours)["network"]
    assert "kis@lenreg.ru, ib_lomiac@lenreg.ru" in turn(page(made))
    client.post(f"/requests/{made}/actions/connect", data={"note": "Проверили связь"})
    assert ours.one(made).organization.vipnet_ready
    assert "разграничение выполнено" in client.get(
        f"/organizations/{ours.house.organization}"
    ).get_data(as_text=True)
