"""Lists of staff: seen first, taken in steps and once, and what is left out told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Base, Employment, ImportJob, Person, Unit
from accessflow.domain.snils import read as read_snils
from accessflow.services.imports import take
from tests import factories

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
HEADINGS = ("ФИО", "СНИЛС", "Должность", "Отделение", "E-mail", "Дата приёма")
PETROVA = ("Петрова Анна Ивановна", "112-233-445 95", "Врач-статистик", "Поликлиника",
           "petrova@prb.example", "01.02.2020")  # fmt: skip
KIM = ("Ким Ольга Викторовна", "307-120-201 99", "Медицинская сестра", "Стационар",
       "kim@prb.example", "")  # fmt: skip
WRONG = ("Зимина Елена Андреевна", "300-440-368 01", "Акушерка", "", "", "")


def workbook(*rows: Sequence[str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADINGS, *rows):
        sheet.append(list(row))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(client: FlaskClient, data: bytes, kind: str = "staff", name: str = "staff.xlsx") -> str:
    """The address of the preview."""
    form = {"kind": kind, "file": (BytesIO(data), name)}
    answer = client.post("/people/import", data=form)
    assert answer.status_code == 302, answer.text
    return answer.location


def run(client: FlaskClient, address: str) -> str:
    """The page of the result."""
    client.post(f"{address}/choose", data={"do": "all"})
    client.post(f"{address}/run")
    while "Продолжить" in (page := client.get(address).text):
        client.post(f"{address}/run")
    return page


def tabs(page: str) -> dict[str, int]:
    found = re.findall(r">([^<>]+) <b>([\d\xa0]+)</b>", page)
    return {label.strip(): int(count.replace("\xa0", "")) for label, count in found}


def staff(db: Database) -> dict[str, Employment]:
    with db.read() as session:
        query = select(Person.last_name, Employment).join(Employment.person)
        return dict(session.execute(query).all())


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    names = ("persons", "employments", "units", "changes", "attestations")
    with db.read() as session:
        return {
            name: sorted(map(tuple, session.execute(Base.metadata.tables[name].select())), key=repr)
            for name in names
        }


def not_taken(client: FlaskClient, address: str) -> list[dict[str, str]]:
    with client.get(f"{address}/not-taken.xlsx") as answer:
        sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    _, headings, *rows = ([str(value or "") for value in row] for row in sheet.values)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_the_preview_changes_nobody_and_tells_by_cell(db: Database, secretary: FlaskClient) -> None:
    before = everything(db)
    page = secretary.get(upload(secretary, workbook(PETROVA, KIM, WRONG))).text
    assert everything(db) == before
    assert tabs(page)["Все"] == 3
    assert tabs(page)["Новые"] == 2
    assert tabs(page)["Не возьмём"] == 1
    assert "СНИЛС (B4)" in page
    assert "300-440-368 01" in page  # the wrong one has to be found in the file
    assert "112-233-445 95" not in page  # the right one is masked, as in every list


def test_chosen_rows_are_taken_with_their_units(db: Database, secretary: FlaskClient) -> None:
    page = run(secretary, upload(secretary, workbook(PETROVA, KIM, WRONG)))
    assert "Добавлено: 2, изменено: 0, без изменений: 0" in page
    jobs = staff(db)
    assert jobs.keys() == {"Петрова", "Ким"}
    assert str(jobs["Петрова"].since) == "2020-02-01"
    with db.read() as session:
        assert set(session.scalars(select(Unit.name))) == {"Поликлиника", "Стационар"}


def test_what_was_not_taken_comes_back_as_a_sheet_that_can_be_loaded_when_mended(
    db: Database, secretary: FlaskClient
) -> None:
    address = upload(secretary, workbook(PETROVA, WRONG))
    run(secretary, address)
    (left,) = not_taken(secretary, address)
    assert left["Строка в файле"] == "3"
    assert left["Что не взято"] == "вся строка"
    assert "Контрольное число" in left["Почему"]
    left["СНИЛС"] = "300-440-368 00"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(left))
    sheet.append(list(left.values()))
    stream = BytesIO()
    book.save(stream)
    run(secretary, upload(secretary, stream.getvalue()))
    assert "Зимина" in staff(db)


def test_only_picked_rows_are_taken_and_the_others_are_told(
    db: Database, secretary: FlaskClient
) -> None:
    address = upload(secretary, workbook(PETROVA, KIM))
    shown = re.findall(r'name="shown" value="(\d+)"', secretary.get(address).text)
    data = {"shown": shown, "row": shown[:1], "do": "run"}
    secretary.post(f"{address}/choose", data=data)
    assert staff(db).keys() == {"Петрова"}
    (left,) = not_taken(secretary, address)
    assert "не отметили" in left["Почему"]


def test_nothing_picked_is_told(db: Database, secretary: FlaskClient) -> None:
    address = upload(secretary, workbook(PETROVA))
    secretary.post(f"{address}/choose", data={"do": "none"})
    answer = secretary.post(f"{address}/run")
    assert answer.status_code == 409
    assert "Не отмечено ни одной строки" in answer.text


@pytest.mark.parametrize("name", ["staff-list.xlsx", "staff.csv", "staff-by-hand.xlsx"])
def test_the_same_file_again_changes_nothing(
    db: Database, secretary: FlaskClient, name: str
) -> None:
    data = (SAMPLES / name).read_bytes()
    first = run(secretary, upload(secretary, data, name=name))
    assert tabs(first)["Добавлены"] > 50
    before = everything(db)
    second = run(secretary, upload(secretary, data, name=name))
    assert everything(db) == before
    assert "Добавлено: 0, изменено: 0" in second


def test_every_person_of_a_sample_has_a_valid_snils(db: Database, secretary: FlaskClient) -> None:
    run(secretary, upload(secretary, (SAMPLES / "staff.csv").read_bytes(), name="staff.csv"))
    with db.read() as session:
        numbers = session.scalars(select(Person.snils)).all()
    assert all(read_snils(digits).value for digits in numbers)


def test_a_changed_cell_changes_the_job_and_an_empty_one_does_not(
    db: Database, secretary: FlaskClient
) -> None:
    run(secretary, upload(secretary, workbook(PETROVA)))
    promoted = (*PETROVA[:2], "Заведующая", "", "", "")
    page = run(secretary, upload(secretary, workbook(promoted)))
    assert "изменено: 1" in page
    job = staff(db)["Петрова"]
    assert (job.position, job.email) == ("Заведующая", "petrova@prb.example")


def test_another_name_is_a_question_that_only_a_picked_row_answers(
    db: Database, secretary: FlaskClient
) -> None:
    run(secretary, upload(secretary, workbook(PETROVA)))
    married = workbook(("Сидорова Анна Ивановна", *PETROVA[1:]))
    address = upload(secretary, married)
    page = secretary.get(address).text
    assert tabs(page)["Вопросы"] == 1
    assert "Петрова Анна Ивановна" in page
    secretary.post(f"{address}/choose", data={"do": "all"})
    assert secretary.post(f"{address}/run").status_code == 409
    shown = re.findall(r'name="shown" value="(\d+)"', page)
    secretary.post(f"{address}/choose", data={"shown": shown, "row": shown, "do": "run"})
    assert "Сидорова" in staff(db)


def test_what_another_organisation_has_is_not_told(
    db: Database, secretary: FlaskClient, signed_in: Callable[[int], FlaskClient]
) -> None:
    run(secretary, upload(secretary, workbook(PETROVA)))
    theirs = signed_in(factories.account(db, "hr"))
    sidorova = ("Сидорова Мария Ивановна", PETROVA[1], "Врач", "", "", "")
    kim = (*KIM[:4], "petrova@prb.example", "")
    data = workbook(sidorova, kim)
    page = theirs.get(upload(theirs, data)).text
    assert "записано другое ФИО" in page
    assert "уже записан у другого человека" in page
    assert "Петрова" not in page


def test_somebody_elses_address_is_left_out_and_the_person_taken(
    db: Database, secretary: FlaskClient
) -> None:
    run(secretary, upload(secretary, workbook(PETROVA)))
    address = upload(secretary, workbook((*KIM[:4], "petrova@prb.example", "")))
    run(secretary, address)
    assert staff(db)["Ким"].email == ""
    (left,) = not_taken(secretary, address)
    assert left["Что не взято"] == "E-mail"


def test_a_dismissed_person_who_is_in_the_list_again_gets_a_new_job(
    db: Database, secretary: FlaskClient, own: int
) -> None:
    factories.person(db, own, digits="11223344595", until=factories.NOON.date().replace(day=1))
    run(secretary, upload(secretary, workbook(PETROVA)))
    with db.read() as session:
        assert session.scalar(select(func.count(Employment.id))) == 2
        assert session.scalar(select(func.count(Person.id))) == 1


def test_long_files_are_taken_in_steps_that_can_be_gone_on_with(
    db: Database, secretary: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take, "CHUNK", 1)
    address = upload(secretary, workbook(PETROVA, KIM))
    secretary.post(f"{address}/choose", data={"do": "run"}, headers={"HX-Request": "true"})
    page = secretary.get(address).text
    assert "1 из 2" in page
    assert "Продолжить" in page
    last = secretary.post(f"{address}/run", headers={"HX-Request": "true"})
    while "HX-Redirect" not in last.headers:
        last = secretary.post(f"{address}/run", headers={"HX-Request": "true"})
    assert "Добавлено: 2" in secretary.get(address).text


def test_a_step_asked_for_twice_does_its_work_once(db: Database, secretary: FlaskClient) -> None:
    address = upload(secretary, workbook(PETROVA))
    secretary.post(f"{address}/run")
    before = everything(db)
    assert secretary.post(f"{address}/run").status_code == 302
    assert everything(db) == before


def test_the_choice_is_closed_once_it_runs(secretary: FlaskClient) -> None:
    address = upload(secretary, workbook(PETROVA))
    secretary.post(f"{address}/run")
    answer = secretary.post(f"{address}/choose", data={"do": "none"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "empty.xlsx", "пуст"),
        (b"%PDF-1.7 nothing", "scan.pdf", "заголовков"),
        (workbook(), "nobody.xlsx", "ни одного человека"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    db: Database, secretary: FlaskClient, data: bytes, name: str, said: str
) -> None:
    answer = secretary.post("/people/import", data={"file": (BytesIO(data), name)})
    assert answer.status_code == 422
    assert said in answer.text
    with db.read() as session:
        assert session.scalar(select(ImportJob.id)) is None


def test_the_export_of_frmr_notes_those_who_work_here(
    db: Database, secretary: FlaskClient, own: int
) -> None:
    known = factories.person(db, own, digits="11223344595")
    address = upload(secretary, workbook(PETROVA, KIM), kind="frmr")
    page = secretary.get(address).text
    assert tabs(page)["Получат отметку"] == 1
    assert "нет среди работающих" in page
    assert "Отметка поставлена: 1" in run(secretary, address)
    with db.read() as session:
        assert session.scalars(select(Attestation.person_id)).all() == [known]
    again = run(secretary, upload(secretary, workbook(PETROVA), kind="frmr"))
    assert "Отметка поставлена: 0, без изменений: 1" in again


def test_the_sample_sheet_is_recognised(secretary: FlaskClient) -> None:
    data = secretary.get("/people/import/sample.xlsx").data
    book = load_workbook(BytesIO(data))
    sheet = book.active
    assert sheet is not None
    sheet.append(["Петрова Анна Ивановна", "112-233-445 95", "Врач", "", "", "", "", "7", ""])
    stream = BytesIO()
    book.save(stream)
    assert tabs(secretary.get(upload(secretary, stream.getvalue())).text)["Новые"] == 1
