"""The table editor over HTTP, as a page without JavaScript and as one with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Change, Person, Signatory
from accessflow.forms.application import Row
from tests.draft_examples import answers, draft, people, person, row_ids, stored
from tests.editor_examples import HTMX, cells, fields, page, post
from tests.factories import FrozenClock
from tests.request_examples import House, house

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
