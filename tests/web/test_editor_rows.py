"""Operations on the rows of a draft: added, moved, filled down, pasted, mended, taken back."""

from __future__ import annotations

from flask.testing import FlaskClient

from accessflow.db.session import Database
from accessflow.db.tables import RequestUndo
from tests.draft_examples import answers, draft, people, person, row_ids
from tests.editor_examples import HTMX, cells, fields, page, post
from tests.request_examples import House


def test_a_row_is_added_with_the_only_role_that_is_open(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1), form="appendix-10", system="frmr")
    answer = post(client, request, "add")
    new = row_ids(db, request)[1]
    assert answer.headers["Location"].endswith(f"/edit#r{new}-snils")
    assert answers(db, request)[1] == {"role": "Работник организации (ФРМО/ФРМР)"}


def test_what_is_typed_goes_in_before_an_operation(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    first, _ = row_ids(db, request)
    post(client, request, f"copy:{first}", **{f"r{first}__position": "Акушерка"})
    positions = [row["position"] for row in answers(db, request)]
    assert positions == ["Акушерка", "Акушерка", "Врач-статистик"]


def test_rows_are_moved_and_stop_at_the_edge(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(3))
    a, b, c = row_ids(db, request)
    post(client, request, f"up:{c}")
    assert row_ids(db, request) == [a, c, b]
    post(client, request, f"up:{a}")
    assert row_ids(db, request) == [a, c, b]
    post(client, request, f"down:{a}")
    assert row_ids(db, request) == [c, a, b]
    post(client, request, "undo")
    assert row_ids(db, request) == [a, c, b]


def test_a_removed_row_comes_back_where_it_was_with_what_was_typed_since_untouched(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(4))
    ids, before = row_ids(db, request), answers(db, request)
    answer = post(client, request, f"remove:{ids[1]}")
    assert row_ids(db, request) == [ids[0], ids[2], ids[3]]
    html = page(client, request)
    assert "Строка 2 удалена" in html
    cells(client, request, html, ids[3], position="Позже")
    assert client.post(f"/requests/{request}/undo").status_code == 303
    assert answer.status_code == 303
    assert row_ids(db, request) == ids
    assert answers(db, request) == [*before[:3], before[3] | {"position": "Позже"}]


def test_filling_down_can_be_taken_back_but_for_what_was_changed_since(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [person(n, position=f"Врач {n}") for n in range(4)])
    ids = row_ids(db, request)
    post(client, request, f"fill:{ids[1]}:position")
    assert [r["position"] for r in answers(db, request)] == ["Врач 0", "Врач 1", "Врач 1", "Врач 1"]
    cells(client, request, page(client, request), ids[3], position="Новое")
    post(client, request, "undo")
    assert [r["position"] for r in answers(db, request)] == ["Врач 0", "Врач 1", "Врач 2", "Новое"]


def test_taking_back_twice_goes_two_operations_back(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    before = row_ids(db, request)
    post(client, request, "add")
    post(client, request, f"remove:{before[0]}")
    post(client, request, "undo")
    post(client, request, "undo")
    assert row_ids(db, request) == before
    assert "Отменять нечего" in client.post(
        f"/requests/{request}/edit", data={"op": "undo"}, headers=HTMX
    ).get_data(as_text=True)


def test_a_block_is_pasted_from_a_cell_on_and_adds_rows(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    _, second = row_ids(db, request)
    data = {"op": f"paste:{second}:last_name", "block": "Щукина\tОльга\nЮдина\tВера\n"}
    client.post(f"/requests/{request}/edit", data=data, headers=HTMX)
    names = [(row.get("last_name"), row.get("first_name")) for row in answers(db, request)]
    assert names == [("Петрова", "Анна"), ("Щукина", "Ольга"), ("Юдина", "Вера")]


def test_a_block_that_does_not_fit_is_refused_whole_and_what_was_typed_is_kept(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(150))
    first = row_ids(db, request)[0]
    data = fields(page(client, request)) | {
        "op": "paste",
        "row": "",
        "block": "Щукина\n" * 60,
        f"r{first}-position": "Санитарка",
    }
    answer = client.post(f"/requests/{request}/edit", data=data)
    assert answer.status_code == 422
    assert "не больше 200 строк, а стало бы 210" in answer.get_data(as_text=True)
    assert len(row_ids(db, request)) == 150
    assert answers(db, request)[0]["position"] == "Санитарка"


def test_a_fix_is_taken_as_the_server_proposes_it(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [person(last_name="Cоколов", email="a@mail.ry")])
    (row,) = row_ids(db, request)
    post(client, request, f"fix:{row}:last_name")
    post(client, request, f"fix:{row}:email")
    (found,) = answers(db, request)
    assert (found["last_name"], found["email"]) == ("Соколов", "a@mail.ru")


def test_an_operation_on_a_row_that_is_gone_is_a_conflict(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    answer = client.post(f"/requests/{request}/edit", data={"op": "remove:999"}, headers=HTMX)
    assert answer.status_code == 409
    assert "Этой строки уже нет" in answer.get_data(as_text=True)


def test_only_the_last_ways_back_are_kept(client: FlaskClient, clinic: House, db: Database) -> None:
    request = draft(clinic, people(1))
    for _ in range(25):
        client.post(f"/requests/{request}/edit", data={"op": "add"}, headers=HTMX)
    with db.read() as session:
        assert session.query(RequestUndo).count() == 20
