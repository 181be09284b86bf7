"""The table editor over HTTP, as a page without JavaScript and as one with it."""

from __future__ import annotations

import html as escapes
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accessflow.db.session import Database
from accessflow.db.tables import Change, Person, RequestUndo, Signatory
from accessflow.forms.application import Row
from tests import factories
from tests.draft_examples import answers, draft, people, person, row_ids, stored
from tests.factories import FrozenClock
from tests.request_examples import House, another, house

HTMX = {"HX-Request": "true"}


@pytest.fixture
def clinic(db: Database) -> House:
    return house(db, short_name="ГБУЗ ЛО «Приозёрная РБ-учебная»")


@pytest.fixture
def client(clinic: House, signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return signed_in(clinic.user)


@pytest.fixture
def colleague(clinic: House, db: Database, signed_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return signed_in(factories.account(db, "hr", clinic.organization))


def page(client: FlaskClient, request: int, query: str = "") -> str:
    answer = client.get(f"/requests/{request}/edit{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the page's form."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        box = 'type="radio"' in tag or 'type="checkbox"' in tag
        if name and not (box and " checked" not in tag):
            found[name[1]] = escapes.unescape(value[1]) if value else ""
    areas = r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>'
    for name, text in re.findall(areas, html, re.DOTALL):
        found[name] = escapes.unescape(text)
    lists = r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>'
    for name, options in re.findall(lists, html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        found[name] = escapes.unescape(chosen[1]) if chosen else ""
    found.pop("block", None)
    found.pop("column", None)
    return found


def post(client: FlaskClient, request: int, op: str, **typed: str) -> TestResponse:
    """The whole form with some fields typed anew, and a button pressed."""
    data = fields(page(client, request)) | {k.replace("__", "-"): v for k, v in typed.items()}
    return client.post(f"/requests/{request}/edit", data=data | {"op": op})


def cells(client: FlaskClient, request: int, html: str, row: int, **typed: str) -> TestResponse:
    """One row as the script sends it, from a page seen before."""
    known = {k: v for k, v in fields(html).items() if k.startswith(f"r{row}-")}
    data = known | {f"r{row}-{key}": text for key, text in typed.items()}
    return client.post(f"/requests/{request}/cells", data=data, headers=HTMX)


# ----- what is typed is kept


def test_a_page_sent_back_unchanged_changes_nothing(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [person(0), person(1, middle_name="", no_middle_name="1"), {}])
    before = stored(db, request)
    post(client, request, "save")
    after = stored(db, request)
    assert (after.lock_version, after.updated_at) == (before.lock_version, before.updated_at)


def test_every_form_is_shown_and_sent_back_as_it_was(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    forms = [("appendix-02", None, "cover"), ("appendix-15", None, "network"),
             ("appendix-16", None, "emd_delete"), ("emd-act", None, "emd_delete"),
             ("emd-letter", None, "emd_delete"), ("appendix-03", "rs-tmk", "grant"),
             ("appendix-05", "vimis-onko", "revoke"), ("appendix-10", "frmr", "grant"),
             ("appendix-12", "rs-tmk", "revoke"), ("appendix-13", "ipra", "grant"),
             ("appendix-14", "orph", "grant")]  # fmt: skip
    for form, system, action in forms:
        rows: list[Row] = [] if form == "appendix-02" else [{}]
        request = draft(clinic, rows, form=form, system=system, action=action)
        before = stored(db, request).lock_version
        for query in ("", "?unfold=1"):
            data = fields(page(client, request, query)) | {"op": "save"}
            answer = client.post(f"/requests/{request}/edit", data=data)
            assert answer.status_code == 303
        assert stored(db, request).lock_version == before, form


def test_saving_without_javascript_keeps_and_shows_what_was_typed(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(2))
    row = row_ids(db, request)[1]
    answer = post(client, request, "save", **{f"r{row}__position": "Врач  <терапевт>"})
    assert answer.status_code == 303
    assert answers(db, request)[1]["position"] == "Врач  <терапевт>"
    assert "Врач  &lt;терапевт&gt;" in page(client, request)


def test_the_tick_for_no_patronymic_is_kept_and_taken_off(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [person(middle_name="")])
    (row,) = row_ids(db, request)
    post(client, request, "save", **{f"r{row}__no_middle_name": "1"})
    assert answers(db, request)[0]["no_middle_name"] == "1"
    data = fields(page(client, request))
    del data[f"r{row}-no_middle_name"]
    client.post(f"/requests/{request}/edit", data=data | {"op": "save"})
    assert "no_middle_name" not in answers(db, request)[0]


def test_fields_beside_the_table_are_kept(client: FlaskClient, clinic: House, db: Database) -> None:
    request = draft(clinic, [{}], form="appendix-15", system=None, action="network")
    post(client, request, "save", our_ref="01-17/44", our_date="2026-11-23",
         f__basis="Приказ №1\r\nПриказ №2", f__term="бессрочно")  # fmt: skip
    found = stored(db, request)
    assert (found.our_ref, str(found.our_date)) == ("01-17/44", "2026-11-23")
    assert found.fields == {"basis": "Приказ №1\nПриказ №2", "term": "бессрочно"}


def test_a_signatory_of_another_organisation_is_refused_and_the_rest_is_kept(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    stranger = house(db)
    with db.read() as session:
        heads = select(Signatory.id).where(Signatory.organization_id == stranger.organization)
        foreign = session.scalars(heads).one()
    request = draft(clinic, people(1))
    answer = post(client, request, "save", signatory=str(foreign), our_ref="17")
    assert answer.status_code == 422
    assert "сейчас не вправе подписывать" in answer.get_data(as_text=True)
    assert stored(db, request).our_ref == "17"


def test_too_long_a_reference_is_told_and_stays_on_the_page(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    answer = post(client, request, "save", our_ref="9" * 70)
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "70 знаков, а помещается 64" in html
    assert f'value="{"9" * 70}"' in html
    assert stored(db, request).our_ref == ""


def test_a_role_for_the_whole_region_asks_for_a_justification(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [person(role="ОУЗ")], form="appendix-06", system="covid19")
    html = page(client, request)
    assert "Напишите обоснование" in html
    assert 'id="ed-justification" hidden' not in html
    post(client, request, "save", f__justification="По приказу КЗ №7")
    assert stored(db, request).fields == {"justification": "По приказу КЗ №7"}
    assert stored(db, request).error_count == 0


# ----- saving cell by cell


def test_a_saved_cell_answers_with_its_row_and_the_list_of_checks(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(3))
    first, second, _ = row_ids(db, request)
    answer = cells(client, request, page(client, request), first, snils="112-233-445 96")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Контрольное число не сходится" in html
    assert 'data-level="error" data-codes="snils_checksum"' in html
    assert f'id="r{first}-v"' in html
    assert "1 ошибка" in html
    assert f'id="r{second}-' not in html
    assert f'<input class="form-control" id="r{first}-' not in html  # no field is replaced


def test_the_answer_names_other_rows_whose_defects_have_changed(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [person(0, email="one@mail.ru"), person(1, email="one@mail.ru")])
    first, second = row_ids(db, request)
    html = page(client, request)
    answer = cells(client, request, html, first, email="two@mail.ru").get_data(as_text=True)
    assert f'<span id="r{second}-email-e"></span>' in answer


def test_the_next_save_goes_on_from_the_fingerprint_of_the_answer(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    answer = cells(client, request, page(client, request), row, position="А").get_data(as_text=True)
    base = re.search(rf'name="r{row}-v" value="(\w+)"', answer)
    assert base
    data = {f"r{row}-v": base[1], f"r{row}-position": "Б"}
    answer = client.post(f"/requests/{request}/cells", data=data, headers=HTMX).get_data(
        as_text=True
    )
    assert "data-clash" not in answer
    assert answers(db, request)[0]["position"] == "Б"


def test_a_row_that_nobody_has_begun_has_one_defect(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, [person(0), {}])
    (_, empty) = row_ids(db, request)
    html = page(client, request)
    assert html.count("Строка пустая. Заполните её или удалите.") == 2  # the row and the list
    assert "Не заполнено" not in html
    cells(client, request, html, empty, position="Врач")
    assert stored(db, request).error_count > 5


def test_a_text_that_is_cut_nowhere_is_told_to_be_too_long(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    cells(client, request, page(client, request), row, position="я" * 300)
    assert answers(db, request)[0]["position"] == "я" * 300
    assert "300 знаков, а помещается 255" in page(client, request)


# ----- versions, history


def test_the_version_of_the_content_rises_with_what_is_printed_only(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1), form="appendix-13", system="ipra")
    (row,) = row_ids(db, request)
    assert stored(db, request).content_version == 1
    cells(client, request, page(client, request), row, snils="112-233-445 95")  # not printed there
    assert stored(db, request).content_version == 1
    cells(client, request, page(client, request), row, work_phone="8(81379)50000")  # printed alike
    assert stored(db, request).content_version == 1
    cells(client, request, page(client, request), row, position="Санитарка")
    assert stored(db, request).content_version == 2
    post(client, request, "add")
    assert stored(db, request).content_version == 3


def changes(db: Database, request: int) -> list[Change]:
    with db.read() as session:
        query = session.query(Change).filter_by(entity="request", entity_id=request)
        return list(query.order_by(Change.id))


def test_the_history_has_one_record_for_a_stretch_of_work(
    client: FlaskClient, colleague: FlaskClient, clinic: House, db: Database, clock: FrozenClock
) -> None:
    request = draft(clinic, people(3))
    first, second, _ = row_ids(db, request)
    for row, minutes in ((first, 0), (second, 9), (first, 9)):
        clock.advance(minutes=minutes)
        page(colleague, request)  # who is there all the time
        cells(client, request, page(client, request), row, position=f"Врач {minutes}{row}")
    post(client, request, "save", our_ref="17")
    (only,) = changes(db, request)
    assert only.what == {"Изменены строки": ["—", "1, 2"], "Изменены поля": ["—", "Исх. №"]}
    cells(colleague, request, page(colleague, request), first, position="Другой")
    clock.advance(minutes=11)
    cells(colleague, request, page(colleague, request), first, position="Третий")
    assert len(changes(db, request)) == 3


def test_a_request_is_found_by_a_name_typed_into_it(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    cells(client, request, page(client, request), row, last_name="Щукина")
    assert "щукина" in stored(db, request).search_text.split()


# ----- two at once


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


# ----- operations


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


# ----- one СНИЛС, one person


def test_a_changed_surname_goes_to_the_card_of_an_own_person(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    employment = clinic.hire("Петрова Анна Ивановна")
    digits = clinic.snils(employment)
    request = draft(clinic, [person(last_name="Сидорова", snils=digits)])
    (row,) = row_ids(db, request)
    html = page(client, request)
    assert "Сменилась фамилия: обновить карточку" in html
    assert "Описка: проверить СНИЛС" in html
    post(client, request, f"rename:{row}")
    with db.read() as session:
        found = session.query(Person).filter_by(snils=digits).one()
        assert (found.last_name, found.search_name) == ("Сидорова", "сидорова анна ивановна")
    assert "другое ФИО" not in page(client, request)


def test_the_name_of_another_organisations_person_is_not_changed_or_told(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    other = house(db)
    digits = other.snils(other.hire("Щукина Ольга Павловна"))
    request = draft(clinic, [person(last_name="Сидорова", snils=digits)])
    (row,) = row_ids(db, request)
    assert "Щукин" not in page(client, request)
    answer = client.post(f"/requests/{request}/edit", data={"op": f"rename:{row}"}, headers=HTMX)
    assert answer.status_code == 409
    assert "другая организация" in answer.get_data(as_text=True)
    with db.read() as session:
        assert session.query(Person).filter_by(snils=digits).one().last_name == "Щукина"


# ----- files and pages


def test_the_files_come_with_a_name_in_russian(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(2))
    for kind, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK"), ("zip", b"PK")):
        answer = client.get(f"/requests/{request}/files/{kind}")
        header = answer.headers["Content-Disposition"]
        assert answer.status_code == 200
        assert answer.data.startswith(start)
        assert header.startswith("attachment; ")
        assert header.isascii()
        assert "ФРМСС" in unquote(header)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_archive_holds_the_same_three_files(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(2))
    data = client.get(f"/requests/{request}/files/zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sorted(name.rpartition(".")[2] for name in archive.namelist()) == [
            "docx",
            "pdf",
            "xlsx",
        ]
        pdf = next(name for name in archive.namelist() if name.endswith(".pdf"))
        assert archive.read(pdf) == client.get(f"/requests/{request}/files/pdf").data


def test_what_is_no_file_is_not_found(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(1))
    assert client.get(f"/requests/{request}/files/exe").status_code == 404


def test_the_outgoing_page_of_appendix_5_is_for_miac_alone(
    client: FlaskClient, clinic: House, db: Database, signed_in: Callable[[int], FlaskClient]
) -> None:
    request = draft(clinic, people(1), form="appendix-05", system="vimis-onko")
    assert client.get(f"/requests/{request}/files/pdf?rendering=miac").status_code == 403
    clinic.state(request, "registered")
    miac = signed_in(another(db, "miac_specialist").user_id or 0)
    theirs = miac.get(f"/requests/{request}/files/pdf?rendering=miac")
    assert theirs.status_code == 200
    assert theirs.data != miac.get(f"/requests/{request}/files/pdf").data


def test_a_download_without_javascript_saves_first(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    answer = post(client, request, "file::pdf", **{f"r{row}__position": "Санитарка"})
    assert answer.headers["Location"] == f"/requests/{request}/files/pdf"
    assert answers(db, request)[0]["position"] == "Санитарка"


def test_the_preview_is_the_page_and_is_not_drawn_again_for_the_same_content(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(30))
    first = client.get(f"/requests/{request}/preview/1.png")
    assert first.mimetype == "image/png"
    assert first.data.startswith(b"\x89PNG")
    tag = first.headers["ETag"]
    again = client.get(f"/requests/{request}/preview/1.png", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    post(client, request, "save", signatory="")
    changed = client.get(f"/requests/{request}/preview/1.png", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)
    assert client.get(f"/requests/{request}/preview/9.png").status_code == 404


def test_the_pages_are_turned_without_javascript(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(60))
    html = page(client, request, "?page=2")
    assert "страница 2 из" in html
    assert f"/requests/{request}/preview/2.png?v=1" in html
    assert 'alt="Страница 2 из' in html
    last = re.search(r"страница 2 из (\d+)", html)
    assert last
    assert f"страница {last[1]} из {last[1]}" in page(client, request, "?page=99")


# ----- who may


def test_a_request_that_was_sent_is_shown_and_not_edited(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    html = page(client, request)
    clinic.state(request, "sent")
    assert client.get(f"/requests/{request}/edit").headers["Location"] == f"/requests/{request}"
    answer = cells(client, request, html, row, position="Поздно")
    assert answer.status_code == 409
    assert "уже не черновик" in answer.get_data(as_text=True)
    assert answers(db, request)[0]["position"] == "Врач-статистик"


def test_another_organisations_draft_is_not_there(
    clinic: House, db: Database, signed_in: Callable[[int], FlaskClient]
) -> None:
    request = draft(clinic, people(1))
    stranger = signed_in(house(db).user)
    for path in ("edit", "preview", "preview/1.png", "files/pdf", "import"):
        assert stranger.get(f"/requests/{request}/{path}").status_code == 404
    for path in ("edit", "cells", "undo", "import"):
        answer = stranger.post(f"/requests/{request}/{path}", data={"op": "add"})
        assert answer.status_code == 404


def test_a_lost_session_carries_what_was_typed_over_the_sign_in(
    client: FlaskClient, clinic: House, db: Database, app: Flask
) -> None:
    request = draft(clinic, people(1))
    (row,) = row_ids(db, request)
    data = fields(page(client, request)) | {f"r{row}-position": "Санитарка", "op": "save"}
    answer = app.test_client().post(f"/requests/{request}/edit", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 401
    carried = {
        name.removeprefix("kept:"): text
        for name, text in fields(html).items()
        if name.startswith("kept:")
    }
    assert client.post(f"/requests/{request}/edit", data=carried).status_code == 303
    assert answers(db, request)[0]["position"] == "Санитарка"


def test_a_superseded_form_is_flagged(
    client: FlaskClient, clinic: House, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = app.extensions["accessflow"]
    old = core.catalogue.forms["appendix-08"][-1]
    newer = replace(old, version="2.0")
    forms = {**core.catalogue.forms, "appendix-08": (old, newer)}
    app.extensions["accessflow"] = replace(core, catalogue=replace(core.catalogue, forms=forms))
    request = draft(clinic, people(1))
    assert "Форма этой заявки с тех пор сменилась" in page(client, request)


def test_two_hundred_rows_are_one_page_of_bearable_size(client: FlaskClient, clinic: House) -> None:
    request = draft(clinic, people(200))
    html = page(client, request)
    assert html.count('name="row"') == 200
    assert len(html.encode()) < 700_000


def test_no_operation_goes_past_two_hundred_rows(
    client: FlaskClient, clinic: House, db: Database
) -> None:
    request = draft(clinic, people(200))
    first = row_ids(db, request)[0]
    for op in ("add", f"copy:{first}"):
        answer = client.post(f"/requests/{request}/edit", data={"op": op}, headers=HTMX)
        assert answer.status_code == 422
    assert len(row_ids(db, request)) == 200
