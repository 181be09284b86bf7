"""Two people in one draft: whose change stands, and that no word typed is lost."""

from __future__ import annotations

from flask.testing import FlaskClient

from accessflow.db.session import Database
from tests.draft_examples import answers, draft, people, row_ids, stored
from tests.editor_examples import cells, fields, page, post
from tests.request_examples import House


def test_two_people_on_different_rows_do_not_clash(
    client: FlaskClient, colleague: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    first, second = row_ids(db, request)
    mine, theirs = page(client, request), page(colleague, request)
    cells(colleague, request, theirs, first, position="Первый")
    answer = client.post(
        f"/requests/{request}/edit",
        data=fields(mine) | {f"r{second}-position": "Вторая", "op": "save"},
    )
    assert answer.status_code == 303
    assert [row["position"] for row in answers(db, request)] == ["Первый", "Вторая"]


def test_a_clash_is_told_and_what_was_typed_stays_on_the_page(
    client: FlaskClient, colleague: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    mine, theirs = page(client, request), page(colleague, request)
    cells(colleague, request, theirs, row, position="Их")
    data = fields(mine) | {f"r{row}-position": "Моё", "op": "save"}
    answer = client.post(f"/requests/{request}/edit", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Строка 1: изменено в 12:00, Учёткина Анна" in html
    assert "у вас «Моё», там «Их»" in html
    assert fields(html)[f"r{row}-position"] == "Моё"
    assert answers(db, request)[0]["position"] == "Их"
    again = client.post(f"/requests/{request}/edit", data=fields(html) | {"op": "save"})
    assert again.status_code == 409
    kept = client.post(f"/requests/{request}/edit", data=fields(html) | {"op": f"mine:{row}"})
    assert kept.status_code == 303
    assert answers(db, request)[0]["position"] == "Моё"


def test_the_others_change_can_be_taken(
    client: FlaskClient, colleague: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    mine = page(client, request)
    cells(colleague, request, page(colleague, request), row, position="Их")
    data = fields(mine) | {f"r{row}-position": "Моё", "op": f"theirs:{row}"}
    assert client.post(f"/requests/{request}/edit", data=data).status_code == 303
    assert answers(db, request)[0]["position"] == "Их"


def test_words_for_a_row_that_was_removed_meanwhile_are_not_lost(
    client: FlaskClient, colleague: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    _, second = row_ids(db, request)
    mine = page(client, request)
    post(colleague, request, f"remove:{second}")
    untouched = client.post(f"/requests/{request}/edit", data=fields(mine) | {"op": "save"})
    assert untouched.status_code == 303
    data = fields(mine) | {f"r{second}-position": "Моё", "op": "save"}
    answer = client.post(f"/requests/{request}/edit", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "строку удалили" in html
    client.post(f"/requests/{request}/edit", data=fields(html) | {"op": f"mine:{second}"})
    assert [row["position"] for row in answers(db, request)] == ["Врач-статистик", "Моё"]


def test_the_fields_beside_the_table_clash_like_a_row(
    client: FlaskClient, colleague: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    mine = page(client, request)
    post(colleague, request, "save", our_ref="их")
    data = fields(mine) | {"our_ref": "моё", "op": "save"}
    answer = client.post(f"/requests/{request}/edit", data=data)
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "Исх. №: у вас «моё», там «их»" in html
    data = fields(html) | {"op": "mine:details"}
    assert client.post(f"/requests/{request}/edit", data=data).status_code == 303
    assert stored(db, request).our_ref == "моё"
