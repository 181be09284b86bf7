"""Pages of one thing done with many: asked once, run step by step, accounted for."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.tables import BulkJob
from accessflow.services import bulk_steps
from tests.life_examples import Life
from tests.web.conftest import Client

HTMX = {"HX-Request": "true"}


def refused(ours: Life) -> int:
    made = ours.sent()
    ours.act(made, "refuse", "miac_specialist", cause="incomplete", text="Не хватает сведений.")
    return made


def jobs(ours: Life) -> list[int]:
    with ours.db.read() as session:
        return list(session.scalars(select(BulkJob.id)))


def test_what_was_picked_is_listed_with_what_cannot_be_done_and_why(
    ours: Life, desk: FlaskClient
) -> None:
    open_, shut = ours.sent(), refused(ours)
    page = desk.post("/queue/bulk", data={"op": "request_info", "pick": [open_, shut]}).text
    assert "можно сделать с 1 из 2" in page
    assert "Сейчас заявка в состоянии «Отказ»" in page
    assert f'value="{open_}" data-pick checked' in page
    assert f'value="{shut}" data-pick aria-label' in page
    assert "Что сообщить" in page
    assert page.count("btn-primary") == 1
    assert jobs(ours) == []


def test_it_runs_step_by_step_and_accounts_for_each(
    ours: Life, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_steps, "STEP_SECONDS", 0)
    open_, other, shut = ours.sent(), ours.sent(), refused(ours)
    answer = desk.post("/queue/bulk/begin", data={
        "op": "request_info", "pick": [open_, shut, other], "text": "Пришлите приказ.",
        "back": "/queue?state=registered",
    })  # fmt: skip
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "0 из 3" in page
    assert "Дальше" in page
    address = answer.location.partition("?")[0]
    bar = desk.post(f"{address}/run", data={"back": "/queue?state=registered"}, headers=HTMX)
    assert "1 из 3" in bar.text
    plain = desk.post(f"{address}/run", data={"back": "/queue?state=registered"})
    assert plain.status_code == 303
    last = desk.post(f"{address}/run", headers=HTMX)
    assert last.headers["HX-Redirect"].startswith(address)
    page = desk.get(answer.location).text
    assert "Сделано: 2 из 3" in page
    assert f'href="/queue/{shut}"' in page
    assert "Сейчас заявка в состоянии «Отказ»" in page
    assert 'href="/queue?state=registered"' in page
    assert [ours.one(made).state for made in (open_, other)] == ["needs_info", "needs_info"]


def test_what_was_not_done_can_be_tried_again(ours: Life, desk: FlaskClient) -> None:
    shut = refused(ours)
    answer = desk.post("/queue/bulk/begin", data={"op": "close", "pick": shut})
    address = answer.location.partition("?")[0]
    desk.post(f"{address}/run")
    page = desk.get(address).text
    assert "Попробовать с ними ещё раз" in page
    assert f'name="pick" value="{shut}"' in page


def test_a_missing_text_is_told_and_everything_else_stays(ours: Life, desk: FlaskClient) -> None:
    one, two = ours.sent(), ours.sent()
    answer = desk.post("/queue/bulk/begin", data={
        "op": "forward", "pick": one, "shown": [one, two], "forwarded_to": " ",
        "external_no": "0918274", "note": "Срочно",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "Заполните: кому передано" in answer.text
    assert 'value="0918274"' in answer.text
    assert "Срочно" in answer.text
    assert f'value="{one}" data-pick checked' in answer.text
    assert f'value="{two}" data-pick aria-label' in answer.text
    assert jobs(ours) == []


def test_a_letter_to_many_is_put_together_of_ticked_reasons(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent()
    page = desk.post("/queue/bulk", data={"op": "request_info", "pick": made}).text
    assert 'name="answer_by" value="25.11.2026"' in page
    assert "К каким строкам" not in page
    keys = re.findall(r'name="reason" value="([^"]+)"', page)
    posted = {"op": "request_info", "pick": made, "shown": made, "checks": "1"}
    page = html.unescape(desk.post("/queue/bulk/begin", data={
        **posted, "text": "Здравствуйте!", "reason": keys[:2], "compose": "1",
    }).text)  # fmt: skip
    text = page.split('name="text"')[1].split(">", 1)[1].split("</textarea>")[0]
    assert [line[:3] for line in text.splitlines()] == ["Здр", "1. ", "2. "]
    assert 'name="checks" value="1" checked' in page
    assert jobs(ours) == []
    late = desk.post("/queue/bulk/begin", data={
        **posted, "text": text, "reason": keys[:2], "answer_by": "20.11.2026",
    })  # fmt: skip
    assert late.status_code == 422
    assert 'id="answer_by-e"' in late.text
    assert jobs(ours) == []
    answer = desk.post("/queue/bulk/begin", data={
        **posted, "text": text, "reason": keys[:2], "answer_by": "28.11.2026",
    })  # fmt: skip
    assert "28.11.2026 — выходной: МО напомнят 30.11.2026" in desk.get(answer.location).text
    desk.post(f"{answer.location.partition('?')[0]}/run")
    data = ours.events(made)[-1].data
    assert (data["text"], data["answer_by"]) == (text, "2026-11-30")


def test_taking_asks_nothing(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent()
    answer = desk.post("/queue/bulk", data={"op": "take", "pick": made})
    assert answer.status_code == 303
    desk.post(f"{answer.location.partition('?')[0]}/run")
    assert ours.one(made).assignee_id == ours.actor("miac_specialist").user_id


def test_assigning_offers_the_colleagues(ours: Life, desk: FlaskClient) -> None:
    lead = ours.actor("miac_lead").user_id
    made = ours.sent()
    page = desk.post("/queue/bulk", data={"op": "assign", "pick": made}).text
    assert f'<option value="{lead}"' in page
    answer = desk.post("/queue/bulk/begin", data={"op": "assign", "pick": made, "assignee": lead})
    desk.post(f"{answer.location.partition('?')[0]}/run")
    assert ours.one(made).assignee_id == lead


def test_nothing_picked_or_nothing_chosen_is_told(ours: Life, desk: FlaskClient) -> None:
    made = ours.sent()
    assert "Отметьте заявки" in desk.post("/queue/bulk", data={"op": "close"}).text
    answer = desk.post("/queue/bulk", data={"pick": made})
    assert answer.status_code == 422
    assert "Выберите, что сделать" in answer.text


def test_a_colleague_reads_the_account_but_does_not_go_on(
    ours: Life, desk: FlaskClient, signed_in: Client
) -> None:
    made = ours.sent()
    answer = desk.post("/queue/bulk", data={"op": "take", "pick": made})
    lead = signed_in(ours.actor("miac_lead").user_id or 0)
    assert "Продолжить может тот, кто начал" in lead.get(answer.location).text
    assert lead.post(f"{answer.location.partition('?')[0]}/run").status_code == 409
    assert ours.one(made).assignee_id is None
